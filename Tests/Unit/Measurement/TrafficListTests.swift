import Bytes
import Measurement
import Testing

@Suite("Traffic lists")
struct TrafficListTests {
    static let browsers = "browsers:\n  - { family: Tern, tokens: [Tern/] }\n"
    static let bots = "browsers_begin_with: [Mozilla/]\ngroups: []\n"

    @Test("The lists of the program can be read")
    func shipped() throws {
        _ = try TrafficLists(
            browsers: TrafficList.browsers.text, bots: TrafficList.bots.text, channels: TrafficList.channels.text)
    }

    static func words(_ text: String, browsers: String, bots: String = bots) throws -> UserAgentWords {
        let lists = try TrafficLists(browsers: browsers, bots: bots, channels: "sources: {}\n")
        return UserAgentWords(of: Array(text.utf8).rawSpan, by: lists)
    }

    @Test(
        "A token is found where a word begins, a starred one anywhere, in any case",
        arguments: [
            ("Mozilla/5.0 tern/12.3", "Tern 12"), ("Mozilla/5.0 Lantern/12", "other 0"),
            ("Mozilla/5.0 (Tern/7)", "Tern 7"),
            ("Mozilla/5.0 xSkua/4", "Skua 4"), ("Mozilla/5.0 Gull/9 Skua/4", "Skua 4"),
            ("Mozilla/5.0 Gull/9", "other 0"), ("Mozilla/5.0 Gull/9 Beak", "Gull 9"),
            ("Mozilla/5.0 Auk/7 Rev/31", "Auk 31"),
            ("Mozilla/5.0 Auk/7", "Auk 0"), ("Mozilla/5.0 Old/3", "Auk 5"), ("Mozilla/5.0 Tern/99999", "Tern 0"),
            ("Tern/1", "Tern 1"),
        ])
    func tokens(text: String, expected: String) throws {
        let words = try Self.words(
            text,
            browsers: """
                browsers:
                  - { family: Tern, tokens: [Tern/] }
                  - { family: Skua, tokens: ["*Skua/"] }
                  - { family: Gull, tokens: [Gull/], and: [Beak], not: [Skua] }
                  - { family: Auk, tokens: [Auk/], version: [Rev/] }
                  - { family: Auk, tokens: [Old/], major: 5 }
                """)
        #expect("\(words.browser) \(words.major)" == expected)
        #expect((words.bot == nil) == text.hasPrefix("Mozilla/"))
    }

