import Bytes
import Foundation
import Measurement
import Testing

@Suite("User agents")
struct UserAgentTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/data/user-agents").standardized

    static func words(_ text: String) -> UserAgentWords {
        let bytes = Array(text.utf8)
        return UserAgentWords(of: bytes.rawSpan)
    }

    @Test(
        "Browsers, systems and devices of today are told apart",
        arguments: [
            (ShopTraffic.firefox, "Firefox 128 Linux desktop"), (ShopTraffic.safari, "Safari 17 iOS phone"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
                "Edge 126 Windows desktop"
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                "Chrome 126 Android phone"
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-X700) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
                "Samsung Internet 25 Android tablet"
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1",
                "Chrome 126 iOS phone"
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
                "Safari 17 macOS desktop"
            ),
            (
                "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
                "Internet Explorer 11 Windows desktop"
            ),
        ])
    func browsers(text: String, expected: String) {
        let words = Self.words(text)
        #expect("\(words.browser) \(words.major) \(words.system) \(words.device)" == expected)
        #expect(words.bot == nil)
    }

    /// The browsers that people use, by uap-core's names, and their names here: every family with a share of page views
    /// in some country that shop owners see in their reports (the lists that StatCounter and Cloudflare Radar publish),
    /// the browsers that shops still support for older devices, and the apps in which links of social networks open.
    /// Left out are mail programs, apps that only fetch, feature phones without a web of today, and engines.
    static let families: [String: String] = [
        "Chrome": "Chrome", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome", "Chrome Mobile WebView": "Chrome",
        "Chromium": "Chromium", "Firefox": "Firefox", "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox",
        "Firefox Beta": "Firefox", "Firefox Alpha": "Firefox", "Safari": "Safari", "Mobile Safari": "Safari",
        "Mobile Safari UI/WKWebView": "Safari", "Edge": "Edge", "Edge Mobile": "Edge", "IE": "Internet Explorer",
        "IE Mobile": "Internet Explorer", "IE Large Screen": "Internet Explorer", "Opera": "Opera",
        "Opera Mobile": "Opera", "Opera Touch": "Opera", "Opera GX": "Opera", "Opera Coast": "Opera",
        "Opera Tablet": "Opera", "Opera Mini": "Opera Mini", "Samsung Internet": "Samsung Internet",
        "Android": "Android Browser", "UC Browser": "UC Browser", "Yandex Browser": "Yandex Browser",
        "Vivaldi": "Vivaldi", "Brave": "Brave", "Whale": "Whale", "Amazon Silk": "Silk", "Pale Moon": "Pale Moon",
        "QQ Browser": "QQ Browser", "QQ Browser Mobile": "QQ Browser", "DuckDuckGo Mobile": "DuckDuckGo",
        "Coc Coc": "Coc Coc", "HeyTap Browser": "HeyTap Browser", "Huawei Browser": "Huawei Browser",
        "Honor Browser": "Honor Browser", "MiuiBrowser": "Mi Browser", "VivoBrowser": "Vivo Browser",
        "Aloha Browser": "Aloha Browser", "Maxthon": "Maxthon", "Oculus Browser": "Oculus Browser",
        "Puffin": "Puffin", "Dolphin": "Dolphin", "Phoenix Browser": "Phoenix", "Quark": "Quark",
        "360 Secure Browser": "360 Browser", "Seznam prohlížeč": "Seznam", "Ecosia Android": "Ecosia",
        "Ecosia iOS": "Ecosia", "Avast Secure Browser": "Avast Secure Browser", "AVG": "AVG Secure Browser",
        "Avira": "Avira Secure Browser", "Norton": "Norton Browser", "CCleaner": "CCleaner Browser", "Iron": "Iron",
        "SeaMonkey": "SeaMonkey", "Waterfox": "Waterfox", "Ladybird": "Ladybird", "Facebook": "Facebook app",
        "Facebook Messenger": "Facebook app", "Instagram": "Instagram app", "TikTok": "TikTok app",
        "Snapchat": "Snapchat app", "Pinterest": "Pinterest app", "LinkedIn": "LinkedIn app", "Twitter": "X app",
        "WeChat Browser": "WeChat", "LINE": "LINE", "KakaoTalk": "KakaoTalk", "Weibo": "Weibo app",
        "Telegram": "Telegram app", "Google": "Google app",
    ]

    /// uap-core's operating systems and the names they have here.
    static let systems: [String: String] = [
        "iOS": "iOS", "Windows": "Windows", "Android": "Android", "Linux": "Linux", "Ubuntu": "Linux",
        "Debian": "Linux",
        "Red Hat": "Linux", "Gentoo": "Linux", "Mandriva": "Linux", "Mac OS X": "macOS",
        "Windows Phone": "Windows Phone",
        "FreeBSD": "BSD", "OpenBSD": "BSD", "NetBSD": "BSD", "Chrome OS": "ChromeOS", "KaiOS": "KaiOS",
        "Tizen": "Tizen",
        "webOS": "webOS", "Web0S": "webOS", "HarmonyOS": "HarmonyOS",
    ]

    /// Whether a browser could have sent it, not the HTTP library of an app.
    static func isBrowsing(_ text: String) -> Bool {
        text.hasPrefix("Mozilla/") || text.hasPrefix("Opera/") || text.hasPrefix("UCWEB")
    }

    /// Whether the public user agent strings lie beside the repository.
    static let hasCorpora = FileManager.default.fileExists(atPath: folder.path())

    @Test(
        "Of the browsers that people use 99 % are named with their version, of their systems 98 %, and hardly one is a bot",
        .enabled(if: hasCorpora, "the user agent strings of uap-core are not there"))
    func corpus() throws {
        let cases = try Self.cases("test_ua.yaml")
        let systemCases = try Self.cases("test_os.yaml")
        var families = Tally()
        var people = Tally()
        for item in cases {
            guard let family = Self.families[item.family], Self.isBrowsing(item.text) else { continue }
            let words = Self.words(item.text)
            // An app's view of the web has no version of its own there; here it has that of the system.
            let isMajorRight = words.major == item.major || item.major == 0
            families.add(words.browser == family && isMajorRight, "\(item) → \(words)")
            people.add(words.bot == nil, "\(item.text) → \(words.bot ?? "")")
        }
        var systems = Tally()
        for item in systemCases {
            guard let system = Self.systems[item.family], Self.isBrowsing(item.text) else { continue }
            let words = Self.words(item.text)
            systems.add(words.system == system, "\(item.family): \(item.text) → \(words.system)")
        }
        print("browser and major right: \(families)")
        print("system right: \(systems)")
        print("browsers not called bots: \(people)")
        #expect(families.all > 250 && systems.all > 150)
        #expect(families.share >= 0.99)
        #expect(systems.share >= 0.98)
        #expect(people.share >= 0.995)
    }

    @Test(
        "95 % of crawlers are taken for bots, most of them by name",
        .enabled(if: hasCorpora, "crawler-user-agents is not there"))
    func crawlers() throws {
        struct Crawler: Decodable {
            let pattern: String
            let instances: [String]
        }
        let json = try Data(contentsOf: Self.folder.appending(path: "crawler-user-agents.json"))
        var caught = Tally()
        var reasons: [String: Int] = [:]
        for crawler in try JSONDecoder().decode([Crawler].self, from: json) {
            for text in crawler.instances {
                let words = Self.words(text)
                caught.add(words.bot != nil, text)
                reasons[words.reason ?? "none", default: 0] += 1
            }
        }
        print("crawlers caught: \(caught)")
        print("why: " + reasons.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        #expect(caught.all > 2000)
        #expect(caught.share >= 0.95)
    }

    @Test(
        "A bot has a name and the reason why it is taken for one",
        arguments: [
            ("", "(no user agent)", "no user agent"), ("shop-sync", "(no browser)", "no browser"),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", "search engine"),
            ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", "GPTBot", "AI crawler"),
            ("Mozilla/5.0 (compatible; ChatGPT-User/1.0)", "ChatGPT-User", "asked by an AI assistant"),
            ("facebookexternalhit/1.1", "Facebook", "link preview"),
            ("WhatsApp/2.23.20.0 A", "WhatsApp", "link preview"),
            ("AdsBot-Google (+http://www.google.com/adsbot.html)", "AdsBot-Google", "advertising"),
            ("Mozilla/5.0 (compatible; AhrefsBot/7.0)", "AhrefsBot", "SEO crawler"),
            ("Mozilla/5.0+(compatible; UptimeRobot/2.0)", "UptimeRobot", "monitoring"),
            ("Mozilla/5.0 zgrab/0.x", "ZGrab", "security scanner"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36",
                "HeadlessChrome", "headless browser"
            ),
            ("Feedly/1.0 (+http://www.feedly.com/fetcher.html)", "Feedly", "feed reader"),
            ("Mozilla/5.0 (compatible; archive.org_bot)", "Internet Archive", "web archive"),
            ("curl/8.5.0", "curl", "HTTP library"), ("python-requests/2.31", "Python", "HTTP library"),
            ("Mozilla/5.0 (compatible; SomeShopBot/1.0)", "(bot)", "calls itself a bot"),
            (
                "Mozilla/5.0 (Windows NT 10.0) watcher (+https://watch.example)", "(names a web page)",
                "names a web page of its own"
            ),
            ("Mozilla/5.0 (compatible;)", "(poses as a browser)", "poses as a browser"),
        ])
    func reasons(text: String, name: String, reason: String) {
        let words = Self.words(text)
        #expect(words.bot == name)
        #expect(words.reason == reason)
    }

    static let chrome =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

    @Test(
        "Client hints tell what the user agent string keeps to itself",
        arguments: [
            (#" hint-brands:"Not/A)Brand";v="8", "Chromium";v="126", "Brave";v="126""#, "Brave 126 Linux desktop -"),
            (
                #" hint-brands:"Chromium";v="126", "Google Chrome";v="126" hint-system:"Linux" hint-handset:?0"#,
                "Chrome 126 Linux desktop -"
            ),
            (#" hint-system:"Chrome OS""#, "Chrome 126 ChromeOS desktop -"),
            (#" hint-handset:?1"#, "Chrome 126 Linux phone -"),
            (#" hint-brands:"HeadlessChrome";v="126""#, "Chrome 126 Linux desktop HeadlessChrome"),
        ])
    func hints(hints: String, expected: String) {
        let words = Self.words(Self.chrome + hints)
        #expect("\(words.browser) \(words.major) \(words.system) \(words.device) \(words.bot ?? "-")" == expected)
    }

    @Test("Hints without a user agent string are none")
    func hintsAlone() { #expect(Self.words(#" hint-system:"Linux""#).bot == "(no user agent)") }

    @Test("No bytes crash the classifier, and none but words of the lists come out")
    func hostile() {
        var random = Xorshift(seed: 7)
        let tokens = ["Version/", "Opera ", "MSIE ", "Trident/", " OS ", "Mozilla/", "Baidu", "Chrome/", "99999999999"]
        var browsers: Set<String> = []
        for _ in 0..<5000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                text += Array((tokens.randomElement(using: &random) ?? "").utf8)
                for _ in 0..<Int.random(in: 0..<6, using: &random) { text.append(.random(in: 0...255, using: &random)) }
            }
            let words = UserAgentWords(of: text.rawSpan)
            browsers.insert(words.browser)
            #expect(words.major <= 9999)
        }
        #expect(browsers.count < 20)
    }

    struct Tally: CustomStringConvertible {
        var right = 0
        var all = 0

        mutating func add(_ isRight: Bool, _ what: @autoclosure () -> String) {
            all += 1
            if isRight {
                right += 1
            } else if ProcessInfo.processInfo.environment["SHOW_MISSES"] != nil {
                print(what())
            }
        }

        var share: Double { Double(right) / Double(max(all, 1)) }
        var description: String { "\(right) of \(all) (\(Double(Int(share * 10_000)) / 100) %)" }
    }

    struct Case {
        var text = ""
        var family = ""
        var major = 0
    }

    /// Reads uap-core's test cases: a list of mappings of plain or quoted scalars, one a line.
    static func cases(_ name: String) throws -> [Case] {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        var cases: [Case] = []
        for line in text.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " || $0 == "-" }
            guard let colon = trimmed.range(of: ": ") else { continue }
            var value = String(trimmed[colon.upperBound...]).trimmingCharacters(in: .whitespaces)
            if let quote = value.first, quote == "'" || quote == "\"", value.count > 1, value.last == quote {
                value = String(value.dropFirst().dropLast())
                if quote == "'" { value = value.replacingOccurrences(of: "''", with: "'") }
            }
            switch trimmed[..<colon.lowerBound] {
            case "user_agent_string": cases.append(Case(text: value))
            case "family": if !cases.isEmpty { cases[cases.count - 1].family = value }
            case "major": if !cases.isEmpty { cases[cases.count - 1].major = Int(value) ?? 0 }
            default: continue
            }
        }
        return cases
    }
}
