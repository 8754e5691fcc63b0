import Bytes
import Consent
import Cookies
import Foundation
import Location
import Rules
import Testing

@Suite("Defaults")
struct DefaultsTests {
    @Test("A file with nothing but the origin has the defaults of the specification")
    func oneLine() throws {
        let policy = try policy("one-line")
        #expect(policy.listeners == [Listener(host: "127.0.0.1", port: 8080)])
        #expect(policy.limits.headBytes == 32_768)
        #expect(policy.limits.fields == 128)
        #expect(policy.limits.targetBytes == 8192)
        #expect(policy.limits.clients == 10_000)
        #expect(policy.limits.originConnections == 256)
        #expect(policy.limits.htmlMemory == 65_536)
        #expect(!policy.limits.network.isAny)
        #expect(policy.timeouts.requestHead == 10_000)
        #expect(policy.timeouts.idle == 75_000)
        #expect(policy.timeouts.body == 30_000)
        #expect(policy.timeouts.originConnect == 2000)
        #expect(policy.timeouts.originFirstByte == 60_000)
        #expect(policy.timeouts.originIdle == 60_000)
        #expect(policy.timeouts.drain == 30_000)
        #expect(policy.trustedProxies.isEmpty)
        #expect(policy.stateDirectory == "state")
        #expect(policy.consentSecretFile == "state/consent.key")
        #expect(policy.location == LocationSettings())
        #expect(policy.location.database == nil)
        #expect(policy.workers >= 1)
        #expect(policy.connectAnswer == 405)
        #expect(policy.traceAnswer == 405)
        #expect(policy.warnings.isEmpty)

        let site = try #require(policy.sites.first)
        #expect(site.name == "shop")
        #expect(site.hosts.isEmpty)
        #expect(site.origin == OriginServer(host: "127.0.0.1", port: 9000, preservesHost: true))
        #expect(site.unknownCookies == .withhold)
        #expect(site.addressPrecision == .fine)
        #expect(site.fullAddressRoutes.isEmpty)
        #expect(site.hostRules.isEmpty)
        #expect(site.consent.validityDays == 182)
        #expect(site.consentSettings.texts.first == .english)
        #expect(Set(site.consentSettings.texts) == Set(InterfaceText.shipped))
        #expect(site.consentSettings.receiptRetentionDays == 182 + 183)
        #expect(site.consentSettings.dntDenies == nil)
        #expect(site.measurement.profile == .consent)
        #expect(site.measurement.threshold == 10)
        #expect(site.measurement.gate == .threshold)
        #expect(site.measurement.timeZone == "UTC")
        #expect(site.measurement.retentionDays == 760)
    }

    @Test("Ten categories are shipped, five of them required, all with words in English and German")
    func categories() throws {
        let site = try policy("one-line").sites[0]
        let categories = site.consent.categories
        #expect(
            categories.map(\.id) == [
                "authentication", "status", "cart", "security", "payment", "personalisation", "analytics",
                "remarketing", "social", "chat",
            ])
        #expect(categories.map(\.isRequired) == [true, true, true, true, true, false, false, false, false, false])
        for category in categories {
            for language in ["en", "de"] {
                #expect(category.name[language]?.isEmpty == false)
                #expect(category.purpose[language]?.isEmpty == false)
            }
        }
        let denied = try #require(site.consentSettings.gpcDenies)
        #expect(
            categories.indices.filter { denied.contains(index: $0) }.map { categories[$0].id } == [
                "analytics", "remarketing", "social",
            ])
        #expect(site.analyticsCategory == 6)
    }

    @Test("Sections with nothing but comments in them are sections with their defaults")
    func emptySections() throws {
        let policy = try policy("comments-only-sections")
        #expect(policy.limits == Limits())
        #expect(policy.sites.count == 1)
    }
}
