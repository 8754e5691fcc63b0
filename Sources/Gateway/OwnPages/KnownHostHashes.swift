import Consent
import Rules

/// The hosts that are shipped, as the browser's script gets them: hashes, because the names of hundreds of services would
/// be most of what every page loads.
///
/// 22 bits of each pattern's hash, in ascending order, each as its distance from the one before in three digits of base
/// 57. A foreign host is taken for a known one by mistake once in some thousands; the operator's own rules, which the
/// script has as text, come first and can say so.
package struct KnownHostHashes {
    /// By category: the text for the script.
    private var texts: [Int: String] = [:]
    private var categories: [UInt32: Int] = [:]
    /// Rules that hashes cannot tell: with a port, or with part of a path's segment.
    private(set) var others: [HostRule] = []

    init(_ rules: [HostRule], isRequired: (_ category: Int) -> Bool) {
        let optionalHosts = Set(rules.filter { !isRequired($0.category) }.map(\.host))
        var hashes: [Int: Set<UInt32>] = [:]
        for rule in rules {
            // What is required passes like what is unknown, unless a wider rule would catch it.
            if isRequired(rule.category), !Self.widerHosts(rule.host).contains(where: optionalHosts.contains) {
                continue
            }
            let path = rule.path.map { $0 == "/*" || $0 == "*" ? "" : $0 } ?? ""
            guard rule.port == nil, !path.hasSuffix("*") || path.hasSuffix("/*") else {
                others.append(rule)
                continue
            }
            let host = rule.host.lowercased().trimmingPrefix("*")
            hashes[rule.category, default: []].insert(Self.hash("\(host)\(path)"))
            // Says that the host has rules for paths.
            if !path.isEmpty { hashes[rule.category, default: []].insert(Self.hash("\(host)?")) }
        }
        texts = hashes.mapValues(Self.text)
        for (category, hashes) in hashes.sorted(by: { $0.key < $1.key }) {
            for hash in hashes { categories[hash] = category }
        }
    }

    /// The hashes of a site's shipped hosts.
    package init(of site: Site) {
        self.init(site.known.hostRules.rules) { site.consent.categories[$0].isRequired }
    }

    /// The category that the script takes a host for, rightly or by mistake (`knownCategoryOfURL` in rules.js).
    package func category(ofHost host: String, path: String) -> Int? {
        var paths = [path]
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            if !rest.isEmpty { paths.append("\(rest)/*") }
        }
        var keys = [host[...]]
        while let dot = keys[keys.count - 1].dropFirst().firstIndex(of: ".") { keys.append(host[dot...]) }
        for key in keys {
            for path in categories[Self.hash("\(key)?")] == nil ? [""] : paths + [""] {
                if let category = categories[Self.hash("\(key)\(path)")] { return category }
            }
        }
        return nil
    }

    /// The hashes of a category; nil where it has none.
    func text(ofCategory category: Int) -> String? { texts[category] }

    /// FNV-1a (RFC 9923) over 32 bits, folded to 22.
    static func hash(_ text: String) -> UInt32 {
        let hash = text.utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return (hash >> 10 ^ hash) & 0x3F_FFFF
    }

    private static func text(_ hashes: Set<UInt32>) -> String {
        let base: UInt32 = 57
        var bytes: [UInt8] = []
        var last: UInt32 = 0
        for hash in hashes.sorted() {
            var distance = hash - last
            last = hash
            while true {
                // What is too far gets steps between, which are hashes of nothing.
                let step = min(distance, base * base * base - 1)
                bytes += [step / (base * base), step / base % base, step % base].map { UInt8($0) + UInt8(ascii: "#") }
                distance -= step
                if distance == 0 { break }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The pattern's own host, and the wildcards above it.
    private static func widerHosts(_ host: String) -> [String] {
        var hosts = [host]
        var rest = host.trimmingPrefix("*.")
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            hosts.append("*.\(rest)")
        }
        return hosts
    }
}
