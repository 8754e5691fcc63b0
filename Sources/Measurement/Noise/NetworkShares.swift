/// Which rows each network has fed, where visitors are not told apart: a network counts once per row and in few rows,
/// so that nobody weighs more in a release with noise than the proof says.
struct NetworkShares {
    struct Name: Hashable {
        var network: UInt64
        var table: Table
    }

    struct Rows: BitwiseCopyable {
        var rows = InlineArray<10, Int32>(repeating: -1)
        var count: UInt8 = 0
    }

    var shares: [Name: Rows] = [:]

    /// Whether a network may still feed rows of a table that it has not fed.
    func hasRoom(_ network: UInt64, in table: Table) -> Bool {
        guard let share = shares[Name(network: network, table: table)] else { return true }
        return Int(share.count) < table.mostRowsOfNetwork
    }

    /// Notes that a network feeds a row; false when it has done so before, or has fed as many as it may.
    mutating func admit(_ network: UInt64, to row: Int32, of table: Table) -> Bool {
        let name = Name(network: network, table: table)
        var share = shares[name] ?? Rows()
        guard Int(share.count) < table.mostRowsOfNetwork else { return false }
        for index in 0..<Int(share.count) where share.rows[index] == row { return false }
        share.rows[Int(share.count)] = row
        share.count += 1
        shares[name] = share
        return true
    }
}

extension Table {
    /// Rows that one network may feed in a day, at most the places in `NetworkShares.Rows`.
    var mostRowsOfNetwork: Int {
        switch self {
        case .barePage: 10
        case .withheld, .unknown, .blocked: 5
        case .consent, .answerLanguage: 2
        case .page, .entry, .exit, .channel, .source, .campaign, .place, .browserFamily, .browser, .system, .device,
            .hourViews, .hourVisits, .engagement, .length, .pages, .goal, .bot, .pair, .withheldUnknown:
            1
        // No part of the budget is theirs, and nothing of them is released.
        case .botReason, .missing, .download, .outbound, .search: 0
        }
    }
}