    @Test(
        "A list that is wrong says where",
        arguments: [
            ("browsers:\n  - { family: Tern }\n", "browsers.yaml:2: no tokens"),
            ("browsers:\n  - { family: Tern, tokens: [x] }\n", "browsers.yaml:2: `x` is too short"),
            ("browsers:\n  - { tokens: [Tern/] }\n", "browsers.yaml:2: no `family`"),
            ("browsers:\n  - { family: Tern, token: [Tern/] }\n", "browsers.yaml:2: `token` is no key"),
            ("devices:\n  - { device: toaster, tokens: [Tern/] }\n", "browsers.yaml:2: `toaster` is no kind of device"),
            ("browsers:\n  - { family: Tern, tokens: [Tern/], major: new }\n", "browsers.yaml:2: no version"),
        ])
    func faults(text: String, expected: String) {
        #expect {
            _ = try TrafficLists(browsers: text, bots: Self.bots, channels: "sources: {}\n")
        } throws: {
            "\($0)" == expected
        }
    }

    @Test(
        "So does one of channels",
        arguments: [
            ("sources: { tv: { A: [a.example] } }\n", "channels.yaml:1: `tv` is no channel"),
            (
                "sources: { social: { A: [a.example], B: [a.example] } }\n",
                "channels.yaml:1: `a.example` is there twice"
            ),
            ("click_ids: { aid: A }\n", "channels.yaml:1: no source"),
        ])
    func channelFaults(text: String, expected: String) {
        #expect {
            _ = try TrafficLists(browsers: Self.browsers, bots: Self.bots, channels: text)
        } throws: {
            "\($0)" == expected
        }
    }

    static let own = """
        browsers:
          - { family: Our app, tokens: [OurApp/] }
        bots:
          - why: monitoring
            bots: { Warehouse: [warehouse-check], Googlebot: [our-google] }
          - why: our own
            bots: { Counter: [stock-counter] }
        """

    @Test(
        "An operator's entries are asked first, and the shipped ones stay",
        arguments: [
            ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 OurApp/7.1", "Our app 7", nil),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140", nil),
            ("Mozilla/5.0 warehouse-check/2", "other 0", "Warehouse, monitoring"),
            ("Mozilla/5.0 our-google", "other 0", "Googlebot, monitoring"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", "other 0", "Googlebot, monitoring"),
            ("Mozilla/5.0 stock-counter", "other 0", "Counter, our own"),
            ("Mozilla/5.0 (compatible; bingbot/2.0)", "other 0", "Bingbot, search engine"),
        ] as [(String, String, String?)])
    func additions(text: String, browser: String, bot: String?) throws {
        let lists = try TrafficLists(additions: Self.own, file: "own.yaml")
        let words = UserAgentWords(of: Array(text.utf8).rawSpan, by: lists)
        #expect("\(words.browser) \(words.major)" == browser || bot != nil)
        #expect(words.bot.map { "\($0), \(words.reason ?? "")" } == bot)
    }

    @Test("Sources of an operator's file are counted by a service that was given it, and again without it")
    func ownSources() throws {
        var settings = SiteMeasurement(name: "shop", threshold: 2)
        settings.lists = try TrafficLists(
            additions: """
                sources:
                  search: { Finder: [finder.example, "google.*"] }
                  email: { Letter: [letter] }
                media: { email: [crm] }
                click_ids: { fid: Finder }
                """, file: "own.yaml")
        let shop = ShopTraffic(settings)
        for visitor in 0..<4 {
            shop.view("/", by: visitor, at: 40_000, referrer: "https://a.finder.example/x")
            shop.view("/", by: 10 + visitor, at: 40_000, referrer: "https://www.google.com/")
            shop.view("/?utm_source=letter", by: 20 + visitor, at: 40_000)
            shop.view("/?fid=123", by: 30 + visitor, at: 40_000)
            shop.view("/", by: 40 + visitor, at: 40_000, referrer: "https://duckduckgo.com/")
        }
        try shop.tick(40_010)
        settings.lists = .shipped
        shop.site = shop.service.configure([settings], now: ShopTraffic.day * 86_400 + 40_010)[0]
        for visitor in 0..<4 {
            shop.view("/", by: 50 + visitor, at: 40_020, referrer: "https://a.finder.example/x")
        }
        let cells = try shop.close()
        #expect(
            cells.table(.source, .visits)
                == ["Finder": 12, "Letter": 4, "DuckDuckGo": 4, "a.finder.example": 4])
        #expect(cells.table(.channel, .visits) == ["search": 16, "email": 4, "referral": 4])
    }

    @Test(
        "An operator's file that is wrong says where, to the column",
        arguments: [
            ("browsers:\n  - { family: Tern, tokens: [x] }\n", "own.yaml:2:30: `x` is too short"),
            ("browser: []\n", "own.yaml:1:1: `browser` is no key"),
            ("sources:\n  tv: { A: [a.example] }\n", "own.yaml:2:3: `tv` is no channel"),
            ("sources: { social: { A: [a.example, a.example] } }\n", "own.yaml:1:37: `a.example` is there twice"),
            ("click_ids: { aid: Nobody }\n", "own.yaml:1:19: no source"),
            ("bots:\n  - why: monitoring\n", "own.yaml:2:5: half a group"),
        ])
    func ownFaults(text: String, expected: String) {
        #expect {
            _ = try TrafficLists(additions: text, file: "own.yaml")
        } throws: {
            guard let fault = $0 as? ListFault else { return false }
            return "\(fault.file):\(fault.line):\(fault.column): \(fault.problem)" == expected
        }
    }
}
