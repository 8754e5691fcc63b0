import Measurement
import Testing

@Suite("What a day's rows may take")
struct RowBudgetTests {
    static let settings = SiteMeasurement(name: "shop", profile: .consent)

    /// A number that no rule takes for an identifier.
    private static func words(_ number: Int) -> String {
        let words = ["red", "blue", "green", "white", "black", "brown", "grey", "pink", "gold", "rose"]
        return String(number).map { words[$0.wholeNumberValue ?? 0] }.joined(separator: "-")
    }

    private func bytes(_ cells: [ReleasedCell]) -> Int {
        struct Name: Hashable {
            var dimension: Dimension
            var key: String
            var key2: String?
        }
        let rows = Set(cells.map { Name(dimension: $0.dimension, key: $0.key, key2: $0.key2) })
        return rows.reduce(0) { $0 + RowBudget.ofRow + $1.key.utf8.count + ($1.key2?.utf8.count ?? 0) }
    }

    /// Visitors of so many pages of long names, 20 to a page.
    private func flood(_ settings: SiteMeasurement, pages: Int) throws -> [ReleasedCell] {
        let shop = ShopTraffic(settings)
        let name = String(repeating: "long-", count: 24)
        for group in 0..<pages / 5 {
            for visitor in 0..<20 {
                for page in 0..<5 {
                    // The first pages are seen twice.
                    for _ in 0..<(group < 3 ? 2 : 1) {
                        shop.view(
                            "/\(name)\(Self.words(group))/\(Self.words(page))", by: group * 20 + visitor,
                            at: 50_000 + page, consented: true)
                    }
                }
            }
        }
        return try shop.close()
    }

    @Test("A flood of names is kept in (other) past the bytes of a table; the largest rows keep theirs, the sum stays")
    func flood() throws {
        let cells = try flood(Self.settings, pages: 1000)
        let pages = cells.table(.page, .pageViews)
        #expect(pages.count > 150 && pages.count < 500 && bytes(cells) <= RowBudget.ofDay)
        #expect(pages.values.reduce(0, +) == 20_300 && cells.total(.pageViews) == 20_300)
        #expect(pages.values.count { $0 == 40 } == 15)
        let pairs = cells.filter { $0.dimension == .pagePair }
        #expect(!pairs.isEmpty && bytes(pairs) <= RowBudget.bytes(of: .pagePair))
        for dimension in Dimension.allCases {
            #expect(bytes(cells.filter { $0.dimension == dimension }) <= RowBudget.bytes(of: dimension))
        }
    }

    @Test("What fits is left as it is")
    func fits() throws {
        let cells = try flood(Self.settings, pages: 200)
        #expect(cells.table(.page, .pageViews)["(other)"] == nil)
        #expect(cells.table(.page, .pageViews).count == 200)
    }
}
