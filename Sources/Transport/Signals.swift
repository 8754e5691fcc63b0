import CLinux
import Glibc

/// SIGTERM, SIGINT and SIGHUP as a descriptor, whichever thread gets them.
struct Signals: ~Copyable {
    enum Event {
        case none
        case hangUp
        case reload
        case terminate
    }

    private let descriptor: Int32

    init() throws(SystemError) {
        descriptor = crumbgate_watch_signals()
        guard descriptor >= 0 else { throw SystemError("sigaction") }
    }

    /// Waits for a signal or a changed file, at most so long; a change before a hang-up is part of it.
    func wait(also watch: borrowing FileWatch, milliseconds: Int32) -> Event {
        var descriptors = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: watch.rawValue, events: Int16(POLLIN), revents: 0),
        ]
        // The kernel writes `revents` of the two elements.
        guard unsafe poll(&descriptors, 2, milliseconds) > 0 else { return .none }
        if descriptors[0].revents != 0 {
            var number: UInt8 = 0
            // Reads at most the one byte.
            if unsafe read(descriptor, &number, 1) == 1 {
                guard Int32(number) == SIGHUP else { return .terminate }
                _ = watch.takeChanges()
                return .hangUp
            }
        }
        if descriptors[1].revents != 0, watch.hasChanged() { return .reload }
        return .none
    }
}

/// Watches a file, by its folder: editors replace files instead of writing into them.
struct FileWatch: ~Copyable {
    private let descriptor: FileDescriptor
    private let name: String

    init(path: String) {
        let slash = path.lastIndex(of: "/")
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        descriptor = FileDescriptor(inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)))
        if descriptor.rawValue >= 0 {
            // The call copies the path.
            _ = unsafe inotify_add_watch(descriptor.rawValue, folder, UInt32(IN_CLOSE_WRITE | IN_MOVED_TO))
        }
    }

    var rawValue: Int32 { descriptor.rawValue }

    /// Whether what happened in the folder happened to the file; what follows within a moment is the same change.
    func hasChanged() -> Bool {
        usleep(50_000)
        return takeChanges()
    }

    /// Forgets what happened until now; whether any of it happened to the file.
    func takeChanges() -> Bool {
        var isOurs = false
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // Reads at most the buffer's size.
            let count = unsafe read(descriptor.rawValue, &buffer, buffer.count)
            guard count > 0 else { return isOurs }
            var offset = 0
            while offset + MemoryLayout<inotify_event>.size <= count {
                // The kernel writes whole records; their length field covers the padded name.
                let length = unsafe buffer.withUnsafeBytes {
                    Int(unsafe $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self).len)
                }
                let start = offset + MemoryLayout<inotify_event>.size
                let end = min(count, start + length)
                let file = String(decoding: buffer[start..<end].prefix { $0 != 0 }, as: UTF8.self)
                if file == name { isOurs = true }
                offset = start + length
            }
        }
    }
}
