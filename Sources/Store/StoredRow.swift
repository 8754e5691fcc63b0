import Measurement

/// A row of a table over a period.
public struct StoredRow: Hashable, Sendable {
    /// The row's name, as `Dimension` describes it.
    public var key: String
    /// The second name of a pair.
    public var key2: String?
    /// Its figures.
    public var counts: MeasureCounts
    /// How much noise is in them.
    public var variances: MeasureVariances

    /// Makes a row.
    public init(key: String, key2: String? = nil, counts: MeasureCounts, variances: MeasureVariances = [:]) {
        self.key = key
        self.key2 = key2
        self.counts = counts
        self.variances = variances
    }
}

/// Rows added up by their names.
struct RowSums {
    /// Each name once, in the order in which they came.
    private(set) var rows: [StoredRow] = []
    private var places: [Name: Int] = [:]

    private struct Name: Hashable {
        var key: String
        var key2: String?
    }

    mutating func add(_ key: String, _ key2: String?, _ counts: MeasureCounts, _ variances: MeasureVariances) {
        let name = Name(key: key, key2: key2)
        if let place = places[name] {
            rows[place].counts.add(counts)
            rows[place].variances.add(variances)
        } else {
            places[name] = rows.count
            rows.append(StoredRow(key: key, key2: key2, counts: counts, variances: variances))
        }
    }
}

extension Dimension {
    /// Whether its rows have a second name.
    var isOfPairs: Bool {
        switch self {
        case .pagePair, .answerLanguage: true
        case .total, .page, .entryPage, .exitPage, .source, .channel, .campaign, .place, .browser, .operatingSystem,
            .device, .hour, .weekday, .visitLength, .pagesPerVisit, .consentOutcome, .conversion, .withheldCookie,
            .unknownCookie, .blockedHost, .bot, .botReason, .missingPage, .download, .outbound, .search:
            false
        }
    }
}
