import Foundation
import PublicSuffix

/// The site that is scanned: what belongs to it, and what is a third party.
package struct SiteAddress: Sendable {
    /// Where the scan begins.
    package let start: URL
    /// Its host in lower case.
    package let host: String
    private let domain: String?

    /// Nil when the text is no http or https URL.
    package init?(_ text: String) {
        let full = text.contains("://") ? text : "https://\(text)"
        guard let url = URL(string: full), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = url.host?.lowercased(), !host.isEmpty
        else { return nil }
        start = url.path.isEmpty ? url.appendingPathComponent("") : url
        self.host = host
        domain = registrableDomain(of: host)
    }

    /// Whether a host belongs to the site: the same host, or one of the same registrable domain. A port does not tell
    /// sites apart, as with cookies (RFC 6265bis §8.5).
    package func owns(host: String) -> Bool {
        let host = host.lowercased()
        return host == self.host || (domain != nil && registrableDomain(of: host) == domain)
    }

    /// Whether a page may be visited: the same scheme, host and port as the start, or the host with or without `www.`.
    package func mayVisit(_ url: URL) -> Bool {
        guard let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let other = url.host?.lowercased()
        else { return false }
        func bare(_ host: String) -> String { host.hasPrefix("www.") ? String(host.dropFirst(4)) : host }
        return bare(other) == bare(host) && url.port == start.port
    }
}
