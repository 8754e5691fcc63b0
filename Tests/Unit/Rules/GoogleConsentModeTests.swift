import Bytes
import Consent
import Rules
import Testing

@Suite("Google Consent Mode")
struct GoogleConsentModeTests {
    private func site(_ signals: String, more: String = "") throws -> Site {
        let text = "origin: http://127.0.0.1:9000\nsignals: { google_consent_mode: \(signals) }\n\(more)"
        return try Policy.parse(text, sourceFile: "rules.yaml").sites[0]
    }

    private func category(_ host: String, _ site: Site, path: String = "/") -> String? {
        site.category(ofHost: Array(host.utf8).rawSpan, port: 443, path: Array(path.utf8).rawSpan)
            .map { site.consent.categories[$0].id }
    }

    @Test("Without it nothing is told, and with it the shipped mapping")
    func shipped() throws {
        #expect(try site("false").consentSettings.googleConsentMode == nil)
        let site = try site("true")
        let mode = try #require(site.consentSettings.googleConsentMode)
        #expect(mode.mode == .basic && mode.waitForUpdate == 500 && mode.regions.isEmpty)
        #expect(!mode.redactsAdsData && !mode.passesThroughURL)
        let ids = mode.categories.mapValues { set in
            site.consent.categories.indices.filter { set.contains(index: $0) }.map { site.consent.categories[$0].id }
        }
        #expect(ids[.analyticsStorage] == ["analytics"] && ids[.securityStorage] == ["security"])
        #expect(ids[.adStorage] == ["remarketing"] && ids.count == GoogleConsentMode.Signal.allCases.count)
    }

    @Test("Basic withholds Google's tags as all others, advanced lets them and nothing else load")
    func hosts() throws {
        let rules = "categories: { analytics: { hosts: [\"*.google-analytics.com\", stats.example] } }\n"
        let basic = try site("{ mode: basic }", more: rules)
        let advanced = try site("{ mode: advanced }", more: rules)
        for host in ["www.google-analytics.com", "region1.google-analytics.com", "www.googletagmanager.com"] {
            #expect(category(host, basic) != nil, "\(host)")
            #expect(category(host, advanced) == nil, "\(host)")
        }
        for host in ["stats.example", "connect.facebook.net"] {
            #expect(category(host, basic) != nil && category(host, basic) == category(host, advanced), "\(host)")
        }
        #expect(basic.known.snippets.contains { $0.text == "gtag(" })
        #expect(!advanced.known.snippets.contains { $0.text == "gtag(" })
        #expect(advanced.known.snippets.contains { $0.service.contains("facebook") || $0.service.contains("meta") })
    }

    @Test("Own hosts take the place of Google's")
    func tagHosts() throws {
        let site = try site("{ mode: advanced, tag_hosts: [metrics.shop.example] }")
        #expect(category("www.google-analytics.com", site) != nil)
    }
}
