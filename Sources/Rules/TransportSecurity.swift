import Yams

/// What browsers are told about coming back over TLS only (RFC 6797).
public struct TransportSecurity: Hashable, Sendable {
    /// Seconds that browsers keep it.
    public internal(set) var maximumAge: Int
    /// Whether it holds for all hosts below, too.
    public internal(set) var includesSubdomains = false
    /// Whether browsers may ship it.
    public internal(set) var isPreloaded = false

    /// The field line, with its end.
    public var fieldLine: String {
        "Strict-Transport-Security: max-age=\(maximumAge)\(includesSubdomains ? "; includeSubDomains" : "")"
            + "\(isPreloaded ? "; preload" : "")\r\n"
    }
}

extension RulesReader {
    /// Reads `strict_transport_security`.
    func transportSecurity(_ node: Node) -> TransportSecurity? {
        guard !isFalse(node), let section = section(node, .strictTransportSecurity, "strict_transport_security")
        else { return nil }
        let day = 86_400_000
        var found = TransportSecurity(maximumAge: 365 * 86_400)
        if let node = section["max_age"] {
            found.maximumAge = (duration(node, "max_age", in: 0...(3650 * day)) ?? 365 * day) / 1000
        }
        if let node = section["include_subdomains"] {
            found.includesSubdomains = boolean(node, "include_subdomains") ?? false
        }
        if let node = section["preload"] {
            found.isPreloaded = boolean(node, "preload") ?? false
            if found.isPreloaded, !found.includesSubdomains || found.maximumAge < 365 * 86_400 {
                report(
                    "browsers ship it only for a year or more and with all hosts below", at: node,
                    expected: "`include_subdomains: true` and `max_age: 365d`")
            }
        }
        return found
    }
}
