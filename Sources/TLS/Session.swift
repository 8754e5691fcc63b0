import Bytes
import CTLS

/// The buffers through which all TLS sessions of one thread read and write.
///
/// One for all: a step of a session uses up what it received, and what it has to send is taken before the next step.
@safe
public struct Channel: ~Copyable {
    // Invariant: alive until `deinit`, behind which no session of it is called.
    let pointer: OpaquePointer

    /// Makes a channel.
    public init() throws(OutOfMemory) {
        guard let made = unsafe crumbgate_tls_channel_new() else { throw OutOfMemory() }
        unsafe pointer = made
    }

    deinit { unsafe crumbgate_tls_channel_free(pointer) }

    /// Records for the peer of the session that was called last.
    public var outgoing: RawSpan {
        @_lifetime(borrow self)
        get {
            let records = unsafe crumbgate_tls_outgoing(pointer)
            // Valid until a session writes or the channel is cleared, both of which need the channel's owner.
            let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(records.bytes), byteCount: records.count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Appends the records from an offset on to a buffer, and forgets them all.
    public mutating func take(from offset: Int, into buffer: inout ByteBuffer) {
        buffer.append(outgoing.extracting(offset..<outgoing.byteCount))
        clear()
    }

    /// Forgets the records: they were sent, or kept elsewhere.
    public mutating func clear() { unsafe crumbgate_tls_clear_outgoing(pointer) }
}

/// No memory was left.
public struct OutOfMemory: Error {
    /// Says no more than that.
    public init() {}
}

/// How receiving ended.
public enum Received {
    /// So many bytes of the peer's; `isDrained`: the socket has nothing more for now.
    case bytes(Int, isDrained: Bool)
    case wouldBlock
    /// The peer ended its side.
    case closed
    /// The connection ended, and the peer did not say that it would.
    case cut
    /// The connection is of no use any more; an alert may be in the channel.
    case failed
    /// The peer speaks HTTP, but not TLS.
    case plainHTTP
}

/// One connection's TLS (RFC 8446, RFC 5246); freed when it goes out of use.
///
/// Every step may leave records in the channel, whatever its outcome: they are to be sent first.
@safe
public struct Session: ~Copyable {
    // Invariant: alive until `deinit`; used with the channel it was made with only.
    private let pointer: OpaquePointer

    /// The server's side of a new connection; nil when there is no memory.
    public init?(accepting context: ServerContext, over channel: borrowing Channel) {
        guard let made = unsafe crumbgate_tls_accept(context.pointer, channel.pointer) else { return nil }
        unsafe pointer = made
    }

    /// The client's side of a new connection to a server, whose certificate must be of that name or address; the first
    /// records are in the channel. Nil when there is no memory.
    public init?(
        connecting context: ClientContext, to name: String, isAddress: Bool, over channel: borrowing Channel
    ) {
        // The name is copied.
        guard
            let made = unsafe crumbgate_tls_connect(context.pointer, channel.pointer, name, isAddress ? 1 : 0)
        else { return nil }
        unsafe pointer = made
    }

    deinit { unsafe crumbgate_tls_session_free(pointer) }

    /// Why the handshake failed, in OpenSSL's words: right after the step in which it did.
    public var failure: String {
        var reason = crumbgate_tls_reason()
        unsafe crumbgate_tls_why(pointer, &reason)
        return reason.words
    }

    /// Whether the handshake is over.
    public var isEstablished: Bool { unsafe crumbgate_tls_is_established(pointer) == 1 }

    /// Whether the peers agreed on HTTP/2 (RFC 7301, RFC 9113 §3.2): when the handshake is over.
    public var speaksHTTP2: Bool { unsafe crumbgate_tls_speaks_h2(pointer) == 1 }

    /// Receives from a socket, decrypts to the end of `buffer`, and goes on with the handshake.
    ///
    /// - Parameter readsToEnd: the socket is known to have ended, which is to be seen.
    public mutating func receive(
        from fd: Int32, over channel: inout Channel, readsToEnd: Bool, into buffer: inout ByteBuffer
    ) -> Received {
        var result = Received.wouldBlock
        unsafe buffer.appendUnsafely(capacity: Int(crumbgate_tls_plain_bytes)) { memory in
            // The call writes at most `crumbgate_tls_plain_bytes`, the size of the memory lent.
            let step = unsafe crumbgate_tls_receive(
                pointer, channel.pointer, fd, readsToEnd ? 1 : 0, memory.bindMemory(to: UInt8.self).baseAddress)
            switch step.outcome {
            case crumbgate_tls_got_bytes:
                result = .bytes(step.count, isDrained: step.is_drained != 0)
                return step.count
            case crumbgate_tls_got_nothing: result = .wouldBlock
            case crumbgate_tls_got_end: result = .closed
            case crumbgate_tls_got_cut: result = .cut
            case crumbgate_tls_got_plain_http: result = .plainHTTP
            default: result = .failed
            }
            return 0
        }
        return result
    }

    /// Encrypts a range of a buffer into the channel; false when the session is broken.
    public mutating func send(_ buffer: borrowing ByteBuffer, _ range: ByteRange, over channel: inout Channel) -> Bool {
        unsafe buffer.bytes[range].withUnsafeBytes { memory in
            // The call reads the span.
            let bytes = unsafe crumbgate_tls_bytes(
                bytes: memory.baseAddress?.assumingMemoryBound(to: UInt8.self), count: memory.count)
            return unsafe crumbgate_tls_send(pointer, channel.pointer, bytes) == 1
        }
    }

    /// Says that nothing more will be sent (close_notify, RFC 8446 §6.1), if the handshake is over.
    public mutating func end(over channel: inout Channel) { unsafe crumbgate_tls_end(pointer, channel.pointer) }
}
