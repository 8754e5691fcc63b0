import GRDB
import Measurement

/// The released figures as they were at one moment, whatever is released meanwhile.
public struct ReleaseReading {
    private let database: Database
    private let path: String

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
    }

    /// The first and last day with a released window of a site; nil when there is none.
    public func releasedDays(site: String) throws(StoreError) -> ClosedRange<Int32>? {
        try read {
            let row = try Row.fetchOne(
                database,
                sql: "SELECT min(day), max(day) FROM release WHERE site = (SELECT id FROM site WHERE name = ?)",
                arguments: [site])
            guard let row, let first = row[0] as Int32?, let last = row[1] as Int32? else { return nil }
            return first...last
        }
    }

    /// The ledger of a site over some days, by day and window.
    public func ledger(site: String, days: ClosedRange<Int32>) throws(StoreError) -> [ReleaseLedgerEntry] {
        try read {
            try Row.fetchAll(
                database,
                sql: """
                    SELECT day, epoch, mode, k FROM release
                    WHERE site = (SELECT id FROM site WHERE name = ?) AND day BETWEEN ? AND ? ORDER BY day, epoch
                    """,
                arguments: [site, days.lowerBound, days.upperBound]
            ).map { row in
                guard let mode = ReleaseLedgerEntry.Mode(rawValue: row[2]) else {
                    throw StoreError.corrupt(path: path)
                }
                return ReleaseLedgerEntry(site: site, day: row[0], epoch: row[1], mode: mode, k: row[3])
            }
        }
    }

    /// One table of a site, each row summed over some days, in no particular order.
    public func rows(
        of dimension: Dimension, site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [StoredRow] {
        try read {
            let sums = Measure.allCases.map { "sum(\(Schema.column($0)))" }.joined(separator: ", ")
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT key, key2, \(sums) FROM cell
                    WHERE site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND day BETWEEN ? AND ?
                    GROUP BY key, key2
                    """,
                arguments: [site, dimension.rawValue, days.lowerBound, days.upperBound]
            ).map { row in
                let key2: String = row[1]
                return StoredRow(key: row[0], key2: key2.isEmpty ? nil : key2, counts: counts(of: row, from: 2))
            }
        }
    }

    /// One measure of all rows of a table, summed over some days; nil when none was released.
    public func sum(
        of measure: Measure, in dimension: Dimension, site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> Int? {
        try read {
            try Int.fetchOne(
                database,
                sql: """
                    SELECT sum(\(Schema.column(measure))) FROM cell
                    WHERE site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND day BETWEEN ? AND ?
                    """,
                arguments: [site, dimension.rawValue, days.lowerBound, days.upperBound])
        }
    }

    /// The totals of a site day by day; days without a released figure are absent.
    public func dailyTotals(
        site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [(day: Int32, counts: MeasureCounts)] {
        try read {
            let columns = Measure.allCases.map(Schema.column).joined(separator: ", ")
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT day, \(columns) FROM cell
                    WHERE site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND day BETWEEN ? AND ?
                        AND key = '' ORDER BY day
                    """,
                arguments: [site, Dimension.total.rawValue, days.lowerBound, days.upperBound]
            ).map { row in (day: row[0], counts: counts(of: row, from: 1)) }
        }
    }

    private func read<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
        do { return try body() } catch { throw StoreError(error, path: path) }
    }
}

extension ReleaseStore {
    /// The ids of all sites with a released window, sorted.
    public func sites() throws(StoreError) -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: "SELECT name FROM site WHERE id IN (SELECT DISTINCT site FROM release) ORDER BY name")
        }
    }

    /// Reads figures that belong together: a window that is released meanwhile is in all of them or in none.
    public func reading<Value>(
        _ body: (ReleaseReading) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        try read { database in try body(ReleaseReading(database, path: path)) }
    }
}

/// A row of a table over a period.
public struct StoredRow: Hashable, Sendable {
    /// The row's name, as `Dimension` describes it.
    public var key: String
    /// The second name of a pair.
    public var key2: String?
    /// Its figures.
    public var counts: MeasureCounts

    /// Makes a row.
    public init(key: String, key2: String? = nil, counts: MeasureCounts) {
        self.key = key
        self.key2 = key2
        self.counts = counts
    }
}

private func counts(of row: Row, from column: Int) -> MeasureCounts {
    var counts = MeasureCounts()
    for (offset, measure) in Measure.allCases.enumerated() {
        if let count = row[column + offset] as Int? { counts[measure] = count }
    }
    return counts
}
