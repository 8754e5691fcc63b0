import CLinux
import Glibc

/// How a system call on a socket ended.
enum TransferResult {
    case bytes(Int)
    case wouldBlock
    /// The peer ended its side.
    case closed
    case failed(Int32)
}

/// A descriptor that is closed when it goes out of use.
struct FileDescriptor: ~Copyable {
    let rawValue: Int32

    init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// A descriptor that is good for nothing but to be given up when there are no others.
    static func reserve() -> FileDescriptor {
        // The call reads the path.
        FileDescriptor(unsafe open("/dev/null", O_RDONLY | O_CLOEXEC))
    }

    deinit { if rawValue >= 0 { close(rawValue) } }
}

/// A failed system call.
public struct SystemError: Error, CustomStringConvertible {
    /// The name of the call.
    public let call: String
    /// Its errno.
    public let code: Int32

    init(_ call: String) { self.init(call, code: crumbgate_errno()) }

    init(_ call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The call and the reason in words.
    public var description: String {
        // The pointer that strerror returns is valid until the thread's next call.
        "\(call): \(unsafe String(cString: strerror(code)))"
    }
}
