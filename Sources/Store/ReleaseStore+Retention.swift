import GRDB
import Measurement

/// What becomes of daily figures past their retention.
public enum AfterRetention: String, CaseIterable, Hashable, Sendable {
    /// They are deleted, and so are the sums of the months that they are in.
    case delete
    /// The sums of their months stay. A month's days go together, with the first of them: a sum beside some of its days
    /// would tell those that are gone.
    case months
}

extension ReleaseStore {
    /// Deletes a site's cells older than `retentionDays` before `today`, where their months stay all of a month of which
    /// one is, and returns how many rows of days went.
    ///
    /// Their bytes are overwritten (`secure_delete`), in the WAL too unless a reader is busy, when the next sweep does
    /// it. The ledger stays: it says of a window for ever that it was released.
    @discardableResult
    public func sweep(
        site: String, today: Int32, retentionDays: Int, afterwards: AfterRetention = .delete
    ) throws(StoreError) -> Int {
        var oldest = Int32(clamping: Int(today) - retentionDays)
        if afterwards == .months { oldest = CalendarMonth.next(after: oldest - 1) }
        let (deleted, isAnything) = try write { database in
            guard
                let number = try Int64.fetchOne(
                    database, sql: "SELECT id FROM site WHERE name = ?", arguments: [site])
            else { return (0, false) }
            var count = 0
            var sums = 0
            for table in ["cell", "noise"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE site = ? AND day < ?", arguments: [number, oldest])
                if table == "cell" { count = database.changesCount }
            }
            let known = try Row.fetchOne(
                database, sql: "SELECT days_from, months_from FROM retention WHERE site = ?", arguments: [number])
            var months: Int32 = known.map { $0[1] } ?? 0
            if afterwards == .delete {
                // A month that has lost days is told by those that it has left.
                months = max(months, CalendarMonth.next(after: oldest - 1))
                try database.execute(
                    sql: "DELETE FROM month_cell WHERE site = ? AND month < ?", arguments: [number, months])
                sums = database.changesCount
            }
            let days = max(known.map { $0[0] } ?? oldest, oldest)
            if known.map({ $0[0] != days || $0[1] != months }) ?? true {
                try database.execute(
                    sql: """
                        INSERT INTO retention (site, days_from, months_from) VALUES (?, ?, ?)
                        ON CONFLICT DO UPDATE SET days_from = excluded.days_from, months_from = excluded.months_from
                        """,
                    arguments: [number, days, months])
            }
            return (count, count + sums > 0)
        }
        if isAnything { try overwriteLog() }
        return deleted
    }
}

/// What a site has in the store, by days.
public struct StoredDays: Hashable, Sendable {
    /// A day with figures.
    public struct Entry: Hashable, Sendable {
        /// The day.
        public let day: Int32
        /// Its rows.
        public let rows: Int

        /// Makes an entry.
        public init(day: Int32, rows: Int) {
            self.day = day
            self.rows = rows
        }
    }

    /// Each day with figures, in order.
    public let days: [Entry]
    /// The first days of the months of which days are gone and the sums are there.
    public let months: [Int32]

    /// Makes what there is; nothing when nothing is said.
    public init(days: [Entry] = [], months: [Int32] = []) {
        self.days = days
        self.months = months
    }
}

extension ReleaseReading {
    /// What there is of a site.
    public func storedDays(site: String) throws(StoreError) -> StoredDays {
        try read {
            let days = try Row.fetchAll(
                database,
                sql: """
                    SELECT day, count(*) FROM cell WHERE site = (SELECT id FROM site WHERE name = ?)
                    GROUP BY day ORDER BY day
                    """,
                arguments: [site]
            ).map { row in StoredDays.Entry(day: try row.present(0), rows: try row.present(1)) }
            let months = try Int32.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT month FROM month_cell WHERE site = (SELECT id FROM site WHERE name = ?)
                        AND month < ? ORDER BY month
                    """,
                arguments: [site, days.first?.day ?? Int32.max])
            return StoredDays(days: days, months: months)
        }
    }
}
