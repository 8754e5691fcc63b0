import Measurement
import Reports
import Store
import Testing

@Suite("Comparison of periods")
struct ComparisonTests {
    private func change(_ before: Int?, _ now: Int?, variance: Int = 0) -> Change? {
        func side(_ count: Int?) -> (counts: MeasureCounts, variances: MeasureVariances) {
            (count.map { [.visits: $0] } ?? [:], variance > 0 ? [.visits: variance] : [:])
        }
        return Change(.visits, before: side(before), now: side(now))
    }

    @Test("What was not released in one of the periods has not changed by anything")
    func missing() {
        #expect(change(nil, 100) == nil && change(100, nil) == nil && change(nil, nil) == nil)
    }

    @Test(
        "A change is told in per cent of a count that is large enough, else as the difference",
        arguments: [
            (100, 125, "+25 %", .up), (125, 100, "−20 %", .down), (100, 100, "±0 %", .level), (100, 0, "−100 %", .down),
            (1000, 1001, "±0 %", .level), (30, 3030, "+10,000 %", .up), (29, 58, "+29", .up), (0, 12, "+12", .up),
            (0, 0, "±0", .level), (12, 0, "−12", .down),
        ] as [(Int, Int, String, Change.Direction)])
    func counts(before: Int, now: Int, text: String, direction: Change.Direction) {
        #expect(change(before, now)?.text == text)
        #expect(change(before, now)?.direction == direction)
    }

    @Test("Shares are compared in percentage points, means in per cent")
    func quotients() {
        func side(_ bounces: Int) -> (counts: MeasureCounts, variances: MeasureVariances) {
            ([.bounces: bounces, .visits: 1000, .pageViews: bounces * 10], [:])
        }
        #expect(Change(.bounceRate, before: side(400), now: side(375))?.text == "−2.5 pp")
        #expect(Change(.pagesPerVisit, before: side(400), now: side(500))?.text == "+25 %")
        #expect(Change(.pagesPerVisit, before: side(0), now: side(500)) == nil)
    }

    @Test("The noise of both periods is in the ± of a change, and what it may have made is no direction")
    func noise() throws {
        // Each figure ± 1.96·√100 = 20; of b/a − 1: √(20² + (1.5·20)²) ÷ 100.
        let change = try #require(self.change(100, 150, variance: 100_000))
        guard case .relative(let value, let margin?) = change else {
            Issue.record("\(change)")
            return
        }
        #expect(abs(value - 0.5) < 1e-9 && abs(margin - 0.3606) < 1e-3)
        #expect(change.text == "+50 % ±36" && change.direction == .up)
        #expect(self.change(100, 120, variance: 100_000)?.direction == .level)
        #expect(self.change(-5, 20, variance: 100_000)?.text == "+25 ±29")
    }

    private func report(last: Int32, days: Int, today: Int32?) throws -> Report {
        let sample = try SampleStore.shared.get()
        let last = Day(number: SampleStore.lastDay.number + last)
        let period = try #require(ReportPeriod(from: last.advanced(by: 1 - days), to: last))
        return try Report(
            site: "shop", period: period, store: sample.store,
            today: today.map { Day(number: SampleStore.lastDay.number + $0) }, comparison: .previous)
    }

    @Test("The period before has as many days, and of days that are not over those that correspond")
    func periods() throws {
        #expect(try report(last: 0, days: 7, today: nil).previous?.period.description == "8 to 14 November 2026")
        #expect(try report(last: 1, days: 7, today: 1).previous?.period.description == "9 to 14 November 2026")
        #expect(try report(last: 1, days: 7, today: 9).previous?.period.description == "9 to 15 November 2026")
        let report = try report(last: 1, days: 7, today: 1)
        #expect(report.notes.contains { $0.contains("correspond") })
        #expect(report.notes.contains { $0.contains("figures of 5 days, the one before of 6 days") })
    }

    @Test("Every form has the changes, and what was before them")
    func formats() throws {
        let report = try report(last: 0, days: 7, today: nil)
        try expectGolden(report.terminalText(), "compared-80.txt")
        try expectGolden(Report.csv([report]), "compared.csv")
        try expectGolden(Report.json([report]), "compared.json")
        #expect(report.terminalText().split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
