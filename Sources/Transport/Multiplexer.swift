import Bytes
import HTTP2

/// What a visitor's connection has where it carries streams (RFC 9113).
struct Multiplexer: ~Copyable {
    /// Bytes of frames gathered before they are encrypted: four records.
    static let batchSize = 65_536

    struct Flags: OptionSet {
        var rawValue: UInt8
        /// It is among the loop's `unsent`.
        static let isUnsent = Flags(rawValue: 1)
        /// Of no use any more: nothing is sent, and it goes when the step is over.
        static let isBroken = Flags(rawValue: 2)
        /// Its last frames are on their way; nothing is received.
        static let isEnding = Flags(rawValue: 4)
        /// A request's fields are being received.
        static let isInFields = Flags(rawValue: 8)
    }

    /// The connection.
    let client: UInt32
    var session: HTTP2Session
    var flags: Flags = []
    /// Its streams among the loop's clients, each at its `StreamState.place`.
    var streams: [UInt32] = []
    /// How many of them hold content that could not be sent yet.
    var blockedCount = 0
    /// Where the next round begins among the streams: the first should not always be the same.
    var turn = 0
    /// Frames to be sent.
    var batch = ByteBuffer()
    var flood: FloodGuard
    /// For how many frames without content there was a use.
    var useful = 0
    /// Requests that were none, since the guard asked last.
    var malformed = 0

    init(client: UInt32, session: consuming HTTP2Session, at now: Int64) {
        self.client = client
        self.session = session
        flood = FloodGuard(at: now)
    }

    /// Adds a stream and returns its place.
    mutating func add(_ stream: UInt32) -> UInt32 {
        streams.append(stream)
        return UInt32(streams.count - 1)
    }

    /// Takes the stream at a place out, and returns the one that stands there now.
    mutating func remove(at place: UInt32) -> UInt32? {
        let last = streams.removeLast()
        guard Int(place) < streams.count else { return nil }
        streams[Int(place)] = last
        return last
    }

    /// Gathers frames that are ready.
    mutating func gather() -> HTTP2Session.Sent { session.send(into: &batch, limit: Self.batchSize) }

    /// Gathers frames that are ready, and content of a stream from two buffers.
    mutating func gather(
        _ first: borrowing ByteBuffer, from offset: Int, _ second: borrowing ByteBuffer, _ range: ByteRange,
        isLast: Bool, on stream: Int32
    ) -> HTTP2Session.Sent {
        let sent = session.send(
            first.bytes.extracting(offset..<first.count), second.bytes[range], isLast: isLast, on: stream,
            into: &batch, limit: Self.batchSize)
        useful += sent.taken / 4096 + 2
        return sent
    }

    /// Gathers frames that are ready, and content of a stream.
    mutating func gather(_ content: borrowing ByteBuffer, isLast: Bool, on stream: Int32) -> HTTP2Session.Sent {
        let sent = session.send(
            content.bytes, RawSpan(), isLast: isLast, on: stream, into: &batch, limit: Self.batchSize)
        useful += sent.taken / 4096 + 2
        return sent
    }
}

/// What a stream has beyond what any client connection has.
struct StreamState {
    struct Flags: OptionSet {
        var rawValue: UInt8
        /// The client sent the end of the request.
        static let hasRequestEnded = Flags(rawValue: 1)
        /// The content goes to the gateway in chunks.
        static let isChunked = Flags(rawValue: 2)
        /// The response's fields are made.
        static let hasHead = Flags(rawValue: 4)
        /// The response's end is made.
        static let hasEnded = Flags(rawValue: 8)
        /// Something could not be sent yet.
        static let isBlocked = Flags(rawValue: 16)
    }

    var id: Int32 = 0
    /// Among its connection's streams.
    var place: UInt32 = 0
    var flags: Flags = []
    /// Bytes of content that the gateway has not seen.
    var buffered = 0
    /// Bytes of content that the gateway saw last: with the origin server when it sees the next.
    var passing = 0
}
