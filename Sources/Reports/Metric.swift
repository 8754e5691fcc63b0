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
    /// Answers that granted something ÷ answers, in rows that have the former as `conversions`.
    case consentRate

    /// Its value in some counts; nil when a count it needs was not released.
    public func figure(in counts: MeasureCounts) -> Figure? {
        switch formula(in: counts) {
        case .count(let measure): counts[measure].map(Figure.count)
        case .share(let part, let whole): quotient(counts[part], counts[whole]).map(Figure.share)
        case .mean(let part, let whole): quotient(counts[part], counts[whole]).map(Figure.mean)
        }
    }

    /// How far its value may be from the exact one in 19 of 20 cases; nil when it is exact or was not released.
    public func margin(in counts: MeasureCounts, _ variances: MeasureVariances) -> Figure? {
        switch formula(in: counts) {
        case .count(let measure):
            guard let variance = variances[measure], variance > 0 else { return nil }
            return .count(Int((reach * (Double(variance) / 1000).squareRoot()).rounded(.up)))
        case .share(let part, let whole): return margin(part, whole, counts, variances).map(Figure.share)
        case .mean(let part, let whole): return margin(part, whole, counts, variances).map(Figure.mean)
        }
    }

    /// The error of a quotient r = a/b, to the first order: √(Var a + r²·Var b) ÷ b.
    private func margin(
        _ part: Measure, _ whole: Measure, _ counts: MeasureCounts, _ variances: MeasureVariances
    ) -> Double? {
        let (ofPart, ofWhole) = (Double(variances[part] ?? 0) / 1000, Double(variances[whole] ?? 0) / 1000)
        guard ofPart + ofWhole > 0, let quotient = quotient(counts[part], counts[whole]) else { return nil }
        return reach * (ofPart + quotient * quotient * ofWhole).squareRoot() / Double(counts[whole] ?? 1)
    }

    /// The counts that it may be made of.
    var measures: [Measure] {
        switch self {
        case .pageViews: [.pageViews]
        case .visits: [.visits]
        case .visitors: [.visitors]
        case .bounces: [.bounces]
        case .entries: [.entries]
        case .exits: [.exits]
        case .conversions: [.conversions]
        case .count: [.count]
        case .pagesPerVisit: [.pageViews, .visits]
        case .bounceRate: [.bounces, .visits, .entries]
        case .conversionRate: [.conversions, .visits]
        case .conversionsPerVisitor: [.conversions, .visitors]
        case .consentRate: [.conversions, .count]
        }
    }

    private enum Formula {
        case count(Measure)
        case share(Measure, of: Measure)
        case mean(Measure, per: Measure)
    }

    private func formula(in counts: MeasureCounts) -> Formula {
        switch self {
        case .pageViews: .count(.pageViews)
        case .visits: .count(.visits)
        case .visitors: .count(.visitors)
        case .bounces: .count(.bounces)
        case .entries: .count(.entries)
        case .exits: .count(.exits)
        case .conversions: .count(.conversions)
        case .count: .count(.count)
        case .pagesPerVisit: .mean(.pageViews, per: .visits)
        case .bounceRate: .share(.bounces, of: counts[.visits] == nil ? .entries : .visits)
        case .conversionRate: .share(.conversions, of: .visits)
        case .conversionsPerVisitor: .share(.conversions, of: .visitors)
        case .consentRate: .share(.conversions, of: .count)
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
        case .consentRate: "Consent rate"
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

/// Standard deviations that 19 of 20 draws of a normal distribution lie within; a discrete Gaussian is no wider.
private let reach = 1.96

private func quotient(_ part: Int?, _ whole: Int?) -> Double? {
    guard let part, let whole, whole > 0 else { return nil }
    return Double(part) / Double(whole)
}
