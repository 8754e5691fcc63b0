import Bytes
import CHTTP2
import HTTPWire

/// What all HTTP/2 sessions of one thread share: how they tell what happened.
@safe
public struct HTTP2Channel: ~Copyable {
    // Invariant: alive until `deinit`, behind which no session of it is called.
    let pointer: OpaquePointer

    /// Makes a channel; nil when there is no memory.
    public init?() {
        guard let made = unsafe crumbgate_h2_channel_new() else { return nil }
        unsafe pointer = made
    }

    deinit { unsafe crumbgate_h2_channel_free(pointer) }

    /// How many events there are.
    public var eventCount: Int { unsafe crumbgate_h2_event_count(pointer) }

    /// The event at an index below the count.
    public func event(_ index: Int) -> HTTP2Event {
        precondition(index >= 0 && index < eventCount)
        // In bounds, and a copy.
        let event = unsafe crumbgate_h2_event_at(pointer, index)
        let range = ByteRange(event.offset, event.offset + event.count)
        return switch event.kind {
        case crumbgate_h2_request:
            .request(event.stream, fields: range, hasContent: event.ends == 0, isCut: event.is_cut != 0)
        case crumbgate_h2_content: .content(event.stream, range)
        case crumbgate_h2_end: .end(event.stream)
        default: .closed(owner: event.handle)
        }
    }

