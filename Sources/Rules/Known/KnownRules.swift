import Bytes
import Consent
import Cookies

/// The shipped knowledge as rules of a site, asked only where the operator's own rules say nothing: an operator's
/// `prefix*` therefore wins over a shipped name, however unspecific it is.
///
/// A service counts as long as the site has the category it belongs to. Sites with the same categories and defaults
/// share one copy.
public struct KnownRules: Sendable {
    /// How many services have a rule here.
    public let serviceCount: Int
    /// Cookies in the shop's own name.
    public let cookieRules: [CookieRule]
    /// Third-party hosts by category.
    public private(set) var hostRules: HostRules
    /// Inline scripts by category.
    public private(set) var snippets: [KnownSnippet]
    private let names: NameClassifier
    private let treatments: [CookieTreatment]

    /// Set in the rule of a treatment whose index is one of `cookieRules` here.
    static let mark: Int32 = 1 << 30

    /// No shipped rule.
    static let none = KnownRules(of: [], in: [:], cap: nil, hardening: [])

    /// - Parameter categories: the bits of the site's categories, by id.
    init(of services: [KnownService], in categories: [String: Int], cap: Int?, hardening: CookieHardening) {
        var count = 0
        var cookieRules: [CookieRule] = []
        var treatments: [CookieTreatment] = []
        var patterns: [(NamePattern, payload: UInt32)] = []
        var hosts: [HostRule] = []
        var snippets: [KnownSnippet] = []
        for service in services {
            // Who makes the shop's own software gets nothing from its cookies.
            let vendor = service.file == .trackers ? service.vendor : nil
            let before = (cookieRules.count, hosts.count, snippets.count)
            for cookie in service.cookies where cookie.party == .first {
                guard let bit = categories[cookie.category.id],
                    let pattern = try? NamePattern(parsing: cookie.pattern)
                else { continue }
                patterns.append((pattern, payload: UInt32(cookieRules.count)))
                treatments.append(
                    CookieTreatment(
                        rule: Int32(cookieRules.count) | Self.mark, category: UInt8(bit), hardening: hardening,
                        cap: cap))
                cookieRules.append(
                    CookieRule(
                        pattern: cookie.pattern, category: bit, vendor: vendor, cap: cap,
                        hardening: hardening, sourceLine: 0, service: service.id))
            }
            if let bit = service.category.flatMap({ categories[$0.id] }) {
                for host in service.hosts {
                    let slash = host.firstIndex(of: "/") ?? host.endIndex
                    hosts.append(
                        HostRule(
                            pattern: host, host: String(host[..<slash]), port: nil,
                            path: slash == host.endIndex ? nil : String(host[slash...]), category: bit,
                            vendor: service.vendor, sourceLine: 0, service: service.id))
                }
                snippets += service.snippets.map { KnownSnippet(text: $0, category: bit, service: service.id) }
            }
            if before != (cookieRules.count, hosts.count, snippets.count) { count += 1 }
        }
        serviceCount = count
        self.cookieRules = cookieRules
        self.treatments = treatments
        self.snippets = snippets
        names = NameClassifier(patterns)
        hostRules = HostRules(hosts)
    }

    /// The same without the hosts and inline scripts that Google Consent Mode lets load before consent.
    func inForce(under mode: GoogleConsentMode?) -> KnownRules {
        guard let mode, mode.mode == .advanced else { return self }
        let rules = mode.rulesInForce(hostRules.rules)
        let services = Set(hostRules.rules.compactMap(\.service))
        let withheld = Set(rules.compactMap(\.service))
        var result = self
        result.hostRules = HostRules(rules)
        // A service of which no host waits has no script that waits.
        result.snippets = snippets.filter { withheld.contains($0.service) || !services.contains($0.service) }
        return result
    }

    /// What becomes of a cookie that no rule of the operator names; nil when nothing is known of it either.
    public func treatment(ofCookie name: RawSpan) -> CookieTreatment? {
        guard let index = names.classify(name) else { return nil }
        return treatments[Int(index)]
    }
}

/// A text by which a vendor's inline script is known.
public struct KnownSnippet: Hashable, Sendable {
    /// What the script holds.
    public let text: String
    /// Index of the category in the site's scheme.
    public let category: Int
    /// The service's id.
    public let service: String
}

/// Shares the shipped rules between sites that would have the same.
final class KnownRulesCache {
    private struct Key: Hashable {
        let categories: [String: Int]
        let selection: KnownSelection
        let cap: Int?
        let hardening: CookieHardening
    }

    private var made: [Key: KnownRules] = [:]

    func rules(
        _ selection: KnownSelection, in categories: [String: Int], cap: Int?, hardening: CookieHardening
    ) -> KnownRules {
        if selection == .none { return .none }
        let key = Key(categories: categories, selection: selection, cap: cap, hardening: hardening)
        if let rules = made[key] { return rules }
        let services = KnownService.shipped.filter { selection.contains($0.id) }
        let rules = KnownRules(of: services, in: categories, cap: cap, hardening: hardening)
        made[key] = rules
        return rules
    }
}
