import Bytes
import Consent
import Cookies
import HTMLRewriting
import Location

/// What a policy does with one cookie or URL of a site, and by which line of its file: for people, not for the hot path.
public struct Explanation: CustomStringConvertible, Sendable {
    /// What is explained.
    public let subject: String
    /// Labels and what they say, in order.
    public private(set) var facts: [(label: String, text: String)] = []

    /// The lines as a terminal shows them.
    public var description: String {
        let width = (facts.map(\.label.count).max() ?? 0) + 2
        return facts.reduce("\(subject)\n") { text, fact in
            text + "  " + fact.label + String(repeating: " ", count: width - fact.label.count) + fact.text + "\n"
        }
    }

    private mutating func add(_ label: String, _ text: String) { facts.append((label, text)) }
}

extension Explanation {
    /// Explains what becomes of a cookie that a browser sends: `NAME` or `NAME=VALUE`.
    public init(ofCookie cookie: String, site: Site, granted: CategorySet, policy: Policy) {
        subject = "cookie `\(cookie)` at site `\(site.name)`"
        let name = Array(cookie.utf8.prefix { $0 != UInt8(ascii: "=") })
        explainCookie(name, site: site, granted: granted, policy: policy)
    }

    /// Explains what becomes of a set-cookie-string that the origin server sends.
    ///
    /// - Parameter now: seconds since 1970, which the lifetime of a line with `Expires` is counted from.
    public init(ofSetCookie line: String, site: Site, granted: CategorySet, policy: Policy, now: Int64) {
        subject = "set-cookie `\(line)` from the origin of site `\(site.name)`"
        let bytes = Array(line.utf8)
        guard let parsed = SetCookieLine(parsing: bytes.rawSpan) else {
            add("response", "withheld: browsers would ignore this line too")
            return
        }
        let name = bytes.rawSpan[parsed.name].array
        guard let fate = explainCookie(name, site: site, granted: granted, policy: policy), fate.isForwarded else {
            return
        }
        var output = ByteBuffer()
        parsed.write(
            bytes.rawSpan, cap: fate.treatment.cap, hardening: fate.treatment.hardening, now: now, into: &output)
        add("sent", output.bytes.equals(bytes.rawSpan) ? "unchanged" : output.bytes.text)
    }

    /// Explains what becomes of a request to a URL: of this site, or of a third party that a page refers to.
    ///
    /// Returns nil when it is neither an absolute http or https URL nor a path.
    ///
    /// - Parameter mistaken: the category that the browser's script takes a host and path without a rule for, if any.
    public init?(
        ofURL url: String, site: Site, granted: CategorySet, policy: Policy,
        mistaken: (_ host: String, _ path: String) -> Int? = { _, _ in nil }
    ) {
        subject = "url `\(url)` at site `\(site.name)`"
        var path = url
        if !url.hasPrefix("/") || url.hasPrefix("//") {
            guard let parts = URLParts(url) else { return nil }
            path = parts.path
            let host = Array(parts.host.utf8)
            let own = policy.siteIndex(forAuthority: host.rawSpan)
            let isOwn = own == site.index && !site.hosts.isEmpty
            if !isOwn {
                explainThirdParty(parts, site: site, granted: granted, policy: policy)
                let hasRule =
                    site.hostRule(
                        forHost: host.rawSpan, port: parts.port, path: Array(path.utf8).rawSpan) != nil
                if !hasRule, let category = mistaken(parts.host, path) {
                    add(
                        "script",
                        "takes it for a shipped host of `\(site.consent.categories[category].id)` when another script "
                            + "adds it: name it under a category, `payment: { hosts: [\(parts.host)] }`, and it does not"
                    )
                }
                return
            }
        }
        explainOwn(path, site: site)
    }

    @discardableResult
    private mutating func explainCookie(
        _ name: [UInt8], site: Site, granted: CategorySet, policy: Policy
    ) -> CookieFate? {
        if name == Array("crumbgate".utf8) || name == Array("__Host-crumbgate".utf8) {
            add("category", "none: this is the consent cookie")
            add("request", "never reaches the origin")
            add("response", "the origin cannot set it")
            return nil
        }
        let fate = site.fate(ofCookie: name.rawSpan, granted: granted)
        if fate.treatment.isUnknown {
            add("category", "unknown: no rule names it")
            add("rule", "`cookies.unknown: \(site.unknownCookies.rawValue)`")
        } else {
            if let rule = site.cookieRule(of: fate.treatment) {
                addCategory(rule.category, site: site, granted: granted)
                addRule(rule.pattern, line: rule.sourceLine, service: rule.service, policy: policy)
                if let vendor = rule.vendor { add("vendor", vendor) }
            }
        }
        if fate.isForwarded {
            add("request", "forwarded to the origin")
            add("response", "forwarded to the browser" + changes(fate.treatment))
        } else {
            add("request", "withheld from the origin, and expired in the browser")
            add("response", "withheld from the browser")
        }
        if fate.treatment.isUnknown, site.listsUnknownCookies, site.measurement.isEnabled {
            add("listed", "for you to classify: `crumbgate report --only unknown`")
        }
        return fate
    }

