import Bytes
import Location
import Measurement
import Testing

/// Makes every draw of noise the same: ⌊σ⌋ below zero, so that the counts behind a release can be read.
struct AllOnes: RandomNumberGenerator, Sendable {
    func next() -> UInt64 { .max }
}

/// A shop whose releases have noise.
enum NoisyShop {
    static func settings(_ level: PrivacyLevel = .standard, threshold: Int = 10) -> SiteMeasurement {
        SiteMeasurement(
            name: "shop", threshold: threshold, rule: .noise(level), hosts: ["shop.example"],
            goals: [
                .init("order", pattern: "/thanks", trigger: .pageView),
                .init("letter", pattern: "/letter", trigger: .pageView),
            ])
    }

    static let pages = (0..<14).map { "/page-\($0)" } + ["/thanks", "/letter"]

    /// A visitor's day: one visit or several, measured in full or not, cookies withheld and hosts blocked.
    static func play(_ shop: ShopTraffic, visitor: Int, random: inout Xorshift, isHeavy: Bool = false) {
        var time = 4000
        let isMeasured = isHeavy || Int.random(in: 0..<4, using: &random) > 0
        let agent = Bool.random(using: &random) ? ShopTraffic.firefox : ShopTraffic.safari
        let referrer = ["", "https://www.google.com/", "https://t.co/x"].randomElement(using: &random) ?? ""
        for _ in 0..<(isHeavy ? 120 : Int.random(in: 1...12, using: &random)) {
            shop.view(
                pages.randomElement(using: &random) ?? "/", by: visitor, at: time, referrer: referrer, agent: agent,
                place: .unknown, consented: isMeasured)
            time += Int.random(in: 0..<10, using: &random) == 0 ? 1900 : 20
        }
        if isHeavy { for page in pages { shop.view(page, by: visitor, at: time, agent: agent, consented: false) } }
        for _ in 0..<(isHeavy ? 20 : 3) {
            let number = Int.random(in: 0..<8, using: &random)
            shop.event(.cookieWithheld, "_ga\(number)", by: visitor, at: time)
            shop.event(.cookieUnknown, "c\(number)", by: visitor, at: time)
            shop.event(.unknownCookieWithheld, "u\(number)", by: visitor, at: time)
            shop.event(.hostBlocked, "h\(number).example", by: visitor, at: time)
            let language = ["de", "fr", "nl", "pl"][number % 4]
            let outcome = ["accepted", "refused", "partial"][number % 3]
            shop.event(.consentDecision, "\(outcome) \(language)", by: visitor, at: time)
            shop.view("/gone\(number)", by: visitor, at: time, agent: agent, kind: .missing)
            shop.view("/list\(number).pdf", by: visitor, at: time, agent: agent, kind: .download)
            shop.view("/out", by: visitor, at: time, referrer: "https://pay\(number).example/", kind: .departure)
            shop.view("/find?q=word\(number)", by: visitor, at: time, agent: agent)
        }
    }

    /// Everything one visitor may change, per table and measure, squared and summed; the noise must be made for as much.
    static func squaredChange(_ a: [ReleasedCell], _ b: [ReleasedCell]) -> [String: Int] {
        var change: [ReleasedCell: Int] = [:]
        for (cells, sign) in [(a, 1), (b, -1)] {
            for cell in cells {
                var name = cell
                (name.count, name.variance) = (0, 0)
                change[name, default: 0] += sign * cell.count
            }
        }
        return change.reduce(into: [:]) {
            $0["\($1.key.dimension).\($1.key.measure)", default: 0] += $1.value * $1.value
        }
    }
}

@Suite("Release with noise")
struct NoisyReleaseTests {
    /// What each column of a release may change by, squared: docs/privacy.md, written down a second time.
    static let bounds: [String: Int] = [
        "total.visitors": 1, "total.visits": 25, "total.pageViews": 900, "total.bounces": 1, "total.conversions": 4,
        "weekday.visits": 25, "weekday.pageViews": 900, "page.visitors": 30, "entryPage.entries": 1,
        "exitPage.exits": 1, "source.visits": 1, "channel.visits": 1, "campaign.visits": 1, "place.visits": 1,
        "browser.visits": 1, "operatingSystem.visits": 1, "device.visits": 1, "hour.visits": 1,
        "visitLength.visits": 1, "pagesPerVisit.visits": 1, "conversion.conversions": 2, "pagePair.count": 5,
        "consentOutcome.count": 4, "withheldCookie.count": 10, "unknownCookie.count": 10, "blockedHost.count": 10,
        "bot.count": 2, "answerLanguage.count": 4,
    ]

    /// The releases of one day with and without one more visitor, with noise that is the same in both.
    static func neighbours(
        _ settings: SiteMeasurement, seed: UInt64, protections: Protections = .all
    ) throws -> (with: [ReleasedCell], without: [ReleasedCell]) {
        let days = try [true, false].map { isThere in
            let shop = ShopTraffic(settings, random: AllOnes(), protections: protections)
            var random = Xorshift(seed: seed)
            for visitor in 0..<600 { NoisyShop.play(shop, visitor: visitor, random: &random) }
            if isThere { NoisyShop.play(shop, visitor: 1000, random: &random, isHeavy: true) }
            return try shop.close()
        }
        return (days[0], days[1])
    }

