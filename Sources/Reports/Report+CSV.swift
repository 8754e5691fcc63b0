import Measurement
import Store

extension Report {
    /// Reports as one CSV table (RFC 4180) with a header line: a line per row of each section, a column per metric,
    /// empty where a metric does not apply or was not released. Shares are decimals: 0.25 for a quarter.
    /// When a figure has noise, columns follow that say how much, and what it protects; when periods are compared,
    /// each metric's figure before and its change. The notes are rows of their own, in the section `notes`.
    ///
    /// Words that a spreadsheet would run as a formula are preceded by an apostrophe (OWASP, CSV injection). Figures of
    /// the open window are not part of it.
    public static func csv(_ reports: [Report]) -> String {
        var names = ["site", "from", "to", "section", "name", "next"] + Metric.allCases.map(\.columnName)
        let hasNoise = reports.contains { $0.gate.loss != nil }
        if hasNoise { names += Metric.allCases.map { $0.columnName + "_plus_minus" } + ["epsilon", "delta"] }
        let isCompared = reports.contains { $0.previous != nil }
        if isCompared { names += comparisonColumns(hasNoise: hasNoise) }
        var output = names.joined(separator: ",") + "\r\n"
        for report in reports {
            let place = [report.site, report.period.first.description, report.period.last.description].map(csvField)
            for line in report.lines {
                var fields = place
                report.appendFields(of: line, withMargins: hasNoise, to: &fields)
                if isCompared { fields += report.comparisonFields(of: line, withMargins: hasNoise) }
                output += fields.joined(separator: ",") + "\r\n"
            }
            // Comment lines are not part of CSV: spreadsheets would take them for rows that lack columns.
            for note in report.isEmpty ? [] : report.notes {
                let fields = place + ["notes", csvField(note)]
                output += fields.joined(separator: ",")
                output += String(repeating: ",", count: names.count - fields.count) + "\r\n"
            }
        }
        return output
    }

    private static func comparisonColumns(hasNoise: Bool) -> [String] {
        ["before_from", "before_to"]
            + Metric.allCases.flatMap { metric in
                [metric.columnName + "_before", metric.columnName + "_change"]
                    + (hasNoise ? [metric.columnName + "_change_plus_minus"] : [])
            }
    }

    private struct Line {
        var section: ReportSection
        var key = ""
        var key2 = ""
        /// The counts that a metric is made of, and the noise in them.
        var counts: (Metric) -> MeasureCounts
        var variances: (Metric) -> MeasureVariances
        /// The metric in the period before, and what has become of it since.
        var before: (Metric) -> Figure? = { _ in nil }
        var change: (Metric) -> Change? = { _ in nil }

        init(_ section: ReportSection, _ row: StoredRow, before: StoredRow? = nil) {
            self.section = section
            key = row.key
            key2 = row.key2 ?? ""
            counts = { _ in row.counts }
            variances = { _ in row.variances }
            self.before = { metric in before.flatMap { metric.figure(in: $0.counts) } }
            change = { row.change($0, since: before) }
        }

        init(summary report: Report) {
            section = .summary
            counts = report.summaryCounts
            variances = report.summaryVariances
            before = { metric in report.previous.flatMap { metric.figure(in: $0.summaryCounts(for: metric)) } }
            change = report.summaryChange
        }
    }

    private var lines: [Line] {
        var lines: [Line] = []
        if sections.contains(.summary), !isEmpty { lines.append(Line(summary: self)) }
        if sections.contains(.days) { lines += days.map { Line(.days, $0.row) } }
        for table in tables { lines += table.rows.map { Line(table.section, $0, before: table.before($0)) } }
        return lines
    }

    private func comparisonFields(of line: Line, withMargins hasNoise: Bool) -> [String] {
        var fields = [previous?.period.first, previous?.period.last].map { $0?.description ?? "" }
        let shown = line.section.metrics
        for metric in Metric.allCases {
            let isShown = shown.contains(metric)
            let change = isShown ? line.change(metric) : nil
            fields.append(isShown ? line.before(metric)?.plainText ?? "" : "")
            fields.append(change?.number.map { decimal($0, places: 4) } ?? "")
            if hasNoise { fields.append(change?.numberMargin.map { decimal($0, places: 4) } ?? "") }
        }
        return fields
    }

    private func appendFields(of line: Line, withMargins hasNoise: Bool, to fields: inout [String]) {
        fields += [line.section.rawValue, csvField(line.key), csvField(line.key2)]
        let shown = line.section.metrics
        for metric in Metric.allCases {
            let figure = shown.contains(metric) ? metric.figure(in: line.counts(metric)) : nil
            fields.append(figure?.plainText ?? "")
        }
        if hasNoise {
            for metric in Metric.allCases {
                let margin =
                    shown.contains(metric) ? metric.margin(in: line.counts(metric), line.variances(metric)) : nil
                fields.append(margin?.plainText ?? "")
            }
            fields.append(gate.loss.map { decimal($0.roundedEpsilon, places: 1) } ?? "")
            fields.append(gate.loss.map { decimal($0.delta, places: 6) } ?? "")
        }
    }
}

extension Figure {
    /// Digits with a point, for machines.
    var plainText: String {
        switch self {
        case .count(let count): "\(count)"
        case .share(let value), .mean(let value): decimal(value, places: 4)
        }
    }
}

/// A word as a field of a CSV table: nothing in it that a terminal would obey or a spreadsheet would run.
func csvField(_ text: String) -> String {
    var text = sanitized(text)
    if text.isEmpty { return text }
    if let first = text.unicodeScalars.first, "=+-@＝＋－＠".unicodeScalars.contains(first) { text = "'" + text }
    // Some spreadsheets part fields at semicolons.
    let isPlain = text.utf8.allSatisfy {
        $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: ";")
    }
    if isPlain { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
