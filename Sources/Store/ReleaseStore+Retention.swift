import GRDB
import Measurement

extension ReleaseStore {
    /// Deletes a site's cells older than `retentionDays` before `today`, and returns how many rows went.
    ///
    /// Their bytes are overwritten (`secure_delete`), in the WAL too unless a reader is busy, when the next sweep does
    /// it. The ledger stays: it says of a window for ever that it was released.
    @discardableResult
    public func sweep(site: String, today: Int32, retentionDays: Int) throws(StoreError) -> Int {
        let oldest = Int(today) - retentionDays
        let deleted = try write { database in
            try database.execute(
                sql: "DELETE FROM cell WHERE site = (SELECT id FROM site WHERE name = ?) AND day < ?",
                arguments: [site, oldest])
            let count = database.changesCount
            try database.execute(
                sql: "DELETE FROM noise WHERE site = (SELECT id FROM site WHERE name = ?) AND day < ?",
                arguments: [site, oldest])
            return count
        }
        if deleted > 0 {
            do {
                try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                // A reader holds an old snapshot.
            } catch {
                throw StoreError(error, path: path)
            }
        }
        return deleted
    }
}
