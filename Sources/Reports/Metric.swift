import Measurement
import Store

/// A figure of a report: what was counted, or a quotient of two such counts (definitions: docs/reports.md).
///
/// The raw value is its name in JSON; CSV spells it in snake case.
public enum Metric: String, CaseIterable, Hashable, Sendable {
    case pageViews
    case visits
    /// Distinct per day; over a longer period the days' numbers are summed.
    case visitors = "dailyVisitors"
    case bounces
    case entries
    case exits
    case conversions
    case count
    /// Page views ÷ visits, both of visitors who are measured in full.
    case pagesPerVisit
    /// Bounces ÷ first visits of a day; of an entry page bounces ÷ entries.
    case bounceRate
    /// Conversions ÷ visits.
    case conversionRate
    /// Conversions ÷ daily visitors.
    case conversionsPerVisitor

    /// Its value in some counts; nil when a count it needs was not released.
    public func figure(in counts: MeasureCounts) -> Figure? {
        switch self {
        case .pageViews: counts[.pageViews].map(Figure.count)
        case .visits: counts[.visits].map(Figure.count)
        case .visitors: counts[.visitors].map(Figure.count)
        case .bounces: counts[.bounces].map(Figure.count)
        case .entries: counts[.entries].map(Figure.count)
        case .exits: counts[.exits].map(Figure.count)
        case .conversions: counts[.conversions].map(Figure.count)
        case .count: counts[.count].map(Figure.count)
        case .pagesPerVisit: quotient(counts[.pageViews], counts[.visits]).map(Figure.mean)
        case .bounceRate: quotient(counts[.bounces], counts[.visits] ?? counts[.entries]).map(Figure.share)
        case .conversionRate: quotient(counts[.conversions], counts[.visits]).map(Figure.share)
        case .conversionsPerVisitor: quotient(counts[.conversions], counts[.visitors]).map(Figure.share)
        }
    }

    /// The heading of its column over a period of so many days.
    public func title(days: Int) -> String {
        switch self {
        case .pageViews: "Page views"
        case .visits: "Visits"
        case .visitors: days == 1 ? "Visitors" : "Daily visitors"
        case .bounces: "Bounces"
        case .entries: "Entries"
        case .exits: "Exits"
        case .conversions: "Conversions"
        case .count: "Count"
        case .pagesPerVisit: "Pages per visit"
        case .bounceRate: "Bounce rate"
        case .conversionRate: "Conv. rate"
        case .conversionsPerVisitor: "Conv. per visitor"
        }
    }

    /// The column's name in CSV.
    var columnName: String {
        var name = ""
        for character in rawValue { name += character.isUppercase ? "_" + character.lowercased() : String(character) }
        return name
    }
}

/// The value of a metric.
public enum Figure: Hashable, Sendable {
    case count(Int)
    /// A part of a whole, 0.25 for a quarter.
    case share(Double)
    /// So many of one thing per another.
    case mean(Double)
}

private func quotient(_ part: Int?, _ whole: Int?) -> Double? {
    guard let part, let whole, whole > 0 else { return nil }
    return Double(part) / Double(whole)
}
