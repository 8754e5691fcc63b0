import Bytes
import Location

/// The single-threaded inside of the measurement service.
struct MeasurementCore: ~Copyable {
    /// A window on its way to the sink.
    struct Closed {
        var cells: [ReleasedCell]
        var entry: ReleaseLedgerEntry
    }

    struct Site {
        var rules: SiteRules
        let keys: DayKeys
        var offset: Int64
        /// One or, between midnight and the end of yesterday's key, two.
        var windows: [SiteWindow] = []
        var traffic = SiteTraffic()
        var names = PageNames()
        /// Taken up from a checkpoint, and its clock not known yet: until it is, no day of it can be over.
        var awaitsClock = false
    }

    /// By measurement number. A site that is no longer configured stays with the profile `off`.
    private var sites: [Site] = []
    private var numbers: [String: Int] = [:]
    private var lists = TrafficLists.shipped
    private var agents: UserAgentClassifier
    private var page = ByteBuffer(capacity: 512)
    private var random: any RandomNumberGenerator & Sendable
    private let protections: Protections

    init(random: any RandomNumberGenerator & Sendable, protections: Protections) {
        var random = random
        self.protections = protections
        agents = UserAgentClassifier(TrafficLists.shipped.agents, random: &random)
        self.random = random
    }

    // MARK: Sites and time

    mutating func configure(_ configured: [SiteMeasurement], now: Int64) -> [MeasuredSite] {
        if let lists = configured.first?.lists, lists !== self.lists {
            self.lists = lists
            agents = UserAgentClassifier(lists.agents, random: &random)
        }
        var result: [MeasuredSite] = []
        let present = Set(configured.map(\.name))
        for index in sites.indices where !present.contains(sites[index].rules.settings.name) {
            var settings = sites[index].rules.settings
            settings.profile = .off
            sites[index].rules = SiteRules(settings)
        }
        // Sites that are gone end their day by UTC.
        for index in sites.indices { sites[index].awaitsClock = false }
        for settings in configured {
            let number = numbers[settings.name] ?? sites.count
            if number == sites.count {
                sites.append(Site(rules: SiteRules(settings), keys: DayKeys(), offset: Int64(settings.offset)))
                numbers[settings.name] = number
            } else {
                sites[number].rules = SiteRules(settings)
                sites[number].names = PageNames()
                sites[number].offset = Int64(settings.offset)
            }
            moveOn(number, to: now)
            result.append(
                MeasuredSite(
                    id: UInt16(truncatingIfNeeded: number), profile: settings.profile, keys: sites[number].keys))
        }
        return result
    }

    mutating func setOffset(_ seconds: Int, ofSite name: String, now: Int64) {
        guard let number = numbers[name] else { return }
        sites[number].offset = Int64(seconds)
        moveOn(number, to: now)
    }

    /// Rotates keys and returns what is to be released of the windows whose day is over.
    ///
    /// They stay, in checkpoints too, until `forget` is told that the sink has them.
    mutating func advance(to now: Int64) -> [Closed] {
        for number in sites.indices where !sites[number].awaitsClock {
            moveOn(number, to: now)
            openEmptyWindow(number, at: now)
        }
        return closed { window, keys in Int64(window.day) < keys.firstDay }
    }

    /// Destroys all keys and returns what is to be released of every window.
    mutating func closeAll() -> [Closed] {
        let due = closed { _, _ in true }
        for site in sites { site.keys.destroy() }
        return due
    }

    /// Drops a window that the sink has taken.
    mutating func forget(_ entry: ReleaseLedgerEntry) {
        guard let number = numbers[entry.site] else { return }
        let isTaken = { (window: SiteWindow) in window.day == entry.day && window.epoch == entry.epoch }
        for window in sites[number].windows where isTaken(window) { sites[number].traffic.cutPageViews += window.cut }
        sites[number].windows.removeAll(where: isTaken)
    }

    /// Brings one site's keys to the time: at any moment the keys of the running day and of the next are in force, but
    /// for the 30 minutes after midnight, when those of yesterday and today are.
    private mutating func moveOn(_ number: Int, to now: Int64) {
        let offset = sites[number].offset
        let day = floorDivided(now + offset - DayKeys.overlap, by: 86_400)
        sites[number].keys.advance(to: day, midnight: (day + 1) * 86_400 - offset, random: &random)
    }

    /// Opens the window of a day whose release has noise, whether anybody comes or not: that there is a release must
    /// not tell of it.
    private mutating func openEmptyWindow(_ number: Int, at now: Int64) {
        let site = sites[number]
        guard site.rules.settings.profile != .off, site.rules.settings.rule != .threshold else { return }
        _ = window(of: number, day: Int32(truncatingIfNeeded: floorDivided(now + site.offset, by: 86_400)))
    }

