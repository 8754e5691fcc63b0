import Foundation
import Rules

/// A scan without a browser: sees what servers set and what markup refers to, not what scripts do.
struct PlainScan: PageVisitor {
    private let site: SiteAddress
    private let userAgent: String
    /// Name and value of what the site set, sent back as browsers do.
    private var jar: [(name: String, value: String)]

    init(site: SiteAddress, cookies: [(name: String, value: String)]) {
        self.site = site
        jar = cookies
        userAgent = "Mozilla/5.0 (compatible; crumbgate-scan)"
    }

    mutating func visit(_ page: URL, into findings: inout Findings, until deadline: Date) throws -> [URL] {
        var url = page
        for _ in 0..<10 {
            let cookies = jar.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
            let response = try PlainFetch.get(url, cookies: cookies, userAgent: userAgent)
            for line in response.values("set-cookie") { add(line, page: page, into: &findings) }
            if (300..<400).contains(response.status), let location = response.values("location").first,
                let next = URL(string: location, relativeTo: url)?.absoluteURL
            {
                guard site.mayVisit(next) else { return [] }
                url = next
                continue
            }
            guard response.status < 400 else { throw PlainFailure(description: "status \(response.status)") }
            let type = response.values("content-type").first ?? "text/html"
            guard type.lowercased().contains("html") else { return [] }
            return read(Markup(response.body), page: url, into: &findings)
        }
        throw PlainFailure(description: "more than ten redirects")
    }

    func finish(into findings: inout Findings) {}

    private mutating func add(_ line: String, page: URL, into findings: inout Findings) {
        guard let cookie = SetCookieText(line, site: site) else { return }
        jar.removeAll { $0.name == cookie.name }
        if cookie.isExpiry { return }
        jar.append((cookie.name, cookie.value))
        findings.add(
            FoundCookie(
                name: cookie.name, domain: cookie.domain ?? site.host, isFirstParty: true, setter: .http,
                lifetime: cookie.lifetime, page: page.absoluteString))
    }

    private func read(_ markup: Markup, page: URL, into findings: inout Findings) -> [URL] {
        let base = markup.base.flatMap { URL(string: $0, relativeTo: page) } ?? page
        for reference in markup.references {
            guard let url = URL(string: reference.address, relativeTo: base)?.absoluteURL else { continue }
            findings.add(
                url, kind: reference.kind, initiator: page.absoluteString, page: page.absoluteString, site: site)
        }
        for service in KnownService.shipped where !findings.inlineServices.contains(service.id) {
            let isThere = markup.inlineScripts.contains { script in service.snippets.contains(where: script.contains) }
            if isThere { findings.inlineServices.append(service.id) }
        }
        return markup.links.compactMap { URL(string: $0, relativeTo: base)?.absoluteURL }
    }
}

/// What a scan makes of one page after the other.
protocol PageVisitor {
    /// Looks at a page and returns the links in it.
    mutating func visit(_ page: URL, into findings: inout Findings, until deadline: Date) throws -> [URL]

    /// Adds what is only known at the end.
    mutating func finish(into findings: inout Findings) throws
}

extension Findings {
    /// Adds a request, if a third party gets it.
    mutating func add(_ url: URL, kind: String, initiator: String, page: String, site: SiteAddress) {
        guard let scheme = url.scheme?.lowercased(), ["http", "https", "ws", "wss"].contains(scheme),
            let host = url.host?.lowercased(), !site.owns(host: host)
        else { return }
        add(
            FoundHost(
                host: host, port: url.port.flatMap { UInt16(exactly: $0) }, path: url.path.isEmpty ? "/" : url.path,
                kind: kind, initiator: initiator, page: page))
    }
}

/// A set-cookie-string, as far as a scan wants to know (RFC 6265bis §5.6).
package struct SetCookieText {
    package let name: String
    let value: String
    package private(set) var domain: String?
    /// Seconds; 0 for the browser's session.
    package private(set) var lifetime = 0
    package private(set) var isExpiry = false

    /// Nil when it is no cookie, or one for another site.
    package init?(_ line: String, site: SiteAddress, now: Date = Date()) {
        let parts = line.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return nil }
        name = pair[..<equals].trimmingCharacters(in: .whitespaces)
        value = pair[pair.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        if name.isEmpty { return nil }
        var age: Int?
        for attribute in parts.dropFirst() {
            let sides = attribute.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2 else { continue }
            switch sides[0].lowercased() {
            case "domain": domain = sides[1].lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "."))
            case "max-age": age = Int(sides[1])
            case "expires" where age == nil:
                lifetime = Self.date(sides[1]).map { Int($0.timeIntervalSince(now)) } ?? 0
                isExpiry = lifetime < 0
            default: break
            }
        }
        if let age {
            lifetime = age
            isExpiry = age <= 0
        }
        if let domain, !site.owns(host: domain) { return nil }
    }

    private static func date(_ text: String) -> Date? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        for pattern in [
            "EEE, dd MMM yyyy HH:mm:ss zzz", "EEE, dd-MMM-yyyy HH:mm:ss zzz", "EEE, dd-MMM-yy HH:mm:ss zzz",
        ] {
            format.dateFormat = pattern
            if let date = format.date(from: text) { return date }
        }
        return nil
    }
}
