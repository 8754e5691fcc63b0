import CLinux
import Foundation

/// Where the open window lies so that it outlives the process and nothing else: a file on a memory file system, which
/// a disk never sees (spec/measurement.md, "Where state lives").
struct CheckpointFile: Sendable {
    let path: String

    /// The service manager's runtime folder where there is one, else shared memory; refuses any file system that is not
    /// in memory.
    init(stateDirectory: String) throws(CheckpointFileError) {
        // The service manager names several folders with colons between them.
        let runtime = ProcessInfo.processInfo.environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first
        let folder = runtime.map(String.init) ?? "/dev/shm"
        var status = statfs()
        // The call reads the path and writes one structure.
        guard unsafe statfs(folder, &status) == 0 else { throw CheckpointFileError.missing(folder) }
        let tmpfs = 0x0102_1994
        let ramfs = 0x8584_58f6
        guard [tmpfs, ramfs].contains(Int(status.f_type)) else { throw CheckpointFileError.onDisk(folder) }
        // One file per state directory: two proxies on a machine do not share a window.
        let absolute = URL(fileURLWithPath: stateDirectory).standardizedFileURL.path
        let name = absolute.utf8.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        path = "\(folder)/crumbgate-\(getuid())-\(String(name, radix: 16)).window"
    }

    func read() -> [UInt8]? { FileManager.default.contents(atPath: path).map { [UInt8]($0) } }

    /// Replaces the file in one step, readable by its owner alone.
    func write(_ bytes: [UInt8]) throws(CheckpointFileError) {
        // The call reads the two paths and the bytes.
        guard unsafe crumbgate_replace_file(path, path + ".next", bytes, bytes.count) == 0 else {
            throw CheckpointFileError.notWritten(path, code: crumbgate_errno())
        }
    }
}

/// Why no file for the open window can be had.
enum CheckpointFileError: Error, CustomStringConvertible {
    case missing(String)
    case onDisk(String)
    case notWritten(String, code: Int32)

    var description: String {
        switch self {
        case .missing(let folder): "\(folder) cannot be looked at"
        case .notWritten(let path, let code): "\(path) cannot be written (error \(code))"
        case .onDisk(let folder):
            "\(folder) is on a disk; visitors' keys may lie in memory only: mount a tmpfs there, or set "
                + "RuntimeDirectory= in the service file"
        }
    }
}