    /// Noise is drawn anew when a window is closed again after its sink failed; only what the sink takes is ever seen.
    private func closed(where isDue: (SiteWindow, DayKeys) -> Bool) -> [Closed] {
        var due: [Closed] = []
        for site in sites {
            let name = site.rules.settings.name
            for window in site.windows where isDue(window, site.keys) {
                var finished = window
                finished.finishVisits()
                var entry = ReleaseLedgerEntry(site: name, day: window.day, epoch: window.epoch, k: window.table.k)
                switch window.rule {
                case .threshold:
                    let release = WindowRelease(finished, site: name, with: protections)
                    due.append(Closed(cells: release.cells, entry: entry))
                case .noise(let level):
                    (entry.mode, entry.budget) = (.noise, level.millionths)
                    let goals = site.rules.goals.map { String(decoding: $0.name, as: UTF8.self) }
                    let release = NoisyRelease(
                        finished, site: name, goals: goals, level: level, random: random, with: protections)
                    due.append(Closed(cells: release.cells, entry: entry))
                }
            }
        }
        return due
    }

    /// The position of the window of a day, opened when it is not there; nil when the day is over.
    private mutating func window(of number: Int, day: Int32) -> Int? {
        // The first key's day is the earliest that may still be open.
        guard Int64(day) >= sites[number].keys.firstDay else { return nil }
        if let index = sites[number].windows.firstIndex(where: { $0.day == day }) { return index }
        let epoch = Int64(truncatingIfNeeded: random.next() >> 1)
        let settings = sites[number].rules.settings
        let window = SiteWindow(
            day: day, epoch: epoch, rule: settings.rule, k: settings.threshold, random: &random)
        sites[number].windows.append(window)
        sites[number].windows.sort { $0.day < $1.day }
        return sites[number].windows.firstIndex { $0.day == day }
    }

    // MARK: What is shown

    /// Cells through the gate as if the windows closed now; none of those whose release has noise, which is drawn once.
    func provisionalCells() -> [ReleasedCell] {
        var cells: [ReleasedCell] = []
        for site in sites {
            for window in site.windows where window.rule == .threshold {
                var finished = window
                finished.finishVisits()
                cells += WindowRelease(finished, site: site.rules.settings.name, with: protections).cells
            }
        }
        return cells
    }

    func traffic(ofSite name: String) -> SiteTraffic? { numbers[name].map { sites[$0].traffic } }

    // MARK: Checkpoints

    func writeCheckpoint(into output: inout ByteBuffer) {
        output.reserve(sites.reduce(WindowCheckpoint.frame) { $0 + WindowCheckpoint.size(of: $1) })
        WindowCheckpoint.write(sites, into: &output)
    }

    mutating func adopt(_ states: [WindowCheckpoint.SiteState]) {
        for state in states where numbers[state.name] == nil {
            let keys = DayKeys()
            keys.write(state.keys)
            let settings = SiteMeasurement(name: state.name, profile: .off)
            numbers[state.name] = sites.count
            sites.append(
                Site(rules: SiteRules(settings), keys: keys, offset: 0, windows: state.windows, awaitsClock: true))
        }
    }
}

extension MeasurementCore: FactConsumer {
    mutating func observe(_ fact: ExchangeFact, path: RawSpan, referrer: RawSpan, userAgent: RawSpan) {
        let number = Int(fact.site)
        guard number < sites.count, sites[number].rules.settings.profile != .off else { return }
        sites[number].traffic.add(fact)
        guard fact.kind != .other else { return }
        let agent = agents.classify(userAgent)
        if agent.isBot {
            if fact.kind == .pageView { observeBot(fact, agent, site: number) }
            return
        }
        guard let fact = observeBeside(fact, path: path, location: referrer, site: number) else { return }
        if fact.kind == .pageView { observeArrival(fact, referrer: referrer, site: number) }
        guard fact.hasVisitor else {
            if fact.kind == .pageView { observeBare(fact, path: path, site: number) }
            return
        }
        var key = fact.visitor
        var found: Int?
        if fact.visitorYesterday != .none,
            Int64(fact.day) - 1 >= sites[number].keys.firstDay,
            let yesterday = sites[number].windows.firstIndex(where: { $0.day == fact.day - 1 }),
            sites[number].windows[yesterday].isVisiting(fact.visitorYesterday, at: fact.time)
        {
            key = fact.visitorYesterday
            found = yesterday
        } else {
            found = window(of: number, day: fact.day)
        }
        guard let found else {
            sites[number].traffic.lateFacts += 1
            return
        }
        let rules = sites[number].rules
        let isFull = rules.settings.profile == .consent || fact.didConsentToAnalytics
        switch fact.kind {
        case .pageView:
            writePage(path, site: number)
            let offset = sites[number].offset
            let circumstances = SiteWindow.Circumstances(
                agent: agent, offset: offset, goals: isFull ? rules.goals(of: path, .pageView) : 0,
                isFull: isFull)
            sites[number].windows[found].observePageView(
                fact, by: key, page: page, circumstances, site: rules, referrer: referrer, target: path)
            if isFull { observeSearch(fact, path: path, site: number) }
        case .post:
            guard isFull else { return }
            sites[number].windows[found].observePost(fact, by: key, goals: rules.goals(of: path, .post), site: rules)
        case .download, .missing, .departure, .other: break
        }
    }

