import Bytes
import Location

/// The counts of one site's day while it lasts: exact, in memory, with the keys that a release must be proven by.
///
/// A day is that of the visits which begin on it. Who fed a count is known by visitor keys where visitors are measured
/// in full and by keys of their networks where they are not, so that nobody is told apart who did not agree to it.
struct SiteWindow {
    let day: Int32
    /// Tells this window from others of the same day in the ledger of releases.
    let epoch: Int64
    /// How its figures will be let out; stays when the rules change.
    let rule: ReleaseRule
    var table: CellTable
    var states: [VisitorState] = []
    var numbers: [VisitorKey: Int32] = [:]
    /// Visits after a visitor's first of the day, and who made them.
    var repeatVisits = 0
    var repeatEvidence: Set<UInt64> = []
    /// Page views beyond what one visitor may add to a day.
    var cut = 0
    /// The rows of goals, as far as they were looked up.
    private var goalRows: [Int32] = []
    /// What each network has fed, when the release has noise.
    var networks = NetworkShares()

    init(day: Int32, epoch: Int64, rule: ReleaseRule, k: Int, random: inout some RandomNumberGenerator) {
        self.day = day
        self.epoch = epoch
        self.rule = rule
        table = CellTable(k: k, random: &random)
    }

    /// The ISO 8601 number of the day of the week; 1970-01-01 was a Thursday.
    var weekday: String { String((Int(day) % 7 + 7 + 3) % 7 + 1) }

    /// Whether the visitor is within a visit that a page view at `time` would go on with.
    func isVisiting(_ key: VisitorKey, at time: Int64) -> Bool {
        guard let number = numbers[key] else { return false }
        return states[Int(number)].isVisiting(at: time)
    }

    /// What a page view or post tells beside its fact, worked out by the service.
    struct Circumstances: ~Copyable {
        var agent: UserAgentClass
        /// Seconds of the site's clock ahead of UTC.
        var offset: Int64
        /// Goals that the request reaches, one bit each.
        var goals: UInt64
        var isFull: Bool
    }

    /// Counts a page view of a visitor who is measured in full.
    ///
    /// - Parameters:
    ///   - referrer: read when a visit begins, then forgotten.
    ///   - target: path and query, likewise.
    mutating func observePageView(
        _ fact: ExchangeFact, by key: VisitorKey, page: borrowing ByteBuffer, _ circumstances: borrowing Circumstances,
        site: SiteRules, referrer: RawSpan, target: RawSpan
    ) {
        let name = page.bytes
        let number = number(of: key)
        var state = states[number]
        defer { states[number] = state }
        guard Int(state.views) < VisitorState.mostViews else {
            cut += 1
            return
        }
        state.views += 1
        let row = table.row(.page, name)
        let counted = countedRow(ofPage: row, for: &state)
        let isNew = !state.isVisiting(at: fact.time)
        if isNew {
            if state.visits == 1 { finishFirstVisit(state, by: key) }
            begin(&state, by: key, fact, pageName: name, circumstances, site, referrer: referrer, target: target)
        }
        table.add(1, to: counted, by: key.low)
        table.add(1, to: hourRow(.hourViews, fact.time, circumstances), by: key.low)
        if !isNew, state.lastPage != row, state.lastPage >= 0 {
            addPair(from: state.lastPage, to: row, for: &state, by: key)
        }
        state.lastPage = row
        state.visitViews = state.visitViews == .max ? .max : state.visitViews + 1
        state.lastPageView = max(state.lastPageView, fact.time)
        state.lastRequest = max(state.lastRequest, fact.time)
        reach(circumstances.goals, for: &state, by: key, site: site)
    }

    /// Counts a post of a visitor who is measured in full: it may reach a goal of the visit that lasts.
    mutating func observePost(_ fact: ExchangeFact, by key: VisitorKey, goals: UInt64, site: SiteRules) {
        guard let number = numbers[key] else { return }
        var state = states[Int(number)]
        guard state.isVisiting(at: fact.time) else { return }
        state.lastRequest = max(state.lastRequest, fact.time)
        reach(goals, for: &state, by: key, site: site)
        states[Int(number)] = state
    }

    /// Counts a page view of somebody who is not measured.
    mutating func countBarePage(_ page: borrowing ByteBuffer, network: UInt64) {
        count(page.bytes, in: .barePage, network: network)
    }

