import GRDB

/// A kind of SQLite file of ours: how it is marked, and the way from each version of its tables to the next.
struct FileFormat: Sendable {
    /// Marks the file as ours (`PRAGMA application_id`).
    let applicationID: Int32
    /// The step from version `index` to `index + 1`; a step that has shipped never changes.
    let steps: [String]

    /// Throws unless the file is of this kind or empty, in which case it is marked, and its version is known.
    func checkOwnership(_ database: Database, path: String) throws {
        if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        try checkIdentity(database, path: path)
        let version = try version(of: database)
        guard version <= steps.count else {
            throw StoreError.newerSchema(path: path, found: version, known: steps.count)
        }
    }

    /// Brings the file to the newest version, each step in a transaction of its own.
    func migrate(_ database: Database) throws {
        let version = try version(of: database)
        for (index, step) in steps.enumerated().dropFirst(version) {
            try database.inTransaction(.immediate) {
                // Another process may have taken the step while this one waited for the lock.
                guard try self.version(of: database) == index else { return .rollback }
                try database.execute(sql: step)
                try database.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    /// Throws unless the file is of this kind and of exactly the newest version, which is what a reader understands.
    func check(_ database: Database, path: String) throws {
        try checkIdentity(database, path: path)
        let version = try version(of: database)
        if version > steps.count {
            throw StoreError.newerSchema(path: path, found: version, known: steps.count)
        }
        if version < steps.count {
            throw StoreError.olderSchema(path: path, found: version, known: steps.count)
        }
    }

    private func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    private func checkIdentity(_ database: Database, path: String) throws {
        guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
            throw StoreError.notAStore(path: path)
        }
    }
}
