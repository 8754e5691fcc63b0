import Bytes
import CLinux
import Foundation
import Glibc

/// Where the open window lies so that it outlives the process and nothing else: a file on a memory file system, which
/// a disk never sees (spec/measurement.md, "Where state lives").
struct CheckpointFile: Sendable {
    let path: String

    /// - Parameters:
    ///   - stateDirectory: one file per state directory: two proxies on a machine do not share a window.
    ///   - memoryDirectory: as the rules say; without it the service manager's runtime directory where there is one,
    ///     else shared memory.
    init(stateDirectory: String, memoryDirectory: String?) throws(CheckpointFileError) {
        // The service manager names several directories with colons between them.
        let runtime = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first
        let directory = memoryDirectory ?? runtime.map(String.init) ?? "/dev/shm"
        var status = statfs()
        // The call reads the path and writes one structure.
        guard unsafe statfs(directory, &status) == 0 else { throw CheckpointFileError.missing(directory) }
        let tmpfs = 0x0102_1994
        let ramfs = 0x8584_58f6
        guard [tmpfs, ramfs].contains(Int(status.f_type)) else { throw CheckpointFileError.onDisk(directory) }
        let absolute = URL(fileURLWithPath: stateDirectory).standardizedFileURL.path
        let name = absolute.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        path = "\(directory)/crumbgate-\(getuid())-\(String(name, radix: 16)).window"
    }

    /// The file's content; nil when there is none of this user's, which nobody else may have written.
    func read() -> ByteBuffer? {
        var size = 0
        // The call reads the path and writes one number.
        let file = unsafe crumbgate_open_own(path, &size)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = ByteBuffer(capacity: size)
        var isAtEnd = false
        while !isAtEnd, bytes.count < size {
            // The room is valid for its count during the call.
            unsafe bytes.appendUnsafely(capacity: size - bytes.count) { room in
                let count = unsafe Glibc.read(file, room.baseAddress, room.count)
                isAtEnd = count <= 0
                return max(0, count)
            }
        }
        return bytes
    }

    /// Replaces the file in one step, readable by its owner alone.
    func write(_ bytes: RawSpan) throws(CheckpointFileError) {
        // The call reads the two paths and the bytes.
        let status = unsafe bytes.withUnsafeBytes { bytes in
            unsafe crumbgate_replace_file(
                path, path + ".next", bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        guard status == 0 else { throw CheckpointFileError.notWritten(path, code: crumbgate_errno()) }
    }
}

/// Why no file for the open window can be had.
enum CheckpointFileError: Error, CustomStringConvertible {
    case missing(String)
    case onDisk(String)
    case notWritten(String, code: Int32)

    var description: String {
        switch self {
        case .missing(let directory):
            "\(directory) cannot be looked at: `memory_directory` in the rules names a directory on a memory file system"
        case .notWritten(let path, let code): "\(path) cannot be written (error \(code))"
        case .onDisk(let directory):
            "\(directory) is on a disk, and visitors' keys may lie in memory only: let `memory_directory` in the rules "
                + "name a directory on a tmpfs (/dev/shm, or the service's RuntimeDirectory= below /run)"
        }
    }
}
