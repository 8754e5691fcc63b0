import Bytes
import Consent
import HTTPWire

/// One request and its response on a visitor's connection, from the request's head to the response's end.
///
/// A small value that lives in the connection; what only some exchanges need is in the gateway's pools, by index.
public struct Exchange: Sendable {
    /// Where the request stands.
    enum RequestPhase {
        case head
        case body
        case ownBody
        case complete
    }

    /// Where the response stands.
    enum ResponsePhase {
        case head
        case body
        case complete
    }

    /// How the response's body is delimited towards the user agent.
    enum Delivery {
        /// As many bytes as the head said.
        case counted
        case chunked
        /// The connection's end is the body's end (RFC 9112 §6.3), or the stream's.
        case untilClose
        case withoutBody
    }

    struct Flags: OptionSet {
        var rawValue: UInt16
        /// The connection may carry another request afterwards.
        static let isPersistent = Flags(rawValue: 1)
        static let isUpgrade = Flags(rawValue: 2)
        /// The user agent asks for a document (Fetch metadata, or Accept where that is absent).
        static let isDocument = Flags(rawValue: 4)
        /// The user agent says that it asks for something else than a document.
        static let isSubresource = Flags(rawValue: 8)
        /// Counts as a page view if it succeeds.
        static let isViewCandidate = Flags(rawValue: 16)
        /// The request named a variant of ours in If-None-Match, and it is the one this visitor gets.
        static let revalidatesVariant = Flags(rawValue: 32)
        static let isSecure = Flags(rawValue: 64)
        static let hasWithheldCookies = Flags(rawValue: 128)
        static let isHTTP10 = Flags(rawValue: 256)
        static let isActive = Flags(rawValue: 512)
        /// The origin's connection ends with this response.
        static let closesOrigin = Flags(rawValue: 1024)
        static let hasRequestBody = Flags(rawValue: 2048)
        /// The document is the one that everybody gets.
        static let isSharedVariant = Flags(rawValue: 4096)
        /// A script asks for it, or an element that embeds it: if it is HTML, it is gated and else left alone.
        static let isFragment = Flags(rawValue: 8192)
        /// One of several on a connection, whose frames say where content ends (RFC 9113 §8.1).
        static let isHTTP2 = Flags(rawValue: 16384)
        /// The user agent gets no chunks.
        static let isUnchunked: Flags = [.isHTTP10, .isHTTP2]
    }

    var request = RequestPhase.head
    var response = ResponsePhase.head
    var method = Method.other
    var flags: Flags = []
    var delivery = Delivery.withoutBody
    /// Place of the rules it began under among the gateway's snapshots.
    var snapshot: UInt16 = 0
    var status: UInt16 = 0
    /// 1xx responses passed on.
    var interims: UInt8 = 0
    /// Index of its site in the policy.
    var site: UInt16 = 0
    /// Place of its notes, and of its document's transform; `none` when it has none.
    var notes = Exchange.none
    var transform = Exchange.none
    var requestFraming = BodyFraming.none
    var responseFraming = BodyFraming.none
    var requestChunks = ChunkedDecoder()
    var responseChunks = ChunkedDecoder()
    var consent = ConsentState(granted: [], refused: [], source: .undecided, isDecided: false, day: 0)
    /// Nanoseconds on the monotonic clock.
    var began: Int64 = 0
    var bytesDelivered: Int = 0

    static let none = UInt32.max
    /// An origin that sends more 1xx responses than this means none of them.
    static let maximumInterims = 32

    /// An exchange that has not begun.
    public init() {}

    /// An exchange on a stream of HTTP/2: what the gateway makes of a response is its head, then its content without
    /// any framing, up to the end that `isAnswered` tells.
    public static var onStream: Exchange {
        var exchange = Exchange()
        exchange.flags.insert(.isHTTP2)
        return exchange
    }

    /// Whether an origin server is to be asked: the head for it is ready.
    public var isForwarded: Bool { request == .body || request == .complete }
    /// When the request's head had come, in milliseconds on the monotonic clock.
    public var beganAt: Int64 { began / 1_000_000 }
    /// Whether the request was received to its end.
    public var isRequestComplete: Bool { request == .complete }
    /// Whether any part of the response's head went to the user agent.
    public var hasResponseBegun: Bool { response != .head }
    /// Whether the whole response was made.
    public var isAnswered: Bool { response == .complete }
    /// How a body of unknown length is delimited towards the user agent.
    var unmeasured: Delivery { flags.isDisjoint(with: .isUnchunked) ? .chunked : .untilClose }
    var requestHadNoBody: Bool { !flags.contains(.hasRequestBody) }
    /// Whether an exchange is under way.
    public var isActive: Bool { flags.contains(.isActive) }
}
