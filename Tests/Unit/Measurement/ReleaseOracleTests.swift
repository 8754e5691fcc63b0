import Bytes
import Location
import Measurement
import Testing

/// A random day of a shop, and by itself an exact count of who fed what: every release is checked against it.
@Suite("Release against an exact oracle")
struct ReleaseOracleTests {
    static let k = 10

    /// What the oracle knows of one visitor: the definitions of docs/privacy.md, written down a second time.
    struct Person {
        var views: [(time: Int, page: String)] = []
        var channel = ""
        var source = ""
        var browser = ""
        var system = ""
        var device = ""
        var place = ""
        var didOrder = false

        /// The page views of the first visit.
        var firstVisit: ArraySlice<(time: Int, page: String)> {
            let end = views.indices.dropFirst().first { views[$0].time - views[$0 - 1].time >= 1800 } ?? views.count
            return views[..<end]
        }

        var visits: Int { 1 + zip(views, views.dropFirst()).filter { $1.time - $0.time >= 1800 }.count }
        var didOrderFirst: Bool { firstVisit.contains { $0.page == "/thanks" } }
        var isBounce: Bool { firstVisit.count == 1 && !didOrderFirst }
    }

    static let agents: [(text: String, browser: String, system: String, device: String)] = [
        (ShopTraffic.firefox, "Firefox 128", "Linux", "desktop"), (ShopTraffic.safari, "Safari 17", "iOS", "phone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox 127",
            "Windows", "desktop"
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome 126",
            "Android", "phone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/125.0.0.0 Safari/537.36", "Chrome 125",
            "Android", "tablet"
        ),
    ]
    static let referrers = [
        ("", "direct", "(direct)"), ("https://www.google.com/", "search", "Google"),
        ("https://bing.com/", "search", "Bing"),
        ("https://duckduckgo.com/", "search", "DuckDuckGo"), ("https://l.facebook.com/x", "social", "Facebook"),
        ("https://t.co/abc", "social", "X"), ("https://blog.example/post", "referral", "blog.example"),
        ("https://chatgpt.com/", "assistant", "ChatGPT"),
    ]
    static let places = ["DE", "AT", "CH", "FR"]

    static func makeDay(
        seed: UInt64, protections: Protections = .all
    ) throws -> (cells: [ReleasedCell], people: [Person]) {
        var random = Xorshift(seed: seed)
        let shop = ShopTraffic(
            SiteMeasurement(
                name: "shop", threshold: k, hosts: ["shop.example"],
                goals: [.init("order", pattern: "/thanks", trigger: .pageView)]), protections: protections)
        var people: [Person] = []
        for visitor in 0..<Int.random(in: 5...150, using: &random) {
            var person = Person()
            // Squared, so that some values are common and some are rare.
            func pick(_ count: Int) -> Int {
                let share = Double.random(in: 0..<1, using: &random)
                return Int(share * share * Double(count))
            }
            let agent = agents[pick(agents.count)]
            let referrer = referrers[pick(referrers.count)]
            (person.browser, person.system, person.device) = (agent.browser, agent.system, agent.device)
            (person.channel, person.source) = (referrer.1, referrer.2)
            person.place = places[pick(places.count)]
            let code = Array(person.place.utf8)
            let place = Place(country: code.rawSpan) ?? .unknown
            var time = Int.random(in: 3600..<50_000, using: &random)
            for index in 0...pick(14) {
                let page = ["/", "/a", "/b", "/c", "/thanks", "/d", "/e", "/f", "/g", "/h", "/i", "/j", "/k", "/l"][
                    pick(14)]
                if index > 0 { time += pick(10) < 9 ? Int.random(in: 1..<1799, using: &random) : 1800 }
                shop.view(
                    page, by: visitor, at: time, referrer: index == 0 ? referrer.0 : "https://shop.example/",
                    agent: agent.text, place: place)
                person.views.append((time, page))
                if page == "/thanks" { person.didOrder = true }
            }
            people.append(person)
        }
        return (try shop.close(), people)
    }

