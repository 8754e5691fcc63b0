import Consent
import Foundation
import Rules
import Scan
import Testing

@Suite("Rules written from findings")
struct RulesDraftTests {
    private let site: SiteAddress

    init() throws { site = try #require(SiteAddress("https://www.shop.example/")) }

    private func draft(_ findings: Findings) -> String {
        RulesDraft(findings, site: site, origin: "http://127.0.0.1:9000", method: "a test").text
    }

    @Test("What is known has its category, its vendor and the shipped pattern")
    func known() throws {
        var findings = Findings()
        findings.pages = ["https://www.shop.example/"]
        findings.add(cookie("_ga_1ABC", .script))
        findings.add(cookie("_ga_2DEF", .script))
        findings.add(cookie("PHPSESSID", .http))
        findings.add(cookie("IDE", .http, domain: "doubleclick.net"))
        for (name, path) in [
            ("www.google.com", "/maps/embed"), ("www.google.com", "/recaptcha/api.js"), ("js.stripe.com", "/v3"),
        ] {
            findings.add(host(name, path))
        }
        let policy = try Policy.parse(draft(findings), sourceFile: "shop.yaml")
        let site = policy.sites[0]
        func category(_ index: Int) -> String { site.consent.categories[index].id }
        #expect(
            site.cookieRules.map { "\(category($0.category)) \($0.pattern) \($0.vendor ?? "-")" } == [
                "authentication PHPSESSID -", "analytics _ga_* Google",
            ])
        #expect(
            Set(site.hostRules.rules.map { "\(category($0.category)) \($0.pattern)" }) == [
                "social www.google.com/maps/*", "security www.google.com/recaptcha/*", "payment *.stripe.com",
            ])
        #expect(policy.sites[0].consent.categories.first { $0.id == "remarketing" }?.vendors == ["Google"])
        #expect(!draft(findings).contains("# unknown:"))
    }

    @Test("What is not known is a comment, and breaks no line of the file, whatever it is called")
    func unknown() throws {
        var findings = Findings()
        findings.pages = ["https://www.shop.example/"]
        for name in [
            "colour", "a\nlisten: 0.0.0.0:1", "x\u{2028}categories: {}", "\u{85}origin: http://evil", "\"]}{:",
        ] {
            findings.add(cookie(name, .script))
            findings.add(FoundStorage(key: name, area: .local, origin: "https://www.shop.example", page: "/"))
        }
        findings.add(host("cdn.example", "/lib.js\nworkers: 200"))
        let text = draft(findings)
        #expect(text.contains("# unknown: cookie `colour`, set by a script, for 30 days"))
        #expect(text.contains("# unknown: host `cdn.example`"))
        let policy = try Policy.parse(text, sourceFile: "shop.yaml")
        #expect(policy.listeners.map(\.port) == [8080])
        #expect(policy.sites[0].origin.authority == "127.0.0.1:9000")
        #expect(policy.sites[0].cookieRules.isEmpty)
        #expect(policy.sites[0].consent.categories.count == 10)
    }

    @Test("Nothing found is a file too")
    func nothing() throws {
        #expect(try Policy.parse(draft(Findings()), sourceFile: "shop.yaml").sites.count == 1)
    }

    @Test("Every shipped service that is found makes a file without errors")
    func everything() throws {
        var findings = Findings()
        for service in KnownService.shipped {
            for name in service.hosts {
                let slash = name.firstIndex(of: "/") ?? name.endIndex
                let path = String(name[slash...]).replacing("*", with: "x")
                findings.add(host(String(name[..<slash]).replacing("*", with: "x"), path.isEmpty ? "/" : path))
            }
            for known in service.cookies where known.party == .first && !known.pattern.hasPrefix("/") {
                findings.add(cookie(known.pattern.replacing("*", with: "1"), .http))
            }
            findings.inlineServices.append(service.id)
        }
        let site = try Policy.parse(draft(findings), sourceFile: "shop.yaml").sites[0]
        #expect(site.hostRules.rules.count >= 700)
        #expect(site.cookieRules.count >= 1000)
    }

    private func cookie(_ name: String, _ setter: FoundCookie.Setter, domain: String? = nil) -> FoundCookie {
        FoundCookie(
            name: name, domain: domain ?? "www.shop.example", isFirstParty: domain == nil, setter: setter,
            lifetime: 30 * 86_400, page: "https://www.shop.example/")
    }

    private func host(_ host: String, _ path: String) -> FoundHost {
        FoundHost(
            host: host, port: nil, path: path, kind: "Script", initiator: "https://www.shop.example/",
            page: "https://www.shop.example/")
    }
}
