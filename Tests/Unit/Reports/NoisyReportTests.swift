import FoundationEssentials
import Measurement
import Reports
import Store
import Testing

@Suite("Reports of figures with noise")
struct NoisyReportTests {
    static let day: Int32 = 20_778

    /// A week released with noise, after `exactDays` days without.
    static func report(exactDays: Int = 0, budget: Int = 500_000) throws -> Report {
        let directory = FileManager.default.temporaryDirectory.appending(component: "crumbgate-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(component: ReleaseStore.fileName).path(percentEncoded: false)
        let store = try ReleaseStore.open(path: path)
        defer { try? store.close() }
        for offset in 0..<7 as Range<Int32> {
            let isExact = offset < exactDays
            try store.store(
                cells(day: day - 6 + offset, isExact: isExact),
                release: .init(
                    site: "shop", day: day - 6 + offset, epoch: 1, mode: isExact ? .threshold : .noise, k: 10,
                    budget: isExact ? nil : budget))
        }
        let period = try #require(ReportPeriod(from: Day(number: day - 6), to: Day(number: day)))
        return try Report(site: "shop", period: period, store: store)
    }

    static func cells(day: Int32, isExact: Bool) -> [ReleasedCell] {
        func cell(
            _ dimension: Dimension, _ key: String, _ measure: Measure, _ count: Int, variance: Int, next: String? = nil
        ) -> ReleasedCell {
            ReleasedCell(
                site: "shop", day: day, dimension: dimension, key: key, key2: next, measure: measure, count: count,
                variance: isExact ? 0 : variance)
        }
        return [
            cell(.total, "", .pageViews, 2_110, variance: 12_750_000),
            cell(.total, "", .visits, 480, variance: 531_250),
            cell(.total, "", .visitors, 402, variance: 21_250), cell(.total, "", .bounces, 160, variance: 42_500),
            cell(.total, "", .conversions, 21, variance: 21_250),
            cell(.page, "/", .visitors, 300, variance: 85_000), cell(.page, "/cart", .visitors, 71, variance: 85_000),
            cell(.entryPage, "/", .entries, 210, variance: 28_334),
            cell(.source, "(direct)", .visits, 205, variance: 21_250),
            cell(.pagePair, "/", .count, 90, variance: 85_000, next: "/cart"),
            cell(.hour, "3", .visits, -4, variance: 21_250), cell(.hour, "11", .visits, 40, variance: 21_250),
            cell(.visitLength, "0", .visits, 160, variance: 42_500),
            cell(.visitLength, "61-180", .visits, 238, variance: 42_500),
        ]
    }

    @Test("Every figure has its ±, and the report says what the noise promises, in each format")
    func formats() throws {
        let report = try Self.report()
        let text = report.terminalText()
        try expectGolden(text, "noise-80.txt")
        try expectGolden(Report.csv([report]), "noise.csv")
        try expectGolden(Report.json([report]), "noise.json")
        #expect(text.contains("ε = 5.9") && text.contains("docs/privacy.md"))
        let tables = text.split(separator: "\n").prefix { !$0.hasPrefix("· ") }
        // Shades of the week's hours, under a line of hours, have no figures.
        let rows = tables.filter {
            $0.hasPrefix("  ") && !$0.hasPrefix("       ") && $0.contains(where: \.isNumber)
        }
        #expect(rows.count > 20 && rows.allSatisfy { $0.contains("±") || $0.contains("–") })
    }

    @Test("Noise adds up as its variances do, and the ± of a quotient has that of both counts")
    func margins() throws {
        let report = try Self.report()
        // 1.96 · √(7 · 21.25)
        #expect(Metric.visitors.margin(in: report.totals, report.totalVariances) == .count(24))
        guard case .share(let margin)? = Metric.conversionRate.margin(in: report.totals, report.totalVariances) else {
            Issue.record("no margin")
            return
        }
        let rate = 21.0 / 480
        let expected = 1.96 * (7 * (21.25 + rate * rate * 531.25)).squareRoot() / (7 * 480)
        #expect(abs(margin - expected) < 1e-9)
        #expect(Metric.visits.margin(in: [.visits: 3], [:]) == nil)
    }

    @Test("A period of both kinds of days says so, and only noisy days make a figure less sure")
    func mixed() throws {
        let report = try Self.report(exactDays: 3)
        #expect(report.gate.isMixed && report.gate.noisyDays == 4)
        #expect(report.notes.contains { $0.contains("4 of the 7 days") })
        #expect(Metric.visitors.margin(in: report.totals, report.totalVariances) == .count(19))
        #expect(Report.json([report]).contains("\"mixed\""))
    }

    @Test("A day in parts has spent its budget once per part")
    func parts() throws {
        #expect(try Self.report(budget: 100_000).gate.loss == PrivacyLoss(budget: 100_000, windows: 1))
        let directory = FileManager.default.temporaryDirectory.appending(component: "crumbgate-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(component: ReleaseStore.fileName).path(percentEncoded: false)
        let store = try ReleaseStore.open(path: path)
        for epoch in 1...2 as ClosedRange<Int64> {
            try store.store(
                Self.cells(day: Self.day, isExact: false),
                release: .init(site: "shop", day: Self.day, epoch: epoch, mode: .noise, k: 10, budget: 100_000))
        }
        let period = try #require(ReportPeriod(from: Day(number: Self.day), to: Day(number: Self.day)))
        let report = try Report(site: "shop", period: period, store: store)
        #expect(report.gate.loss == PrivacyLoss(budget: 200_000, windows: 2))
        #expect(report.totalVariances[.visitors] == 2 * 21_250)
        try store.close()
    }

    @Test("Figures without noise look as they did")
    func exact() throws {
        let report = try Self.report(exactDays: 7)
        #expect(report.gate.loss == nil && !report.terminalText().contains("±"))
        #expect(!Report.csv([report]).contains("plus_minus") && !Report.json([report]).contains("plusMinus"))
    }
}
