import Bytes
import Location
import Measurement
import Synchronization
import Testing

@Suite("Visits")
struct VisitTests {
    static func settings(_ profile: MeasuredSite.Profile = .consent) -> SiteMeasurement {
        SiteMeasurement(
            name: "shop", profile: profile, threshold: 10, hosts: ["shop.example"],
            goals: [
                .init("order", pattern: "/thanks", trigger: .pageView),
                .init("signup", pattern: "/join", trigger: .post),
            ], campaigns: ["may"])
    }

    @Test("A goal is reached once a day by a visitor, whatever reaches it and however the rules list it meanwhile")
    func goalsByName() throws {
        let order = SiteMeasurement.GoalPattern("order", pattern: "/thanks", trigger: .pageView)
        let post = SiteMeasurement.GoalPattern("order", pattern: "/checkout", trigger: .post)
        let letter = SiteMeasurement.GoalPattern("newsletter", pattern: "/letter", trigger: .pageView)
        var settings = SiteMeasurement(name: "shop", threshold: 2, goals: [order, post])
        let shop = ShopTraffic(settings)
        for visitor in 0..<10 { shop.view("/", by: visitor, at: 40_000) }
        for visitor in 0..<4 {
            shop.view("/checkout", by: visitor, at: 40_010, kind: .post)
            shop.view("/thanks", by: visitor, at: 40_020)
        }
        try shop.tick(40_030)
        settings.goals = [letter, order]
        shop.site = shop.service.configure([settings], now: ShopTraffic.day * 86_400 + 40_030)[0]
        for visitor in 0..<6 { shop.view("/thanks", by: visitor, at: 40_040) }
        // Over a restart, too.
        let checkpoint = CheckpointTests.checkpoint(shop)
        let service = MeasurementService(sink: shop.sink)
        try service.restore(checkpoint.rawSpan)
        let later = ShopTraffic(restored: service, shop.sink, settings, now: ShopTraffic.day * 86_400 + 40_050)
        for visitor in 0..<7 { later.view("/thanks", by: visitor, at: 40_060) }
        for visitor in 0..<3 { later.view("/letter", by: visitor, at: 40_070) }
        #expect(try later.close().table(.conversion, .conversions) == ["order": 7, "newsletter": 3])
    }

