import Bytes
import Consent
import Cookies
import Foundation
import Rules
import Testing

@Suite("Known services")
struct KnownServicesTests {
    @Test("Both shipped files are read whole, and are those of the repository", arguments: KnownFile.allCases)
    func files(file: KnownFile) throws {
        let services = try file.services
        #expect(services.count >= (file == .trackers ? 200 : 40))
        let onDisk = try String(contentsOf: root.appendingPathComponent("rules/\(file.rawValue)"), encoding: .utf8)
        #expect(file.text == onDisk)
        for service in services {
            #expect(!service.name.isEmpty && !service.vendor.isEmpty && !service.purpose.isEmpty, "\(service.id)")
            #expect(!service.hosts.isEmpty || !service.cookies.isEmpty, "\(service.id)")
        }
    }

    @Test("Every id is there once")
    func identifiers() {
        #expect(Set(KnownService.shipped.map(\.id)).count == KnownService.shipped.count)
    }

    @Test("Every shipped cookie pattern and host is one that a rules file could hold")
    func patterns() throws {
        var lines = "categories:\n  shipped:\n    cookies:\n"
        for cookie in KnownService.shipped.flatMap(\.cookies) where cookie.party == .first {
            lines += "      - \(quoted(cookie.pattern))\n"
        }
        lines += "    hosts:\n"
        for host in KnownService.shipped.flatMap(\.hosts) { lines += "      - \(quoted(host))\n" }
        // Which also refuses what is there twice.
        _ = try policy(with: lines)
    }

    @Test(
        "A cookie that the operator does not name has the shipped category",
        arguments: [
            ("_ga", "analytics"), ("_ga_1ABC", "analytics"), ("_et_coid", "analytics"), ("_fbp", "remarketing"),
            ("mp_0a1b_mixpanel", "analytics"), ("PHPSESSID", "authentication"), ("__stripe_mid", "payment"),
            ("woocommerce_cart_hash", "cart"), ("__cf_bm", "security"), ("intercom-id-x", "chat"),
            ("frontend", "authentication"), ("OCSESSID", "authentication"), ("PrestaShop-1", "cart"),
        ])
    func cookies(name: String, category: String) throws {
        let site = try policy(with: "").sites[0]
        #expect(self.category(name, site) == category)
    }

    @Test(
        "A cookie of a vendor's own host is no rule of the shop", arguments: ["IDE", "NID", "uid", "lang", "fr", "C"])
    func thirdParties(name: String) throws {
        let shipped = KnownService.shipped.flatMap(\.cookies)
        let isRule = shipped.contains { $0.pattern == name && $0.party == .first }
        let site = try policy(with: "").sites[0]
        #expect((category(name, site) == nil) == !isRule)
    }

    @Test("The operator's rule wins, however unspecific it is")
    func precedence() throws {
        let site = try policy(
            with: """
                categories:
                  personalisation:
                    cookies: ["/_h.*/", _g*]
                    hosts: ["*.google.com", stats.g.doubleclick.net]
                """
        ).sites[0]
        #expect(category("_ga", site) == "personalisation")
        #expect(category("_hjid", site) == "personalisation")
        #expect(category("_fbp", site) == "remarketing")
        #expect(host("www.google.com", "/recaptcha/api.js", site) == "personalisation")
        #expect(host("stats.g.doubleclick.net", "/", site) == "personalisation")
        #expect(host("ad.doubleclick.net", "/", site) == "remarketing")
    }

    @Test(
        "Hosts that serve several purposes are told apart by path",
        arguments: [
            ("www.google.com", "/recaptcha/api.js", "security"), ("www.google.com", "/maps/embed", "social"),
            ("www.google.com", "/pagead/1p-conversion/1", "remarketing"), ("www.google.com", "/search", nil),
            ("www.facebook.com", "/tr", "remarketing"), ("www.facebook.com", "/plugins/like.php", "social"),
            ("www.googletagmanager.com", "/gtm.js", "analytics"), ("js.stripe.com", "/v3/", "payment"),
            ("static.etracker.com", "/code/e.js", "analytics"), ("elsewhere.example", "/", nil),
        ] as [(String, String, String?)])
    func hosts(name: String, path: String, category: String?) throws {
        let site = try policy(with: "").sites[0]
        #expect(host(name, path, site) == category)
        let bytes = (Array(name.utf8), Array(path.utf8))
        let rule = site.hostRule(forHost: bytes.0.rawSpan, port: 443, path: bytes.1.rawSpan)
        #expect(rule?.category == site.category(ofHost: bytes.0.rawSpan, port: 443, path: bytes.1.rawSpan))
    }

