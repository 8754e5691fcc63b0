import Reports
import Store
import Testing

@Suite("What goes when")
struct RetentionPlanTests {
    private func plan(_ afterwards: AfterRetention, days: Range<Int32>, months: [Int32] = []) -> RetentionPlan {
        RetentionPlan(
            site: "shop\u{1B}", retentionDays: 760, afterwards: afterwards,
            stored: StoredDays(days: days.map { .init(day: $0, rows: 120) }, months: months),
            today: Day(number: 20_778))
    }

    @Test("The days that go next are told with when they go, and the last of all")
    func deletion() {
        #expect(
            plan(.delete, days: 20_017..<20_778).text == """
                site shop\u{FFFD}
                  daily figures are kept for 760 days, then deleted, with the sums of months that lose days
                  there are 761 days, 2024-10-21 to 2026-11-20, with 91,320 rows
                  2026-11-21  goes 2024-10-21, 120 rows
                  2026-11-22  goes 2024-10-22, 120 rows
                  2026-11-23  goes 2024-10-23, 120 rows
                  2026-11-24  goes 2024-10-24, 120 rows
                  2026-11-25  goes 2024-10-25, 120 rows
                  …
                  2028-12-20  goes 2026-11-20, the last of them

                """)
    }

    @Test("Sums of months that stay are told, and so is that there is nothing")
    func folding() {
        #expect(
            plan(.months, days: 20_777..<20_778, months: [19_997, 20_028]).text == """
                site shop\u{FFFD}
                  daily figures are kept for 760 days, then folded into the sums of their months, which stay: all days of a month with its first
                  there are 1 days, 2026-11-20 to 2026-11-20, with 120 rows
                  2028-12-01  goes 2026-11-20, 120 rows
                  months of which days are gone: 2 sums, 2024-10 to 2024-11; they stay

                """)
        #expect(plan(.delete, days: 0..<0).text.contains("there are none"))
    }
}
