import Measurement
import Store

extension Report {
    /// Reports as one CSV table (RFC 4180) with a header line: a line per row of each section, a column per metric,
    /// empty where a metric does not apply or was not released. Shares are decimals: 0.25 for a quarter.
    ///
    /// Words that a spreadsheet would run as a formula are preceded by an apostrophe (OWASP, CSV injection). Figures of
    /// the open window are not part of it.
    public static func csv(_ reports: [Report]) -> String {
        let names = ["site", "from", "to", "section", "name", "next"] + Metric.allCases.map(\.columnName)
        var output = names.joined(separator: ",") + "\r\n"
        for report in reports { report.appendLines(to: &output) }
        return output
    }

    private func appendLines(to output: inout String) {
        if sections.contains(.summary), !isEmpty {
            appendLine(.summary, key: "", counts: summaryCounts, to: &output)
        }
        if sections.contains(.days) {
            for day in days {
                appendLine(.days, StoredRow(key: day.day.description, counts: day.counts), to: &output)
            }
        }
        for table in tables {
            for row in table.rows { appendLine(table.section, row, to: &output) }
        }
    }

    private func appendLine(_ section: ReportSection, _ row: StoredRow, to output: inout String) {
        appendLine(section, key: row.key, key2: row.key2, counts: { _ in row.counts }, to: &output)
    }

    private func appendLine(
        _ section: ReportSection, key: String, key2: String? = nil, counts: (Metric) -> MeasureCounts,
        to output: inout String
    ) {
        var fields = [
            site, period.first.description, period.last.description, section.rawValue, key, key2 ?? "",
        ]
        .map(csvField)
        for metric in Metric.allCases {
            let figure = section.metrics.contains(metric) ? metric.figure(in: counts(metric)) : nil
            fields.append(figure?.plainText ?? "")
        }
        output += fields.joined(separator: ",") + "\r\n"
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

/// A word as a field: nothing in it that a terminal would obey or a spreadsheet would run.
/// A field of a CSV table.
func csvField(_ text: String) -> String {
    var text = sanitized(text)
    if let first = text.unicodeScalars.first, "=+-@＝＋－＠".unicodeScalars.contains(first) { text = "'" + text }
    // Some spreadsheets part fields at semicolons.
    guard text.unicodeScalars.contains(where: { $0 == "\"" || $0 == "," || $0 == ";" }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
