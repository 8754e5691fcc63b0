import CLinux
import Foundation
import Synchronization

/// Writes the access log on a thread of its own: a reader who stops reading, or a full disk, costs lines and nothing
/// else.
final class AccessLogThread: Sendable {
    private struct State {
        var lines: [UInt8] = []
        var isStopping = false
    }

    private let state = Mutex(State())
    private let finished = DispatchSemaphore(value: 0)

    /// Bytes held at most for a slow reader.
    private static let limit = 8 << 20

    func start() {
        let thread = Thread { [self] in run() }
        thread.stackSize = 256 << 10
        thread.start()
    }

    func take(_ lines: [UInt8]) {
        state.withLock { state in
            if state.lines.count < Self.limit { state.lines += lines }
        }
    }

    /// Writes what is left, as far as that is possible within a second.
    func stop() {
        state.withLock { $0.isStopping = true }
        _ = finished.wait(timeout: .now() + 1)
    }

    private func run() {
        // The call reads the name.
        unsafe crumbgate_name_thread("access log")
        while true {
            let (lines, isStopping) = state.withLock { state in
                var taken: [UInt8] = []
                swap(&taken, &state.lines)
                return (taken, state.isStopping)
            }
            if !lines.isEmpty {
                // What cannot be written is lost: there is no other place to say so. The call reads the array.
                _ = unsafe crumbgate_write_all(STDOUT_FILENO, lines, lines.count)
            } else if isStopping {
                finished.signal()
                return
            } else {
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }
}