    /// The fields of the requests among the events (see `FieldBlock`).
    public var fields: RawSpan {
        @_lifetime(borrow self)
        get {
            let fields = unsafe crumbgate_h2_fields(pointer)
            // Valid until a session receives or the events are cleared, both of which need the channel's owner.
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(fields.bytes), byteCount: fields.count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Appends the head of HTTP/1.1 for a request's fields (see `RequestMapping`).
    public func writeRequest(
        _ range: ByteRange, hasContent: Bool, into output: inout ByteBuffer
    ) throws(RequestRefusal) -> RequestMapping.Framing {
        try RequestMapping.write(fields[range], hasContent: hasContent, into: &output)
    }

    /// Forgets all events.
    public mutating func clear() { unsafe crumbgate_h2_clear(pointer) }
}

/// What a session's step made happen.
public enum HTTP2Event: Sendable {
    /// A request's fields, as a range of the channel's, are complete; `isCut`: some are missing, for they were too long.
    case request(Int32, fields: ByteRange, hasContent: Bool, isCut: Bool)
    /// A piece of content, as a range of what was received.
    case content(Int32, ByteRange)
    /// A request's content ended.
    case end(Int32)
    /// A stream with an owner ended without the owner's doing.
    case closed(owner: UInt64)
}

/// What clients are held to.
public struct HTTP2Limits: Sendable {
    /// Streams of one connection at once.
    public var streams: Int
    /// Bytes of a request's fields.
    public var headBytes: Int
    /// Bytes of content that may be on their way on all streams of a connection.
    public var window: Int

    /// Makes limits.
    public init(streams: Int = 100, headBytes: Int, window: Int = 262_144) {
        self.streams = streams
        self.headBytes = headBytes
        self.window = window
    }
}

/// An error code (RFC 9113 §7).
public enum HTTP2Error: UInt32, Sendable {
    case none = 0
    case protocolError = 1
    case internalError = 2
    case refusedStream = 7
    case cancel = 8
    case enhanceYourCalm = 11
}

/// The server's side of one HTTP/2 connection (RFC 9113); freed when it goes out of use.
@safe
public struct HTTP2Session: ~Copyable {
    // Invariant: alive until `deinit`; used with the channel it was made with only.
    private let pointer: OpaquePointer

    /// A new connection, whose settings are ready to be sent; nil when there is no memory.
    public init?(limits: HTTP2Limits, over channel: borrowing HTTP2Channel) {
        let limits = crumbgate_h2_limits(
            streams: UInt32(clamping: limits.streams), head_bytes: UInt32(clamping: limits.headBytes),
            window: Int32(clamping: limits.window))
        guard let made = unsafe crumbgate_h2_session_new(channel.pointer, limits) else { return nil }
        unsafe pointer = made
    }

    deinit { unsafe crumbgate_h2_session_free(pointer) }

    /// Takes what was received, and puts into the channel what happened; false when nothing more can be made of the
    /// connection.
    public mutating func receive(_ buffer: borrowing ByteBuffer) -> Bool {
        unsafe buffer.bytes.withUnsafeBytes { unsafe crumbgate_h2_receive(pointer, lent($0)) == 1 }
    }

    /// Frames that came and carried nothing, and streams that were reset or malformed, since the last call.
    public mutating func takeWaste() -> (idleFrames: Int, resets: Int) {
        let waste = unsafe crumbgate_h2_take_waste(pointer)
        return (Int(waste.idle_frames), Int(waste.resets))
    }

    /// Whether fields have begun and not ended.
    public var isInFields: Bool { unsafe crumbgate_h2_is_in_fields(pointer) == 1 }

    /// Names a stream's owner, or nobody with 0; false when the stream is closed.
    @discardableResult
    public mutating func setOwner(_ owner: UInt64, of stream: Int32) -> Bool {
        unsafe crumbgate_h2_set_handle(pointer, stream, owner) == 1
    }

    /// The owner of an open stream; 0 for nobody.
    public func owner(of stream: Int32) -> UInt64 { unsafe crumbgate_h2_handle(pointer, stream) }

    /// What follows a response's fields.
    public enum Continuation {
        /// Another head.
        case head
        case content
        case nothing
    }

    /// Makes a response's fields ready to be sent; false when the stream is closed, or there is no memory.
    public mutating func respond(
        on stream: Int32, fields: borrowing ByteBuffer, before continuation: Continuation
    ) -> Bool {
        let kind: crumbgate_h2_response =
            switch continuation {
            case .head: crumbgate_h2_interim
            case .content: crumbgate_h2_with_content
            case .nothing: crumbgate_h2_bodiless
            }
        // The fields are copied.
        return unsafe fields.bytes.withUnsafeBytes { unsafe crumbgate_h2_respond(pointer, stream, lent($0), kind) == 1 }
    }

    /// What a step wrote.
    public struct Sent {
        /// Bytes of content.
        public var taken = 0
        /// The buffer holds as much as it should.
        public var isFull = false
        /// The content's end was written.
        public var hasEnded = false
        /// The session is of no use any more.
        public var isBroken = false
    }

    /// Appends frames that are ready to a buffer, as long as it holds less than `limit` bytes.
    public mutating func send(into output: inout ByteBuffer, limit: Int) -> Sent {
        unsafe write(nil, into: &output, limit: limit)
    }

    /// Appends frames that are ready, and content of one stream in two runs, as far as the windows let it through.
    public mutating func send(
        _ first: RawSpan, _ second: RawSpan, isLast: Bool, on stream: Int32, into output: inout ByteBuffer, limit: Int
    ) -> Sent {
        unsafe first.withUnsafeBytes { first in
            unsafe second.withUnsafeBytes { second in
                let piece = unsafe crumbgate_h2_content_piece(
                    first: lent(first), second: lent(second), stream: stream, is_last: isLast ? 1 : 0)
                return unsafe write(piece, into: &output, limit: limit)
            }
        }
    }

    private mutating func write(
        _ piece: crumbgate_h2_content_piece?, into output: inout ByteBuffer, limit: Int
    ) -> Sent {
        var result = Sent()
        guard output.count < limit else {
            result.isFull = true
            return result
        }
        unsafe output.appendUnsafely(capacity: limit - output.count) { memory in
            let bytes = unsafe memory.bindMemory(to: UInt8.self).baseAddress
            let sent: crumbgate_h2_sent
            // The call writes at most the memory lent, and reads the piece and what it names.
            if var piece = unsafe piece {
                unsafe sent = crumbgate_h2_send(pointer, &piece, bytes, memory.count)
            } else {
                unsafe sent = crumbgate_h2_send(pointer, nil, bytes, memory.count)
            }
            result = Sent(
                taken: sent.taken, isFull: sent.is_full != 0, hasEnded: sent.has_ended != 0,
                isBroken: sent.is_broken != 0)
            return sent.written
        }
        return result
    }

    /// Whether content may be sent on a stream now.
    public mutating func hasWindow(_ stream: Int32) -> Bool { unsafe crumbgate_h2_has_window(pointer, stream) == 1 }

    /// Lets the client send so many more bytes.
    public mutating func consume(_ count: Int, of stream: Int32) {
        if count > 0 { unsafe crumbgate_h2_consume(pointer, stream, count) }
    }

    /// Resets a stream.
    public mutating func reset(_ stream: Int32, _ error: HTTP2Error) {
        unsafe crumbgate_h2_reset(pointer, stream, error.rawValue)
    }

    /// Says that there will be no more streams soon (RFC 9113 §6.8).
    public mutating func announceEnd() { unsafe crumbgate_h2_announce_end(pointer) }

    /// Takes no more streams; with an error those that there are end too.
    public mutating func goAway(_ error: HTTP2Error) { unsafe crumbgate_h2_go_away(pointer, error.rawValue) }

    /// Whether there is nothing more to send or to expect.
    public var isOver: Bool { unsafe crumbgate_h2_is_over(pointer) == 1 }
}

/// Bytes for the length of a call.
private func lent(_ memory: UnsafeRawBufferPointer) -> crumbgate_h2_bytes {
    unsafe crumbgate_h2_bytes(
        bytes: memory.baseAddress?.assumingMemoryBound(to: UInt8.self), count: memory.count)
}
