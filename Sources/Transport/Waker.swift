import CLinux
import Glibc

/// Wakes a thread that waits: an eventfd, which one thread waits for and any thread may signal.
public final class Waker: Sendable {
    /// Readable while there is a signal that nobody took.
    let descriptor: Int32

    /// Makes a waker that nobody has signalled.
    public init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("eventfd") }
    }

    deinit { close(descriptor) }

    /// Ends the wait, or the next one when nobody waits; never blocks.
    public func signal() {
        // A counter of signals; when it is full the other side has not looked yet.
        eventfd_write(descriptor, 1)
    }

    /// Takes the signals there are.
    func reset() {
        var count: eventfd_t = 0
        // Writes one integer.
        unsafe _ = eventfd_read(descriptor, &count)
    }

    /// Waits for a signal, at most so long, and takes it.
    public func wait(milliseconds: Int32) {
        var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        // The kernel writes `revents` of the one element.
        if unsafe poll(&descriptors, 1, milliseconds) > 0 { reset() }
    }
}
