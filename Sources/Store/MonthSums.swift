import GRDB
import Measurement

/// The sums of each month beside its days: reports of long periods read them in the place of days, and where the rules
/// say so they are what stays of days past their retention.
struct MonthSums {
    /// Rows of a table in a month at most; names that come later are added to *(other)*, steps from page to page to
    /// nothing.
    static func mostRows(of dimension: Dimension) -> Int { dimension == .page ? 1000 : 300 }

    private let database: Database
    private var counts: [Table: Int] = [:]
    private var firstMonths: [Int64: Int32] = [:]

    private struct Table: Hashable {
        var site: Int64
        var dimension: Dimension
        var month: Int32
    }

    init(_ database: Database) { self.database = database }

    /// Adds a day's row to its month, unless the month is past its retention.
    mutating func add(_ row: CellRow, site: Int64) throws {
        let table = Table(site: site, dimension: row.name.dimension, month: CalendarMonth.start(of: row.name.day))
        guard try table.month >= firstMonth(site: site) else { return }
        let count = try counts[table] ?? rowCount(table)
        var name = row.name
        var isNew = try !exists(name, in: table)
        if count >= Self.mostRows(of: name.dimension), name.key != ReleasedCell.otherKey, isNew {
            if name.dimension == .pagePair { return }
            (name.key, name.key2) = (ReleasedCell.otherKey, "")
            isNew = try !exists(name, in: table)
        }
        counts[table] = isNew ? count + 1 : count
        let figures: [(any DatabaseValueConvertible)?] =
            Measure.allCases.map { row.counts[$0] } + Measure.allCases.map { row.variances[$0] }
        try database.cachedStatement(sql: Schema.addMonthCell).execute(
            arguments: [site, table.dimension.rawValue, name.key, name.key2, table.month] + StatementArguments(figures))
    }

    private mutating func firstMonth(site: Int64) throws -> Int32 {
        if let known = firstMonths[site] { return known }
        let first = try Int32.fetchOne(
            database, sql: "SELECT months_from FROM retention WHERE site = ?", arguments: [site])
        firstMonths[site] = first ?? .min
        return first ?? .min
    }

    private func rowCount(_ table: Table) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT count(*) FROM month_cell WHERE site = ? AND dimension = ? AND month = ?",
            arguments: [table.site, table.dimension.rawValue, table.month]) ?? 0
    }

    private func exists(_ name: CellRow.Name, in table: Table) throws -> Bool {
        try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM month_cell WHERE site = ? AND dimension = ? AND key = ? AND key2 = ? AND month = ?
                    )
                    """),
            arguments: [table.site, table.dimension.rawValue, name.key, name.key2, table.month]) ?? false
    }
}
