/// The released cells of a window with noise: differentially private for one visitor's day (docs/privacy.md).
///
/// - What one visitor adds is bounded first: `VisitorState` and `NetworkShares` keep to the bounds while counting.
/// - Each part of `PrivacyBudget` gets discrete Gaussian noise of its own.
/// - Rows of tables that are known beforehand are all released, those that nobody fed too.
/// - Rows named by traffic need k distinct visitors and, with their noise, a margin more. Nothing is folded: what is
///   not shown leaves no trace.
/// - What follows from noisy figures (bounces, the day of the week) is copied from them, not drawn again.
struct NoisyRelease {
    private let window: SiteWindow
    private let site: String
    private let budget: PrivacyBudget
    private let protections: Protections
    private var random: any RandomNumberGenerator
    private var figures: [ReleasedCell: (count: Int, variance: Int)] = [:]

    /// The cells, in an order that says nothing of the order of visits.
    var cells: [ReleasedCell] {
        RowBudget.cut(
            figures.map { name, figure in
                var cell = name
                (cell.count, cell.variance) = figure
                return cell
            }.sortedByName())
    }

    /// Draws the noise of a window whose visits have been finished; `goals` are all that the rules name.
    init(
        _ window: SiteWindow, site: String, goals: [String], level: PrivacyLevel, random: any RandomNumberGenerator,
        with protections: Protections
    ) {
        self.window = window
        self.site = site
        self.protections = protections
        self.random = random
        let goals = Set(goals)
        budget = PrivacyBudget(level: level, goals: goals.count)
        releaseTotals()
        releaseVisits()
        releaseGoals(goals)
        releaseEvents()
    }

    private mutating func releaseTotals() {
        let visitors = drawn(window.numbers.count, .visitors)
        add(.total, "", .visitors, visitors)
        let isBounded = protections.contains(.bounds)
        let mostVisits = isBounded ? PrivacyBudget.mostVisits : .max
        let visits = drawn(window.states.reduce(0) { $0 + min(Int($1.visits), mostVisits) }, .visits)
        add(.total, "", .visits, visits)
        add(.weekday, window.weekday, .visits, visits)
        let mostViews = isBounded ? PrivacyBudget.mostPageViews : .max
        let views = drawn(window.states.reduce(0) { $0 + min(Int($1.views), mostViews) }, .pageViews)
        add(.total, "", .pageViews, views)
        add(.weekday, window.weekday, .pageViews, views)
    }

    private mutating func releaseVisits() {
        releaseFixed(.channel, [.channel], .channel, .visits)
        releaseFixed(.device, [.device], .device, .visits)
        releaseFixed(.hour, [.hourVisits], .hour, .visits)
        releaseFixed(.length, [.engagement, .length], .visitLength, .visits) { $0 == "bounce" ? "0" : $0 }
        releaseFixed(.depth, [.engagement, .pages], .pagesPerVisit, .visits) { $0 == "bounce" ? "1" : $0 }
        if let bounces = figures[cell(.visitLength, "0", .visits)] { add(.total, "", .bounces, bounces) }

        releaseOpen(.page, .page, counts: visitorsOfPages(), as: .page, .visitors)
        releaseOpen(.entry, .entry, as: .entryPage, .entries)
        // Exits and steps are named by rows of the table of pages.
        if !window.table.isFull(.page) {
            releaseOpen(.exit, .exit, as: .exitPage, .exits)
            releasePairs()
        }
        releaseOpen(.source, .source, as: .source, .visits)
        releaseOpen(.campaign, .campaign, as: .campaign, .visits)
        releaseOpen(.place, .place, as: .place, .visits)
        releaseOpen(.browser, .browser, as: .browser, .visits)
        releaseOpen(.system, .system, as: .operatingSystem, .visits)
    }

    private mutating func releaseEvents() {
        releaseOpen(.barePage, .barePage, as: .page, .visitors)
        releaseFixed(.consent, [.consent], .consentOutcome, .count)
        let answers = sums(of: .answerLanguage)
        for language in AnswerLanguage.codes {
            for answer in AnswerLanguage.answers {
                let figure = drawn(answers["\(language) \(answer)"] ?? 0, .answerLanguage)
                add(.answerLanguage, language, .count, figure, key2: answer)
            }
        }
        releaseOpen(.withheld, .withheld, as: .withheldCookie, .count)
        releaseOpen(.unknown, .unknown, as: .unknownCookie, .count)
        releaseOpen(.blocked, .blocked, as: .blockedHost, .count)
        releaseOpen(.bot, .bot, as: .bot, .count)
    }

