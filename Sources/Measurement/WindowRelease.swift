/// The released cells of a window: every table through the gate, and tables that follow from one another gated together.
///
/// - Channels, their sources and campaigns: a source lies within its channel, so it is shown only where its channel is,
///   and what is left of a channel holds as many visitors as the gate asks. Likewise browser families and versions,
///   reasons and names of bots.
/// - Answers to the banner by what was granted and by language: `AnswerRelease`.
/// - Bounces, visit lengths and pages per visit: the latter two divide the visits that are no bounces; all or none.
/// - Page views of visitors who are measured in full and of all others are gated apart, then added up.
/// - Cookies withheld by a rule, withheld without one, and passed on without one are gated apart, then added up: the
///   table of cookies withheld and that of unknown cookies share what is both.
/// - Totals are the sums of what is shown, or themselves fed by as many visitors as the gate asks.
struct WindowRelease {
    private let window: SiteWindow
    private let site: String
    private let k: Int
    private let protections: Protections
    private var rowsOfTable: [[Int]]
    private var counts: [ReleasedCell: Int] = [:]

    /// The cells, in an order that says nothing of the order of visits.
    var cells: [ReleasedCell] {
        RowBudget.cut(
            counts.map { key, count in
                var cell = key
                cell.count = count
                return cell
            }.sortedByName())
    }

    /// Gates a window whose visits have been finished.
    init(_ window: SiteWindow, site: String, with protections: Protections) {
        self.window = window
        self.site = site
        self.protections = protections
        k = window.table.k
        rowsOfTable = [[Int]](repeating: [], count: Table.allCases.count)
        for (index, cell) in window.table.cells.enumerated() { rowsOfTable[Int(cell.table.rawValue)].append(index) }
        releasePages()
        releaseVisits()
        releaseEvents()
    }

    private mutating func releasePages() {
        let sums = sum([.page, .barePage])
        for (key, count) in sums { add(.page, key, .pageViews, count) }
        let views = sums.values.reduce(0, +)
        if views > 0 {
            add(.total, "", .pageViews, views)
            add(.weekday, window.weekday, .pageViews, views)
        }
        releaseFlat(.hourViews, as: .hour, .pageViews)
    }

    private mutating func releaseVisits() {
        let visitors = window.numbers.count
        guard visitors >= k else { return }
        let isRepeatShown = window.repeatEvidence.count >= k
        let visits = visitors + (isRepeatShown ? window.repeatVisits : 0)
        add(.total, "", .visitors, visitors)
        add(.total, "", .visits, visits)
        add(.weekday, window.weekday, .visits, visits)
        releaseFlat(.hourVisits, as: .hour, .visits)
        releaseFlat(.entry, as: .entryPage, .entries)
        releaseFlat(.exit, as: .exitPage, .exits)
        releaseFlat(.place, as: .place, .visits)
        releaseFlat(.system, as: .operatingSystem, .visits)
        releaseFlat(.device, as: .device, .visits)
        releaseNested(.channel, as: .channel, .visits, children: [(.source, .source), (.campaign, .campaign)])
        releaseNested(.browserFamily, as: nil, .visits, children: [(.browser, .browser)])
        releaseEngagement()
        releaseProperParts(.pair, of: visitors) { release, row in
            let cell = release.window.table.cells[row]
            return (.pagePair, release.name(Int(cell.parent)), release.name(Int(cell.second)), .count)
        }
        releaseGoals(of: visitors)
    }

    private mutating func releaseEngagement() {
        let (named, other) = gate(rows(of: .engagement), .engagement)
        guard other == nil else { return }
        for (row, count) in named where name(row) == "bounce" {
            add(.total, "", .bounces, count)
            add(.visitLength, "0", .visits, count)
            add(.pagesPerVisit, "1", .visits, count)
        }
        releaseFlat(.length, as: .visitLength, .visits)
        releaseFlat(.pages, as: .pagesPerVisit, .visits)
    }

    private mutating func releaseGoals(of visitors: Int) {
        var total = 0
        for row in rows(of: .goal) {
            let count = window.table.cells[row].count
            guard isProperPart(count, row: row, of: visitors) else { continue }
            total += count
            add(.conversion, name(row), .conversions, count)
        }
        if total > 0 { add(.total, "", .conversions, total) }
    }