    @Test("A day of a shop comes out as its visitors made it")
    func day() throws {
        let shop = ShopTraffic(Self.settings())
        let place = Place(country: Array("DE".utf8).rawSpan, subdivision: Array("BE".utf8).rawSpan)
        let berlin = try #require(place)
        for visitor in 0..<40 {
            let start = 40_000 + visitor
            shop.view(
                "/", by: visitor, at: start, referrer: visitor < 25 ? "https://www.google.de/" : "",
                agent: visitor < 20 ? ShopTraffic.safari : ShopTraffic.firefox, place: berlin)
            if visitor < 20 { continue }
            let agent = ShopTraffic.firefox
            shop.view("/product/12?ref=x", by: visitor, at: start + 60, referrer: "https://shop.example/", agent: agent)
            shop.view("/thanks", by: visitor, at: start + 120, agent: agent)
            shop.view("/join", by: visitor, at: start + 130, agent: agent, kind: .post)
        }
        let cells = try shop.close()
        #expect(cells.total(.visitors) == 40)
        #expect(cells.total(.visits) == 40)
        #expect(cells.total(.pageViews) == 80)
        #expect(cells.total(.bounces) == 20)
        #expect(cells.total(.conversions) == 40)
        #expect(cells.table(.page, .pageViews) == ["/": 40, "/product/:id": 20, "/thanks": 20])
        #expect(cells.table(.entryPage, .entries) == ["/": 40])
        #expect(cells.table(.exitPage, .exits) == ["/": 20, "/thanks": 20])
        #expect(cells.table(.channel, .visits) == ["search": 25, "direct": 15])
        #expect(cells.table(.source, .visits) == ["Google": 25, "(direct)": 15])
        #expect(cells.table(.browser, .visits) == ["Safari 17": 20, "Firefox 128": 20])
        #expect(cells.table(.operatingSystem, .visits) == ["iOS": 20, "Linux": 20])
        #expect(cells.table(.device, .visits) == ["phone": 20, "desktop": 20])
        #expect(cells.table(.place, .visits) == ["DE-BE": 40])
        #expect(cells.table(.hour, .visits) == ["11": 40])
        #expect(cells.table(.weekday, .visits) == ["1": 40])
        #expect(cells.table(.visitLength, .visits) == ["0": 20, "61-180": 20])
        #expect(cells.table(.pagesPerVisit, .visits) == ["1": 20, "3": 20])
        #expect(cells.table(.conversion, .conversions) == ["order": 20, "signup": 20])
        #expect(
            cells.table(.pagePair, .count) == ["/ → /product/:id": 20, "/product/:id → /thanks": 20])
        let entry = try #require(shop.sink.releases.withLock { $0.first?.entry })
        #expect(entry.k == 10 && entry.day == Int32(ShopTraffic.day) && entry.site == "shop")
    }

    @Test("A page seen before has the name that the rules in force give it, and no other's")
    func pageNames() throws {
        var settings = Self.settings()
        let shop = ShopTraffic(settings)
        // More paths than are remembered, and some that no rule lets stand.
        let words = ["tea", "pots", "cups", "trays", "spoons", "kettles", "milk", "sugar", "honey", "lemon"]
        for round in 0..<2 {
            for visitor in 0..<12 {
                for word in words {
                    let second = 100 + round
                    shop.view("/\(word)", by: visitor * 10 + words.firstIndex(of: word)!, at: second)
                }
                shop.view("/order/4711\(visitor)", by: 1000 + visitor, at: 100 + round)
            }
        }
        shop.service.ingest(shop.ring)
        settings.pages = [.init("/tea", page: "/drinks")]
        shop.site = shop.service.configure([settings], now: ShopTraffic.day * 86_400 + 3000)[0]
        for visitor in 0..<12 { shop.view("/tea", by: 2000 + visitor, at: 3000) }
        let pages = try shop.close().table(.page, .pageViews)
        for word in words { #expect(pages["/\(word)"] == 24) }
        #expect(pages["/order/:id"] == 24)
        #expect(pages["/drinks"] == 12)
    }

    @Test("Thirty minutes without a page view end a visit, twenty-nine do not; a return from payment starts nothing")
    func pause() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<20 {
            shop.view("/", by: visitor, at: 30_000)
            shop.view("/cart", by: visitor, at: 30_000 + 29 * 60, referrer: "https://pay.example/")
            shop.view("/", by: visitor, at: 30_000 + 29 * 60 + 1800)
        }
        let cells = try shop.close()
        #expect(cells.total(.visits) == 40)
        #expect(cells.total(.visitors) == 20)
        #expect(cells.table(.source, .visits) == ["(direct)": 20])
        #expect(cells.table(.visitLength, .visits) == ["601-1800": 20])
    }

    @Test("A visit that crosses midnight belongs to its first day, and its visitor is recognised until 00:30")
    func midnight() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<12 {
            shop.view("/", by: visitor, at: 86_400 - 300)
            shop.view("/late", by: visitor, at: 86_400 + 300)
        }
        for visitor in 100..<115 { shop.view("/new", by: visitor, at: 86_400 + 400) }
        try shop.tick(86_400 + 1000)
        #expect(shop.sink.cells.isEmpty)
        for visitor in 100..<115 { shop.view("/more", by: visitor, at: 86_400 + 2000) }
        try shop.tick(86_400 + 2100)
        let first = shop.sink.cells
        #expect(first.table(.page, .pageViews) == ["/": 12, "/late": 12])
        #expect(first.total(.visits) == 12)
        #expect(first.allSatisfy { $0.day == Int32(ShopTraffic.day) })
        try shop.tick(2 * 86_400 + 1800)
        let second = Array(shop.sink.cells.dropFirst(first.count))
        #expect(second.allSatisfy { $0.day == Int32(ShopTraffic.day) + 1 })
        #expect(second.total(.visitors) == 15)
        #expect(second.total(.visits) == 15)
        #expect(second.table(.page, .pageViews) == ["/new": 15, "/more": 15])
    }

    @Test("The day is the site's: an offset from UTC moves its midnight", arguments: [-39_600, 0, 19_800, 50_400])
    func offset(offset: Int) throws {
        var settings = Self.settings()
        settings.offset = offset
        let noon = ShopTraffic.day * 86_400 + 43_200 - Int64(offset)
        let shop = ShopTraffic(settings, now: noon)
        let midnight = 86_400 - offset
        for visitor in 0..<10 { shop.view("/before", by: visitor, at: midnight - 1) }
        for visitor in 10..<20 { shop.view("/after", by: visitor, at: midnight) }
        try shop.tick(midnight + 1799)
        #expect(shop.sink.cells.isEmpty)
        try shop.tick(midnight + 1800)
        #expect(shop.sink.cells.table(.page, .pageViews) == ["/before": 10])
        #expect(shop.sink.cells.table(.hour, .visits) == ["23": 10])
        try shop.service.releaseAll()
        #expect(shop.sink.cells.table(.page, .pageViews) == ["/before": 10, "/after": 10])
    }

    @Test("Without consent only page views by page and day are counted, proven by networks")
    func withoutConsent() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<15 {
            shop.view("/", by: visitor, at: 50_000, consented: false)
            if visitor == 0 { continue }
            shop.view("/cart", by: visitor, at: 50_010, referrer: "https://shop.example/", consented: false)
        }
        // Fifteen people of one network are one network.
        let office = ShopTraffic.address(99)
        for visitor in 0..<15 {
            shop.view(
                "/secret", by: visitor, at: 50_000, agent: "Mozilla/5.0 \(visitor)", consented: false, address: office)
        }
        let cells = try shop.close()
        #expect(cells.table(.page, .pageViews) == ["/": 15, "(other)": 29])
        #expect(cells.table(.consentOutcome, .count) == ["undecided": 30])
        #expect(Set(cells.map(\.dimension)) == [.total, .page, .weekday, .consentOutcome])
        #expect(cells.total(.visitors) == nil)
    }

    @Test("The exempt profile measures everybody, conversions and campaigns of those who agreed only")
    func exempt() throws {
        let shop = ShopTraffic(Self.settings(.exempt))
        for visitor in 0..<40 {
            shop.view("/?utm_campaign=may", by: visitor, at: 50_000, consented: visitor < 20)
            shop.view("/thanks", by: visitor, at: 50_010, consented: visitor < 20)
        }
        let cells = try shop.close()
        #expect(cells.total(.visitors) == 40)
        #expect(cells.table(.conversion, .conversions) == ["order": 20])
        #expect(cells.table(.campaign, .visits) == ["may": 20])
        // Nothing finer than the day of those who did not agree; the sum is what page views are told per visit by.
        #expect(cells.table(.hour, .visits) == ["13": 20, "(other)": 20])
        #expect(cells.table(.hour, .pageViews) == ["13": 40, "(other)": 40])
    }

    @Test("Nothing is counted when the profile is off")
    func off() throws {
        let shop = ShopTraffic(Self.settings(.off))
        #expect(!shop.site.isMeasured)
        for visitor in 0..<40 { shop.view("/", by: visitor, at: 50_000) }
        #expect(try shop.close().isEmpty)
    }

    @Test("Bots are counted by name and nowhere else")
    func bots() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<12 {
            shop.view(
                "/", by: visitor, at: 50_000,
                agent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
            shop.view("/", by: visitor, at: 50_000, agent: "")
        }
        let cells = try shop.close()
        #expect(cells.table(.bot, .count) == ["Googlebot": 12, "(no user agent)": 12])
        #expect(cells.table(.botReason, .count) == ["search engine": 12, "no user agent": 12])
        #expect(Set(cells.map(\.dimension)) == [.bot, .botReason])
    }

    @Test("Pages not found, downloads, ways out and searches are counted by name, and are no page views")
    func besidePageViews() throws {
        var settings = Self.settings()
        settings.searchParameters = [Array("q".utf8)]
        settings.downloads = [Array("pdf".utf8)]
        let shop = ShopTraffic(settings)
        for visitor in 0..<12 {
            shop.view("/gone/12345", by: visitor, at: 50_000, kind: .missing)
            shop.view("/sizes.PDF?v=2", by: visitor, at: 50_000)
            shop.view("/file", by: visitor, at: 50_000, kind: .download)
            shop.view("/go", by: visitor, at: 50_000, referrer: "//www.partner.example/x?y", kind: .departure)
            shop.view("/go", by: visitor, at: 50_000, referrer: "https://shop.example/cart", kind: .departure)
            shop.view("/pay", by: visitor, at: 50_000, referrer: "https://pay.example/", kind: .post)
        }
        #expect(shop.service.snapshot().allSatisfy { $0.dimension != .page })
        for visitor in 0..<24 {
            shop.view("/find?q=Rote++Schuhe%20", by: visitor, at: 50_010, consented: visitor < 12)
            shop.view("/find?q=caf%C3%A9&q=tea", by: visitor, at: 50_020, consented: visitor < 12)
            shop.view("/find?q=order+12345678", by: visitor, at: 50_030, consented: visitor < 12)
            shop.view("/find?q=visitor\(visitor)", by: visitor, at: 50_040, consented: visitor < 12)
            shop.view("/find?q=%FF%FE", by: visitor, at: 50_050, consented: visitor < 12)
            shop.view("/find?q=", by: visitor, at: 50_060, consented: visitor < 12)
        }
        let cells = try shop.close()
        #expect(cells.table(.missingPage, .count) == ["/gone/:id": 12])
        #expect(cells.table(.download, .count) == ["/sizes.PDF": 12, "/file": 12])
        #expect(cells.table(.outbound, .count) == ["partner.example": 12, "pay.example": 12])
        #expect(
            cells.table(.search, .count)
                == ["rote schuhe": 12, "café": 12, "order :id": 12, ":id": 12, "(other)": 12])
        #expect(cells.table(.page, .pageViews) == ["/find": 144])
    }

    @Test("What a bot fetches is none of these")
    func botsBesidePageViews() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<12 {
            shop.view("/gone", by: visitor, at: 50_000, agent: "curl/8", kind: .missing)
            shop.view(
                "/out", by: visitor, at: 50_000, referrer: "https://x.example/", agent: "curl/8", kind: .departure)
        }
        #expect(try shop.close().isEmpty)
    }

    @Test("Answers by language are shown within what is shown of answers, with both figures or none")
    func answersByLanguage() throws {
        let shop = ShopTraffic(Self.settings())
        var visitor = 0
        func answer(_ name: String, _ count: Int) {
            for _ in 0..<count {
                shop.event(.consentDecision, name, by: visitor, at: 50_000)
                visitor += 1
            }
        }
        // Partial answers are few; Dutch ones are refusals only. Polish refusals are too few, and the French ones hide them.
        answer("accepted de", 40)
        answer("partial de", 6)
        answer("refused de", 20)
        answer("accepted fr", 25)
        answer("refused fr", 15)
        answer("refused nl", 30)
        answer("accepted pl", 12)
        answer("refused pl", 3)
        let cells = try shop.close()
        #expect(cells.table(.consentOutcome, .count) == ["agreed": 83, "refused": 68])
        #expect(
            cells.table(.answerLanguage, .count) == [
                "de → agreed": 46, "de → refused": 20, "(other) → agreed": 37, "(other) → refused": 48,
            ])
    }

    @Test("Cookies, hosts and decisions are counted by name")
    func events() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<30 {
            shop.event(.cookieWithheld, "_ga", by: visitor, at: 50_000)
            shop.event(.cookieWithheld, "token\(visitor)", by: visitor, at: 50_000)
            shop.event(.hostBlocked, "tracker.example", by: visitor, at: 50_000)
            shop.event(.consentDecision, visitor < 12 ? "accepted" : "refused", by: visitor, at: 50_000)
            shop.event(.cookieUnknown, "sid", by: visitor, at: 50_000)
            shop.event(.cookieUnknown, "id\(visitor)", by: visitor, at: 50_000)
        }
        let cells = try shop.close()
        #expect(cells.table(.withheldCookie, .count) == ["_ga": 30, "(other)": 30])
        #expect(cells.table(.blockedHost, .count) == ["tracker.example": 30])
        #expect(cells.table(.consentOutcome, .count) == ["accepted": 12, "refused": 18])
        #expect(cells.table(.unknownCookie, .count) == ["sid": 30, "(other)": 30])
    }

    @Test("An unknown cookie that is withheld is in both tables, and neither tells of a small part of the other")
    func unknownCookies() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<30 { shop.event(.unknownCookieWithheld, "sid", by: visitor, at: 50_000) }
        for visitor in 0..<12 { shop.event(.unknownCookieWithheld, "id\(visitor)", by: visitor, at: 50_000) }
        // Three who hold a cookie with a rule: one more row of the same table would give them away.
        for visitor in 0..<3 { shop.event(.cookieWithheld, "_ga", by: visitor, at: 50_000) }
        let cells = try shop.close()
        #expect(cells.table(.unknownCookie, .count) == ["sid": 30, "(other)": 12])
        #expect(cells.table(.withheldCookie, .count) == ["sid": 30, "(other)": 12])
    }

    @Test("Names that fewer than k networks hold are not listed, nor more than a thousand names")
    func manyUnknownCookies() throws {
        let few = ShopTraffic(Self.settings())
        for visitor in 0..<9 { few.event(.cookieUnknown, "sid", by: visitor, at: 50_000) }
        #expect(try few.close().isEmpty)
        let many = ShopTraffic(Self.settings())
        for visitor in 0..<10 {
            for name in 0..<1100 { many.event(.cookieUnknown, "c\(name)", by: visitor, at: 50_000) }
            many.service.ingest(many.ring)
        }
        let table = try many.close().table(.unknownCookie, .count)
        #expect(table.count == 125)
        #expect(table[ReleasedCell.otherKey] == 9760)
    }

    @Test("Of an open day only figures of ten and more are shown, rounded to the nearest ten")
    func snapshot() throws {
        var settings = Self.settings()
        settings.threshold = 2
        let shop = ShopTraffic(settings)
        for visitor in 0..<16 { shop.view(visitor < 9 ? "/nine" : "/", by: visitor, at: 50_000) }
        for visitor in 0..<14 { shop.view("/fourteen", by: visitor, at: 50_001) }
        shop.service.ingest(shop.ring)
        let cells = shop.service.snapshot()
        #expect(cells.table(.page, .pageViews) == ["/fourteen": 10])
        #expect(cells.total(.visitors) == 20)
    }

    @Test("One visitor adds at most ten pages, five pairs and one conversion of a goal to a day")
    func bounds() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<10 {
            for page in 0..<30 {
                shop.view("/p\(page)", by: visitor, at: 50_000 + page)
                shop.view("/thanks", by: visitor, at: 50_000 + page)
            }
        }
        let cells = try shop.close()
        let pages = cells.table(.page, .pageViews)
        #expect(pages.count == 11)
        #expect(pages.values.reduce(0, +) == 600)
        #expect(cells.table(.pagePair, .count).count == 5)
        #expect(cells.table(.conversion, .conversions) == ["order": 10])
    }

    @Test("A reload keeps a site's number, its window and its keys")
    func reload() throws {
        let shop = ShopTraffic(Self.settings())
        for visitor in 0..<10 { shop.view("/", by: visitor, at: 50_000) }
        let now = ShopTraffic.day * 86_400 + 50_001
        let sites = shop.service.configure([SiteMeasurement(name: "another"), Self.settings()], now: now)
        #expect(sites[1].id == shop.site.id && sites[0].id != shop.site.id)
        shop.site = sites[1]
        for visitor in 0..<10 { shop.view("/", by: visitor, at: 50_002) }
        #expect(try shop.close().total(.visits) == 10)
    }
}
