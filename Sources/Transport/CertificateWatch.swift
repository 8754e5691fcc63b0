import CLinux
import Glibc
import Rules

/// Tells when certificates and keys changed.
///
/// It looks at the files once a second, through links: programs that renew certificates change a link somewhere on the
/// way, of which the file's own folder tells nothing.
struct CertificateWatch {
    private struct State: Equatable {
        let device: UInt64
        let inode: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private let paths: [String]
    private var known: [State?]
    /// What changed and is looked at once more: certificate and key are not replaced in one step.
    private var pending: [State?]?
    private var next: Int64 = 0

    init(_ policy: Policy) {
        paths = policy.certificateFiles
        known = paths.map(Self.state)
    }

    /// Whether files changed, and have been the same for a second; `now` in milliseconds.
    mutating func hasChanged(now: Int64) -> Bool {
        guard now >= next, !paths.isEmpty else { return false }
        next = now + 1000
        let states = paths.map(Self.state)
        if states == known {
            pending = nil
            return false
        }
        guard pending == states else {
            pending = states
            return false
        }
        known = states
        pending = nil
        return true
    }

    private static func state(of path: String) -> State? {
        var found = stat()
        // The call reads the path and writes the structure.
        guard unsafe stat(path, &found) == 0 else { return nil }
        return State(
            device: UInt64(found.st_dev), inode: UInt64(found.st_ino), size: found.st_size,
            seconds: found.st_mtim.tv_sec, nanoseconds: found.st_mtim.tv_nsec)
    }
}
