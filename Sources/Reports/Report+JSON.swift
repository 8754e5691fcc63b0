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
            ("gate", .object(gate.members)),
        ]
        if previous != nil { members.append(("previous", jsonOfPrevious)) }
        if sections.contains(.summary) {
            members.append(
                (
                    "summary",
                    .object(
                        figures(ReportSection.summary.metrics, in: summaryCounts, summaryVariances)
                            + (previous.map { before in
                                comparison(
                                    ReportSection.summary.metrics,
                                    before: { $0.figure(in: before.summaryCounts(for: $0)) }, change: summaryChange)
                            } ?? []))
                ))
        }
        if sections.contains(.days) {
            let days = days.map { day in
                JSONValue.object(
                    [("name", .string(day.day.description))] + figures(ReportSection.days.metrics, of: day.row))
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
                members += figures(table.section.metrics, of: row)
                if table.isCompared {
                    let before = table.before(row)
                    members += comparison(
                        table.section.metrics, before: { metric in before.flatMap { metric.figure(in: $0.counts) } },
                        change: { row.change($0, since: before) })
                }
                return .object(members)
            })
    }

    private var jsonOfPrevious: JSONValue {
        guard let previous else { return .null }
        return .object([
            ("from", .string(previous.period.first.description)), ("to", .string(previous.period.last.description)),
            ("releasedDays", .integer(previous.gate.days)),
        ])
    }

    private func json(of today: TodaySoFar) -> JSONValue {
        let metrics = [Metric.pageViews, .visits, .visitors, .conversions]
        return .object(
            [
                ("day", .string(today.day.description)),
                ("asOf", .string(today.timestamp)),
                ("roundedTo", .integer(OpenWindowSnapshot.step)),
            ] + figures(metrics, of: StoredRow(key: "", counts: today.totals))
                + today.tables.map { table in
                    let metric = table.section.metrics[0]
                    return (
                        table.section.rawValue,
                        .array(
                            table.rows.map { row in
                                .object([("name", .string(row.key))] + figures([metric], of: row))
                            })
                    )
                })
    }
}

extension GateSummary {
    fileprivate var members: [(String, JSONValue)] {
        let mode: String? =
            days == 0 ? nil : isMixed ? "mixed" : noisyDays > 0 ? "dp" : ReleaseLedgerEntry.Mode.threshold.rawValue
        var members: [(String, JSONValue)] = [
            ("mode", mode.map(JSONValue.string) ?? .null),
            ("leastVisitors", leastK.map(JSONValue.integer) ?? .null),
            ("releasedDays", .integer(days)),
        ]
        guard let loss else { return members }
        members += [
            ("noisyDays", .integer(noisyDays)), ("unit", .string("visitor-day")),
            ("rho", .number(decimal(loss.rho, places: 6))),
            ("epsilon", .number(decimal(loss.roundedEpsilon, places: 1))),
            ("delta", .number(decimal(loss.delta, places: 6))),
        ]
        return members
    }
}

private func figures(_ metrics: [Metric], of row: StoredRow) -> [(String, JSONValue)] {
    figures(metrics, in: { _ in row.counts }, { _ in row.variances })
}

/// Each metric by its name, null where it was not released; then how far those with noise may be from the exact ones.
private func figures(
    _ metrics: [Metric], in counts: (Metric) -> MeasureCounts, _ variances: (Metric) -> MeasureVariances
) -> [(String, JSONValue)] {
    var members = metrics.map { metric in (metric.rawValue, metric.figure(in: counts(metric)).json) }
    let margins = metrics.compactMap { metric in
        metric.margin(in: counts(metric), variances(metric)).map { (metric.rawValue, Figure?.some($0).json) }
    }
    if !margins.isEmpty { members.append(("plusMinus", .object(margins))) }
    return members
}

/// The figures of the period before, and what has become of them; null where that cannot be said.
private func comparison(
    _ metrics: [Metric], before: (Metric) -> Figure?, change: (Metric) -> Change?
) -> [(String, JSONValue)] {
    let changes = metrics.map { metric in
        (metric.rawValue, change(metric)?.number.map { JSONValue.number(decimal($0, places: 4)) } ?? .null)
    }
    let margins = metrics.compactMap { metric in
        change(metric)?.numberMargin.map { (metric.rawValue, JSONValue.number(decimal($0, places: 4))) }
    }
    return [("before", .object(metrics.map { ($0.rawValue, before($0).json) })), ("change", .object(changes))]
        + (margins.isEmpty ? [] : [("changePlusMinus", .object(margins))])
}

extension Figure? {
    fileprivate var json: JSONValue {
        switch self {
        case .count(let count): .integer(count)
        case .share(let value), .mean(let value): .number(decimal(value, places: 4))
        case nil: .null
        }
    }
}
