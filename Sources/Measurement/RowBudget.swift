/// How much of the store the rows of a day may take, whatever the traffic is: the largest rows of a table have names,
/// the others join *(other)*.
public enum RowBudget {
    /// Bytes that a row takes beside its names.
    public static let ofRow = 36

    /// Bytes that all rows of a day take at most.
    public static var ofDay: Int { Dimension.allCases.reduce(0) { $0 + bytes(of: $1) } }

    /// Bytes that the rows of a table take at most.
    public static func bytes(of dimension: Dimension) -> Int {
        switch dimension {
        case .page: 48_000
        case .source: 12_000
        case .pagePair, .browser, .conversion: 8000
        case .entryPage, .exitPage, .campaign, .bot: 6000
        case .place, .withheldCookie, .unknownCookie, .blockedHost, .missingPage: 5000
        case .search: 4000
        case .operatingSystem, .download, .outbound: 3000
        case .hour, .botReason, .answerLanguage: 2000
        case .total, .channel, .device, .weekday, .visitLength, .pagesPerVisit, .consentOutcome: 600
        }
    }

    /// Takes the names of the smallest rows of tables that are too large.
    ///
    /// Each row passed the gate by itself, so that what they come to together is not smaller. Steps from page to page,
    /// and rows whose counts have noise, have no *(other)* to join: they are left out.
    static func cut(_ cells: [ReleasedCell]) -> [ReleasedCell] {
        struct Name: Hashable {
            var key: String
            var key2: String?
            var bytes: Int { RowBudget.ofRow + key.utf8.count + (key2?.utf8.count ?? 0) }
        }
        var rows: [Dimension: [Name: Int]] = [:]
        for cell in cells {
            let name = Name(key: cell.key, key2: cell.key2)
            rows[cell.dimension, default: [:]][name] = max(rows[cell.dimension]?[name] ?? .min, cell.count)
        }
        var unnamed: [Dimension: Set<Name>] = [:]
        for (dimension, rows) in rows {
            let most = bytes(of: dimension)
            if rows.keys.reduce(0, { $0 + $1.bytes }) <= most { continue }
            var used = Name(key: ReleasedCell.otherKey).bytes
            let sorted = rows.filter { $0.key.key != ReleasedCell.otherKey }.sorted { a, b in
                (b.value, a.key.key, a.key.key2 ?? "") < (a.value, b.key.key, b.key.key2 ?? "")
            }
            for row in sorted {
                used += row.key.bytes
                if used > most { unnamed[dimension, default: []].insert(row.key) }
            }
        }
        if unnamed.isEmpty { return cells }
        var kept: [ReleasedCell] = []
        var others: [ReleasedCell: Int] = [:]
        for cell in cells {
            let isOther = cell.key == ReleasedCell.otherKey
            guard let names = unnamed[cell.dimension], isOther || names.contains(Name(key: cell.key, key2: cell.key2))
            else {
                kept.append(cell)
                continue
            }
            if !isOther, cell.key2 != nil || cell.variance > 0 { continue }
            var other = cell
            (other.key, other.key2, other.count) = (ReleasedCell.otherKey, nil, 0)
            others[other, default: 0] += cell.count
        }
        for (other, count) in others {
            var cell = other
            cell.count = count
            kept.append(cell)
        }
        return kept.sortedByName()
    }
}