    /// Adds to a row fed by networks rather than visitors.
    ///
    /// For a release with noise a network counts once per row and in few rows; what two tables share counts in both,
    /// as each has noise of its own.
    mutating func count(_ name: RawSpan, in table: Table, network: UInt64) {
        switch rule {
        case .threshold: self.table.add(1, to: self.table.row(table, name), by: network)
        case .noise:
            if table == .withheldUnknown {
                count(name, in: .withheld, network: network)
                count(name, in: .unknown, network: network)
                return
            }
            guard network != 0, table.mostRowsOfNetwork > 0, networks.hasRoom(network, in: table) else { return }
            let row = self.table.row(table, name)
            if networks.admit(network, to: row, of: table) { self.table.add(1, to: row, by: network) }
        }
    }

    /// Counts a page view of a bot, by its name within its reason.
    ///
    /// For a release with noise by its name alone: reasons have no part of the budget.
    mutating func countBot(_ name: RawSpan, because reason: RawSpan, network: UInt64) {
        if rule != .threshold {
            count(name, in: .bot, network: network)
            return
        }
        let parent = table.row(.botReason, reason)
        table.add(1, to: parent, by: network)
        table.add(1, to: table.row(.bot, name, parent: parent), by: network)
    }

    private mutating func number(of key: VisitorKey) -> Int {
        if let number = numbers[key] { return Int(number) }
        states.append(VisitorState())
        numbers[key] = Int32(states.count - 1)
        return states.count - 1
    }

    /// The row that a view of a page is added to: its own, or the overflow row when it is this visitor's eleventh page.
    private mutating func countedRow(ofPage row: Int32, for state: inout VisitorState) -> Int32 {
        for index in 0..<Int(state.pageCount) where state.pages[index] == row { return row }
        guard Int(state.pageCount) < VisitorState.mostPages else { return table.overflowRow(.page) }
        state.pages[Int(state.pageCount)] = row
        state.pageCount += 1
        return row
    }

    private mutating func addPair(from: Int32, to: Int32, for state: inout VisitorState, by key: VisitorKey) {
        let row = table.row(.pair, RawSpan(), parent: from, second: to)
        for index in 0..<Int(state.pairCount) where state.pairs[index] == row { return }
        guard Int(state.pairCount) < VisitorState.mostPairs else { return }
        state.pairs[Int(state.pairCount)] = row
        state.pairCount += 1
        table.add(1, to: row, by: key.low)
    }

    private mutating func begin(
        _ state: inout VisitorState, by key: VisitorKey, _ fact: ExchangeFact, pageName: RawSpan,
        _ circumstances: borrowing Circumstances, _ site: SiteRules, referrer: RawSpan, target: RawSpan
    ) {
        state.visitStart = fact.time
        state.visitViews = 0
        state.lastPage = -1
        state.lastPageView = fact.time
        state.lastRequest = fact.time
        state.didConvert = false
        guard Int(state.visits) < VisitorState.mostVisits else { return }
        state.visits += 1
        guard state.visits == 1 else {
            repeatVisits += 1
            if repeatEvidence.count < table.k { repeatEvidence.insert(key.low) }
            return
        }
        // The first visit alone feeds the tables in which a visitor has one value.
        let agent = circumstances.agent
        table.add(1, to: hourRow(.hourVisits, fact.time, circumstances), by: key.low)
        table.add(1, to: table.row(.entry, pageName), by: key.low)
        var place = ByteBuffer(capacity: 16)
        place.append(utf8: fact.place.description)
        table.add(1, to: table.row(.place, place.bytes), by: key.low)
        let words = site.settings.lists.agents
        let systemName = words.systemNames[Int(agent.system)]
        table.add(1, to: table.row(.system, systemName.rawSpan), by: key.low)
        table.add(1, to: table.row(.device, agent.device.name), by: key.low)
        let familyName = words.families[Int(agent.browser)]
        let family = table.row(.browserFamily, familyName.rawSpan)
        table.add(1, to: family, by: key.low)
        var browser = ByteBuffer(capacity: 32)
        browser.append(familyName)
        if agent.major > 0 {
            browser.append(" ")
            browser.append(decimal: Int(agent.major))
        }
        table.add(1, to: table.row(.browser, browser.bytes, parent: family), by: key.low)
        var sourceName = ByteBuffer(capacity: 64)
        var campaign = ByteBuffer(capacity: 64)
        let channel = site.sources.classify(
            referrer: referrer, target: target, name: &sourceName, campaign: &campaign)
        let channelRow = table.row(.channel, channel.name)
        table.add(1, to: channelRow, by: key.low)
        table.add(1, to: table.row(.source, sourceName.bytes, parent: channelRow), by: key.low)
        if circumstances.isFull {
            table.add(1, to: table.row(.campaign, campaign.bytes, parent: channelRow), by: key.low)
        }
    }

