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
        var released: [String: ClosedRange<Int32>?] = [:]
    }

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
    }

    /// The first and last day with a released window of a site; nil when there is none.
    public func releasedDays(site: String) throws(StoreError) -> ClosedRange<Int32>? {
        try read {
            if let days = known.released[site] { return days }
            let row = try Row.fetchOne(
                database,
                sql: "SELECT min(day), max(day) FROM release WHERE site = (SELECT id FROM site WHERE name = ?)",
                arguments: [site])
            var days: ClosedRange<Int32>?
            if let row, let first: Int32 = try row.value(0), let last: Int32 = try row.value(1) {
                guard first <= last else { throw StoreError.corrupt(path: path) }
                days = first...last
            }
            known.released[site] = days
            return days
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
            let isPair = dimension.isOfPairs
            let names = isPair ? ["key", "key2"] : ["key"]
            var sums = RowSums()
            func add(_ row: Row, _ figures: Figures) throws {
                let key2 = isPair ? try row.word(1) : ""
                sums.add(try row.word(0), key2.isEmpty ? nil : key2, figures.counts, figures.variances)
            }
            // Months lie in the order of their names, days do not: to sort them costs more than to look names up.
            if let months = spans.months {
                let rest = "GROUP BY \(names.joined(separator: ", "))"
                try monthRows(dimension, site, months, measures, names, rest, add)
            }
            for days in spans.days {
                try fetch(.eachRow, dimension, site, days, measures, names.map { "cell.\($0)" }, "", add)
            }
            return sums.rows
        }
    }

    /// The hours of each day of the week, summed over some days: the key is the day from 1 (Monday), `key2` the hour.
    ///
    /// It is made of the hours of single days; nothing beside them was released. Visits without an hour are left out.
    public func hoursOfWeek(
        site: String, days: ClosedRange<Int32>, measures: [Measure] = Measure.allCases
    ) throws(StoreError) -> [StoredRow] {
        try read {
            var cells = [Figures?](repeating: nil, count: 7 * 24)
            let rest = "AND cell.key <> '\(ReleasedCell.otherKey)'"
            let names = ["((cell.day + 3) % 7 + 7) % 7", "CAST(cell.key AS INTEGER)"]
            try fetch(.eachRow, .hour, site, days, measures, names, rest) { row, figures in
                guard let weekday = row.integer(0), let hour = row.integer(1), (0..<24).contains(hour) else { return }
                var sum: Figures = cells[weekday * 24 + hour] ?? ([:], [:])
                sum.counts.add(figures.counts)
                sum.variances.add(figures.variances)
                cells[weekday * 24 + hour] = sum
            }
            return cells.indices.compactMap { index in
                cells[index].map { figures in
                    StoredRow(
                        key: String(index / 24 + 1), key2: String(index % 24), counts: figures.counts,
                        variances: figures.variances)
                }
            }
        }
    }

    /// One table of a site day by day, in no particular order.
    public func dailyRows(
        of dimension: Dimension, site: String, days: ClosedRange<Int32>, measures: [Measure] = Measure.allCases
    ) throws(StoreError) -> [(day: Int32, row: StoredRow)] {
        try read {
            let names = ["cell.day", "cell.key", "cell.key2"]
            var rows: [(day: Int32, row: StoredRow)] = []
            try fetch(.eachRow, dimension, site, days, measures, names, "") { row, figures in
                let key2 = try row.word(2)
                let stored = StoredRow(
                    key: try row.word(1), key2: key2.isEmpty ? nil : key2, counts: figures.counts,
                    variances: figures.variances)
                rows.append((try row.present(0), stored))
            }
            return rows
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
            func add(_ row: Row, _ figures: Figures) {
                guard let count = figures.counts[measure] else { return }
                sum = ((sum?.count ?? 0) + count, (sum?.variance ?? 0) + (figures.variances[measure] ?? 0))
            }
            if let months = spans.months { try monthRows(dimension, site, months, [measure], [], "", add) }
            for days in spans.days { try fetch(.sums, dimension, site, days, [measure], [], "", add) }
            return sum
        }
    }

    /// The totals of a site day by day; days without a released figure, and those past their retention, are absent.
    public func dailyTotals(
        site: String, days: ClosedRange<Int32>
    ) throws(StoreError) -> [(day: Int32, counts: MeasureCounts, variances: MeasureVariances)] {
        try read {
            let rest = "AND cell.key = '' ORDER BY cell.day"
            var totals: [(day: Int32, counts: MeasureCounts, variances: MeasureVariances)] = []
            try fetch(.eachRow, .total, site, days, Measure.allCases, ["cell.day"], rest) { row, figures in
                totals.append((try row.present(0), figures.counts, figures.variances))
            }
            return totals
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
        guard let released = try releasedDays(site: site), released.overlaps(days) else {
            return Spans(months: nil, days: [])
        }
        let kept = try keptFrom(site: site)
        // A month is whole when all that it has is in the period, also the first there is, and one that is not over.
        var first = days.lowerBound
        if first <= released.lowerBound { first = CalendarMonth.start(of: released.lowerBound) }
        first = max(first, kept.months)
        if CalendarMonth.start(of: first) != first { first = CalendarMonth.next(after: first) }
        var end = CalendarMonth.start(of: days.upperBound == .max ? .max : days.upperBound + 1)
        if released.upperBound <= days.upperBound { end = CalendarMonth.next(after: released.upperBound) }
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

    /// The measures of a row, and how much noise is in them.
    private typealias Figures = (counts: MeasureCounts, variances: MeasureVariances)

    /// What is asked of a table: sums of several rows, or one row of a day after the other.
    private enum Taking {
        case sums, eachRow

        func expression(_ figure: String) -> String {
            switch self {
            case .sums: "sum(\(figure))"
            case .eachRow: figure
            }
        }
    }

    private func monthRows(
        _ dimension: Dimension, _ site: String, _ months: ClosedRange<Int32>, _ measures: [Measure],
        _ names: [String], _ rest: String, _ each: (Row, Figures) throws -> Void
    ) throws {
        let columns = measures.map(Schema.column)
        let variances = try hasNoise(site) ? columns.map { "sum(\($0)_variance)" } : []
        let selection = (names + columns.map { "sum(\($0))" } + variances).joined(separator: ", ")
        var scope = "site = (SELECT id FROM site WHERE name = ?) AND dimension = ?"
        var arguments: StatementArguments = [site, dimension.rawValue]
        // Of all there are no month is asked for its number.
        let all = try releasedDays(site: site).map { CalendarMonth.start(of: $0.lowerBound)...$0.upperBound }
        if let all, months.lowerBound > all.lowerBound || months.upperBound < all.upperBound {
            scope += " AND month BETWEEN ? AND ?"
            arguments += [months.lowerBound, months.upperBound]
        }
        try forEachRow(
            "SELECT \(selection) FROM month_cell WHERE \(scope) \(rest)", arguments, measures, names.count, each)
    }

    /// A row is read where the statement has it: copies cost more than the query. Its first columns are names; then come
    /// measures, and their variances where there is noise.
    private func forEachRow(
        _ sql: String, _ arguments: StatementArguments, _ measures: [Measure], _ nameCount: Int,
        _ each: (Row, Figures) throws -> Void
    ) throws {
        let cursor = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
        while let row = try cursor.next() {
            var figures: Figures = ([:], [:])
            for (offset, measure) in measures.enumerated() { figures.counts[measure] = row.integer(nameCount + offset) }
            let start = nameCount + measures.count
            if row.count > start {
                for (offset, measure) in measures.enumerated() {
                    figures.variances[measure] = row.integer(start + offset)
                }
            }
            try each(row, figures)
        }
    }

    /// Sums of measures of a table, then of the variances of their noise; `rest` says of which rows.
    ///
    /// A figure has the noise of the days on which it was released; of several windows of one day, that of all.
    private func fetch(
        _ taking: Taking, _ dimension: Dimension, _ site: String, _ days: ClosedRange<Int32>, _ measures: [Measure],
        _ names: [String], _ rest: String, _ each: (Row, Figures) throws -> Void
    ) throws {
        let scope = "site = (SELECT id FROM site WHERE name = ?) AND dimension = ? AND day BETWEEN ? AND ?"
        let arguments: StatementArguments = [site, dimension.rawValue, days.lowerBound, days.upperBound]
        let columns = measures.map(Schema.column)
        let selection = (names + columns.map { taking.expression("cell.\($0)") }).joined(separator: ", ")
        guard try hasNoise(site) else {
            return try forEachRow(
                "SELECT \(selection) FROM cell WHERE \(scope) \(rest)", arguments, measures, names.count, each)
        }
        let perDay = measures.map { measure in
            "sum(CASE measure WHEN '\(measure.rawValue)' THEN variance END) AS \(Schema.column(measure))"
        }
        let noise = columns.map { taking.expression("CASE WHEN cell.\($0) IS NOT NULL THEN daily.\($0) END") }
        try forEachRow(
            """
            WITH daily AS (
                SELECT day, \(perDay.joined(separator: ", ")) FROM noise WHERE \(scope) GROUP BY day
            )
            SELECT \(selection), \(noise.joined(separator: ", "))
            FROM (SELECT * FROM cell WHERE \(scope)) AS cell LEFT JOIN daily USING (day) WHERE true \(rest)
            """,
            arguments + arguments, measures, names.count, each)
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

/// Values of a file that may be damaged: what has another type than its column is an error, but for sums.
extension Row {
    fileprivate func value<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value? {
        let value: DatabaseValue = self[column]
        return value.isNull ? nil : try present(column)
    }

    /// A sum of integers, which there is most of, without looking a type up.
    fileprivate func integer(_ column: Int) -> Int? { self[column] as Int? }

    fileprivate func word(_ column: Int) throws -> String {
        guard let text = self[column] as String? else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        return text
    }

    func present<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[column]) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT)
        }
        return value
    }
}
