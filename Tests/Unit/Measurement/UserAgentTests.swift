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

    /// uap-core's families of browsers that people use, and the names they have here.
    static let families: [String: String] = [
        "Chrome": "Chrome", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome", "Chrome Mobile WebView": "Chrome",
        "Firefox": "Firefox", "Firefox Mobile": "Firefox", "Firefox iOS": "Firefox", "Firefox Beta": "Firefox",
        "Firefox Alpha": "Firefox", "Safari": "Safari", "Mobile Safari": "Safari",
        "Mobile Safari UI/WKWebView": "Safari", "Edge": "Edge", "Edge Mobile": "Edge", "IE": "Internet Explorer",
        "IE Mobile": "Internet Explorer", "Opera": "Opera", "Opera Mobile": "Opera", "Opera Touch": "Opera",
        "Opera GX": "Opera", "Opera Mini": "Opera Mini", "Samsung Internet": "Samsung Internet",
        "UC Browser": "UC Browser", "Yandex Browser": "Yandex Browser", "Vivaldi": "Vivaldi", "Brave": "Brave",
        "Whale": "Whale", "Amazon Silk": "Silk", "Pale Moon": "Pale Moon", "QQ Browser": "QQ Browser",
        "QQ Browser Mobile": "QQ Browser", "DuckDuckGo Mobile": "DuckDuckGo", "Coc Coc": "Coc Coc",
        "HeyTap Browser": "HeyTap Browser", "Android": "Android Browser", "Facebook": "Facebook app",
        "Instagram": "Instagram app", "Pinterest": "Pinterest app", "WeChat Browser": "WeChat", "Google": "Google app",
        "Maxthon": "Maxthon", "Oculus Browser": "Oculus Browser", "Avast Secure Browser": "Avast Secure Browser",
        "Puffin": "Puffin", "TikTok": "TikTok app", "Chromium": "Chromium", "SeaMonkey": "SeaMonkey",
        "Waterfox": "Waterfox", "Snapchat": "Snapchat app", "LinkedIn": "LinkedIn app", "Iron": "Iron",
        "Huawei Browser": "Huawei Browser", "MiuiBrowser": "Mi Browser", "VivoBrowser": "Vivo Browser",
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
    static func isBrowsing(_ text: String) -> Bool { text.hasPrefix("Mozilla/") || text.hasPrefix("Opera/") }

    @Test("Most of uap-core's browsers that people use are named with their version, their systems too")
    func corpus() throws {
        guard let cases = Self.cases("test_ua.yaml"), let systemCases = Self.cases("test_os.yaml") else { return }
        var families = Tally()
        var browsersCalledBots = Tally()
        for item in cases {
            guard let family = Self.families[item.family], Self.isBrowsing(item.text) else { continue }
            let words = Self.words(item.text)
            // An app's view of the web has no version of its own there; here it has that of the system.
            let isMajorRight = words.major == item.major || item.major == 0
            families.add(words.browser == family && isMajorRight, "\(item) → \(words)")
            browsersCalledBots.add(words.bot == nil, "\(item.text) → \(words.bot ?? "")")
        }
        var systems = Tally()
        for item in systemCases {
            guard let system = Self.systems[item.family], Self.isBrowsing(item.text) else { continue }
            let words = Self.words(item.text)
            systems.add(words.system == system, "\(item.family): \(item.text) → \(words.system)")
        }
        print("browser and major: \(families), system: \(systems), browsers not called bots: \(browsersCalledBots)")
        #expect(families.share >= 0.95)
        #expect(systems.share >= 0.95)
        #expect(browsersCalledBots.share >= 0.97)
    }

    @Test("Most crawlers are taken for bots")
    func crawlers() throws {
        struct Crawler: Decodable {
            let pattern: String
            let instances: [String]
        }
        guard let json = try? Data(contentsOf: Self.folder.appending(path: "crawler-user-agents.json")) else { return }
        var caught = Tally()
        for crawler in try JSONDecoder().decode([Crawler].self, from: json) {
            for text in crawler.instances { caught.add(Self.words(text).bot != nil, text) }
        }
        print("crawlers: \(caught)")
        #expect(caught.share >= 0.95)
    }

    @Test("No bytes crash the classifier")
    func hostile() {
        var random = SystemRandomNumberGenerator()
        let tokens = ["Version/", "Opera ", "MSIE ", "Trident/", " OS ", "Mozilla/", "Baidu", "Chrome/", "99999999999"]
        for _ in 0..<2000 {
            var text: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                text += Array(tokens.randomElement(using: &random, or: "").utf8)
                for _ in 0..<Int.random(in: 0..<6, using: &random) { text.append(.random(in: 0...255, using: &random)) }
            }
            _ = UserAgentWords(of: text.rawSpan)
        }
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
        var description: String { "\(right) of \(all) (\(Int(share * 1000) / 10) %)" }
    }

    struct Case {
        var text = ""
        var family = ""
        var major = 0
    }

    /// Reads uap-core's test cases: a list of mappings of plain or quoted scalars, one a line.
    static func cases(_ name: String) -> [Case]? {
        guard let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8) else { return nil }
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

extension Array {
    fileprivate func randomElement(using random: inout some RandomNumberGenerator, or fallback: Element) -> Element {
        randomElement(using: &random) ?? fallback
    }
}