    private func changes(_ treatment: CookieTreatment) -> String {
        var parts: [String] = []
        if let cap = treatment.cap {
            parts.append(cap == 0 ? "no lifetime beyond the session" : "lifetime at most \(spell(seconds: cap))")
        }
        if treatment.hardening.contains(.secure) { parts.append("Secure") }
        if treatment.hardening.contains(.httpOnly) { parts.append("HttpOnly") }
        if treatment.hardening.contains(.sameSiteLax) { parts.append("SameSite=Lax where it has none") }
        return parts.isEmpty ? ", unchanged" : ", with: " + parts.joined(separator: ", ")
    }

    private mutating func addCategory(_ index: Int, site: Site, granted: CategorySet) {
        let category = site.consent.categories[index]
        let isGranted = granted.contains(index: index)
        add("category", "\(category.id) (\(category.isRequired ? "required" : isGranted ? "granted" : "not granted"))")
    }

    /// Says which line of the operator's file decides, or which shipped knowledge in its place.
    private mutating func addRule(_ pattern: String, line: Int, service: String?, policy: Policy) {
        guard let service = service.flatMap({ id in KnownService.shipped.first { $0.id == id } }) else {
            add("rule", "\(policy.sourceFile):\(line): `\(pattern)`")
            return
        }
        add("rule", "shipped with Crumbgate (\(service.file.rawValue)): `\(pattern)`")
        add("service", "\(service.name) (`\(service.id)`): \(service.purpose)")
    }

    private mutating func explainThirdParty(_ parts: URLParts, site: Site, granted: CategorySet, policy: Policy) {
        let host = Array(parts.host.utf8)
        let path = Array(parts.path.utf8)
        guard let rule = site.hostRule(forHost: host.rawSpan, port: parts.port, path: path.rawSpan) else {
            add("category", "none: no rule names this host")
            add("page", "loads it without consent")
            return
        }
        addCategory(rule.category, site: site, granted: granted)
        addRule(rule.pattern, line: rule.sourceLine, service: rule.service, policy: policy)
        if let vendor = rule.vendor { add("vendor", vendor) }
        if granted.contains(index: rule.category) {
            add("page", "may load it")
        } else {
            add("page", "is kept from loading it until it is granted")
        }
    }

    private mutating func explainOwn(_ path: String, site: Site) {
        let bytes = Array(path.utf8)
        add("origin", site.origin.authority)
        let hasFullAddress = site.fullAddressRoutes.match(bytes.rawSpan) != nil
        add(
            "address",
            hasFullAddress
                ? "the origin gets the full address (`full_address_routes`)"
                : "truncated to /\(site.addressPrecision.ipv4Bits) (IPv4) or /\(site.addressPrecision.ipv6Bits) (IPv6)")
        let measurement = site.measurement
        guard measurement.isEnabled else {
            add("counted", "no: `measurement.profile: off`")
            return
        }
        if let rule = measurement.pageTable.match(bytes.rawSpan) {
            let rule = measurement.pages[Int(rule)]
            add("counted as", rule.page.map { "`\($0)`" } ?? "a page of its own, by `\(rule.pattern)`")
        } else {
            add("counted as", "a page by its normalised path")
        }
        if let goal = measurement.goalPages.match(bytes.rawSpan) {
            add("goal", "a view reaches `\(measurement.goals[Int(goal)].name)`")
        }
        if let goal = measurement.goalPosts.match(bytes.rawSpan) {
            add("goal", "a POST answered with 303 reaches `\(measurement.goals[Int(goal)].name)`")
        }
    }
}

/// Host, port and path of an absolute http or https URL.
private struct URLParts {
    let host: String
    let port: UInt16
    let path: String

    /// As browsers and the proxy read it (WHATWG URL §4.4).
    init?(_ url: String) {
        var resolver = ReferenceResolver()
        resolver.reset(isSecure: true)
        guard resolver.resolve(Array(url.utf8).rawSpan) else { return nil }
        host = resolver.host.hasNonASCII ? HostSpelling.ascii(resolver.host).rawSpan.text : resolver.host.text
        port = resolver.port
        path = resolver.path.text
    }
}

private func spell(seconds: Int) -> String {
    for (unit, factor) in [("d", 86_400), ("h", 3600), ("m", 60)] where seconds % factor == 0 {
        return "\(seconds / factor)\(unit)"
    }
    return "\(seconds)s"
}