    /// Checks one table in which each visitor has one value; returns a complaint, or nil.
    static func complaint(
        _ cells: [ReleasedCell], _ dimension: Dimension, _ measure: Measure, _ people: [Person],
        _ value: (Person) -> String?
    ) -> String? {
        let table = cells.table(dimension, measure)
        var exact: [String: Int] = [:]
        for person in people { if let key = value(person) { exact[key, default: 0] += 1 } }
        let isOther = { (key: String) in key.hasSuffix(ReleasedCell.otherKey) }
        for (key, count) in table where !isOther(key) {
            if count != exact[key] { return "\(dimension) \(key) is \(count), not \(exact[key] ?? 0)" }
            if count < k { return "\(dimension) \(key) shows \(count)" }
        }
        let all = exact.values.reduce(0, +)
        let shown = table.values.reduce(0, +)
        let other = table.filter { isOther($0.key) }.values
        if other.contains(where: { $0 < k }) { return "\(dimension): a small rest" }
        // All that is hidden, or the part of it that no row tells of, must not be small.
        let hidden = all - shown
        if !table.isEmpty, hidden > 0, hidden < k { return "\(dimension) hides \(hidden)" }
        return nil
    }

    static func complaints(_ cells: [ReleasedCell], _ people: [Person]) -> [String] {
        var found: [String] = []
        func check(_ dimension: Dimension, _ measure: Measure, _ value: (Person) -> String?) {
            if let text = complaint(cells, dimension, measure, people, value) { found.append(text) }
        }
        check(.channel, .visits) { $0.channel }
        check(.source, .visits) { $0.source }
        check(.browser, .visits) { $0.browser }
        check(.operatingSystem, .visits) { $0.system }
        check(.device, .visits) { $0.device }
        check(.place, .visits) { $0.place }
        check(.entryPage, .entries) { $0.views[0].page }
        check(.exitPage, .exits) { $0.firstVisit.last?.page }
        check(.hour, .visits) { String($0.views[0].time / 3600) }
        // Sources within channels: what a visible channel has beyond its visible sources.
        let sources = cells.table(.source, .visits)
        for (channel, count) in cells.table(.channel, .visits) where channel != ReleasedCell.otherKey {
            let own = Set(people.filter { $0.channel == channel }.map(\.source))
            let rest = count - own.reduce(0) { $0 + (sources[$1] ?? 0) }
            if rest > 0, rest < k { found.append("channel \(channel) leaves \(rest)") }
        }
        // Bounces against all, lengths and pages against bounces.
        if let bounces = cells.total(.bounces) {
            let exact = people.filter(\.isBounce).count
            let engaged = people.count - exact
            if bounces != exact || bounces < k || (engaged > 0 && engaged < k) { found.append("bounces \(bounces)") }
            for dimension in [Dimension.visitLength, .pagesPerVisit] {
                let table = cells.table(dimension, .visits)
                if table.values.contains(where: { $0 < k }) { found.append("\(dimension) small") }
                if table.values.reduce(0, +) != people.count { found.append("\(dimension) does not add up") }
            }
        }
        // Conversions against those who did not convert.
        let orders = people.filter(\.didOrder).count
        if let shown = cells.table(.conversion, .conversions)["order"] {
            if shown != orders || shown < k || (people.count > shown && people.count - shown < k) {
                found.append("orders \(shown)")
            }
        }
        // Pages: who saw them.
        var viewers: [String: Set<Int>] = [:]
        for (number, person) in people.enumerated() {
            var seen: Set<String> = []
            for view in person.views {
                seen.insert(view.page)
                if seen.count <= 10 || viewers[view.page]?.contains(number) == true {
                    viewers[view.page, default: []].insert(number)
                }
            }
        }
        let pages = cells.table(.page, .pageViews)
        for key in pages.keys where key != ReleasedCell.otherKey {
            if (viewers[key]?.count ?? 0) < k { found.append("page \(key) of \(viewers[key]?.count ?? 0)") }
        }
        let all = people.reduce(0) { $0 + $1.views.count }
        if !pages.isEmpty, pages.values.reduce(0, +) != all { found.append("pages do not add up") }
        if let visitors = cells.total(.visitors), visitors != people.count { found.append("visitors") }
        if let visits = cells.total(.visits) {
            let exact = people.reduce(0) { $0 + $1.visits }
            let returning = people.filter { $0.visits > 1 }.count
            if visits != (returning >= k ? exact : people.count) { found.append("visits \(visits), \(exact)") }
        }
        if people.count < k, !cells.isEmpty { found.append("anything of \(people.count)") }
        return found
    }

