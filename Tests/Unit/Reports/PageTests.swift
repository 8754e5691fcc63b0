import Consent
import Foundation
import Measurement
import Reports
import Store
import Testing

@Suite("Reports as HTML")
struct PageTests {
    private func report(days: Int = 7, comparison: Comparison = .previous, today: Bool = false) throws -> Report {
        let sample = try SampleStore.shared.get()
        let last = SampleStore.lastDay
        let period = try #require(ReportPeriod(from: last.advanced(by: 1 - days), to: last))
        return try Report(
            site: "shop", period: period, store: sample.store, openWindow: today ? SampleStore.openWindow : nil,
            today: today ? last.advanced(by: 1) : nil, comparison: comparison)
    }

    @Test("A week as one document")
    func week() throws {
        try expectGolden(Report.html([report(today: true)]), "week.html")
    }

    @Test("The document needs nothing else and runs nothing: its policy allows its own style sheet only")
    func selfContained() throws {
        let html = Report.html([try report()])
        for part in ["<script", "javascript:", " style=", "src=", "http-equiv=\"refresh\"", "<form", "<link"] {
            #expect(!html.contains(part), "\(part)")
        }
        // A name of a page has a host in it, as text.
        #expect(
            html.components(separatedBy: "http://").count == html.components(separatedBy: "http://evil.example").count)
        let start = try #require(html.range(of: "<style>"))
        let end = try #require(html.range(of: "</style>"))
        let digest = Digest(of: html[start.upperBound..<end.lowerBound].utf8)
        let hash = Data(digest.octets).base64EncodedString()
        #expect(
            html.contains(
                "content=\"default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'\""))
    }

    @Test("Names that strangers made up are text, whatever they are made of, in every part")
    func hostileNames() throws {
        let hostile = ChartTests.hostile
        let directory = FileManager.default.temporaryDirectory.appending(component: "crumbgate-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try ReleaseStore.open(path: directory.appending(component: ReleaseStore.fileName).path)
        defer { try? store.close() }
        let cells = Dimension.allCases.flatMap { dimension in
            Measure.allCases.map { measure in
                ReleasedCell(
                    site: hostile, day: 20_778, dimension: dimension, key: dimension == .total ? "" : hostile,
                    key2: dimension == .pagePair ? hostile : nil, measure: measure, count: 50)
            }
        }
        try store.store(cells, release: .init(site: hostile, day: 20_778, epoch: 1, k: 10))
        let period = try #require(ReportPeriod(from: Day(number: 20_772), to: Day(number: 20_778)))
        let report = try Report(site: hostile, period: period, store: store, comparison: .previous)
        let html = Report.html([report])
        #expect(!html.contains("<script") && !html.contains("onload=\"") && !html.contains("\u{1B}"))
        #expect(!html.unicodeScalars.contains("\u{202E}") && html.contains("&lt;script&gt;"))
        #expect(html.components(separatedBy: "</title>").count == html.components(separatedBy: "<title").count)
        let text = report.terminalText(TerminalLayout(rowLimit: 0))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        let formula = ReleasedCell(
            site: "shop", day: 20_779, dimension: .withheldCookie, key: "@SUM(1+1)*cmd|' /C calc'!A0", measure: .count,
            count: 50)
        try store.store([formula], release: .init(site: "shop", day: 20_779, epoch: 1, k: 10))
        let next = try #require(ReportPeriod(from: Day(number: 20_779), to: Day(number: 20_779)))
        let csv = Report.csv([try Report(site: "shop", period: next, store: store, comparison: .previous)])
        #expect(csv.contains("'@SUM(1+1)*cmd|' /C calc'!A0") && !csv.contains(",@SUM"))
    }

    @Test("Every figure of the document has its definition in it, and the sentence that says what protects people")
    func definitions() throws {
        let report = try report()
        let html = Report.html([report])
        for metric in Metric.allCases where metric != .count { #expect(html.contains(markup(metric.definition))) }
        for section in ReportSection.allCases where section != .summary {
            #expect(html.contains(markup(section.definition)))
        }
        #expect(html.contains(markup(try #require(report.privacySentence))) && html.contains("href=\"#r1-privacy\""))
        #expect(html.contains(markup(Definitions.unseen)))
        let text = Definitions.text(width: 60)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
        #expect(text.contains("Bounce rate") && text.contains("(searches)"))
    }

    @Test("No id is there twice, and what refers to one finds it, however many sites there are")
    func ids() throws {
        let html = Report.html([try report(), try report(days: 14)])
        let ids = values(of: "id", in: html)
        #expect(Set(ids).count == ids.count && ids.count > 60)
        let references =
            (values(of: "aria-labelledby", in: html).flatMap { $0.split(separator: " ").map(String.init) })
            + values(of: "href", in: html).map { String($0.dropFirst()) }
        #expect(Set(references).isSubset(of: Set(ids)))
    }

    private func values(of attribute: String, in html: String) -> [String] {
        html.components(separatedBy: " \(attribute)=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
    }

    @Test("Without figures the document says so")
    func empty() throws {
        let period = try #require(ReportPeriod(from: Day(number: 10), to: Day(number: 16)))
        let html = Report.html([try Report(site: "shop", period: period, store: nil, comparison: .previous)])
        #expect(html.contains("No released figures in this period."))
        #expect(Report.html([]).contains("No figures yet"))
    }
}
