import Measurement
import Store

/// A report as HTML under construction.
struct ReportPage {
    let report: Report
    let id: String
    private(set) var output = ""

    init(report: Report, id: String) {
        self.report = report
        self.id = id
    }

    mutating func write(besides: String) {
        if let sentence = report.privacySentence {
            line("<p class=\"quiet\">\(markup(sentence)) <a href=\"#\(id)-privacy\">How, and where that ends</a></p>")
        }
        if report.isEmpty {
            line("<p>No released figures in this period. A day's figures appear after the site's midnight.</p>")
        } else {
            headlines()
            timeCharts()
            for group in Group.allCases { write(group) }
        }
        if let today = report.today { write(today) }
        output += besides
        reading()
    }

    mutating func line(_ text: String) { output += text + "\n" }

    /// The parts of a report that belong together.
    private enum Group: String, CaseIterable {
        case content = "What was looked at"
        case origin = "Where visits came from"
        case devices = "With what"
        case time = "When, and for how long"
        case goals = "Goals"
        case consent = "Consent"
        case rest = "Beside visits"

        var sections: [ReportSection] {
            switch self {
            case .content: [.pages, .entries, .exits, .paths, .searches]
            case .origin: [.channels, .sources, .campaigns, .places]
            case .devices: [.devices, .browsers, .systems]
            case .time: [.week, .hours, .weekdays, .lengths, .depths]
            case .goals: [.conversions]
            case .consent: [.consent, .languages, .cookies, .hosts, .unknown]
            case .rest: [.missing, .downloads, .outbound, .bots, .reasons]
            }
        }
    }

    private mutating func headlines() {
        guard report.sections.contains(.summary) else { return }
        line("<dl class=\"figures\">")
        for metric in ReportSection.summary.metrics {
            let counts = report.summaryCounts(for: metric)
            guard let figure = metric.figure(in: counts) else { continue }
            let margin = metric.margin(in: counts, report.summaryVariances(for: metric)).map {
                " <small>±\(text(of: $0))</small>"
            }
            var change = ""
            if let previous = report.previous {
                let before = metric.figure(in: previous.summaryCounts(for: metric)).map {
                    " · <span>before: \(text(of: $0))</span>"
                }
                change = """
                    <dd class="change"><span>\(htmlChange(report.summaryChange(of: metric)))</span>\(before ?? "")</dd>
                    """
            }
            line(
                "<div><dt>\(report.summaryTitle(of: metric))</dt>"
                    + "<dd class=\"value\">\(text(of: figure))\(margin ?? "")</dd>\(change)</div>")
        }
        line("</dl>")
    }

    private mutating func timeCharts() {
        guard report.sections.contains(.days), report.period.length > 1, !report.days.isEmpty else { return }
        line("<div class=\"parts\">")
        for metric in [Metric.pageViews, .visits] {
            let chart = report.timeChart(of: metric)
            guard !chart.isEmpty else { continue }
            let legend =
                chart.previous.contains { $0 != nil }
                ? "<p class=\"legend\">Dashed: \(markup(report.previous.map { "\($0.period)" } ?? ""))</p>" : ""
            line("<div class=\"part\"><h2 id=\"\(id)-time-\(metric.rawValue)\">\(markup(chart.title))</h2>")
            line(chart.svg(id: "\(id)-chart-\(metric.rawValue)") + legend + "</div>")
        }
        line("</div>")
        let table = ReportTable(section: .days, rows: report.days.map(\.row))
        line("<details><summary>The same as a table</summary>")
        write(table, rows: table.rows, labelledBy: "aria-label=\"Days\"") { Day($0.key)?.shortText ?? $0.key }
        line("</details>")
    }

    private mutating func write(_ group: Group) {
        let tables = group.sections.compactMap { section in
            report.tables.first { $0.section == section && !$0.rows.isEmpty }
        }
        if tables.isEmpty { return }
        line("<section aria-labelledby=\"\(id)-group-\(group)\"><h2 id=\"\(id)-group-\(group)\">\(group.rawValue)</h2>")
        line("<div class=\"parts\">")
        for table in tables { part(table) }
        line("</div></section>")
    }

