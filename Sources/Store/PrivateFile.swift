import Glibc

/// The few calls on files whose mode and order matter: everything the store writes is its owner's only.
///
/// Each `unsafe` lends a string to a system call that reads it, up to its terminating zero, before it returns.
enum PrivateFile {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The directory a path lies in.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes an empty file of mode 0600 when there is none, and narrows the mode of the one that is there.
    static func make(_ path: String) throws(StoreError) {
        let parent = directory(of: path)
        guard exists(parent) else { throw .directoryMissing(path: parent) }
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            switch errno {
            case EISDIR: throw .notAStore(path: path)
            case ENOSPC, EDQUOT: throw .full(path: path)
            default: throw .notWritable(path: path)
            }
        }
        defer { close(descriptor) }
        var status = stat()
        // `status` is valid for the one structure that the call fills.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notAStore(path: path)
        }
        // Another owner's file keeps its mode: that owner decided it.
        _ = fchmod(descriptor, 0o600)
    }

    /// Replaces a file: whoever opens it sees the old content or all of the new.
    static func replace(_ path: String, with content: [UInt8]) throws(StoreError) {
        let parent = directory(of: path)
        guard exists(parent) else { throw .directoryMissing(path: parent) }
        let draft = path + ".new"
        remove(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .notWritable(path: path) }
        var rest = content[...]
        while !rest.isEmpty {
            // The buffer is valid for its count during the call.
            let written = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { break }
            rest = rest.dropFirst(written)
        }
        close(descriptor)
        guard rest.isEmpty else {
            remove(draft)
            throw .full(path: path)
        }
        guard unsafe rename(draft, path) == 0 else {
            remove(draft)
            throw .notWritable(path: path)
        }
    }

    /// Makes a new name in a directory last over a loss of power; the file's own content is its writer's to sync.
    static func syncDirectory(of path: String) throws(StoreError) {
        let parent = directory(of: path)
        let descriptor = unsafe open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .directoryMissing(path: parent) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .notWritable(path: path) }
    }

    /// Bytes that this user may still write on a file's file system; 0 when nobody can tell.
    static func room(at path: String) -> UInt64 {
        var status = statvfs()
        // The call reads the path and writes one structure.
        guard unsafe statvfs(path, &status) == 0 else { return 0 }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }
}
