import CLinux
import Glibc
import HTTP2
import Synchronization
import TLS

/// An event loop on its own thread.
final class LoopThread {
    private final class Start: Sendable {
        let configuration: LoopConfiguration
        let mailbox: Mailbox
        let isFinished = Atomic<Bool>(false)

        init(configuration: LoopConfiguration, mailbox: Mailbox) {
            self.configuration = configuration
            self.mailbox = mailbox
        }

        func run() {
            // The call reads the name.
            unsafe crumbgate_name_thread("loop")
            do {
                guard let frames = HTTP2Channel() else { throw OutOfMemory() }
                var loop = EventLoop(
                    configuration: configuration, mailbox: mailbox, poller: try Poller(), channel: try Channel(),
                    frames: frames)
                try loop.listen()
                loop.run()
            } catch {
                // The system refused an epoll set at the start: the other loops share the port and serve on.
            }
            isFinished.store(true, ordering: .releasing)
        }
    }

    private let start: Start
    private var thread = pthread_t()

    init(configuration: LoopConfiguration, mailbox: Mailbox) throws(SystemError) {
        start = Start(configuration: configuration, mailbox: mailbox)
        // The thread takes over the reference that is passed here.
        let argument = unsafe Unmanaged.passRetained(start).toOpaque()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument)
        guard result == 0 else {
            unsafe Unmanaged<Start>.fromOpaque(argument).release()
            throw SystemError("pthread_create")
        }
    }

    /// Waits for the loop's end; `meanwhile` is called now and then.
    func join(meanwhile: () -> Void) {
        while !start.isFinished.load(ordering: .acquiring) {
            usleep(20_000)
            meanwhile()
        }
        pthread_join(thread, nil)
    }
}
