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
            guard let row, let first: Int32 = try row.value(0), let last: Int32 = try row.value(1) else { return nil }
            guard first <= last else { throw StoreError.corrupt(path: path) }
            return first...last
        }
    }

    /// The ledger of a site over some days, by day and window.
    public func ledger(site: String, days: ClosedRange<Int32>) throws(StoreError) -> [ReleaseLedgerEntry] {
        try read {
            try Row.fetchAll(
                database,
                sql: """
                    SELECT day, epoch, mode, k, budget FROM release
                    WHERE site = (SELECT id FROM site WHERE name = ?) AND day BETWEEN ? AND ? ORDER BY day, epoch
                    """,
                arguments: [site, days.lowerBound, days.upperBound]
            ).map { row in
                guard let mode = ReleaseLedgerEntry.Mode(rawValue: try row.present(2)) else {
                    throw StoreError.corrupt(path: path)
                }
                return ReleaseLedgerEntry(
                    site: site, day: try row.present(0), epoch: try row.present(1), mode: mode,
                    k: try row.present(3), budget: try row.value(4))
            }
        }
    }

    /// One table of a site, each row summed over some days, in no particular order.
    public func rows(
        of dimension: Dimension, site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [StoredRow] {
        try read {
            try fetch(dimension, site, days, select: "cell.key, cell.key2", rest: "GROUP BY cell.key, cell.key2").map {
                row in
                let key2: String = try row.present(1)
                return StoredRow(
                    key: try row.present(0), key2: key2.isEmpty ? nil : key2, counts: try figures(of: row, from: 2),
                    variances: try figures(of: row, from: 2 + Measure.allCases.count))
            }
        }
    }

    /// One measure of all rows of a table, summed over some days, and the variance of the noise in that sum; nil when
    /// none was released.
    public func sum(
        of measure: Measure, in dimension: Dimension, site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> (count: Int, variance: Int)? {
        try read {
            let index = Measure.allCases.firstIndex(of: measure) ?? 0
            let row = try fetch(dimension, site, days, select: "0", rest: "").first
            guard let row, let count: Int = try row.value(1 + index) else { return nil }
            return (count, try row.value(1 + Measure.allCases.count + index) ?? 0)
        }
    }

    /// The totals of a site day by day; days without a released figure are absent.
    public func dailyTotals(
        site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [(day: Int32, counts: MeasureCounts, variances: MeasureVariances)] {
        try read {
            let rest = "AND cell.key = '' GROUP BY cell.day ORDER BY cell.day"
            return try fetch(.total, site, days, select: "cell.day", rest: rest).map { row in
                (
                    day: try row.present(0), counts: try figures(of: row, from: 1),
                    variances: try figures(of: row, from: 1 + Measure.allCases.count)
                )
            }
        }
    }

    /// Sums of all measures of a table, then of the variances of their noise; `rest` says of which rows.
    ///
    /// A figure has the noise of the days on which it was released; of several windows of one day, that of all.
    private func fetch(
        _ dimension: Dimension, _ site: String, _ days: ClosedRange<Int32>, select: String, rest: String
    ) throws -> [Row] {
        let scope = "site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND day BETWEEN ? AND ?"
        let arguments: StatementArguments = [site, dimension.rawValue, days.lowerBound, days.upperBound]
        let columns = Measure.allCases.map(Schema.column)
        let sums = columns.map { "sum(cell.\($0))" }.joined(separator: ", ")
        let isNoisy = try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 FROM noise WHERE \(scope))", arguments: arguments)
        guard isNoisy == true else {
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(select), \(sums)\(String(repeating: ", NULL", count: columns.count)) FROM cell
                    WHERE \(scope) \(rest)
                    """,
                arguments: arguments)
        }
        let perDay = Measure.allCases.map { measure in
            "sum(CASE measure WHEN '\(measure.rawValue)' THEN variance END) AS \(Schema.column(measure))"
        }
        let noise = columns.map { "sum(CASE WHEN cell.\($0) IS NOT NULL THEN daily.\($0) END)" }
        return try Row.fetchAll(
            database,
            sql: """
                WITH daily AS (
                    SELECT day, \(perDay.joined(separator: ", ")) FROM noise WHERE \(scope) GROUP BY day
                )
                SELECT \(select), \(sums), \(noise.joined(separator: ", "))
                FROM (SELECT * FROM cell WHERE \(scope)) AS cell LEFT JOIN daily USING (day) WHERE true \(rest)
                """,
            arguments: arguments + arguments)
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
    /// How much noise is in them.
    public var variances: MeasureVariances

    /// Makes a row.
    public init(key: String, key2: String? = nil, counts: MeasureCounts, variances: MeasureVariances = [:]) {
        self.key = key
        self.key2 = key2
        self.counts = counts
        self.variances = variances
    }
}

private func figures(of row: Row, from column: Int) throws -> [Measure: Int] {
    var figures: [Measure: Int] = [:]
    for (offset, measure) in Measure.allCases.enumerated() {
        if let figure: Int = try row.value(column + offset) { figures[measure] = figure }
    }
    return figures
}

/// Values of a file that may be damaged: what has another type than its column is an error.
extension Row {
    fileprivate func value<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value? {
        let value: DatabaseValue = self[column]
        return value.isNull ? nil : try present(column)
    }

    fileprivate func present<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[column]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
        return value
    }
}