    private mutating func releaseEvents() {
        for (name, count) in AnswerRelease(window.table, rows(of: .consent), rows(of: .answerLanguage)).cells {
            add(name.dimension, name.key, .count, count, key2: name.key2)
        }
        for (key, count) in sum([.withheld, .withheldUnknown]) { add(.withheldCookie, key, .count, count) }
        for (key, count) in sum([.unknown, .withheldUnknown]) { add(.unknownCookie, key, .count, count) }
        releaseFlat(.blocked, as: .blockedHost, .count)
        releaseFlat(.missing, as: .missingPage, .count)
        releaseFlat(.download, as: .download, .count)
        releaseFlat(.outbound, as: .outbound, .count)
        releaseFlat(.search, as: .search, .count)
        releaseNested(.botReason, as: .botReason, .count, children: [(.bot, .bot)])
    }

    // MARK: Through the gate

    /// Tables gated apart, then added up row by row.
    private func sum(_ tables: [Table]) -> [String: Int] {
        var sums: [String: Int] = [:]
        for table in tables {
            let (named, other) = gate(rows(of: table), table)
            for (row, count) in named { sums[name(row), default: 0] += count }
            if let other { sums[ReleasedCell.otherKey, default: 0] += other }
        }
        return sums
    }

    private mutating func releaseFlat(_ table: Table, as dimension: Dimension, _ measure: Measure) {
        let (named, other) = gate(rows(of: table), table)
        for (row, count) in named { add(dimension, name(row), measure, count) }
        if let other { add(dimension, ReleasedCell.otherKey, measure, other) }
    }

    private mutating func releaseNested(
        _ parent: Table, as parentDimension: Dimension?, _ measure: Measure,
        children: [(table: Table, dimension: Dimension)]
    ) {
        let (named, other) = gate(rows(of: parent), parent)
        if let parentDimension {
            for (row, count) in named { add(parentDimension, name(row), measure, count) }
            if let other { add(parentDimension, ReleasedCell.otherKey, measure, other) }
        }
        for child in children {
            if !protections.contains(.nesting) {
                releaseFlat(child.table, as: child.dimension, measure)
                continue
            }
            var sums: [String: Int] = [:]
            for (parentRow, _) in named {
                let own = rows(of: child.table).filter { Int(window.table.cells[$0].parent) == parentRow }
                let (shown, rest) = gate(own, child.table)
                for (row, count) in shown { sums[name(row), default: 0] += count }
                guard let rest else { continue }
                let key = parentDimension == nil ? "\(name(parentRow)) \(ReleasedCell.otherKey)" : ReleasedCell.otherKey
                sums[key, default: 0] += rest
            }
            // What the parents' table folds, and what had no row of its own, is not shown per child.
            if let other, parentDimension == nil || child.table == .source || child.table == .bot {
                sums[ReleasedCell.otherKey, default: 0] += other
            }
            // The row without a name stands for visits without a campaign.
            for (key, count) in sums where key != "" { add(child.dimension, key, measure, count) }
        }
    }

    /// Shows rows that a visitor may feed several of, or none: each divides the visitors into those who fed it and those
    /// who did not, and neither part may be small.
    private mutating func releaseProperParts(
        _ table: Table, of visitors: Int,
        _ describe: (WindowRelease, Int) -> (Dimension, String, String?, Measure)
    ) {
        for row in rows(of: table) {
            let cell = window.table.cells[row]
            guard !cell.isOverflow, isProperPart(cell.count, row: row, of: visitors) else { continue }
            if window.table.cells[Int(cell.parent)].isOverflow || window.table.cells[Int(cell.second)].isOverflow {
                continue
            }
            let (dimension, key, key2, measure) = describe(self, row)
            add(dimension, key, measure, cell.count, key2: key2)
        }
    }

    private func isProperPart(_ count: Int, row: Int, of visitors: Int) -> Bool {
        Int(window.table.cells[row].evidenceCount) >= k && (visitors - count >= k || visitors == count)
    }

    private func gate(_ rows: [Int], _ table: Table) -> (named: [(row: Int, count: Int)], other: Int?) {
        let verdict = Gate.threshold(
            rows.map { row in
                let cell = window.table.cells[row]
                return Gate.Row(
                    count: cell.count, evidence: Set(window.table.evidence(of: row)), isNamed: !cell.isOverflow)
            }, k: k, counting: table.counting, with: protections)
        return (verdict.visible.map { (rows[$0], window.table.cells[rows[$0]].count) }, verdict.other)
    }

    private func rows(of table: Table) -> [Int] { rowsOfTable[Int(table.rawValue)] }

    private func name(_ row: Int) -> String { window.table.name(of: Int32(row)) }

    private mutating func add(
        _ dimension: Dimension, _ key: String, _ measure: Measure, _ count: Int, key2: String? = nil
    ) {
        let key = ReleasedCell(
            site: site, day: window.day, dimension: dimension, key: key, key2: key2, measure: measure, count: 0)
        counts[key, default: 0] += count
    }
}
