import GRDB
import Measurement

/// The SQLite file of released cells and of the ledger that says which windows were released.
///
/// Nothing else about visitors is ever written to disk: integers and public words, no row per visit, nothing derived
/// from a visitor. The file is in WAL mode, its deleted content is overwritten (`secure_delete`), its temporary tables
/// stay in memory, and it is readable by its owner only. One process writes; any number read meanwhile.
public final class ReleaseStore: ReleaseSink, Sendable, StoreFile {
    /// The file's name within the state directory.
    public static let fileName = "crumbgate.sqlite"

    /// The file's path.
    public let path: String
    let queue: DatabaseQueue

    /// Opens the store for the process that releases windows, making the file when there is none and bringing an older
    /// schema up to date; the directory must exist.
    public static func open(path: String) throws(StoreError) -> ReleaseStore {
        // A release is rare and is told of as durable: it is synced, not left to the next checkpoint.
        ReleaseStore(path, try Schema.format.open(path, label: label, patience: patience))
    }

    /// Opens the store to read it, while another process may be writing; throws `missing` when there is no file.
    public static func openReadOnly(path: String) throws(StoreError) -> ReleaseStore {
        ReleaseStore(path, try Schema.format.openReadOnly(path, label: label, patience: patience))
    }

    private static let label = "store"
    private static let patience = 5.0

    private init(_ path: String, _ queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Keeps a window's cells and its ledger entry in one transaction, or neither when it throws.
    @discardableResult
    public func store(
        _ cells: [ReleasedCell], release: ReleaseLedgerEntry
    ) throws(StoreError) -> ReleaseOutcome {
        let rows = CellRow.folding(cells)
        return try write { database in
            let site = try siteNumber(release.site, in: database)
            guard try insertIntoLedger(release, site: site, in: database) else { return .alreadyReleased }
            try insertNoise(of: cells, release, site: site, in: database)
            var sites = [release.site: site]
            var months = MonthSums(database)
            // In the order of the primary key, whatever the order of counting was.
            for row in rows {
                let number = try sites[row.name.site] ?? siteNumber(row.name.site, in: database)
                sites[row.name.site] = number
                try row.add(to: database, site: number)
                try months.add(row, site: number)
            }
            return .stored
        }
    }

    /// Whether the file is where it was and takes what is written to it, and its file system has room for a day's
    /// figures; nothing changes.
    public var isWritable: Bool {
        guard PrivateFile.exists(path), PrivateFile.room(at: path) >= 1 << 20 else { return false }
        do {
            try queue.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) { .rollback }
            }
            return true
        } catch {
            return false
        }
    }

    /// Closes the file; the last writer leaves neither a WAL nor a shared-memory file behind.
    public func close() throws(StoreError) {
        do { try queue.close() } catch { throw StoreError(error, path: path) }
    }
}

private func siteNumber(_ name: String, in database: Database) throws -> Int64 {
    try database.execute(sql: "INSERT INTO site (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [name])
    // The row exists: inserted now or before, within this transaction.
    return try Int64.fetchOne(database, sql: "SELECT id FROM site WHERE name = ?", arguments: [name]) ?? 0
}

/// Whether the window was new.
private func insertIntoLedger(_ entry: ReleaseLedgerEntry, site: Int64, in database: Database) throws -> Bool {
    try database.execute(
        sql: """
            INSERT INTO release (site, day, epoch, mode, k, budget) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
        arguments: [site, entry.day, entry.epoch, entry.mode.rawValue, entry.k, entry.budget])
    return database.changesCount == 1
}

/// Keeps how much noise is in the figures of each table: the same in all of its rows, or the most of any.
private func insertNoise(
    of cells: [ReleasedCell], _ entry: ReleaseLedgerEntry, site: Int64, in database: Database
) throws {
    struct Column: Hashable {
        var dimension: Dimension
        var measure: Measure
    }
    var variances: [Column: Int] = [:]
    for cell in cells where cell.variance > 0 {
        variances[Column(dimension: cell.dimension, measure: cell.measure), default: 0].raise(to: cell.variance)
    }
    for (column, variance) in variances {
        try database.execute(
            sql: "INSERT INTO noise (site, dimension, day, epoch, measure, variance) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                site, column.dimension.rawValue, entry.day, entry.epoch, column.measure.rawValue, variance,
            ])
    }
}

extension Int {
    fileprivate mutating func raise(to value: Int) { self = Swift.max(self, value) }
}
