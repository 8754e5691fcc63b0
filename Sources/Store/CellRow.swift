import GRDB
import Measurement

/// All figures of one row of one table on one day.
struct CellRow {
    /// The primary key.
    struct Name: Hashable {
        var site: String
        var dimension: Dimension
        var day: Int32
        var key: String
        var key2: String
    }

    var name: Name
    var counts = MeasureCounts()
    var variances = MeasureVariances()

    /// Gathers the cells of each row and sorts the rows by their names.
    static func folding(_ cells: [ReleasedCell]) -> [CellRow] {
        var rows: [Name: CellRow] = [:]
        for cell in cells {
            let name = Name(
                site: cell.site, dimension: cell.dimension, day: cell.day, key: cell.key, key2: cell.key2 ?? "")
            rows[name, default: CellRow(name: name)].counts[cell.measure, default: 0] += cell.count
            if cell.variance > 0 {
                rows[name, default: CellRow(name: name)].variances[cell.measure, default: 0] += cell.variance
            }
        }
        return rows.values.sorted { a, b in
            (a.name.site, a.name.dimension.rawValue, a.name.day, a.name.key, a.name.key2)
                < (b.name.site, b.name.dimension.rawValue, b.name.day, b.name.key, b.name.key2)
        }
    }

    func add(to database: Database, site number: Int64) throws {
        let statement = try database.cachedStatement(sql: Schema.addCell)
        let counts: [(any DatabaseValueConvertible)?] = Measure.allCases.map { self.counts[$0] }
        try statement.execute(
            arguments: [number, name.dimension.rawValue, name.day, name.key, name.key2] + StatementArguments(counts))
    }
}