    @Test("Every released figure is exact and of k visitors or more, and no difference of two shows fewer")
    func oracle() throws {
        for seed in 1...150 as ClosedRange<UInt64> {
            let (cells, people) = try Self.makeDay(seed: seed)
            let found = Self.complaints(cells, people)
            #expect(found.isEmpty, "seed \(seed), \(people.count) people: \(found)")
        }
    }

    @Test("Who of a day's visitors ordered makes no difference to any figure, so an order table has nothing to join")
    func orderTable() throws {
        // Twenty of sixty visitors order: once those from Google with Firefox, once those who came directly with Safari.
        var combined: [[String: Int]] = []
        let days = try [true, false].map { isFirstKind in
            combined.append([:])
            let shop = ShopTraffic(
                SiteMeasurement(
                    name: "shop", threshold: Self.k, hosts: ["shop.example"],
                    goals: [.init("order", pattern: "/thanks", trigger: .pageView)]))
            for visitor in 0..<60 {
                let isOfFirstKind = visitor % 2 == 0
                let didOrder = isOfFirstKind == isFirstKind && visitor < 40
                combined[combined.count - 1][(didOrder ? "order, " : "none, ") + "\(isOfFirstKind)", default: 0] += 1
                shop.view(
                    "/", by: visitor, at: 40_000, referrer: isOfFirstKind ? "https://www.google.com/" : "",
                    agent: isOfFirstKind ? ShopTraffic.firefox : ShopTraffic.safari)
                shop.view(
                    didOrder ? "/thanks" : "/tea", by: visitor, at: 40_060, referrer: "https://shop.example/",
                    agent: isOfFirstKind ? ShopTraffic.firefox : ShopTraffic.safari)
            }
            return try shop.close()
        }
        #expect(days[0] == days[1])
        #expect(days[0].table(.conversion, .conversions) == ["order": 20])
        #expect(days[0].table(.browser, .visits).count == 2)
        // A table of two dimensions would have told: orders by browser are 20 and 0, or 0 and 20.
        #expect(combined[0] != combined[1] && combined[0]["order, true"] == 20 && combined[1]["order, false"] == 20)
        let kinds = Set(days[0].map(\.dimension))
        #expect(
            kinds.isSubset(of: Dimension.allCases) && days[0].allSatisfy { $0.key2 == nil || $0.dimension == .pagePair }
        )
    }

    @Test("The oracle catches a small cell, a wrong count and a missing complement")
    func sabotage() throws {
        let (cells, people) = try Self.makeDay(seed: 7)
        let place = try #require(cells.first { $0.dimension == .place && $0.key != ReleasedCell.otherKey })
        var wrong = cells
        wrong.removeAll { $0 == place }
        var changed = place
        changed.count += 1
        wrong.append(changed)
        #expect(!Self.complaints(wrong, people).isEmpty)
        var small = cells
        changed.key = "XX"
        changed.count = 3
        small.append(changed)
        #expect(!Self.complaints(small, people).isEmpty)
    }

    @Test(
        "The same release with one protection less gives somebody away on some day",
        arguments: [Protections.threshold, .complement, .nesting])
    func weakened(missing: Protections) throws {
        let givesAway = try (1...60 as ClosedRange<UInt64>).contains { seed in
            let (cells, people) = try Self.makeDay(seed: seed, protections: .all(but: missing))
            return !Self.complaints(cells, people).isEmpty
        }
        #expect(givesAway)
    }
}
