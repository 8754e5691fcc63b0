import Measurement
import Store

/// What a report is compared with.
public enum Comparison: String, CaseIterable, Hashable, Sendable {
    /// Nothing.
    case none
    /// As many days immediately before.
    case previous
}

/// How a figure differs from that of the period before.
///
/// There is none when one of the two was not released: what is not known has not changed by anything.
public enum Change: Hashable, Sendable {
    /// A part of the figure before, 0.25 for a quarter more.
    case relative(Double, margin: Double?)
    /// The difference of two shares, 0.02 for two percentage points more.
    case points(Double, margin: Double?)
    /// The difference of two counts of which the earlier is too small for a percentage to say anything.
    case difference(Int, margin: Int?)

    /// Counts below it are no base for a percentage: some visitors more or less would move it by tens.
    public static let leastBase = 30

    /// Compares a metric of two periods; the margins are those of their noise, added as variances are.
    public init?(
        _ metric: Metric, before: (counts: MeasureCounts, variances: MeasureVariances),
        now: (counts: MeasureCounts, variances: MeasureVariances)
    ) {
        guard let earlier = metric.figure(in: before.counts), let later = metric.figure(in: now.counts) else {
            return nil
        }
        let margins = (
            earlier: metric.margin(in: before.counts, before.variances)?.value ?? 0,
            later: metric.margin(in: now.counts, now.variances)?.value ?? 0
        )
        let hasNoise = margins.earlier > 0 || margins.later > 0
        let ofDifference = (margins.earlier * margins.earlier + margins.later * margins.later).squareRoot()
        switch (earlier, later) {
        case (.count(let a), .count(let b)) where a < Self.leastBase:
            self = .difference(b - a, margin: hasNoise ? Int(ofDifference.rounded(.up)) : nil)
        case (.share(let a), .share(let b)):
            self = .points(b - a, margin: hasNoise ? ofDifference : nil)
        case (_, _):
            guard earlier.value > 0 else { return nil }
            let ratio = later.value / earlier.value
            let scaled = margins.earlier * ratio
            let margin = (margins.later * margins.later + scaled * scaled).squareRoot() / earlier.value
            self = .relative(ratio - 1, margin: hasNoise ? margin : nil)
        }
    }

    /// Which way it went, as far as noise lets that be said.
    public enum Direction: String, Hashable, Sendable { case up, down, level }

    /// Which way it went: level when it rounds to nothing or noise alone may have made it.
    public var direction: Direction {
        let (value, margin, least): (Double, Double, Double) =
            switch self {
            case .relative(let value, let margin): (value, margin ?? 0, 0.005)
            case .points(let value, let margin): (value, margin ?? 0, 0.0005)
            case .difference(let value, let margin): (Double(value), Double(margin ?? 0), 0.5)
            }
        return abs(value) < max(margin, least) ? .level : value > 0 ? .up : .down
    }

    /// For a reader: `+12 %`, `−0.4 pp`, `+5`, with noise `+12 % ±4`.
    public var text: String {
        switch self {
        case .relative(let value, let margin):
            return signed(value * 100, places: 0) + " %" + plusMinus(margin.map { $0 * 100 }, places: 0)
        case .points(let value, let margin):
            return signed(value * 100, places: 1) + " pp" + plusMinus(margin.map { $0 * 100 }, places: 1)
        case .difference(let value, let margin):
            return signed(Double(value), places: 0) + plusMinus(margin.map(Double.init), places: 0)
        }
    }

    /// The relative change or the difference of shares for machines; nil for a count with a base that is too small.
    var number: Double? {
        switch self {
        case .relative(let value, _), .points(let value, _): value
        case .difference: nil
        }
    }

    /// How far noise may have moved `number` in 19 of 20 cases.
    var numberMargin: Double? {
        switch self {
        case .relative(_, let margin), .points(_, let margin): margin
        case .difference: nil
        }
    }

    private func signed(_ value: Double, places: Int) -> String {
        let text = decimal(abs(value), places: places)
        if !text.contains(where: { ("1"..."9").contains($0) }) { return "±0" }
        return (value < 0 ? "\u{2212}" : "+") + groupedDecimal(text)
    }

    private func plusMinus(_ margin: Double?, places: Int) -> String {
        margin.map { " ±" + groupedDecimal(decimal($0, places: places)) } ?? ""
    }

    private func groupedDecimal(_ text: String) -> String {
        let parts = text.split(separator: ".", maxSplits: 1)
        let whole = parts.first.flatMap { Int($0) }.map(grouped) ?? text
        return parts.count == 2 ? whole + "." + parts[1] : whole
    }
}

extension Figure {
    /// It as a number.
    public var value: Double {
        switch self {
        case .count(let count): Double(count)
        case .share(let value), .mean(let value): value
        }
    }
}

extension StoredRow {
    /// How a metric of the row has changed since the period before; nil where it was not released in one of the two.
    public func change(_ metric: Metric, since before: StoredRow?) -> Change? {
        before.flatMap { Change(metric, before: ($0.counts, $0.variances), now: (counts, variances)) }
    }
}

extension Report {
    /// How a metric of the summary has changed since the period before.
    public func summaryChange(of metric: Metric) -> Change? {
        previous.flatMap {
            Change(
                metric, before: ($0.summaryCounts(for: metric), $0.summaryVariances(for: metric)),
                now: (summaryCounts(for: metric), summaryVariances(for: metric)))
        }
    }

    /// What a reader must know to read changes right.
    var comparisonNotes: [String] {
        guard let previous else { return [] }
        var notes = ["Changes are against \(previous.period), the same number of days immediately before."]
        if previous.period.length < period.length {
            notes = [
                "Changes are against \(previous.period): of the days immediately before, those that correspond to the "
                    + "days of this period that are over."
            ]
        }
        if previous.isEmpty {
            notes.append("Nothing was released in that time, so there are no changes to show.")
        } else {
            if previous.gate.days != gate.days {
                notes.append(
                    "This period has figures of \(days(gate.days)), the one before of \(days(previous.gate.days)): that "
                        + "alone moves the changes of counts.")
            }
            notes.append(
                "Counts that were below \(Change.leastBase) before are told with the difference instead of a percentage; "
                    + "shares with percentage points (pp). A dash: not released in one of the two periods.")
        }
        if gate.loss != nil || previous.gate.loss != nil {
            notes.append("A change smaller than its ± may be nothing but the random numbers in the figures.")
        }
        return notes
    }

    private func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }
}
