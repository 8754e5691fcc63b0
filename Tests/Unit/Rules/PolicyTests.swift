import Bytes
import Consent
import Cookies
import Foundation
import Location
import Rules
import Testing

@Suite("Policies")
struct PolicyTests {
    @Test("Ten lines are enough for a shop")
    func tenLines() throws {
        let policy = try policy("ten-lines")
        let site = policy.sites[0]
        #expect(site.name == "shop.example")
        #expect(fate("PHPSESSID", site, []) == "forward authentication")
        #expect(fate("wc_session", site, []) == "forward cart")
        #expect(fate("_ga_X1", site, []) == "withhold analytics")
        #expect(fate("_pk_id.1.1fff", site, []) == "withhold analytics")
        #expect(fate("_pk_id.1.1fff", site, ["analytics"]) == "forward analytics")
        #expect(fate("other", site, ["analytics"]) == "withhold unknown")
        #expect(!site.consent.categories.contains { $0.id == "chat" })
        #expect(hostRule("https://x.googletagmanager.com/gtm.js", site) == "*.googletagmanager.com")
        #expect(hostRule("https://googletagmanager.com/gtm.js", site) == nil)
    }

    @Test("Each key of a rules file arrives")
    func everyKey() throws {
        let policy = try policy("every-key")
        #expect(
            policy.listeners == [
                Listener(host: "127.0.0.1", port: 8080), Listener(host: "::1", port: 8080),
                Listener(host: "127.0.0.1", port: 8081),
            ])
        #expect(policy.limits.headBytes == 16_384)
        #expect(policy.limits.fields == 64)
        #expect(policy.limits.targetBytes == 4096)
        #expect(policy.limits.clients == 500)
        #expect(policy.limits.originConnections == 8)
        #expect(policy.limits.queue == 0)
        #expect(policy.limits.retryAfter == 10)
        #expect(policy.limits.htmlMemory == 1_048_576)
        #expect(policy.limits.network.connections == 200)
        #expect(policy.limits.network.newConnections == Rate(interval: 100_000_000, burst: 20_000_000_000))
        #expect(policy.limits.network.requests == Rate(interval: 20_000_000, burst: 20_000_000_000))
        #expect(policy.timeouts.requestHead == 5000)
        #expect(policy.timeouts.idle == 60_000)
        #expect(policy.timeouts.body == 1500)
        #expect(policy.timeouts.originConnect == 1000)
        #expect(policy.timeouts.originFirstByte == 120_000)
        #expect(policy.timeouts.originIdle == 30_000)
        #expect(policy.timeouts.tunnel == 3_600_000)
        #expect(policy.timeouts.drain == 86_400_000)
        #expect(policy.trustedProxies == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1"].compactMap { AddressBlock($0) })
        #expect(policy.stateDirectory == "/var/lib/crumbgate")
        #expect(policy.memoryDirectory == "/run/crumbgate")
        #expect(policy.consentSecretFile == "secrets/consent.key")
        #expect(policy.location.database == "/usr/share/GeoIP/GeoLite2-City.mmdb")
        #expect(policy.location.detail == .subdivision)
        #expect(policy.connectAnswer == 501)
        #expect(policy.workers == 2)
        #expect(policy.log.level == .debug)
        #expect(policy.log.format == .json)
        #expect(!policy.log.access)
        #expect(policy.log.truncatedAddress)

