import GRDB

/// Why the store, or the file with the figures of the open window, could not be used.
public enum StoreError: Error, Hashable, Sendable {
    /// There is no such file.
    case missing(path: String)
    /// There is no such directory.
    case directoryMissing(path: String)
    /// The file may not be read.
    case notReadable(path: String)
    /// The file may not be written, or not be made.
    case notWritable(path: String)
    /// The file is something else.
    case notAStore(path: String)
    /// The file is damaged.
    case corrupt(path: String)
    /// A newer crumbgate wrote the file.
    case newerSchema(path: String, found: Int, known: Int)
    /// An older crumbgate wrote the file, and none that may change it has opened it since.
    case olderSchema(path: String, found: Int, known: Int)
    /// Another process kept the file locked for seconds.
    case busy(path: String)
    /// No room is left on the file system.
    case full(path: String)
    /// Anything else that SQLite or the system says.
    case failed(path: String, message: String)

    init(_ error: any Error, path: String) {
        if let own = error as? StoreError {
            self = own
            return
        }
        guard let database = error as? DatabaseError else {
            self = .failed(path: path, message: "\(error)")
            return
        }
        switch database.resultCode {
        case .SQLITE_NOTADB: self = .notAStore(path: path)
        case .SQLITE_CORRUPT: self = .corrupt(path: path)
        case .SQLITE_READONLY: self = .notWritable(path: path)
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: self = .notReadable(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_FULL: self = .full(path: path)
        default: self = .failed(path: path, message: database.message ?? "\(database.resultCode)")
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// A sentence for the operator, with what to do where that is known.
    public var description: String {
        switch self {
        case .missing(let path): "\(path): there is no such file"
        case .directoryMissing(let path): "\(path): there is no such directory"
        case .notReadable(let path): "\(path): cannot be opened; run as the user that owns it"
        case .notWritable(let path): "\(path): cannot be written; check the owner and mode of it and its directory"
        case .notAStore(let path): "\(path): is not a crumbgate store"
        case .corrupt(let path): "\(path): is damaged; restore it from a backup, or move it away to begin anew"
        case .newerSchema(let path, let found, let known):
            "\(path): was written by a newer crumbgate (schema \(found), this one knows \(known))"
        case .olderSchema(let path, let found, let known):
            "\(path): was written by an older crumbgate (schema \(found), this one reads \(known)); start the proxy once"
        case .busy(let path): "\(path): is locked by another process"
        case .full(let path): "\(path): no room is left on the file system"
        case .failed(let path, let message): "\(path): \(message)"
        }
    }
}
