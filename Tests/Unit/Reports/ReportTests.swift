import FoundationEssentials
import Measurement
import Reports
import Store
import Testing

@Suite("Reports")
struct ReportTests {
    private func report(
        days: Int = 7, sections: [ReportSection] = ReportSection.allCases, today: Bool = false
    ) throws -> Report {
        let sample = try SampleStore.shared.get()
        let last = SampleStore.lastDay
        let period = try #require(ReportPeriod(from: last.advanced(by: 1 - days), to: last))
        return try Report(
            site: "shop", period: period, sections: sections, store: sample.store,
            openWindow: today ? SampleStore.openWindow : nil, today: today ? last.advanced(by: 1) : nil)
    }

    @Test("A week at a terminal of 80 columns")
    func week() throws {
        let text = try report(today: true).terminalText()
        try expectGolden(text, "week-80.txt")
        #expect(text.split(separator: "\n").allSatisfy { columns($0) <= 80 })
    }

    @Test("A week at a terminal of 48 columns: no bars, nothing wider than the terminal")
    func narrow() throws {
        let text = try report().terminalText(TerminalLayout(width: 48))
        try expectGolden(text, "week-48.txt")
        #expect(text.split(separator: "\n").allSatisfy { columns($0) <= 48 })
    }

    @Test("Figures stand right-aligned whatever the names are made of", arguments: [48, 60, 80, 100, 200])
    func alignment(width: Int) throws {
        let text = try report(sections: [.pages]).terminalText(TerminalLayout(width: width, rowLimit: 0))
        let lines = text.split(separator: "\n").map(String.init)
        let heading = try #require(lines.firstIndex { $0.hasPrefix("Pages") })
        #expect(Set(lines[heading...(heading + 17)].map { columns($0[...]) }) == [min(width, 100)])
    }

    @Test("A single day in colour")
    func colour() throws {
        let text = try report(days: 1, sections: [.summary, .channels, .exits]).terminalText(
            TerminalLayout(width: 70, isColoured: true))
        try expectGolden(text, "day-colour.txt")
        #expect(text.contains("\u{1B}["))
    }

    @Test("Three weeks as CSV")
    func csv() throws {
        let text = Report.csv([try report(days: 21)])
        try expectGolden(text, "three-weeks.csv")
        let rows = parseCSV(text)
        #expect(Set(rows.map(\.count)) == [rows[0].count])
        #expect(rows.contains { $0[4] == "/a,b;\"c\"" })
        #expect(rows.contains { $0[4] == "'=HYPERLINK(\"http://evil.example\")" })
        #expect(!rows.dropFirst().contains { $0[4].hasPrefix("=") })
    }

    @Test("A week as JSON, which any parser reads")
    func json() throws {
        let text = Report.json([try report(today: true)])
        try expectGolden(text, "week.json")
        struct Document: Decodable {
            struct Report: Decodable {
                struct Page: Decodable {
                    let name: String
                    let pageViews: Int?
                    let dailyVisitors: Int?
                }
                struct Summary: Decodable {
                    let pageViews: Int
                    let bounceRate: Double
                }
                let site: String
                let from: String
                let summary: Summary
                let pages: [Page]
            }
            let format: String
            let reports: [Report]
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(text.utf8))
        #expect(document.format == Report.jsonFormat)
        let report = try #require(document.reports.first)
        #expect(report.from == "2026-11-15")
        #expect(report.pages.last?.name == "(other)")
        #expect(report.pages.contains { $0.name == "/esc\u{1B}[31mred" })
    }

    @Test("What the gate kept back stands last, even where it is the largest")
    func otherLast() throws {
        for table in try report().tables {
            let position = table.rows.firstIndex { $0.key == ReleasedCell.otherKey }
            #expect(position == nil || position == table.rows.count - 1)
        }
    }

    @Test("No control sequence from a page's name reaches the terminal, nor a character that reorders text")
    func terminalInjection() throws {
        let text = try report().terminalText(TerminalLayout(rowLimit: 0))
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
        #expect(text.contains("/esc\u{FFFD}[31mred"))
    }

    @Test("Longer periods say that daily visitors are summed, single days do not")
    func visitors() throws {
        #expect(try report(days: 2).terminalText().contains("Daily visitors, summed"))
        #expect(try report(days: 2).notes.contains { $0.contains("summed") })
        #expect(try !report(days: 1).notes.contains { $0.contains("summed") })
        #expect(try !report(days: 1).terminalText().contains("Daily visitors"))
    }

    @Test("Totals are the sums of the days, and a quotient of an unreleased count is absent, not zero")
    func figures() throws {
        let report = try report()
        #expect(report.days.count == 6)
        #expect(report.totals[.pageViews] == report.days.reduce(0) { $0 + ($1.counts[.pageViews] ?? 0) })
        #expect(Metric.bounceRate.figure(in: [.visits: 10]) == nil)
        #expect(Metric.bounceRate.figure(in: [.visits: 0, .bounces: 0]) == nil)
        #expect(Metric.bounceRate.figure(in: [.visits: 40, .bounces: 10]) == .share(0.25))
        #expect(Metric.bounceRate.figure(in: [.entries: 40, .bounces: 10]) == .share(0.25))
        #expect(Metric.pagesPerVisit.figure(in: [.pageViews: 30, .visits: 20]) == .mean(1.5))
    }