        let site = policy.sites[0]
        let analytics = try #require(site.consent.categories.first { $0.id == "analytics" })
        #expect(analytics.name == ["de": "Statistics"])
        #expect(analytics.purpose["en"] == "We count.")
        #expect(analytics.vendors == ["Google"])
        #expect(site.consent.categories.last?.id == "reviews")
        #expect(site.consent.categories.last?.isRequired == true)
        let rule = try #require(site.cookieRules.first)
        #expect(rule.pattern == "_ga")
        #expect(rule.vendor == "Google")
        #expect(rule.cap == 90 * 86_400)
        #expect(rule.hardening == [.secure, .sameSiteLax])
        #expect(rule.sourceLine == 13)
        // What a rule does not say, `cookies` says for all.
        #expect(site.cookieRules[1].cap == 365 * 86_400)
        #expect(site.cookieRules[1].hardening == [.secure])
        #expect(site.unknownCookies == .allow)
        #expect(site.unknownTreatment.hardening == [.secure])
        #expect(site.unknownTreatment.cap == 365 * 86_400)
        #expect(fate("anything", site, []) == "forward unknown")
        #expect(hostRule("https://a.tracker.example:8443/pixel/1.gif", site) == "*.tracker.example:8443/pixel/*")
        #expect(hostRule("https://a.tracker.example/pixel/1.gif", site) == nil)
        #expect(site.consentSettings.bannerPosition == .top)
        #expect(site.consentSettings.settingsLink == .none)
        let theme = site.consentSettings.theme
        #expect(theme.scheme == .auto && theme.radius == 0 && theme.font == .inherit)
        #expect(theme.logo?.path == "/logo.svg?v=2" && theme.logo?.alternative == "Kiln & Harbour")
        #expect(
            Palette.Part.allCases.map { theme.light[$0].hexadecimal } == [
                "#ffffff", "#141414", "#777777", "#24334c", "#ffffff", "#141414", "#1553c7",
            ])
        #expect(
            Palette.Part.allCases.map { theme.dark[$0].hexadecimal } == [
                "#101010", "#f2f2f2", "#888888", "#dbe3f0", "#000000", "#99ccff", "#9cc2ff",
            ])
        let texts = site.consentSettings.texts
        #expect(
            texts.map(\.language)
                == ["de", "ar", "da", "de-at", "en", "es", "fi", "fr", "it", "nl", "pl", "pt", "sv"])
        #expect(texts[0] == .german)
        #expect(texts[1] == .arabic)
        #expect(texts[3].acceptAll == "Passt alles")
        #expect(texts[3].rejectAll == InterfaceText.german.rejectAll)
        #expect(texts[4].acceptAll == "Fine with me")
        #expect(site.consentSettings.gpcDenies == CategorySet(index: 6))
        #expect(site.consentSettings.dntDenies == CategorySet([.init(index: 6), .init(index: 7), .init(index: 8)]))
        #expect(site.addressPrecision == .coarse)
        #expect(site.fullAddressRoutes.match(bytes("/payment/card?x=1").rawSpan) != nil)
        #expect(site.fullAddressRoutes.match(bytes("/payments").rawSpan) == nil)
        let measurement = site.measurement
        #expect(measurement.profile == .exempt)
        #expect(measurement.threshold == 20)
        #expect(measurement.gate == .noise(.strict))
        #expect(measurement.retentionDays == 400 && measurement.afterRetention == .delete)
        #expect(measurement.pages.map(\.page) == ["/product/*", nil, "/help"])
        #expect(measurement.queryParameters == [bytes("page"), bytes("sort")])
        #expect(measurement.campaignParameters == [bytes("utm_campaign")])
        #expect(measurement.campaigns == ["may-sale", "spring-*"])
        #expect(measurement.searchParameters == [bytes("q")])
        #expect(measurement.downloads == ["pdf", "zip"])
        #expect(measurement.goalPages.match(bytes("/checkout/thank-you").rawSpan) == 0)
        #expect(measurement.goalPosts.match(bytes("/contact").rawSpan) == 1)
        #expect(measurement.goalPosts.match(bytes("/checkout/thank-you").rawSpan) == nil)
        // Two ways to reach one goal.
        #expect(measurement.goals.map(\.name) == ["order", "contact"])
        #expect(measurement.goalPosts.match(bytes("/quick-order").rawSpan) == 0)
    }

    @Test("Sites start from what the top level says, and are found by host")
    func severalSites() throws {
        let policy = try policy("several-sites")
        #expect(policy.sites.map(\.name) == ["cups", "lamps", "everything-else"])
        #expect(policy.sites.map(\.index) == [0, 1, 2])
        let expected: [(String, Int)] = [
            ("cups.example", 0), ("CUPS.Example:8080", 0), ("www.cups.example.", 0), ("a.cups.example", 2),
            ("x.lamps.example", 1), ("x.y.lamps.example:443", 1), ("lamps.example", 2), ("[::1]:80", 2), ("", 2),
        ]
        for (authority, site) in expected {
            #expect(policy.siteIndex(forAuthority: bytes(authority).rawSpan) == site, "\(authority)")
        }
        let cups = policy.sites[0]
        let lamps = policy.sites[1]
        #expect(cups.origin.authority == "127.0.0.1:9000")
        #expect(lamps.origin.authority == "lamps.internal:8000")
        #expect(!lamps.origin.preservesHost)
        #expect(policy.sites[2].origin.authority == "[::1]:9002")
        #expect(fate("_ga", cups, []) == "withhold analytics")
        #expect(fate("_ga", lamps, []) == "withhold unknown")
        #expect(fate("_la", lamps, ["analytics"]) == "forward analytics")
        #expect(fate("x", cups, []) == "forward unknown")
        #expect(cups.consent.categories.map(\.id).contains("social"))
        #expect(!lamps.consent.categories.map(\.id).contains("social"))
        #expect(!cups.consent.categories.map(\.id).contains("chat"))
        #expect(!lamps.consent.categories.map(\.id).contains("chat"))
        #expect(cups.consent.revision != lamps.consent.revision)
    }

    @Test("Where every site lists its hosts, any other is nobody's")
    func unknownHost() throws {
        let policy = try policy(with: "hosts: [shop.example]\n")
        #expect(policy.siteIndex(forAuthority: bytes("shop.example").rawSpan) == 0)
        #expect(policy.siteIndex(forAuthority: bytes("evil.example").rawSpan) == nil)
        #expect(policy.siteIndex(forAuthority: bytes("shop.example.evil").rawSpan) == nil)
        #expect(policy.siteIndex(forAuthority: bytes("").rawSpan) == nil)
    }

    @Test("The example for the demo shop gives each of its cookies and third parties a category")
    func demoShop() throws {
        let policy = try Policy.load(path: root.appendingPathComponent("rules/shop.yaml").path)
        #expect(policy.warnings.isEmpty)
        let site = policy.sites[0]
        let cookies = [
            "shop_session": "authentication", "shop_logged_in": "status", "shop_cart": "cart",
            "shop_csrf": "security", "shop_payment": "payment", "shop_theme": "personalisation",
            "shop_currency": "personalisation", "_ga": "analytics", "_ga_ABC": "analytics", "_et_coid": "analytics",
            "_fbp": "remarketing", "_gcl_au": "remarketing", "IDE": "remarketing", "social_id": "social",
            "chat_id": "chat",
        ]
        for (name, category) in cookies {
            #expect(fate(name, site, [category]) == "forward \(category)", "\(name)")
        }
        let paths = [
            "ga/analytics.js": "analytics", "et/code.js": "analytics", "tm/container.js": "remarketing",
            "remarketing/pixel.gif": "remarketing", "video/embed/1": "social", "social/buttons.js": "social",
            "map/embed": "social", "chat/widget.js": "chat", "pay/payment.js": "payment",
        ]
        for (path, category) in paths {
            let host = bytes("third.localhost")
            let path = bytes("/" + path)
            let rule = site.hostRules.rule(forHost: host.rawSpan, port: 9001, path: path.rawSpan)
            #expect(rule.map { site.consent.categories[site.hostRules.rules[$0].category].id } == category)
        }
    }

    @Test("The revision changes with categories and vendors, and not with words, cookies or order")
    func revision() throws {
        func revision(_ lines: String) throws -> UInt32 { try policy(with: lines).sites[0].consent.revision }
        let shipped = try revision("")
        #expect(try revision("categories:\n  chat: { name: Talk, cookies: [c] }\n") == shipped)
        #expect(try revision("categories:\n  chat: false\n") != shipped)
        #expect(try revision("categories:\n  chat: { vendors: [Talkers] }\n") != shipped)
        #expect(
            try revision("categories:\n  chat: { cookies: [{ name: c, vendor: Talkers }] }\n")
                == revision("categories:\n  chat: { vendors: [Talkers] }\n"))
        #expect(
            try revision("categories:\n  x: { cookies: [a] }\n  y: { cookies: [b] }\n")
                == revision("categories:\n  y: { cookies: [b] }\n  x: { cookies: [a] }\n"))
    }

    @Test("Paths of a file start where the file is")
    func relativePaths() throws {
        let text = "origin: http://a\nlocation: { database: geo/a.mmdb }\nstate_directory: ../state\n"
        let policy = try Policy.parse(text, sourceFile: "/etc/crumbgate/rules.yaml")
        #expect(policy.location.database == "/etc/crumbgate/geo/a.mmdb")
        #expect(policy.stateDirectory == "/etc/crumbgate/../state")
        #expect(policy.consentSecretFile == "/etc/crumbgate/../state/consent.key")
    }

    @Test("Figures about very few visitors are allowed, with a warning")
    func warning() throws {
        let policy = try policy(with: "measurement: { threshold: 2 }\n")
        #expect(policy.sites[0].measurement.threshold == 2)
        #expect(policy.warnings.map(\.severity) == [.warning])
        #expect(policy.warnings[0].rendered.hasPrefix("rules.yaml:2:27: warning: a threshold of 2 "))
    }

    @Test("A new category that is named almost like a known one is warned about, unless it has a name of its own")
    func misspelledCategory() throws {
        let policy = try policy(
            with: """
                categories:
                  analitycs: { cookies: [a] }
                  remarketting: { hosts: [b.example] }
                  advertising: { cookies: [c] }
                  card: { name: Card, cookies: [d] }

                """)
        #expect(policy.warnings.map(\.didYouMean) == ["analytics", "remarketing"])
        #expect(policy.warnings[0].rendered.hasPrefix("rules.yaml:3:3: warning: `analitycs` is a new category"))
    }

    @Test("A scheme that nobody sees is not judged, and a line is only warned about")
    func schemes() throws {
        let policy = try policy(
            with: "consent: { theme: { scheme: light, dark: { text: '#000' }, light: { line: '#ccc' } } }\n")
        #expect(policy.warnings.count == 1)
        #expect(policy.warnings[0].message.hasPrefix("`line` (#cccccc) on `ground` (#ffffff) has a contrast of 1.60:1"))
        #expect(policy.summary.contains("theme: light scheme: text 12.54:1 or more, all else 1.60:1 or more"))
    }

    @Test("A language of the operator's own is complete, or there is a warning that names what stays English")
    func ownLanguage() throws {
        let policy = try policy(with: "consent:\n  texts:\n    cs: { accept_all: Přijmout vše }\n")
        #expect(policy.warnings.map(\.message) == ["some texts of `cs` are missing and stay English"])
        #expect(policy.warnings[0].expected?.contains("`reject_all`") == true)
        let czech = try #require(policy.sites[0].consentSettings.texts.first { $0.language == "cs" })
        #expect(czech.acceptAll == "Přijmout vše")
        #expect(czech.rejectAll == InterfaceText.english.rejectAll)
    }

    @Test("Ten thousand rules find the same answers as ten")
    func manyRules() throws {
        var text = "origin: http://a\ncategories:\n  analytics:\n    cookies:\n"
        for number in 0..<5000 { text += "      - cookie_\(number)\n      - prefix_\(number)_*\n" }
        text += "    hosts:\n"
        for number in 0..<5000 { text += "      - host\(number).example\n      - \"*.wild\(number).example\"\n" }
        let site = try Policy.parse(text, sourceFile: "x").sites[0]
        #expect(site.cookieRules.count == 10_000)
        #expect(site.hostRules.rules.count == 10_000)
        for number in stride(from: 0, to: 5000, by: 61) {
            let name = bytes("prefix_\(number)_x")
            let fate = site.fate(ofCookie: name.rawSpan, granted: site.consent.all)
            #expect(site.cookieRules[Int(fate.treatment.rule)].pattern == "prefix_\(number)_*")
            #expect(hostRule("https://a.wild\(number).example/", site) == "*.wild\(number).example")
        }
        #expect(fate("cookie_5000", site, []) == "withhold unknown")
        #expect(hostRule("https://host5000.example/", site) == nil)
    }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// What becomes of a cookie, and its category.
private func fate(_ name: String, _ site: Site, _ categories: [String]) -> String {
    var granted = site.consent.required
    for (index, category) in site.consent.categories.enumerated() where categories.contains(category.id) {
        granted.insert(CategorySet(index: index))
    }
    let name = bytes(name)
    let fate = site.fate(ofCookie: name.rawSpan, granted: granted)
    let category =
        fate.treatment.isUnknown ? "unknown" : site.consent.categories[Int(fate.treatment.category)].id
    return "\(fate.isForwarded ? "forward" : "withhold") \(category)"
}

/// The pattern of the rule for a URL.
private func hostRule(_ url: String, _ site: Site) -> String? {
    guard let url = URLComponents(string: url), let host = url.host else { return nil }
    let port = UInt16(url.port ?? (url.scheme == "http" ? 80 : 443))
    let name = bytes(host)
    let path = bytes(url.path)
    return site.hostRules.rule(forHost: name.rawSpan, port: port, path: path.rawSpan)
        .map { site.hostRules.rules[$0].pattern }
}
