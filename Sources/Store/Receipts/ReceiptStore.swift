import Consent
import GRDB

/// The SQLite file of receipts: a chain for each site, and what visitors were asked and shown (spec: "Receipts: proof
/// of consent").
///
/// A call that returns has reached the disk: the file is in WAL mode with `synchronous = FULL`, where a commit ends with
/// an fsync of the log, so that neither a crash of the process nor a loss of power takes a receipt back. What is erased
/// is overwritten (`secure_delete`). The proxy and the commands may write at the same time; each transaction begins with
/// the lock.
public final class ReceiptStore: Sendable, StoreFile {
    /// The file's name within the state directory.
    public static let fileName = "receipts.sqlite"

    /// The file's path.
    public let path: String
    let queue: DatabaseQueue

    /// Opens the file to write it, making it when there is none; the directory must exist.
    public static func open(path: String) throws(StoreError) -> ReceiptStore {
        let isNew = !PrivateFile.exists(path)
        let queue = try ReceiptSchema.format.open(path, label: label, patience: patience)
        if isNew { try PrivateFile.syncDirectory(of: path) }
        return ReceiptStore(path, queue)
    }

    /// Opens the file of a proxy to change it; throws `missing` when there is none.
    public static func openExisting(path: String) throws(StoreError) -> ReceiptStore {
        guard PrivateFile.exists(path) else { throw .missing(path: path) }
        return try open(path: path)
    }

    /// Opens the file to read it, while another process may be writing; throws `missing` when there is none.
    public static func openReadOnly(path: String) throws(StoreError) -> ReceiptStore {
        ReceiptStore(path, try ReceiptSchema.format.openReadOnly(path, label: label, patience: patience))
    }

    private static let label = "receipts"
    /// Shorter than visitors wait for an answer.
    private static let patience = 2.0

    private init(_ path: String, _ queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Keeps receipts, all of them or, when it throws, none; one sync for all.
    public func append(_ receipts: [(site: String, receipt: Receipt)]) throws(StoreError) {
        guard !receipts.isEmpty else { return }
        try write { database in
            var chains: [String: ChainRow] = [:]
            for (site, receipt) in receipts {
                var chain = try chains[site] ?? ChainRow.find(site, in: database)
                try chain.append(.receipt(receipt), to: database)
                chains[site] = chain
            }
            for chain in chains.values { try chain.keepEnd(in: database) }
        }
    }

    /// Erases what the receipts with an id say, at one site or at all, and returns how many there were. That it was
    /// done is another entry of the chain.
    @discardableResult
    public func erase(_ id: ReceiptID, site: String? = nil, minute: Int64) throws(StoreError) -> Int {
        let count = try write { database in
            var count = 0
            for name in try siteNames(in: database) where site == nil || site == name {
                var chain = try ChainRow.find(name, in: database)
                let numbers = try Int64.fetchAll(
                    database, sql: "SELECT number FROM content WHERE site = ? AND receipt = ? ORDER BY number",
                    arguments: [chain.site, id.description])
                guard !numbers.isEmpty else { continue }
                try database.execute(
                    sql: "DELETE FROM content WHERE site = ? AND receipt = ?",
                    arguments: [chain.site, id.description])
                try chain.append(.erasure(of: numbers, minute: minute), to: database)
                try chain.keepEnd(in: database)
                count += numbers.count
            }
            return count
        }
        if count > 0 { try overwriteLog() }
        return count
    }

    /// Removes what is past its site's retention, and returns how many receipts went. That it was done is another entry
    /// of the chain.
    @discardableResult
    public func sweep(minute: Int64) throws(StoreError) -> Int {
        let count = try write { database in
            var count = 0
            for name in try siteNames(in: database) {
                var chain = try ChainRow.find(name, in: database)
                guard let days = chain.retentionDays else { continue }
                count += try chain.sweep(before: minute - Int64(days) * 1440, minute: minute, in: database)
            }
            return count
        }
        if count > 0 { try overwriteLog() }
        return count
    }

    /// Closes the file; the last writer leaves neither a WAL nor a shared-memory file behind.
    public func close() throws(StoreError) {
        do { try queue.close() } catch { throw StoreError(error, path: path) }
    }
}

func siteNames(in database: Database) throws -> [String] {
    try String.fetchAll(database, sql: "SELECT name FROM chain ORDER BY name")
}
