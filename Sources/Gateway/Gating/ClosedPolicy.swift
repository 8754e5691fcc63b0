import Bytes
import Consent
import HTMLRewriting
import Rules

/// The Content-Security-Policy of a page that cannot be rewritten, beside the page's own
/// (docs/decisions/0009-closed-pages.md).
///
/// A policy can only list what is allowed: the shop's own hosts, and those of rules whose category is granted or
/// required. Inline scripts stay allowed, since the page would not work without them, and what they load is judged.
/// Both policies apply, so that the page's own is never weakened (CSP Level 3 §8.1).
enum ClosedPolicy {
    /// Why a page cannot be rewritten; the name is what the operator reads among the blocked hosts.
    enum Reason {
        case noTransform, coding, charset, partial, type

        var name: StaticString {
            switch self {
            case .noTransform: "(page closed: no-transform)"
            case .coding: "(page closed: content coding)"
            case .charset: "(page closed: charset)"
            case .partial: "(page closed: partial)"
            case .type: "(page closed: type)"
            }
        }
    }

    /// No field may grow without bounds; what does not fit any more stays blocked.
    private static let longest = 6000

    /// Appends the policy.
    static func write(_ withholding: Withholding, into output: inout ByteBuffer) {
        let start = output.count
        output.append("default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: filesystem: mediastream:")
        let site = withholding.site
        for host in site.hosts { output.append(utf8: " \(host):*") }
        let withheld = site.hostRules.rules.filter { withholding.withholds($0) }
        let knownWithheld = site.known.hostRules.rules.filter { withholding.withholds($0) }
        func add(_ rule: HostRule, withheld: [HostRule]) {
            guard !withholding.withholds(rule), let source = source(of: rule, withheld: withheld),
                output.count - start + source.utf8.count < longest
            else { return }
            output.append(utf8: " " + source)
        }
        // The operator's rule for all of a host goes before shipped ones.
        for rule in site.hostRules.rules {
            add(rule, withheld: rule.path == nil && rule.port == nil ? withheld : withheld + knownWithheld)
        }
        for rule in site.known.hostRules.rules { add(rule, withheld: withheld + knownWithheld) }
    }

    /// A host-source (CSP Level 3 §2.3.1) that allows no more than the rule as far as withheld ones go; nil for none.
    private static func source(of rule: HostRule, withheld: [HostRule]) -> String? {
        let parts = rule
        // An IPv6 address cannot stand in a source.
        if parts.host.hasPrefix("[") { return nil }
        let authority = "\(parts.host):\(parts.port.map(String.init) ?? "*")"
        let rivals = withheld.filter { covers(parts.host, $0.host) }
        if rivals.isEmpty { return authority }
        guard rivals.allSatisfy({ $0.host == parts.host }) else { return nil }
        // On one host paths or ports tell them apart.
        if let port = parts.port, rivals.allSatisfy({ $0.port != nil && $0.port != port }) { return authority }
        guard let path = parts.path else { return nil }
        if !path.hasSuffix("*") { return authority + path }
        let folder = String(path.dropLast())
        guard folder.hasSuffix("/"), !rivals.contains(where: { ($0.path ?? "/").hasPrefix(folder) }) else {
            return nil
        }
        return authority + folder
    }

    /// Whether a host pattern matches something that another matches too.
    private static func covers(_ pattern: String, _ other: String) -> Bool {
        if pattern == other { return true }
        if pattern.hasPrefix("*.") { return other.hasSuffix(pattern.dropFirst()) }
        return other.hasPrefix("*.") && pattern.hasSuffix(other.dropFirst())
    }
}
