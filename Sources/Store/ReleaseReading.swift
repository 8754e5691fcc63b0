import GRDB
import Measurement

/// The released figures as they were at one moment, whatever is released meanwhile.
public struct ReleaseReading {
    let database: Database
    private let path: String
    private let known = Known()

    /// What every table of a report asks for again: it is the same throughout a reading.
    private final class Known {
        var noise: [String: Bool] = [:]
        var kept: [String: (days: Int32, months: Int32)] = [:]
        var lastDays: [String: Int32] = [:]
    }

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
    ///
    /// Long periods are read from the sums of whole months. A month of which days are past their retention counts if
    /// the period has all of it.
    ///
    /// - Parameter measures: what is asked for; the fewer, the sooner it is there.
    public func rows(
        of dimension: Dimension, site: String, days: ClosedRange<Int32>, measures: [Measure] = Measure.allCases
    ) throws(StoreError) -> [StoredRow] {
        try read {
            let spans = try spans(site: site, days: days)
            let variances = try hasNoise(site) ? measures : []
            var parts: [[StoredRow]] = []
            func stored(_ row: Row) throws -> StoredRow {
                let key2 = try row.word(1)
                return StoredRow(
                    key: try row.word(0), key2: key2.isEmpty ? nil : key2,
                    counts: try figures(measures, of: row, from: 2),
                    variances: try figures(variances, of: row, from: 2 + measures.count))
            }
            if let months = spans.months {
                let rest = "GROUP BY key, key2"
                parts.append(try monthRows(dimension, site, months, measures, "key, key2", rest, stored))
            }
            for days in spans.days {
                let rest = "GROUP BY cell.key, cell.key2"
                parts.append(try fetch(dimension, site, days, measures, "cell.key, cell.key2", rest, stored))
            }
            return StoredRow.sums(parts)
        }
    }

    /// The hours of each day of the week, summed over some days: the key is the day from 1 (Monday), `key2` the hour.
    ///
    /// It is made of the hours of single days; nothing beside them was released. Visits without an hour are left out.
    public func hoursOfWeek(
        site: String, days: ClosedRange<Int32>, measures: [Measure] = Measure.allCases
    ) throws(StoreError) -> [StoredRow] {
        try read {
            let weekday = "((cell.day + 3) % 7 + 7) % 7 + 1"
            // One number is sorted sooner than a number and a word.
            let rest = """
                AND cell.key <> '\(ReleasedCell.otherKey)' GROUP BY (\(weekday)) * 64 + CAST(cell.key AS INTEGER)
                """
            return try fetch(.hour, site, days, measures, "\(weekday), cell.key", rest) { row in
                StoredRow(
                    key: String(try row.integer(0) ?? 0), key2: try row.word(1),
                    counts: try figures(measures, of: row, from: 2),
                    variances: try figures(measures, of: row, from: 2 + measures.count))
            }
        }
    }

    /// One table of a site day by day, in no particular order.
    public func dailyRows(
        of dimension: Dimension, site: String, days: ClosedRange<Int32>, measures: [Measure] = Measure.allCases
    ) throws(StoreError) -> [(day: Int32, row: StoredRow)] {
        try read {
            let rest = "GROUP BY cell.day, cell.key, cell.key2"
            return try fetch(dimension, site, days, measures, "cell.day, cell.key, cell.key2", rest) { row in
                let key2 = try row.word(2)
                return (
                    day: try row.present(0),
                    row: StoredRow(
                        key: try row.word(1), key2: key2.isEmpty ? nil : key2,
                        counts: try figures(measures, of: row, from: 3),
                        variances: try figures(measures, of: row, from: 3 + measures.count))
                )
            }
        }
    }

