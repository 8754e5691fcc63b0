import Consent
import TLS

extension Policy {
    /// What the file amounts to, in a few lines for people.
    public var summary: String {
        var text = "\(sourceFile): no errors\n"
        let addresses = listeners.map { listener in
            listener.authority + (listener.tls.map { " (TLS \($0.minimumVersion.rawValue) or later)" } ?? "")
                + (listener.expectsProxyHeader ? " (PROXY protocol)" : "")
        }
        text += "listens on \(addresses.joined(separator: ", "))\n"
        for site in sites {
            let hosts = site.hosts.isEmpty ? "every host" : site.hosts.joined(separator: ", ")
            text +=
                "site \(site.name): \(hosts) → \(site.origin.tls == nil ? "" : "https://")\(site.origin.authority)\n"
            let categories = site.consent.categories
            let required = categories.filter(\.isRequired).map(\.id).joined(separator: ", ")
            let optional = categories.filter { !$0.isRequired }.map(\.id).joined(separator: ", ")
            text += "  required: \(required.isEmpty ? "none" : required)\n"
            text += "  optional: \(optional.isEmpty ? "none" : optional)\n"
            text += "  rules: \(site.cookieRules.count) cookies, \(site.hostRules.rules.count) hosts; "
            text += "unknown cookies: \(site.unknownCookies.rawValue)\n"
            let known = site.known
            if known.serviceCount > 0 {
                text += "  shipped rules behind yours: \(known.serviceCount) known services with "
                text += "\(known.cookieRules.count) cookies, \(known.hostRules.rules.count) hosts; "
                text += "`known_services: false` switches them off\n"
            }
            text += "  measurement: \(site.measurement.profile.rawValue)\n"
            if let assessment = SelfAssessment(site, of: self) {
                text += assessment.text.split(separator: "\n").map { "  \($0)\n" }.joined()
            }
            if site.consentSettings.theme != .shipped { text += "  theme: \(site.consentSettings.theme.summary)\n" }
            let used = Set(site.cookieRules.map(\.category) + site.hostRules.rules.map(\.category))
            let idle = categories.enumerated().filter { !$1.isRequired && !used.contains($0) }.map(\.element.id)
            if !idle.isEmpty {
                text += "  asked for without a cookie or host: \(idle.joined(separator: ", ")); "
                text += "remove one with `NAME: false`\n"
            }
        }
        return String(text.dropLast())
    }
}

extension Theme {
    /// The least contrast of its pairs, per scheme.
    fileprivate var summary: String {
        palettes.map { name, palette in
            func least(_ criterion: String) -> Double {
                ContrastRequirement.all.filter { $0.criterion == criterion }.map { $0.contrast(in: palette) }.min()
                    ?? 21
            }
            return "\(name) scheme: text \(spell(contrast: least("1.4.3"))) or more, all else "
                + "\(spell(contrast: least("1.4.11"))) or more"
        }.joined(separator: "; ")
    }
}
