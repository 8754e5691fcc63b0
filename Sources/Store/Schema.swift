import GRDB
import Measurement

/// The tables of the store, and the way from each version of them to the next.
///
/// Only integers and words that anybody may read. Tables without row ids hold no order of insertion.
enum Schema {
    /// Marks the file as ours (`PRAGMA application_id`): "CRGT".
    static let applicationID: Int32 = 0x4352_4754

    /// The step from version `index` to `index + 1`; a step that has shipped never changes.
    static let steps = [
        """
        CREATE TABLE site (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE release (
            site INTEGER NOT NULL REFERENCES site (id),
            day INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            mode TEXT NOT NULL,
            k INTEGER NOT NULL,
            PRIMARY KEY (site, day, epoch)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE cell (
            site INTEGER NOT NULL REFERENCES site (id),
            dimension TEXT NOT NULL,
            day INTEGER NOT NULL,
            key TEXT NOT NULL,
            key2 TEXT NOT NULL,
            page_views INTEGER,
            visits INTEGER,
            visitors INTEGER,
            bounces INTEGER,
            entries INTEGER,
            exits INTEGER,
            conversions INTEGER,
            count INTEGER,
            PRIMARY KEY (site, dimension, day, key, key2)
        ) STRICT, WITHOUT ROWID;
        """
    ]

    /// Throws unless the file is a store or empty, in which case it is marked as ours, and its version is known.
    static func checkOwnership(_ database: Database, path: String) throws {
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
    static func migrate(_ database: Database) throws {
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

    /// Throws unless the file is a store of exactly the newest version, which is what a reader understands.
    static func check(_ database: Database, path: String) throws {
        try checkIdentity(database, path: path)
        let version = try version(of: database)
        if version > steps.count {
            throw StoreError.newerSchema(path: path, found: version, known: steps.count)
        }
        if version < steps.count {
            throw StoreError.olderSchema(path: path, found: version, known: steps.count)
        }
    }

    /// Adds one row's figures to what is there; arguments: site, dimension, day, key, key2, then each measure.
    static let addCell: String = {
        let columns = Measure.allCases.map(column)
        // A measure stays absent until something is counted.
        let sums = columns.map {
            "\($0) = CASE WHEN excluded.\($0) IS NULL THEN \($0) ELSE coalesce(\($0), 0) + excluded.\($0) END"
        }
        return """
            INSERT INTO cell (site, dimension, day, key, key2, \(columns.joined(separator: ", ")))
            VALUES (?, ?, ?, ?, ?\(String(repeating: ", ?", count: columns.count)))
            ON CONFLICT DO UPDATE SET \(sums.joined(separator: ", "))
            """
    }()

    /// The column of a measure.
    static func column(_ measure: Measure) -> String {
        switch measure {
        case .pageViews: "page_views"
        case .visits: "visits"
        case .visitors: "visitors"
        case .bounces: "bounces"
        case .entries: "entries"
        case .exits: "exits"
        case .conversions: "conversions"
        case .count: "count"
        }
    }

    private static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    private static func checkIdentity(_ database: Database, path: String) throws {
        guard try Int32.fetchOne(database, sql: "PRAGMA application_id") == applicationID else {
            throw StoreError.notAStore(path: path)
        }
    }
}
