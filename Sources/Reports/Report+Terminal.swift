import Measurement
import Store

/// How a report is laid out for a terminal.
public struct TerminalLayout: Hashable, Sendable {
    /// Columns of the terminal; what is drawn is never wider than 100.
    public var width: Int
    /// Whether control sequences for colour may be written.
    public var isColoured: Bool
    /// The most rows of a table that has no order of its own; 0 for all.
    public var rowLimit: Int

    /// Makes a layout.
    public init(width: Int = 80, isColoured: Bool = false, rowLimit: Int = 10) {
        self.width = width
        self.isColoured = isColoured
        self.rowLimit = rowLimit
    }

    /// Where it is read: `isTerminal` and `columns` of the output, and the environment's NO_COLOR (no-color.org), TERM
    /// and COLUMNS.
    public init(isTerminal: Bool, columns: Int?, environment: [String: String], rowLimit: Int = 10) {
        width = columns ?? environment["COLUMNS"].flatMap { Int($0) } ?? 100
        isColoured = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        self.rowLimit = rowLimit
    }
}

extension Report {
    /// The report as tables with bars, for a reader at a terminal; ends with a line break.
    public func terminalText(_ layout: TerminalLayout = TerminalLayout()) -> String {
        var page = TerminalPage(layout: layout)
        page.title("\(sanitized(site)) · \(period)")
        if isEmpty {
            page.line("No released figures in this period.")
            page.paragraph("A day's figures appear after the site's midnight. Today's are shown in tens, from ten up.")
        } else {
            if sections.contains(.summary) { summary(on: &page) }
            if sections.contains(.days) { dayList(on: &page) }
            for table in tables where !table.rows.isEmpty {
                if table.section == .week { page.week(table) } else { page.table(table, days: period.length) }
            }
        }
        if let today { page.today(today) }
        if !isEmpty {
            page.gap()
            for note in notes { page.note(note) }
        }
        return page.output
    }

    private func summary(on page: inout TerminalPage) {
        page.gap()
        for metric in ReportSection.summary.metrics {
            guard let figure = metric.figure(in: summaryCounts(for: metric)) else { continue }
            let history = period.length > 1 ? series(metric) : []
            let margin = metric.margin(in: summaryCounts(for: metric), summaryVariances(for: metric))
            let change = previous == nil ? nil : summaryChange(of: metric)?.text ?? "–"
            page.headline(summaryTitle(of: metric), figure, margin, change, history: history)
        }
    }

    /// The name of a headline figure.
    public func summaryTitle(of metric: Metric) -> String {
        switch metric {
        case .visitors: period.length == 1 ? "Visitors" : "Daily visitors, summed"
        case .conversionRate: "Conversions per visit"
        case .conversionsPerVisitor: "Conversions per visitor"
        case .pageViews, .visits, .bounces, .entries, .exits, .conversions, .count, .pagesPerVisit, .bounceRate,
            .consentRate:
            metric.title(days: period.length)
        }
    }

    /// The counts of each day of the period; nil where none was released; empty for quotients.
    public func series(_ metric: Metric) -> [Int?] {
        guard case .count? = metric.figure(in: totals) else { return [] }
        let known = Dictionary(days.map { ($0.day, $0.counts) }, uniquingKeysWith: { first, _ in first })
        return (0..<period.length).map { offset in
            guard let counts = known[period.first.advanced(by: offset)],
                case .count(let count)? = metric.figure(in: counts)
            else { return nil }
            return count
        }
    }

    /// Days as rows while they are few: longer periods have the sparkline of the summary.
    private func dayList(on page: inout TerminalPage) {
        guard period.length > 1, period.length <= 31, !days.isEmpty else { return }
        page.rows(
            title: ReportSection.days.title, metrics: ReportSection.days.metrics, days: period.length,
            rows: days.map { (label: $0.day.shortText, row: $0.row) })
    }
}

/// Lines of text under construction.
private struct TerminalPage {
    let layout: TerminalLayout
    let width: Int
    private(set) var output = ""

    init(layout: TerminalLayout) {
        self.layout = layout
        width = min(max(layout.width, 40), 100)
    }

    mutating func title(_ text: String) { line(styled(fitted(text, to: width).trimmedRight, .bold)) }

    mutating func gap() { output += "\n" }

    mutating func line(_ text: String) { output += text.trimmedRight + "\n" }

    mutating func paragraph(_ text: String) {
        for part in wrapped(text, to: width) { line(part) }
    }