    @Test("However much a visitor does, no table changes by more than its noise is made for")
    func sensitivity() throws {
        var seen: Set<String> = []
        for seed in 1...3 as ClosedRange<UInt64> {
            let (with, without) = try Self.neighbours(NoisyShop.settings(), seed: seed)
            for (column, change) in NoisyShop.squaredChange(with, without) {
                #expect(change <= Self.bounds[column] ?? 0, "\(column) changes by \(change)")
                if change > 0 { seen.insert(column) }
            }
        }
        #expect(seen.count > 20, "\(seen)")
    }

    /// Which part of the budget the noise of each column is made from; those without one are copies of others.
    static let parts: [String: [PrivacyBudget.Part]] = [
        "total.visitors": [.visitors], "total.visits": [.visits], "total.pageViews": [.pageViews],
        "page.visitors": [.page, .barePage], "entryPage.entries": [.entry], "exitPage.exits": [.exit],
        "source.visits": [.source], "channel.visits": [.channel], "campaign.visits": [.campaign],
        "place.visits": [.place], "browser.visits": [.browser], "operatingSystem.visits": [.system],
        "device.visits": [.device], "hour.visits": [.hour], "visitLength.visits": [.length],
        "pagesPerVisit.visits": [.depth], "conversion.conversions": [.goal], "pagePair.count": [.pair],
        "consentOutcome.count": [.consent], "answerLanguage.count": [.answerLanguage],
        "withheldCookie.count": [.withheld], "unknownCookie.count": [.unknown], "blockedHost.count": [.blocked],
        "bot.count": [.bot],
    ]
    static let copies: Set<String> = [
        "total.bounces", "total.conversions", "weekday.visits", "weekday.pageViews",
    ]

    @Test("Every released table has the noise of its part, the parts are all there are, and cost what the level allows")
    func everyTable() throws {
        for level in PrivacyLevel.allCases {
            var settings = NoisyShop.settings(level)
            settings.searchParameters = [Array("q".utf8)]
            settings.campaigns = ["*"]
            let shop = ShopTraffic(settings, random: AllOnes())
            var random = Xorshift(seed: 5)
            for visitor in 0..<900 { NoisyShop.play(shop, visitor: visitor, random: &random) }
            for visitor in 0..<900 {
                shop.view("/?utm_campaign=may", by: 2000 + visitor, at: 50_000)
                shop.view("/tea", by: 2000 + visitor, at: 50_020)
                shop.view("/", by: visitor, at: 50_000, agent: "curl/8")
            }
            let cells = try shop.close()
            let budget = PrivacyBudget(level: level, goals: 2)
            func thousandths(_ part: PrivacyBudget.Part) -> Int {
                let variance = budget.variance(of: part)
                return Int((variance.numerator * 1000 + variance.denominator - 1) / variance.denominator)
            }
            var columns: Set<String> = []
            for cell in cells {
                let column = "\(cell.dimension).\(cell.measure)"
                columns.insert(column)
                if Self.copies.contains(column) { continue }
                let parts = try #require(Self.parts[column], "\(column) is released and has no part of the budget")
                let allowed = parts.map(thousandths) + (parts.count > 1 ? [parts.map(thousandths).reduce(0, +)] : [])
                #expect(allowed.contains(cell.variance), "\(column): \(cell.variance)")
            }
            #expect(columns == Set(Self.parts.keys).union(Self.copies), "\(columns)")
            #expect(Set(Self.parts.values.joined()) == Set(PrivacyBudget.Part.allCases))
            let rho = Self.parts.values.joined().reduce(0.0) { sum, part in
                sum + Double(part.squaredSensitivity(goals: 2)) / (2 * Double(thousandths(part)) / 1000)
            }
            #expect(abs(rho - Double(level.millionths) / 1_000_000) < 1e-4)
        }
    }

    @Test("The same check finds a release that one visitor changes by more")
    func unboundedContributions() throws {
        var (with, without) = try Self.neighbours(NoisyShop.settings(), seed: 1, protections: .all(but: .bounds))
        var change = NoisyShop.squaredChange(with, without)
        #expect(change["total.pageViews"] ?? 0 > 900)
        #expect(change["total.visits"] ?? 0 > 25)
        var settings = NoisyShop.settings()
        settings.rule = .threshold
        (with, without) = try Self.neighbours(settings, seed: 1)
        change = NoisyShop.squaredChange(with, without)
        #expect(change["page.pageViews"] ?? 0 > 30)
        #expect(change["blockedHost.count"] ?? 0 > 10)
    }