    private mutating func releaseGoals(_ names: Set<String>) {
        if names.isEmpty { return }
        let counts = sums(of: .goal)
        var total = (count: 0, variance: 0)
        for name in names.sorted() {
            let figure = drawn(counts[name] ?? 0, .goal)
            add(.conversion, name, .conversions, figure)
            total = (total.count + figure.count, total.variance + figure.variance)
        }
        add(.total, "", .conversions, total)
    }

    private mutating func releasePairs() {
        if window.table.isFull(.pair) { return }
        for (index, row) in window.table.cells.enumerated() where row.table == .pair && !row.isOverflow {
            let (from, to) = (Int(row.parent), Int(row.second))
            guard !window.table.cells[from].isOverflow, !window.table.cells[to].isOverflow,
                let figure = shown(window.table.cells[index].count, .pair)
            else { continue }
            let key2 = window.table.name(of: row.second)
            add(.pagePair, window.table.name(of: row.parent), .count, figure, key2: key2)
        }
    }

    // MARK: Counts

    /// Counts by name, in a table where each visitor or network is counted once per name.
    private func sums(of table: Table) -> [String: Int] {
        var sums: [String: Int] = [:]
        for (index, row) in window.table.cells.enumerated() where row.table == table && !row.isOverflow {
            sums[window.table.name(of: Int32(index)), default: 0] += row.count
        }
        return sums
    }

    /// How many visitors saw each page: of a visitor's pages the first ten.
    private func visitorsOfPages() -> [String: Int] {
        var counts = [Int](repeating: 0, count: window.table.cells.count)
        for state in window.states {
            for index in 0..<Int(state.pageCount) { counts[Int(state.pages[index])] += 1 }
        }
        var sums: [String: Int] = [:]
        for (row, count) in counts.enumerated() where count > 0 && !window.table.cells[row].isOverflow {
            sums[window.table.name(of: Int32(row))] = count
        }
        return sums
    }

    // MARK: Noise

    private mutating func releaseFixed(
        _ part: PrivacyBudget.Part, _ tables: [Table], _ dimension: Dimension, _ measure: Measure,
        key: (String) -> String = { $0 }
    ) {
        var counts: [String: Int] = [:]
        for table in tables {
            for (name, count) in sums(of: table) { counts[key(name), default: 0] += count }
        }
        for name in dimension.fixedKeys ?? [] { add(dimension, name, measure, drawn(counts[name] ?? 0, part)) }
    }

    /// A full table may have turned away a row that it would have had with one visitor less: nothing of it is shown.
    private mutating func releaseOpen(
        _ part: PrivacyBudget.Part, _ table: Table, counts: [String: Int]? = nil, as dimension: Dimension,
        _ measure: Measure
    ) {
        if window.table.isFull(table) { return }
        // The row without a name stands for visits without a campaign.
        for (name, count) in (counts ?? sums(of: table)).sorted(by: { $0.key < $1.key }) where name != "" {
            if let figure = shown(count, part) { add(dimension, name, measure, figure) }
        }
    }

    /// A count with noise, when it may be shown by itself.
    private mutating func shown(_ count: Int, _ part: PrivacyBudget.Part) -> (count: Int, variance: Int)? {
        guard count >= window.table.k else { return nil }
        let figure = drawn(count, part)
        let margin = protections.contains(.margin) ? budget.margin(of: part) : 0
        return figure.count >= window.table.k + margin ? figure : nil
    }

    private mutating func drawn(_ count: Int, _ part: PrivacyBudget.Part) -> (count: Int, variance: Int) {
        let variance = budget.variance(of: part)
        var used = variance
        if !protections.contains(.width) { used.numerator = max(1, used.numerator / 256) }
        // Sensitivities, weights and levels are constants, for which it is there: `PrivacyBudgetTests`.
        guard let noise = DiscreteGaussian(variance: used) else { return (0, 0) }
        let thousandths = (variance.numerator * 1000 + variance.denominator - 1) / variance.denominator
        return (count + noise.sample(using: &random), Int(thousandths))
    }

    private func cell(_ dimension: Dimension, _ key: String, _ measure: Measure, key2: String? = nil) -> ReleasedCell {
        ReleasedCell(
            site: site, day: window.day, dimension: dimension, key: key, key2: key2, measure: measure, count: 0)
    }

    private mutating func add(
        _ dimension: Dimension, _ key: String, _ measure: Measure, _ figure: (count: Int, variance: Int),
        key2: String? = nil
    ) {
        let name = cell(dimension, key, measure, key2: key2)
        let sum = figures[name] ?? (0, 0)
        figures[name] = (sum.count + figure.count, sum.variance + figure.variance)
    }
}
