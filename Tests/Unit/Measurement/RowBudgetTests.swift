import Measurement
import Testing

@Suite("What a day's rows may take")
struct RowBudgetTests {
    private func bytes(_ cells: [ReleasedCell]) -> Int {
        struct Name: Hashable {
            var dimension: Dimension
            var key: String
            var key2: String?
        }
        let rows = Set(cells.map { Name(dimension: $0.dimension, key: $0.key, key2: $0.key2) })
        return rows.reduce(0) { $0 + RowBudget.ofRow + $1.key.utf8.count + ($1.key2?.utf8.count ?? 0) }
    }

    /// Ten visitors who each have so many cookies without a rule, and one twice.
    private func cookies(_ count: Int) throws -> [ReleasedCell] {
        let shop = ShopTraffic(SiteMeasurement(name: "shop"))
        for visitor in 0..<10 {
            for name in 0..<count { shop.event(.cookieUnknown, "c\(name)", by: visitor, at: 50_000) }
            shop.event(.cookieUnknown, "c\(count - 1)", by: visitor, at: 50_000)
            shop.service.ingest(shop.ring)
        }
        return try shop.close()
    }

    @Test("Past the bytes of a table the largest rows keep their names, and the others are in (other)")
    func flood() throws {
        let cells = try cookies(900)
        let table = cells.table(.unknownCookie, .count)
        #expect(bytes(cells) <= RowBudget.bytes(of: .unknownCookie) && table.count > 100)
        #expect(table["c899"] == 20 && table.values.reduce(0, +) == 9010)
    }

    @Test("What fits is left as it is")
    func fits() throws {
        let table = try cookies(100).table(.unknownCookie, .count)
        #expect(table.count == 100 && table[ReleasedCell.otherKey] == nil)
    }

    @Test("A day takes 160,000 bytes at most")
    func day() { #expect(RowBudget.ofDay <= 160_000) }
}
