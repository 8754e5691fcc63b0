import Measurement
import Store

extension Report {
    /// A count over the period as a chart, that of the period before behind it: by days, by weeks where they are many.
    public func timeChart(of metric: Metric) -> TimeChart {
        let size = period.length > 120 ? 7 : 1
        let title = metric.title(days: 1) + (size == 1 ? " per day" : " per week")
        // Weeks end with the last day; first days that make no whole week are left out.
        let starts = stride(from: period.length % size, to: period.length, by: size)
        func points(_ report: Report) -> [Int?] {
            let values = report.series(metric)
            return starts.map { start in
                let known = values.dropFirst(start).prefix(size).compactMap { $0 }
                return known.isEmpty ? nil : known.reduce(0, +)
            }
        }
        let labels = starts.map { start in
            let day = period.first.advanced(by: start)
            return size == 1 ? day.shortText : period.length > 300 ? day.datedText : day.dayText
        }
        return TimeChart(
            title: title, unit: metric.title(days: 1).lowercased(), labels: labels, values: points(self),
            previous: previous.map(points) ?? [])
    }

    /// What shows a table better than rows with bars do; nil for most.
    public func chart(of table: ReportTable) -> (any Chart)? {
        switch table.section {
        case .week:
            let lead = table.metrics[0]
            var values = [[Int?]](repeating: [Int?](repeating: nil, count: 24), count: 7)
            for row in table.rows where lead.figure(in: row.counts) != nil {
                guard let day = Int(row.key), let hour = row.key2.flatMap({ Int($0) }), (1...7).contains(day),
                    (0..<24).contains(hour)
                else { continue }
                values[day - 1][hour] = row.size(by: lead)
            }
            return HeatMap(
                title: "\(lead.title(days: 1)) by hour and day of the week", unit: lead.title(days: 1).lowercased(),
                rows: Day.weekdays, columns: (0..<24).map { padded($0, to: 2) }, values: values)
        case .paths:
            let steps = table.rows.compactMap { row in
                row.key2.map { FlowPicture.Step(from: row.key, to: $0, count: row.size(by: .count)) }
            }
            let picture = FlowPicture(title: "The most frequent steps from page to page", steps: steps)
            return picture.isEmpty ? nil : picture
        case .hours:
            let lead = table.metrics[0]
            let rows = table.rows.filter { !$0.isOther }
            return TimeChart(
                title: "\(lead.title(days: 1)) by hour of the day", unit: lead.title(days: 1).lowercased(),
                labels: rows.map { table.section.label($0.key) },
                values: rows.map { row in lead.figure(in: row.counts).map { _ in row.size(by: lead) } },
                previous: rows.map { row in
                    table.before(row).flatMap { row in lead.figure(in: row.counts).map { _ in row.size(by: lead) } }
                })
        case .summary, .days, .pages, .entries, .exits, .sources, .channels, .campaigns, .places, .browsers, .systems,
            .devices, .weekdays, .lengths, .depths, .conversions, .consent, .languages, .cookies, .unknown, .hosts,
            .bots,
            .reasons, .missing, .downloads, .outbound, .searches:
            return nil
        }
    }
}