    private mutating func reach(_ goals: UInt64, for state: inout VisitorState, by key: VisitorKey, site: SiteRules) {
        if goals == 0 { return }
        state.didConvert = true
        var left = goals
        while left != 0 {
            let goal = left.trailingZeroBitCount
            left &= left - 1
            let name = site.goals[goal].name
            let row = table.row(.goal, name.rawSpan)
            let bit = bit(ofGoal: row)
            if state.goals & bit != 0 || bit == 0 { continue }
            state.goals |= bit
            table.add(1, to: row, by: key.low)
        }
    }

    /// What stands for a goal in `VisitorState`: goals of one name are one, whatever reaches them and however the rules
    /// list them by now. None when there have been too many.
    private mutating func bit(ofGoal row: Int32) -> UInt64 {
        if goalRows.isEmpty {
            for index in table.cells.indices where table.cells[index].table == .goal { goalRows.append(Int32(index)) }
        }
        if !goalRows.contains(row) { goalRows.append(row) }
        // The rows of a table come in the order in which they were made, over a restart too.
        let number = goalRows.firstIndex(of: row) ?? SiteRules.mostGoals
        return number < SiteRules.mostGoals ? 1 << UInt64(number) : 0
    }

    /// Counts what is only known at the end of a visit; called for a visitor's first one.
    mutating func finishFirstVisit(_ state: VisitorState, by key: VisitorKey) {
        if state.lastPage >= 0 {
            let exit =
                table.cells[Int(state.lastPage)].isOverflow
                ? table.overflowRow(.exit) : table.copyRow(state.lastPage, to: .exit)
            table.add(1, to: exit, by: key.low)
        }
        let isBounce = state.visitViews == 1 && !state.didConvert
        table.add(1, to: table.row(.engagement, isBounce ? "bounce" : "engaged"), by: key.low)
        if isBounce { return }
        let length = state.lastRequest - state.visitStart
        table.add(1, to: table.row(.length, lengthBucket(length)), by: key.low)
        table.add(1, to: table.row(.pages, pagesBucket(Int(state.visitViews))), by: key.low)
    }

    /// Ends every visit: before a release.
    mutating func finishVisits() {
        for (key, number) in numbers where states[Int(number)].visits == 1 {
            finishFirstVisit(states[Int(number)], by: key)
        }
    }

    /// Of visitors who did not agree to be measured nothing finer than the day is kept: they have no hour.
    private mutating func hourRow(
        _ table: Table, _ time: Int64, _ circumstances: borrowing Circumstances
    ) -> Int32 {
        guard circumstances.isFull else { return self.table.overflowRow(table) }
        let local = time + circumstances.offset
        let second = ((local % 86_400) + 86_400) % 86_400
        return self.table.row(table, hourNames[Int(second / 3600)])
    }
}

private let hourNames: [StaticString] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20",
    "21",
    "22", "23",
]

/// The word of a visit length in `Dimension.visitLength`; visits of no length that are no bounces are short ones.
private func lengthBucket(_ seconds: Int64) -> StaticString {
    switch seconds {
    case ...10: "1-10"
    case ...30: "11-30"
    case ...60: "31-60"
    case ...180: "61-180"
    case ...600: "181-600"
    case ...1800: "601-1800"
    default: "1801+"
    }
}

/// The word of a number of pages in `Dimension.pagesPerVisit`.
private func pagesBucket(_ pages: Int) -> StaticString {
    switch pages {
    case ...1: "1"
    case 2: "2"
    case 3: "3"
    case ...5: "4-5"
    case ...10: "6-10"
    case ...20: "11-20"
    default: "21+"
    }
}

extension CellTable {
    /// The row of another table with the same name as `row`.
    mutating func copyRow(_ row: Int32, to table: Table) -> Int32 {
        let range = cells[Int(row)].name
        var name = ByteBuffer(capacity: 160)
        name.append(names.rawSpan[range])
        return self.row(table, name.bytes)
    }
}
