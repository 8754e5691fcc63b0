import GRDB

/// A store that is one SQLite file: what SQLite says against a call becomes a `StoreError` that names the file.
protocol StoreFile: Sendable {
    var path: String { get }
    var queue: DatabaseQueue { get }
}

extension StoreFile {
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.read(body) } catch { throw StoreError(error, path: path) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try queue.write(body) } catch { throw StoreError(error, path: path) }
    }

    /// Moves the WAL into the file and cuts it: what was deleted is overwritten in the file only, and must not stay in
    /// the WAL.
    func overwriteLog() throws(StoreError) {
        do {
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // A reader holds an old snapshot; the next checkpoint does it.
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension FileFormat {
    /// Opens a file to write it, making it when there is none and bringing it to the newest version; the directory must
    /// exist.
    ///
    /// A call that writes returns once the disk has it (WAL with `synchronous = FULL`), or throws `busy` when another
    /// process keeps the lock for longer than `patience`, in seconds.
    func open(_ path: String, label: String, patience: Double) throws(StoreError) -> DatabaseQueue {
        try PrivateFile.make(path)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration(label: label, patience: patience))
            try queue.writeWithoutTransaction { database in
                try checkOwnership(database, path: path)
                try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
                try migrate(database)
            }
            return queue
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Opens a file to read it, while another process may be writing; throws `missing` when there is none.
    func openReadOnly(_ path: String, label: String, patience: Double) throws(StoreError) -> DatabaseQueue {
        guard PrivateFile.exists(path) else { throw .missing(path: path) }
        var configuration = configuration(label: label, patience: patience)
        configuration.readonly = true
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try check($0, path: path) }
            return queue
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private func configuration(label: String, patience: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
        }
        return configuration
    }
}
