import Consent
import Foundation
import Rules

/// A rules file made of findings: what is known has its category, the rest is left to the operator in comments.
package struct RulesDraft {
    private let findings: Findings
    private let site: SiteAddress
    private let origin: String
    private let method: String
    private let knowledge = Knowledge()

    /// - Parameter origin: the shop's own server, as `origin` of the file.
    package init(_ findings: Findings, site: SiteAddress, origin: String, method: String) {
        self.findings = findings
        self.site = site
        self.origin = origin
        self.method = method
    }

    /// The file.
    package var text: String {
        let categories = ShippedCategory.allCases.map(lines).joined()
        return """
            # Written by `crumbgate scan \(plain(site.start.absoluteString))` with \(method): \(count(findings.pages.count, "page")), \
            \(count(findings.cookies.count, "cookie")), \(count(findings.hosts.count, "third-party host")).
            #
            # A scan sees what a visitor sees who follows links and buys nothing. Read this through, put what is marked
            # `unknown` under a category, then: crumbgate check THIS-FILE
            listen: 127.0.0.1:8080
            # The shop's own server: http, on this machine or in this network.
            origin: \(origin)
            # hosts: [\(plain(site.host))]

            categories:
              # Nothing was found for what stands as `# NAME: false`. Remove such a category by taking the `#` away: it is
              # one question less, but what you add of its kind later then loads without one.
            \(categories)
            cookies:
              # Cookies that no rule names pass and are listed: `crumbgate report --only unknown`. Once nothing new appears
              # there, write `withhold`.
              unknown: learn

            \(unknown)
            """
    }

    private func lines(_ category: ShippedCategory) -> String {
        var vendors: [String] = []
        var cookies: [String] = []
        var hosts: [String] = []
        var seen: Set<String> = []
        func note(_ vendor: String?) { if let vendor, !vendors.contains(vendor) { vendors.append(vendor) } }
        for cookie in findings.cookies where cookie.isFirstParty {
            guard let fact = knowledge.fact(of: cookie), fact.category == category else { continue }
            note(fact.vendor)
            guard seen.insert(fact.pattern).inserted else { continue }
            let entry = fact.vendor.map { "{ name: \(quoted(fact.pattern)), vendor: \(quoted($0)) }" }
            cookies.append(
                "      - \(entry ?? quoted(fact.pattern))  # \(plain(fact.service.name)); "
                    + "\(cookie.setter == .http ? "set by HTTP" : "set by a script"), \(lifetime(cookie.lifetime))\n")
        }
        for host in findings.hosts {
            for fact in knowledge.facts(of: host) where fact.category == category {
                note(fact.vendor)
                guard seen.insert(fact.pattern).inserted else { continue }
                hosts.append(
                    "      - { host: \(quoted(fact.pattern)), vendor: \(quoted(fact.service.vendor)) }  "
                        + "# \(plain(fact.service.name)); first asked for by \(plain(host.initiator))\n")
            }
        }
        for cookie in findings.cookies where !cookie.isFirstParty {
            if let fact = knowledge.fact(of: cookie), fact.category == category { note(fact.vendor) }
        }
        for service in KnownService.shipped where findings.inlineServices.contains(service.id) {
            if service.category == category { note(service.vendor) }
        }
        if cookies.isEmpty, hosts.isEmpty, vendors.isEmpty {
            guard !category.isRequired else { return "" }
            return "  # \(category.id): false\n"
        }
        var text = "  \(category.id):\n"
        if !vendors.isEmpty { text += "    vendors: [\(vendors.map(quoted).joined(separator: ", "))]\n" }
        if !cookies.isEmpty { text += "    cookies:\n" + cookies.joined() }
        if !hosts.isEmpty { text += "    hosts:\n" + hosts.joined() }
        return text
    }

    /// What nothing is known of, as comments.
    private var unknown: String {
        var lines: [String] = []
        for cookie in findings.cookies where knowledge.fact(of: cookie) == nil {
            let owner = cookie.isFirstParty ? "" : " of \(plain(cookie.domain))"
            lines.append(
                "# unknown: cookie `\(plain(cookie.name))`\(owner), \(cookie.setter == .http ? "set by HTTP" : "set by a script"), "
                    + "\(lifetime(cookie.lifetime)), first on \(plain(cookie.page))")
        }
        for host in findings.hosts where knowledge.facts(of: host).isEmpty {
            let port = host.port.map { ":\($0)" } ?? ""
            lines.append(
                "# unknown: host `\(plain(host.host))\(port)`, asked for as \(host.kinds.joined(separator: ", ")) by "
                    + plain(host.initiator))
        }
        for key in findings.storage {
            lines.append(
                "# unknown: key `\(plain(key.key))` in the \(key.area.rawValue) storage of \(plain(key.origin)): "
                    + "no proxy sees it")
        }
        return lines.isEmpty ? "# Nothing unknown was found.\n" : lines.joined(separator: "\n") + "\n"
    }

    private func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
}

/// A lifetime in words.
func lifetime(_ seconds: Int) -> String {
    switch seconds {
    case ...0: "for the browser's session"
    case 172_800...: "for \((seconds + 43_200) / 86_400) days"
    case 7200...: "for \((seconds + 1800) / 3600) hours"
    case 120...: "for \((seconds + 30) / 60) minutes"
    default: "for \(seconds) seconds"
    }
}

/// A text of the site without what could end a comment or a line, and not endlessly long.
func plain(_ text: String) -> String {
    let kept = text.unicodeScalars.prefix(200).map { scalar in
        scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value) || scalar == "\u{2028}"
            || scalar == "\u{2029}" || scalar == "\u{FEFF}" ? "\u{FFFD}" : scalar
    }
    return String(String.UnicodeScalarView(kept))
}

/// A text as a YAML scalar in quotes where it needs them.
private func quoted(_ text: String) -> String {
    let isPlain =
        text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "_-.*/ ".unicodeScalars.contains(scalar))
        } && text.first.map { $0.isLetter || $0 == "_" } == true && text.last != " "
        && !["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
    if isPlain { return text }
    return "\"" + plain(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