    @Test("What is told per visit is told of visitors who are measured in full, and bounces of first visits")
    func quotients() throws {
        let sample = try SampleStore()
        let day = SampleStore.lastDay
        let report = try Report(
            site: "shop", period: try #require(ReportPeriod(from: day, to: day)), sections: [.summary],
            store: sample.store)
        let size = 80 + Int(day.number % 7) * 25
        let measured = (6...22).reduce(0) { $0 + size / 6 + $1 * 37 % 23 }
        let firstVisits = size + size / 2
        #expect(report.totals[.pageViews] == size * 9)
        #expect(report.measuredPageViews == measured)
        #expect(report.firstVisits == firstVisits)
        let pages = Metric.pagesPerVisit.figure(in: report.summaryCounts(for: .pagesPerVisit))
        #expect(pages == .mean(Double(measured) / Double(size * 2)))
        let bounces = Metric.bounceRate.figure(in: report.summaryCounts(for: .bounceRate))
        #expect(bounces == .share(Double(size / 2) / Double(firstVisits)))
        #expect(report.summaryCounts(for: .pageViews) == report.totals)
    }

    @Test("Cookies without a rule are listed with the line that would judge them; what is left of them needs none")
    func unknownCookies() throws {
        let text = try report(sections: [.unknown]).terminalText()
        #expect(text.contains("Cookies without a rule"))
        #expect(text.split(separator: "\n").joined(separator: " ").contains("`sid`."))
        #expect(try !report(sections: [.cookies]).terminalText().contains("add a line"))
    }

    @Test("Hours come in their order, all twenty-four of them")
    func naturalOrder() throws {
        let hours = try #require(try report(sections: [.hours]).tables.first)
        #expect(hours.rows.map(\.key) == (0...23).map { "\($0)" })
        #expect(hours.rows[3].counts.isEmpty)
    }

    @Test("A period without a release says so in a friendly way, in every format")
    func empty() throws {
        let period = try #require(ReportPeriod(from: Day(number: 10), to: Day(number: 16)))
        let report = try Report(site: "shop", period: period, store: SampleStore(isEmpty: true).store)
        #expect(report.isEmpty)
        try expectGolden(report.terminalText(), "empty.txt")
        try expectGolden(Report.json([report]), "empty.json")
        #expect(parseCSV(Report.csv([report])).count == 1)
    }

    @Test("The same store gives the same bytes every time")
    func determinism() throws {
        let first = try report(today: true)
        let second = try report(today: true)
        #expect(first.terminalText() == second.terminalText())
        #expect(Report.json([first]) == Report.json([second]))
        #expect(Report.csv([first]) == Report.csv([second]))
    }

    @Test("Today's figures are a block of their own and in no other figure")
    func today() throws {
        let without = try report()
        let with = try report(today: true)
        #expect(with.totals == without.totals)
        #expect(with.tables == without.tables)
        #expect(with.terminalText().contains("Today so far (rounded)"))
        #expect(Report.csv([with]) == Report.csv([without]))
        let today = try #require(with.today)
        #expect(Measure.allCases.compactMap { today.totals[$0] }.allSatisfy { $0 % 10 == 0 && $0 >= 10 })
    }
}

@Suite("Where a report is read")
struct TerminalLayoutTests {
    @Test("Colour only at a terminal that knows it, and never against NO_COLOR")
    func colour() {
        func isColoured(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
            TerminalLayout(isTerminal: isTerminal, columns: 80, environment: environment).isColoured
        }
        #expect(isColoured(true, ["TERM": "xterm"]))
        #expect(isColoured(true, ["TERM": "xterm", "NO_COLOR": ""]))
        #expect(!isColoured(true, ["TERM": "xterm", "NO_COLOR": "1"]))
        #expect(!isColoured(true, ["TERM": "dumb"]))
        #expect(!isColoured(false, ["TERM": "xterm"]))
    }

    @Test("The terminal's width, else COLUMNS, else 100")
    func width() {
        #expect(TerminalLayout(isTerminal: true, columns: 72, environment: ["COLUMNS": "90"]).width == 72)
        #expect(TerminalLayout(isTerminal: false, columns: nil, environment: ["COLUMNS": "90"]).width == 90)
        #expect(TerminalLayout(isTerminal: false, columns: nil, environment: [:]).width == 100)
    }
}

/// Columns of a line, counted apart from the code under test for the characters of the sample.
private func columns(_ line: Substring) -> Int {
    line.reduce(0) { $0 + ("茶壺と急須🫖👩‍👩‍👧한국".contains($1) ? 2 : 1) }
}

/// The records of a CSV text as RFC 4180 reads them.
private func parseCSV(_ text: String) -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
        switch scalar {
        case "\"" where isQuoted && scalars.first == "\"":
            field.append("\"")
            scalars.removeFirst()
        case "\"": isQuoted.toggle()
        case "," where !isQuoted:
            record.append(String(field))
            field.removeAll()
        case "\r" where !isQuoted && scalars.first == "\n":
            scalars.removeFirst()
            record.append(String(field))
            field.removeAll()
            records.append(record)
            record = []
        default: field.append(scalar)
        }
    }
    return records
}
