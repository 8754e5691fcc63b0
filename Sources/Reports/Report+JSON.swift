import Measurement
import Store

extension Report {
    /// The name and version of the JSON form; members may be added to it, none is removed or changes its meaning.
    public static let jsonFormat = "crumbgate-report/1"

    /// Reports as one JSON document (RFC 8259), described in docs/reports.md; ends with a line break.
    public static func json(_ reports: [Report]) -> String {
        let document = JSONValue.object([
            ("format", .string(jsonFormat)),
            ("reports", .array(reports.map(\.json))),
        ])
        return document.text + "\n"
    }

    private var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("site", .string(site)),
            ("from", .string(period.first.description)),
            ("to", .string(period.last.description)),
            (
                "gate",
                .object([
                    ("mode", gate.days == 0 ? .null : .string(ReleaseLedgerEntry.Mode.threshold.rawValue)),
                    ("leastVisitors", gate.leastK.map(JSONValue.integer) ?? .null),
                    ("releasedDays", .integer(gate.days)),
                ])
            ),
        ]
        if sections.contains(.summary) {
            members.append(
                (
                    "summary",
                    .object(ReportSection.summary.metrics.flatMap { figures([$0], in: summaryCounts(for: $0)) })
                ))
        }
        if sections.contains(.days) {
            let days = days.map { day in
                JSONValue.object(
                    [("name", .string(day.day.description))] + figures(ReportSection.days.metrics, in: day.counts))
            }
            members.append(("days", .array(days)))
        }
        for table in tables { members.append((table.section.rawValue, json(of: table))) }
        members.append(("today", today.map(json) ?? .null))
        members.append(("notes", .array(notes.map(JSONValue.string))))
        return .object(members)
    }

    private func json(of table: ReportTable) -> JSONValue {
        .array(
            table.rows.map { row in
                var members: [(String, JSONValue)] = [("name", .string(row.key))]
                if let next = row.key2 { members.append(("next", .string(next))) }
                return .object(members + figures(table.section.metrics, in: row.counts))
            })
    }

    private func json(of today: TodaySoFar) -> JSONValue {
        let metrics = [Metric.pageViews, .visits, .visitors, .conversions]
        return .object(
            [
                ("day", .string(today.day.description)),
                ("asOf", .string(today.timestamp)),
                ("roundedTo", .integer(OpenWindowSnapshot.step)),
            ] + figures(metrics, in: today.totals)
                + today.tables.map { table in
                    let metric = table.section.metrics[0]
                    return (
                        table.section.rawValue,
                        .array(
                            table.rows.map { row in
                                .object([("name", .string(row.key))] + figures([metric], in: row.counts))
                            })
                    )
                })
    }
}

/// Each metric by its name, null where it was not released.
private func figures(_ metrics: [Metric], in counts: MeasureCounts) -> [(String, JSONValue)] {
    metrics.map { metric in
        switch metric.figure(in: counts) {
        case .count(let count): (metric.rawValue, .integer(count))
        case .share(let value), .mean(let value): (metric.rawValue, .number(decimal(value, places: 4)))
        case nil: (metric.rawValue, .null)
        }
    }
}