    private mutating func part(_ table: ReportTable) {
        let section = table.section
        let heading = "\(id)-\(section.rawValue)"
        let chart = report.chart(of: table)
        line(
            "<div class=\"part\(chart == nil || section == .hours ? "" : " whole")\"><h3 id=\"\(heading)\">\(section.title)</h3>"
        )
        let labelled = "aria-labelledby=\"\(heading)\""
        if let chart {
            line(chart.svg(id: heading + "-chart"))
            line("<details><summary>The same as a table</summary>")
            write(table, rows: table.rows, labelledBy: labelled)
            line("</details>")
        } else {
            var rows = table.rows.filter { !$0.isOther }
            if section.isInNaturalOrder { rows.removeAll { $0.counts.isEmpty } }
            let shown = section.isInNaturalOrder ? rows.count : min(rows.count, 10)
            write(table, rows: rows.prefix(shown) + table.rows.filter(\.isOther), labelledBy: labelled)
            if rows.count > shown {
                let rest = rows.dropFirst(shown).prefix(Self.mostRows - shown)
                let all = rows.count > Self.mostRows ? " of \(grouped(rows.count - shown)) (CSV has all)" : ""
                line("<details><summary>\(grouped(rest.count)) more\(all)</summary>")
                write(table, rows: Array(rest), labelledBy: labelled)
                line("</details>")
            }
            if let hint = table.hint { line("<p class=\"quiet\">\(markup(hint))</p>") }
        }
        line("</div>")
    }

    /// Rows of a table at most: a reader of more opens the CSV.
    private static let mostRows = 200

    private mutating func write(
        _ table: ReportTable, rows: some Sequence<StoredRow>, labelledBy: String, label: ((StoredRow) -> String)? = nil
    ) {
        let metrics = table.metrics
        let days = report.period.length
        var head = "<th scope=\"col\">\(table.section.rowTitle)</th>"
        for (index, metric) in metrics.enumerated() {
            head += "<th scope=\"col\"\(index > 0 ? " class=\"more\"" : "")>\(metric.title(days: days))</th>"
            if index == 0, table.isCompared { head += "<th scope=\"col\">Change</th>" }
        }
        line("<table \(labelledBy)><thead><tr>\(head)</tr></thead><tbody>")
        let largest = table.rows.filter { !$0.isOther }.map { $0.size(by: metrics[0]) }.max() ?? 0
        // There are thousands of rows: each is written in its place.
        for row in rows {
            var name = label?(row) ?? table.section.label(row.key)
            if label == nil, let key2 = row.key2 { name += " → " + table.section.label(key2) }
            output += row.isOther ? "<tr class=\"other\">" : "<tr>"
            output += "<th scope=\"row\"><bdi>"
            output += markup(name)
            output += "</bdi>"
            output += barMarkup(row.size(by: metrics[0]), of: largest, height: 5)
            output += "</th>"
            for (index, metric) in metrics.enumerated() {
                output += index > 0 ? "<td class=\"more\">" : "<td>"
                output += text(of: metric, in: row)
                output += "</td>"
                if index == 0, table.isCompared {
                    output += "<td>"
                    output += htmlChange(row.change(metric, since: table.before(row)))
                    output += "</td>"
                }
            }
            output += "</tr>\n"
        }
        line("</tbody></table>")
    }

    private mutating func write(_ today: TodaySoFar) {
        line("<section aria-labelledby=\"\(id)-today\"><h2 id=\"\(id)-today\">Today so far</h2>")
        line("<p class=\"quiet\">\(today.day.longText), \(today.timeText), rounded; part of no figure above.</p>")
        line("<dl class=\"figures\">")
        for metric in [Metric.pageViews, .visits, .visitors, .conversions] {
            guard let figure = metric.figure(in: today.totals) else { continue }
            line("<div><dt>\(metric.title(days: 1))</dt><dd class=\"value\">≈ \(text(of: figure))</dd></div>")
        }
        line("</dl></section>")
    }

    /// What a reader must know: notes in sight, definitions one key away.
    private mutating func reading() {
        line("<section aria-labelledby=\"\(id)-reading\"><h2 id=\"\(id)-reading\">How to read this</h2>")
        line(
            "<ul class=\"notes\">\(report.notes.filter { $0 != report.privacySentence }.map { "<li>\(markup($0))</li>" }.joined())</ul>"
        )
        line("<details><summary>What the figures mean</summary><dl>")
        for metric in Metric.allCases where metric != .count {
            line("<dt>\(metric.title(days: report.period.length))</dt><dd>\(markup(metric.definition))</dd>")
        }
        for section in ReportSection.allCases where section != .summary {
            line("<dt>\(section.title)</dt><dd>\(markup(section.definition))</dd>")
        }
        line("</dl></details>")
        // A link to what is within closed details opens them.
        line("<details><summary>How the figures protect people, and where that ends</summary>")
        line("<div id=\"\(id)-privacy\">")
        for paragraph in report.gate.derivation { line("<p>\(markup(paragraph))</p>") }
        line("</div></details></section>")
    }
}

/// `▲ +12 %`, its direction in words for those who hear it.
func htmlChange(_ change: Change?) -> String {
    guard let change else { return "–" }
    let sign =
        switch change.direction {
        case .up: "<span aria-hidden=\"true\">▲ </span>"
        case .down: "<span aria-hidden=\"true\">▼ </span>"
        case .level: ""
        }
    return sign + markup(change.text)
}