    @Test("A known cookie is not unknown: of a required category it passes, of an optional one it waits")
    func fates() throws {
        let site = try policy(with: "cookies: { unknown: allow, lifetime: 30d }").sites[0]
        let session = site.fate(ofCookie: Array("PHPSESSID".utf8).rawSpan, granted: site.consent.required)
        #expect(session.isForwarded && !session.treatment.isUnknown && session.treatment.cap == 30 * 86_400)
        let tracker = site.fate(ofCookie: Array("_ga".utf8).rawSpan, granted: site.consent.required)
        #expect(!tracker.isForwarded && !tracker.treatment.isUnknown)
        #expect(site.cookieRule(of: tracker.treatment)?.service == "google-analytics")
        let other = site.fate(ofCookie: Array("colour".utf8).rawSpan, granted: site.consent.required)
        #expect(other.isForwarded && other.treatment.isUnknown)
        #expect(site.cookieRule(of: other.treatment) == nil)
    }

    @Test("Services are left out, switched off per site, and gone with their category")
    func selection() throws {
        let sites = try policy("known-services").sites
        #expect(category("_hjid", sites[0]) == nil)
        #expect(category("_ga", sites[0]) == "analytics")
        #expect(host("maps.googleapis.com", "/", sites[0]) == nil)
        #expect(category("intercom-id-x", sites[0]) == "chat")
        #expect(category("_ga", sites[1]) == nil)
        #expect(sites[1].known.serviceCount == 0)
        #expect(category("intercom-id-x", sites[2]) == nil)
        #expect(host("maps.googleapis.com", "/", sites[2]) == "social")
    }

    @Test("What a vendor's inline script is known by comes with its category")
    func snippets() throws {
        let site = try policy(with: "categories: { remarketing: { required: true }, social: false }").sites[0]
        let categories = Dictionary(
            site.known.snippets.map { ($0.text, site.consent.categories[$0.category].id) },
            uniquingKeysWith: { a, _ in a })
        #expect(categories["fbq("] == "remarketing")
        #expect(categories["_paq.push"] == "analytics")
        #expect(categories["YT.Player("] == nil)
    }

    @Test("Neither what visitors are shown nor the policy's revision depends on shipped rules")
    func shown() throws {
        let lines = "categories: { analytics: { cookies: [{ name: _ga, vendor: Google }] } }\n"
        let with = try policy(with: lines).sites[0]
        let without = try policy(with: lines + "known_services: false\n").sites[0]
        #expect(with.cookieRules == without.cookieRules)
        #expect(with.hostRules.isEmpty)
        #expect(with.consent.revision == without.consent.revision)
    }

    @Test("The explanation and the summary say where a shipped rule comes from")
    func explained() throws {
        let policy = try policy(with: "")
        let without = try Self.withoutKnown()
        let site = policy.sites[0]
        let cookie = Explanation(ofCookie: "_hjid=1", site: site, granted: site.consent.required, policy: policy)
        #expect(cookie.description.contains("shipped with Crumbgate (trackers.yaml): `_hjid`"))
        #expect(cookie.description.contains("Hotjar (`hotjar`)"))
        let url = try #require(
            Explanation(
                ofURL: "https://js.stripe.com/v3/", site: site, granted: site.consent.required, policy: policy))
        #expect(url.description.contains("payment (required)"))
        #expect(url.description.contains("shipped with Crumbgate (trackers.yaml): `*.stripe.com`"))
        #expect(policy.summary.contains("known services"))
        #expect(!without.summary.contains("known services"))
    }

    private static func withoutKnown() throws -> Policy { try policy(with: "known_services: false\n") }

    private func category(_ name: String, _ site: Site) -> String? {
        let fate = site.fate(ofCookie: Array(name.utf8).rawSpan, granted: site.consent.all)
        return fate.treatment.isUnknown ? nil : site.consent.categories[Int(fate.treatment.category)].id
    }

    private func host(_ host: String, _ path: String, _ site: Site) -> String? {
        let bytes = (Array(host.utf8), Array(path.utf8))
        return site.category(ofHost: bytes.0.rawSpan, port: 443, path: bytes.1.rawSpan)
            .map { site.consent.categories[$0].id }
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