    mutating func note(_ text: String) {
        for (index, part) in wrapped(text, to: width - 2).enumerated() {
            line(styled((index == 0 ? "· " : "  ") + part, .dim))
        }
    }

    mutating func headline(
        _ title: String, _ figure: Figure, _ margin: Figure?, _ change: String?, history: [Int?]
    ) {
        let margin =
            (margin.map { " " + fitted("±\(text(of: $0))", to: 8) } ?? "")
            + (change.map { " " + rightAligned($0, to: 12) } ?? "")
        let spark = sparkline(history, columns: max(0, width - 40 - displayWidth(margin)))
        line("  \(fitted(title, to: 24)) \(rightAligned(text(of: figure), to: 10))\(margin)  \(styled(spark, .bar))")
    }

    mutating func table(_ table: ReportTable, days: Int) {
        let section = table.section
        var shown = table.rows.filter { !$0.isOther }[...]
        let all = shown.count
        if section.isInNaturalOrder {
            while shown.first?.counts.isEmpty == true { shown.removeFirst() }
            while shown.last?.counts.isEmpty == true { shown.removeLast() }
        } else if layout.rowLimit > 0 {
            shown = shown.prefix(layout.rowLimit)
        }
        let hidden = section.isInNaturalOrder ? 0 : all - shown.count
        defer { if let hint = table.hint { note(hint) } }
        rows(
            title: section.title, metrics: table.metrics, days: days, hidden: hidden,
            before: table.isCompared ? { table.before($0) } : nil,
            rows: (shown + table.rows.filter(\.isOther)).map { row in
                (label: [row.key, row.key2].compactMap { $0 }.map(section.label).joined(separator: " → "), row: row)
            })
    }

    /// Draws rows under a heading; `hidden` tells how many more there are before *(other)*.
    mutating func rows(
        title: String, metrics: [Metric], days: Int, hidden: Int = 0, before: ((StoredRow) -> StoredRow?)? = nil,
        rows: [(label: String, row: StoredRow)]
    ) {
        gap()
        let table = FigureColumns(metrics: metrics, days: days, rows: rows.map(\.row), before: before, width: width - 2)
        let room = width - 2 - table.width
        let barColumns = room >= 36 ? min(24, room / 3) : 0
        let labelColumns = room - (barColumns > 0 ? barColumns + 1 : 0)
        line(styled(fitted(title, to: 2 + room) + table.headings, .bold))
        let largest = rows.map { $0.row.size(by: metrics[0]) }.max() ?? 0
        let more = styled("  … and \(hidden) more: --top 0 shows all", .dim)
        for (index, entry) in rows.enumerated() {
            if hidden > 0, entry.row.isOther { line(more) }
            let label = fitted(sanitized(entry.label), to: labelColumns)
            let drawn = bar(entry.row.size(by: metrics[0]), of: largest, columns: barColumns)
            line(
                "  " + (entry.row.isOther ? styled(label, .dim) : label)
                    + (barColumns > 0 ? " " + styled(drawn, entry.row.isOther ? .dim : .bar) : "")
                    + table.figures(ofRow: index))
        }
        if hidden > 0, rows.last?.row.isOther != true { line(more) }
    }

    /// A line per day of the week, a shade per hour.
    mutating func week(_ table: ReportTable) {
        gap()
        let columns = width >= 56 ? 2 : 1
        let lead = table.metrics[0]
        let largest = table.rows.map { $0.size(by: lead) }.max() ?? 0
        var hours = ""
        for hour in stride(from: 0, to: 24, by: 6) { hours += fitted(padded(hour, to: 2), to: 6 * columns) }
        line(styled(fitted(table.section.title, to: 2 + displayWidth(table.section.title)), .bold))
        line("       " + styled(hours, .dim))
        for (index, name) in Day.weekdays.enumerated() {
            var shades = ""
            for hour in 0..<24 {
                let row = table.rows.first { $0.key == "\(index + 1)" && $0.key2 == "\(hour)" }
                shades += String(repeating: shade(row?.size(by: lead) ?? 0, of: largest), count: columns)
            }
            line("  \(name.prefix(3))  " + styled(shades, .bar))
        }
        if largest > 0 { note("The fullest hour has \(grouped(largest)) \(lead.title(days: 1).lowercased()).") }
    }

