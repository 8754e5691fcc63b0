import Bytes

/// What the shell does after a request's head was looked at.
public enum RequestStep {
    /// Not all of the head is there yet.
    case needsMore
    /// The head for the origin server is ready; `consumed` bytes of the input belonged to the head.
    case forward(consumed: Int)
    /// A request to one of our own paths whose body is collected first.
    case collect(consumed: Int)
    /// The whole answer is in the reply buffer.
    case reply(consumed: Int)
    /// The answer waits for `receiptWork(of:)` to be done.
    case keep(consumed: Int)
}

/// How far a body, or the bytes that carry it, have come.
public enum BodyOutcome {
    case more
    case finished
    /// The peer broke the framing; nothing that follows can be trusted.
    case malformed
    /// The answer to a request to one of our own paths is in the reply buffer.
    case replied
    /// The answer waits for `receiptWork(of:)` to be done.
    case keeps
}

/// A piece of a request's body: the shell sends what was appended to the output buffer, then `verbatim` of the input.
public struct BodyStep {
    /// How many bytes of the input are done with.
    public var consumed: Int
    /// What of the input follows the output buffer.
    public var verbatim: ByteRange
    /// How far it has come.
    public var outcome: BodyOutcome
}

/// How far a response has come.
public enum ResponseOutcome {
    /// Not all of the head is there yet; nothing was consumed.
    case needsMore
    case more
    /// A 1xx response; another head follows.
    case interim
    /// 101: from here on both connections carry bytes of another protocol.
    case switched
    case finished(isOriginReusable: Bool)
    /// The origin server broke the protocol: before the head was passed on `originFailed` makes a 502, later the
    /// user agent's connection ends.
    case malformed
}

/// A piece of a response: the shell sends what was appended to the output buffer, then `verbatim` of the input.
public struct ResponseStep {
    /// How many bytes of the input are done with.
    public var consumed: Int
    /// What of the input follows the output buffer.
    public var verbatim: ByteRange
    /// How far it has come.
    public var outcome: ResponseOutcome
}

/// Why an origin server gave no usable response (RFC 9110 §15.6).
public enum OriginFailure: CaseIterable, Sendable {
    /// It could not be reached, closed too early or spoke something else: 502.
    case unreachable
    case closedEarly
    case malformed
    /// It took too long: 504.
    case timedOut
    /// The visitor stopped in the middle of the request's content: 408.
    case requestTimedOut
    /// Every connection to it is in use and so is the queue: 503.
    case saturated

    /// Its place in `allCases`.
    var index: Int {
        switch self {
        case .unreachable: 0
        case .closedEarly: 1
        case .malformed: 2
        case .timedOut: 3
        case .requestTimedOut: 4
        case .saturated: 5
        }
    }

    var status: Int {
        switch self {
        case .unreachable, .closedEarly, .malformed: 502
        case .timedOut: 504
        case .requestTimedOut: 408
        case .saturated: 503
        }
    }

    /// A sentence for the visitor.
    var explanation: StaticString {
        switch self {
        case .unreachable: "The shop's server cannot be reached at the moment."
        case .closedEarly: "The shop's server ended its answer too early."
        case .malformed: "The shop's server gave an answer that cannot be understood."
        case .timedOut: "The shop's server took too long to answer."
        case .requestTimedOut: "The request did not arrive in time."
        case .saturated: "The shop is very busy. Please try again in a moment."
        }
    }
}
