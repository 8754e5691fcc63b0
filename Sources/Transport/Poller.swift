import CLinux
import Glibc

/// An epoll set; sockets are added once, edge-triggered, and leave it by being closed.
@safe
struct Poller: ~Copyable {
    private let epoll: FileDescriptor
    // Invariant: initialized, and allocated until `deinit`.
    private let events: UnsafeMutableBufferPointer<epoll_event>

    /// What a wait reports of one descriptor.
    struct Event {
        let token: Token
        private let bits: UInt32

        init(token: Token, bits: UInt32) {
            self.token = token
            self.bits = bits
        }

        var isReadable: Bool { bits & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 }
        var isWritable: Bool { bits & EPOLLOUT.rawValue != 0 }
        /// The peer sent its last byte.
        var isEnding: Bool { bits & EPOLLRDHUP.rawValue != 0 }
        /// Nothing can be sent or received any more.
        var isBroken: Bool { bits & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 }
    }

    init() throws(SystemError) {
        let fd = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard fd >= 0 else { throw SystemError("epoll_create1") }
        epoll = FileDescriptor(fd)
        unsafe events = .allocate(capacity: 256)
        unsafe events.initialize(repeating: epoll_event())
    }

    deinit { unsafe events.deallocate() }

    /// Reports both directions of a stream socket, once per change.
    func add(stream fd: Int32, _ token: Token) throws(SystemError) {
        try add(fd, EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue, token)
    }

    /// Reports a descriptor as long as it is readable.
    func add(readable fd: Int32, _ token: Token) throws(SystemError) {
        try add(fd, EPOLLIN.rawValue, token)
    }

    private func add(_ fd: Int32, _ events: UInt32, _ token: Token) throws(SystemError) {
        guard crumbgate_epoll_add(epoll.rawValue, fd, events, token.rawValue) == 0 else {
            throw SystemError("epoll_ctl")
        }
    }

    /// Waits for events, at most so many milliseconds (-1: for ever), and returns how many there are.
    func wait(milliseconds: Int32) -> Int {
        // The kernel writes at most the buffer's count of events.
        let count = unsafe epoll_wait(epoll.rawValue, events.baseAddress, Int32(events.count), milliseconds)
        return max(0, Int(count))
    }

    /// The event at `index` of the last wait.
    func event(_ index: Int) -> Event {
        // Bounds-checked: every element was initialized.
        unsafe Event(token: Token(rawValue: events[index].data.u64), bits: events[index].events)
    }
}