    /// One measure of all rows of a table, summed over some days, and the variance of the noise in that sum; nil when
    /// none was released.
    public func sum(
        of measure: Measure, in dimension: Dimension, site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> (count: Int, variance: Int)? {
        try read {
            let spans = try spans(site: site, days: days)
            var sum: (count: Int, variance: Int)?
            func add(_ row: Row) throws {
                guard let count = try row.integer(1) else { return }
                sum = ((sum?.count ?? 0) + count, try (sum?.variance ?? 0) + (row.integer(2) ?? 0))
            }
            if let months = spans.months {
                _ = try monthRows(dimension, site, months, [measure], "0", "", add)
            }
            for days in spans.days { _ = try fetch(dimension, site, days, [measure], "0", "", add) }
            return sum
        }
    }

    /// The totals of a site day by day; days without a released figure, and those past their retention, are absent.
    public func dailyTotals(
        site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [(day: Int32, counts: MeasureCounts, variances: MeasureVariances)] {
        try read {
            let rest = "AND cell.key = '' GROUP BY cell.day ORDER BY cell.day"
            let measures = Measure.allCases
            return try fetch(.total, site, days, measures, "cell.day", rest) { row in
                (
                    day: try row.present(0), counts: try figures(measures, of: row, from: 1),
                    variances: try figures(measures, of: row, from: 1 + measures.count)
                )
            }
        }
    }

    /// Whether days of a period are past their retention, of which the sums of their months are there.
    public func hasOnlyMonths(site: String, days: ClosedRange<Int32>) throws(StoreError) -> Bool {
        try read { try (spans(site: site, days: days).months?.lowerBound ?? .max) < keptFrom(site: site).days }
    }

    /// How a period is read: whole months from their sums, what is before and after them day by day.
    private struct Spans {
        /// First days of months.
        var months: ClosedRange<Int32>?
        var days: [ClosedRange<Int32>]
    }

    /// Periods of more days are read by months.
    private static let mostDays = 92

    private func spans(site: String, days: ClosedRange<Int32>) throws -> Spans {
        let kept = try keptFrom(site: site)
        let last = try lastDay(site)
        var first = max(days.lowerBound, kept.months)
        if CalendarMonth.start(of: first) != first { first = CalendarMonth.next(after: first) }
        var end = CalendarMonth.start(of: days.upperBound == .max ? .max : days.upperBound + 1)
        // A month that is not over is whole when all that it has is in the period.
        if let last, last <= days.upperBound { end = CalendarMonth.next(after: last) }
        // Short ones are read by days, as long as these are there.
        if Int(days.upperBound) - Int(days.lowerBound) < Self.mostDays {
            end = min(end, CalendarMonth.next(after: kept.days - 1))
        }
        guard first < end, first <= days.upperBound else { return Spans(months: nil, days: [days]) }
        var rest: [ClosedRange<Int32>] = []
        if days.lowerBound < first { rest.append(days.lowerBound...first - 1) }
        if end <= days.upperBound { rest.append(end...days.upperBound) }
        return Spans(months: first...end - 1, days: rest)
    }

    /// Whether any figure of a site may have noise; the ledger is never swept.
    private func hasNoise(_ site: String) throws -> Bool {
        if let answer = known.noise[site] { return answer }
        let answer = try Bool.fetchOne(
            database,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM release WHERE site = (SELECT id FROM site WHERE name = ?) AND mode <> 'threshold'
                )
                """,
            arguments: [site])
        known.noise[site] = answer ?? true
        return answer ?? true
    }

    private func lastDay(_ site: String) throws -> Int32? {
        if let day = known.lastDays[site] { return day }
        let day = try Int32.fetchOne(
            database, sql: "SELECT max(day) FROM release WHERE site = (SELECT id FROM site WHERE name = ?)",
            arguments: [site])
        known.lastDays[site] = day
        return day
    }

    /// The first day that single days are kept from, and the first month that there is a sum of.
    private func keptFrom(site: String) throws -> (days: Int32, months: Int32) {
        if let kept = known.kept[site] { return kept }
        let row = try Row.fetchOne(
            database,
            sql: "SELECT days_from, months_from FROM retention WHERE site = (SELECT id FROM site WHERE name = ?)",
            arguments: [site])
        let kept: (days: Int32, months: Int32) = (try row?.present(0) ?? 0, try row?.present(1) ?? 0)
        known.kept[site] = kept
        return kept
    }

    private func monthRows<Value>(
        _ dimension: Dimension, _ site: String, _ months: ClosedRange<Int32>, _ measures: [Measure],
        _ selection: String, _ rest: String, _ each: (Row) throws -> Value
    ) throws -> [Value] {
        let columns = measures.map(Schema.column)
        let variances = try hasNoise(site) ? columns.map { "sum(\($0)_variance)" } : columns.map { _ in "NULL" }
        let sums = (columns.map { "sum(\($0))" } + variances).joined(separator: ", ")
        return try all(
            """
            SELECT \(selection), \(sums) FROM month_cell
            WHERE site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND month BETWEEN ? AND ? \(rest)
            """,
            [site, dimension.rawValue, months.lowerBound, months.upperBound], each)
    }

    /// A row is read where the statement has it: copies cost more than the query.
    private func all<Value>(
        _ sql: String, _ arguments: StatementArguments, _ each: (Row) throws -> Value
    ) throws -> [Value] {
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        var values: [Value] = []
        while let row = try cursor.next() { values.append(try each(row)) }
        return values
    }

    /// Sums of measures of a table, then of the variances of their noise; `rest` says of which rows.
    ///
    /// A figure has the noise of the days on which it was released; of several windows of one day, that of all.
    private func fetch<Value>(
        _ dimension: Dimension, _ site: String, _ days: ClosedRange<Int32>, _ measures: [Measure],
        _ selection: String, _ rest: String, _ each: (Row) throws -> Value
    ) throws -> [Value] {
        let scope = "site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND day BETWEEN ? AND ?"
        let arguments: StatementArguments = [site, dimension.rawValue, days.lowerBound, days.upperBound]
        let columns = measures.map(Schema.column)
        let sums = columns.map { "sum(cell.\($0))" }.joined(separator: ", ")
        guard try hasNoise(site) else {
            return try all(
                """
                SELECT \(selection), \(sums)\(String(repeating: ", NULL", count: columns.count)) FROM cell
                WHERE \(scope) \(rest)
                """,
                arguments, each)
        }
        let perDay = measures.map { measure in
            "sum(CASE measure WHEN '\(measure.rawValue)' THEN variance END) AS \(Schema.column(measure))"
        }
        let noise = columns.map { "sum(CASE WHEN cell.\($0) IS NOT NULL THEN daily.\($0) END)" }
        return try all(
            """
            WITH daily AS (
                SELECT day, \(perDay.joined(separator: ", ")) FROM noise WHERE \(scope) GROUP BY day
            )
            SELECT \(selection), \(sums), \(noise.joined(separator: ", "))
            FROM (SELECT * FROM cell WHERE \(scope)) AS cell LEFT JOIN daily USING (day) WHERE true \(rest)
            """,
            arguments + arguments, each)
    }

    func read<Value>(_ body: () throws -> Value) throws(StoreError) -> Value {
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

extension StoredRow {
    /// Parts of a period, added up name by name.
    fileprivate static func sums(_ parts: [[StoredRow]]) -> [StoredRow] {
        if parts.count < 2 { return parts.first ?? [] }
        struct Name: Hashable {
            var key: String
            var key2: String?
        }
        var rows: [Name: StoredRow] = [:]
        rows.reserveCapacity(parts.map(\.count).max() ?? 0)
        for row in parts.joined() {
            let name = Name(key: row.key, key2: row.key2)
            if rows[name]?.add(row) == nil { rows[name] = row }
        }
        return Array(rows.values)
    }

    private mutating func add(_ other: StoredRow) {
        counts.merge(other.counts, uniquingKeysWith: +)
        variances.merge(other.variances, uniquingKeysWith: +)
    }
}

private func figures(_ measures: [Measure], of row: Row, from column: Int) throws -> [Measure: Int] {
    var figures: [Measure: Int] = [:]
    for (offset, measure) in measures.enumerated() {
        if let figure = try row.integer(column + offset) { figures[measure] = figure }
    }
    return figures
}

/// Values of a file that may be damaged: what has another type than its column is an error.
extension Row {
    fileprivate func value<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value? {
        let value: DatabaseValue = self[column]
        return value.isNull ? nil : try present(column)
    }

    /// The same as `value` for what there is most of, without looking a type up.
    fileprivate func integer(_ column: Int) throws -> Int? {
        let value: DatabaseValue = self[column]
        switch value.storage {
        case .null: return nil
        case .int64(let number): return Int(number)
        case .double, .string, .blob: throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
    }

    fileprivate func word(_ column: Int) throws -> String {
        let value: DatabaseValue = self[column]
        guard case .string(let text) = value.storage else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        return text
    }

    func present<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[column]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
        return value
    }
}