    mutating func today(_ today: TodaySoFar) {
        gap()
        line(styled("Today so far (rounded) · \(today.day.longText), \(today.timeText)", .bold))
        for metric in [Metric.pageViews, .visits, .visitors, .conversions] {
            guard case .count(let count)? = metric.figure(in: today.totals) else { continue }
            line("  \(fitted(metric.title(days: 1), to: 24)) \(rightAligned("≈ " + grouped(count), to: 10))")
        }
        for table in today.tables {
            let rows = table.rows.filter { !$0.isOther }.prefix(5)
            if rows.isEmpty { continue }
            line(styled("  " + table.section.title, .dim))
            for row in rows {
                let count = rightAligned("≈ " + grouped(row.size(by: table.section.metrics[0])), to: 10)
                line("    \(fitted(sanitized(row.key), to: max(8, min(48, width - 16)))) \(count)")
            }
        }
        note("Not part of the figures above: multiples of ten, from ten up, of the day that is still open.")
    }

    private enum Style { case bold, dim, bar }

    private func styled(_ text: String, _ style: Style) -> String {
        guard layout.isColoured, !text.isEmpty else { return text }
        switch style {
        case .bold: return "\u{1B}[1m\(text)\u{1B}[0m"
        case .dim: return "\u{1B}[2m\(text)\u{1B}[0m"
        case .bar: return "\u{1B}[36m\(text)\u{1B}[0m"
        }
    }
}

/// The figures of a table as text: columns without any figure are left out, and the last ones where a name has no room.
private struct FigureColumns {
    private var titles: [String]
    private var cells: [[String]]
    private var widths: [Int]

    /// With `before`, a column behind the first tells how that has changed.
    init(metrics: [Metric], days: Int, rows: [StoredRow], before: ((StoredRow) -> StoredRow?)?, width: Int) {
        let shown = metrics.enumerated().filter { index, metric in
            index == 0 || rows.contains { metric.figure(in: $0.counts) != nil }
        }.map(\.element)
        titles = shown.map { $0.title(days: days) }
        cells = rows.map { row in shown.map { text(of: $0, in: row) } }
        if let before, let lead = shown.first {
            titles.insert("Change", at: 1)
            for (index, row) in rows.enumerated() {
                cells[index].insert(row.change(lead, since: before(row))?.text ?? "–", at: 1)
            }
        }
        widths = []
        for (index, title) in titles.enumerated() {
            widths.append(2 + max(displayWidth(title), cells.map { displayWidth($0[index]) }.max() ?? 0))
        }
        while widths.count > 1, width - widths.reduce(0, +) < 16 { widths.removeLast() }
    }

    /// Columns taken, with the gaps between them.
    var width: Int { widths.reduce(0, +) }
    var headings: String { zip(titles, widths).map(rightAligned).joined() }
    func figures(ofRow row: Int) -> String { zip(cells[row], widths).map(rightAligned).joined() }
}

/// A figure of a row, with what noise may have done to it: `12,345 ±18`; a dash when it was not released.
func text(of metric: Metric, in row: StoredRow) -> String {
    guard let figure = metric.figure(in: row.counts) else { return "–" }
    guard let margin = metric.margin(in: row.counts, row.variances) else { return text(of: figure) }
    return "\(text(of: figure)) ±\(text(of: margin))"
}

/// A figure for a reader: `12,345`, `25 %`, `4.5`; none that noise made is below zero or a share above all.
func text(of figure: Figure) -> String {
    switch figure {
    case .count(let count): grouped(max(0, count))
    case .share(let share): "\(decimal(max(0, min(share, 1)) * 100, places: share < 0.1 ? 1 : 0)) %"
    case .mean(let mean): decimal(max(0, mean), places: 1)
    }
}

/// `12,345`.
func grouped(_ number: Int) -> String {
    guard number > -1000, number < 1000 else {
        return grouped(number / 1000) + "," + padded(Int((number % 1000).magnitude), to: 3)
    }
    return String(number)
}

/// A number with so many places behind the point, rounded half up.
func decimal(_ number: Double, places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((number * Double(scale)).rounded())
    let sign = scaled < 0 ? "-" : ""
    let whole = scaled.magnitude / UInt(scale)
    if places == 0 { return "\(sign)\(whole)" }
    return "\(sign)\(whole).\(padded(Int(scaled.magnitude % UInt(scale)), to: places))"
}

extension String {
    fileprivate var trimmedRight: String {
        var result = self
        while result.last == " " { result.removeLast() }
        return result
    }
}