    mutating func observe(_ event: EventFact, name: RawSpan) {
        let number = Int(event.site)
        guard number < sites.count, sites[number].rules.settings.profile != .off else { return }
        let table: Table
        switch event.kind {
        case .cookieWithheld: table = .withheld
        case .hostBlocked: table = .blocked
        case .consentDecision: return observeDecision(event, name: name, site: number)
        case .cookieUnknown: table = .unknown
        case .unknownCookieWithheld: table = .withheldUnknown
        }
        count(name, in: table, day: event.day, network: event.network, site: number)
    }

    /// Counts an answer twice over: by what was granted, and as agreement or refusal by the language of the question.
    private mutating func observeDecision(_ event: EventFact, name: RawSpan, site: Int) {
        let end = name.firstIndex(of: UInt8(ascii: " ")) ?? name.byteCount
        let outcome = name.extracting(0..<end)
        count(outcome, in: .consent, day: event.day, network: event.network, site: site)
        guard end < name.byteCount else { return }
        var row = ByteBuffer(capacity: 32)
        row.append(name.extracting((end + 1)...))
        row.append(outcome.equals("refused") ? " refused" : " agreed")
        count(row.bytes, in: .answerLanguage, day: event.day, network: event.network, site: site)
    }

    /// Puts the name of the page that a request target shows into `page`.
    private mutating func writePage(_ target: RawSpan, site: Int) {
        page.clear()
        if sites[site].names.holds(target) {
            page.append(target)
            return
        }
        sites[site].rules.namer.write(target, into: &page)
        if page.bytes.equals(target), !sites[site].rules.settings.isDownload(target) { sites[site].names.keep(target) }
    }

    private mutating func observeBot(_ fact: ExchangeFact, _ agent: UserAgentClass, site: Int) {
        guard let index = window(of: site, day: fact.day) else {
            sites[site].traffic.lateFacts += 1
            return
        }
        let name = agents.list.botNames[Int(agent.bot) - 1]
        let reason = agents.list.reasons[agents.list.botReasons[Int(agent.bot) - 1]]
        sites[site].windows[index].countBot(name.rawSpan, because: reason.rawSpan, network: fact.network)
    }

    /// Counts a page view of somebody who is not measured: the page and the day.
    private mutating func observeBare(_ fact: ExchangeFact, path: RawSpan, site: Int) {
        writePage(path, site: site)
        guard let index = window(of: site, day: fact.day) else { return }
        sites[site].windows[index].countBarePage(page, network: fact.network)
    }

    /// Counts what is no page view, of everybody alike; returns the fact when it is one, or a post.
    private mutating func observeBeside(
        _ fact: ExchangeFact, path: RawSpan, location: RawSpan, site: Int
    ) -> ExchangeFact? {
        page.clear()
        let table: Table
        switch fact.kind {
        case .pageView:
            // What is kept there is a page's name and no file's.
            guard !sites[site].names.holds(path), sites[site].rules.settings.isDownload(path) else { return fact }
            table = .download
        case .download: table = .download
        case .missing: table = .missing
        case .post, .departure: table = .outbound
        case .other: return nil
        }
        if table == .outbound {
            sites[site].rules.sources.writeDeparture(to: location, into: &page)
        } else {
            writePage(path, site: site)
        }
        if !page.isEmpty {
            let name = page.array
            count(name.rawSpan, in: table, day: fact.day, network: fact.network, site: site)
        }
        return fact.kind == .post ? fact : nil
    }

    /// Counts what a page view searched the site for.
    private mutating func observeSearch(_ fact: ExchangeFact, path: RawSpan, site: Int) {
        page.clear()
        sites[site].rules.writeSearch(of: path, into: &page)
        if page.isEmpty { return }
        let words = page.array
        count(words.rawSpan, in: .search, day: fact.day, network: fact.network, site: site)
    }

    /// Counts how those stand to the question of consent who come from elsewhere and have not answered.
    private mutating func observeArrival(_ fact: ExchangeFact, referrer: RawSpan, site: Int) {
        let name: StaticString
        switch fact.consent {
        case .undecided: name = "undecided"
        case .signal: name = "gpc"
        case .accepted, .refused, .partial, .unknown: return
        }
        guard sites[site].rules.sources.isElsewhere(referrer) else { return }
        count(staticBytes(name), in: .consent, day: fact.day, network: fact.network, site: site)
    }

    private mutating func count(_ name: RawSpan, in table: Table, day: Int32, network: UInt64, site: Int) {
        guard let index = window(of: site, day: day) else {
            sites[site].traffic.lateFacts += 1
            return
        }
        sites[site].windows[index].count(name, in: table, network: network)
    }
}

private func floorDivided(_ a: Int64, by b: Int64) -> Int64 { a >= 0 ? a / b : (a - b + 1) / b }
