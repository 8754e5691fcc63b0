import Bytes
import CLinux
import Glibc

/// System calls on stream sockets; every buffer is lent for the length of one call.
enum Socket {
    /// Receives at most `limit` bytes to the end of `buffer`.
    static func receive(_ fd: Int32, into buffer: inout ByteBuffer, limit: Int) -> TransferResult {
        var result = TransferResult.wouldBlock
        unsafe buffer.appendUnsafely(capacity: limit) { memory in
            while true {
                // The kernel writes at most `limit` bytes, the size of the memory lent.
                let count = unsafe crumbgate_recv(fd, memory.baseAddress, limit)
                if count > 0 {
                    result = .bytes(count)
                    return count
                }
                if count == 0 {
                    result = .closed
                    return 0
                }
                let code = crumbgate_errno()
                if code == EINTR { continue }
                result = code == EAGAIN ? .wouldBlock : .failed(code)
                return 0
            }
        }
        return result
    }

    /// Receives at most `limit` bytes to the end of `buffer` and leaves them in the socket, too.
    static func peek(_ fd: Int32, into buffer: inout ByteBuffer, limit: Int) -> TransferResult {
        var result = TransferResult.wouldBlock
        unsafe buffer.appendUnsafely(capacity: limit) { memory in
            // The kernel writes at most `limit` bytes, the size of the memory lent.
            let count = unsafe crumbgate_peek(fd, memory.baseAddress, limit)
            result = count == 0 ? .closed : outcome(count)
            return max(0, count)
        }
        return result
    }

    /// How many bytes its peer sent and took since the connection was made.
    static func bytesMoved(_ fd: Int32) -> Int64 { crumbgate_bytes_moved(fd) }

    /// Sends what the socket takes at once.
    static func send(_ fd: Int32, _ bytes: RawSpan) -> TransferResult {
        unsafe bytes.withUnsafeBytes { memory in
            // The kernel reads at most `count` bytes of the span.
            unsafe outcome(crumbgate_send(fd, memory.baseAddress, memory.count))
        }
    }

    /// Sends what the socket takes at once of a buffer.
    static func send(_ fd: Int32, _ buffer: borrowing ByteBuffer) -> TransferResult { send(fd, buffer.bytes) }

    /// Bytes that a visitor's socket takes beyond what the network does.
    private static let mostUnsent: Int32 = 262_144

    /// Has the connection reset when it is closed, and what is not sent forgotten: its peer does not read.
    static func resetOnClose(_ fd: Int32) { crumbgate_reset_on_close(fd) }

    /// Sends small writes at once (TCP_NODELAY).
    static func setNoDelay(_ fd: Int32) { _ = crumbgate_set_option(fd, Int32(IPPROTO_TCP), TCP_NODELAY, 1) }

    /// Sends two runs of bytes in one call, as far as the socket takes them.
    static func send(_ fd: Int32, _ first: RawSpan, _ second: RawSpan) -> TransferResult {
        unsafe first.withUnsafeBytes { a in
            unsafe second.withUnsafeBytes { b in
                // The kernel reads at most the two spans.
                unsafe outcome(crumbgate_send2(fd, a.baseAddress, a.count, b.baseAddress, b.count))
            }
        }
    }

    /// Moves what is there at once, `limit` bytes at most, between a socket and a pipe.
    static func splice(from source: Int32, to destination: Int32, limit: Int) -> TransferResult {
        let result = outcome(crumbgate_splice(source, destination, limit))
        if case .bytes(0) = result { return .closed }
        return result
    }

    private static func outcome(_ count: Int) -> TransferResult {
        if count >= 0 { return .bytes(count) }
        let code = crumbgate_errno()
        return code == EAGAIN || code == EINTR ? .wouldBlock : .failed(code)
    }

    /// Begins to connect; the socket is non-blocking and sends small writes at once (TCP_NODELAY).
    static func connect(to address: SocketAddress) throws(SystemError) -> Int32 {
        let fd = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw SystemError("socket") }
        setNoDelay(fd)
        let result = address.connect(fd)
        if result != 0, crumbgate_errno() != EINPROGRESS {
            let error = SystemError("connect")
            close(fd)
            throw error
        }
        return fd
    }

    /// Throws when a socket listens on an address already, whether it would share it or not.
    static func checkIsFree(_ address: SocketAddress) throws(SystemError) {
        let fd = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw SystemError("socket") }
        _ = crumbgate_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        if address.family == AF_INET6 { _ = crumbgate_set_option(fd, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        let result = address.bind(fd)
        let error = SystemError("bind")
        close(fd)
        guard result == 0 else { throw error }
    }

    /// Binds a socket that shares its port with the other loops' (SO_REUSEPORT).
    static func bind(to address: SocketAddress) throws(SystemError) -> Int32 {
        let fd = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw SystemError("socket") }
        _ = crumbgate_set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1)
        _ = crumbgate_set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1)
        if address.family == AF_INET6 { _ = crumbgate_set_option(fd, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        // Connections have it from here. Without it the kernel takes megabytes for a visitor who reads nothing of them.
        _ = crumbgate_set_option(fd, Int32(IPPROTO_TCP), Int32(TCP_NOTSENT_LOWAT), mostUnsent)
        guard address.bind(fd) == 0 else {
            let error = SystemError("bind")
            close(fd)
            throw error
        }
        return fd
    }

    /// Lets connections come to a bound socket.
    static func listen(on fd: Int32, backlog: Int32) throws(SystemError) {
        guard Glibc.listen(fd, backlog) == 0 else { throw SystemError("listen") }
    }
}
