import Bytes
import Consent
import Cookies
import Rules

/// What is known of findings.
struct Knowledge {
    /// A shipped fact that a finding falls under.
    struct Fact {
        let service: KnownService
        let category: ShippedCategory
        /// The shipped pattern of the cookie or host.
        let pattern: String

        /// Who gets what the category allows; nil for the shop's own software.
        var vendor: String? { service.file == .trackers ? service.vendor : nil }
    }

    private let firstParty: NameClassifier
    private let firstPartyFacts: [Fact]
    private let hosts: HostRules
    private let hostFacts: [Fact]

    init() {
        var patterns: [(NamePattern, payload: UInt32)] = []
        var cookieFacts: [Fact] = []
        var rules: [HostRule] = []
        var hostFacts: [Fact] = []
        for service in KnownService.shipped {
            for cookie in service.cookies where cookie.party == .first {
                guard let pattern = try? NamePattern(parsing: cookie.pattern) else { continue }
                patterns.append((pattern, payload: UInt32(cookieFacts.count)))
                cookieFacts.append(Fact(service: service, category: cookie.category, pattern: cookie.pattern))
            }
            guard let category = service.category else { continue }
            for host in service.hosts {
                let slash = host.firstIndex(of: "/") ?? host.endIndex
                rules.append(
                    HostRule(
                        pattern: host, host: String(host[..<slash]), port: nil,
                        path: slash == host.endIndex ? nil : String(host[slash...]), category: 0, vendor: nil,
                        sourceLine: 0))
                hostFacts.append(Fact(service: service, category: category, pattern: host))
            }
        }
        firstParty = NameClassifier(patterns)
        firstPartyFacts = cookieFacts
        hosts = HostRules(rules)
        self.hostFacts = hostFacts
    }

    /// What is known of a cookie: by its name if it is the site's own, else by the host it belongs to.
    func fact(of cookie: FoundCookie) -> Fact? {
        guard cookie.isFirstParty else {
            // A cookie of `vendor.example` is for the hosts below it too, which is where services are known by.
            return fact(ofHost: cookie.domain, port: 443, path: "/")
                ?? fact(ofHost: "any.\(cookie.domain)", port: 443, path: "/")
        }
        return firstParty.classify(Array(cookie.name.utf8).rawSpan).map { firstPartyFacts[Int($0)] }
    }

    /// The facts of a third party's addresses, each service once: a host may serve several.
    func facts(of host: FoundHost) -> [Fact] {
        var facts: [Fact] = []
        for path in host.paths {
            guard let fact = fact(ofHost: host.host, port: host.port ?? 443, path: path) else { continue }
            if !facts.contains(where: { $0.pattern == fact.pattern }) { facts.append(fact) }
        }
        return facts
    }

    private func fact(ofHost host: String, port: UInt16, path: String) -> Fact? {
        let host = Array(host.utf8)
        let path = Array(path.utf8)
        return hosts.rule(forHost: host.rawSpan, port: port, path: path.rawSpan).map { hostFacts[$0] }
    }
}