    @Test("Rows of fixed tables are all there, also when nobody came; rows named by traffic are not")
    func empty() throws {
        let shop = ShopTraffic(NoisyShop.settings())
        try shop.tick(50_000)
        let cells = try shop.close()
        for dimension in [Dimension.hour, .channel, .device, .visitLength, .pagesPerVisit] {
            #expect(Set(cells.table(dimension, .visits).keys) == Set(dimension.fixedKeys ?? []))
        }
        #expect(cells.table(.consentOutcome, .count).count == 5)
        #expect(Set(cells.table(.conversion, .conversions).keys) == ["order", "letter"])
        #expect(cells.total(.visitors) != nil && cells.total(.pageViews) != nil)
        for dimension in [Dimension.page, .entryPage, .source, .pagePair, .withheldCookie, .bot] {
            #expect(!cells.contains { $0.dimension == dimension })
        }
        #expect(cells.allSatisfy { $0.variance > 0 })
        let entry = try #require(shop.sink.entries.first)
        #expect(entry.mode == .noise && entry.budget == 500_000 && entry.k == 10)
    }

    @Test("Figures are what was counted, but for noise")
    func figures() throws {
        let shop = ShopTraffic(NoisyShop.settings(), random: AllOnes())
        for visitor in 0..<300 {
            shop.view("/", by: visitor, at: 40_000, referrer: "https://www.google.com/")
            if visitor < 200 { shop.view("/thanks", by: visitor, at: 40_030) }
            for _ in 0..<3 { shop.event(.hostBlocked, "t.example", by: visitor, at: 40_000) }
        }
        for visitor in 300..<310 { shop.view("/rare", by: visitor, at: 40_000) }
        let cells = try shop.close()
        /// The count behind a figure: the noise is ⌊σ⌋ below zero.
        func exact(_ dimension: Dimension, _ key: String, _ measure: Measure) -> Int? {
            cells.first { $0.dimension == dimension && $0.key == key && $0.measure == measure }.map {
                $0.count + Int((Double($0.variance) / 1000).squareRoot())
            }
        }
        #expect(exact(.total, "", .visitors) == 310)
        #expect(exact(.total, "", .pageViews) == 510)
        #expect(exact(.page, "/", .visitors) == 300)
        #expect(exact(.page, "/rare", .visitors) == nil)
        #expect(exact(.source, "Google", .visits) == 300)
        #expect(exact(.channel, "direct", .visits) == 10)
        #expect(exact(.hour, "11", .visits) == 310)
        #expect(exact(.hour, "3", .visits) == 0)
        #expect(exact(.visitLength, "0", .visits) == 110)
        #expect(exact(.total, "", .bounces) == 110)
        #expect(exact(.pagesPerVisit, "2", .visits) == 200)
        #expect(exact(.conversion, "order", .conversions) == 200)
        #expect(exact(.conversion, "letter", .conversions) == 0)
        #expect(exact(.blockedHost, "t.example", .count) == 300)
        #expect(cells.table(.pagePair, .count)["/ → /thanks"] != nil)
    }

    @Test("Nothing is shown of the running day, as each look would draw anew")
    func openDay() {
        let shop = ShopTraffic(NoisyShop.settings())
        for visitor in 0..<300 { shop.view("/", by: visitor, at: 40_000) }
        shop.service.ingest(shop.ring)
        #expect(shop.service.snapshot().isEmpty)
    }

    @Test("A window keeps the rule it was opened under, over a restart and a reload")
    func reload() throws {
        let first = ShopTraffic(NoisyShop.settings(.strict))
        var random = Xorshift(seed: 3)
        for visitor in 0..<50 { NoisyShop.play(first, visitor: visitor, random: &random) }
        let service = MeasurementService(sink: first.sink)
        try service.restore(CheckpointTests.checkpoint(first).rawSpan)
        var settings = NoisyShop.settings()
        settings.rule = .threshold
        let second = ShopTraffic(restored: service, first.sink, settings, now: ShopTraffic.day * 86_400 + 80_000)
        _ = try second.close()
        #expect(second.sink.entries.map(\.mode) == [.noise])
        #expect(second.sink.entries.map(\.budget) == [100_000])
    }

    @Test("A restart forgets nothing of what a network has fed")
    func restart() throws {
        var settings = NoisyShop.settings()
        settings.goals = []
        func play(_ shop: ShopTraffic) {
            for visitor in 0..<200 {
                shop.event(.hostBlocked, "t.example", by: visitor, at: 50_000)
                shop.view("/bare", by: visitor, at: 50_000, consented: false)
            }
        }
        let whole = ShopTraffic(settings, random: AllOnes())
        play(whole)
        let expected = try whole.close()
        let first = ShopTraffic(settings, random: AllOnes())
        play(first)
        let sink = MemorySink()
        let service = MeasurementService(sink: sink, random: AllOnes())
        try service.restore(CheckpointTests.checkpoint(first).rawSpan)
        let second = ShopTraffic(restored: service, sink, settings, now: ShopTraffic.day * 86_400 + 50_100)
        play(second)
        #expect(try second.close() == expected)
    }

    @Test("Of a table that ran full nothing is shown")
    func fullTable() throws {
        let shop = ShopTraffic(NoisyShop.settings())
        for visitor in 0..<200 { shop.event(.hostBlocked, "t.example", by: visitor, at: 40_000) }
        for number in 0..<1100 { shop.event(.hostBlocked, "h\(number).example", by: number, at: 40_000) }
        #expect(try shop.close().table(.blockedHost, .count).isEmpty)
    }
}
