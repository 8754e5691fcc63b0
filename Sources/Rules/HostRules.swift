import Bytes

/// The rules that give third-party hosts their category.
public struct HostRules: Sendable {
    /// The rules as written, in the order of the file.
    public let rules: [HostRule]
    /// By rule: what an exchange needs of it.
    private let categories: [UInt8]
    private let hosts: HostTable
    private var groups: [Group] = []
    private var variants: [Variant] = []
    private var paths = PathTable()

    /// All rules of one host pattern.
    private struct Group {
        var variants: Range<Int>
        /// The group of the next less specific host pattern that matches the same hosts, or -1.
        var parent: Int32
    }

    /// The rules of one host pattern for one port.
    private struct Variant {
        /// 0 for every port.
        let port: UInt16
        let paths: Range<Int>
    }

    package init(_ rules: [HostRule]) {
        self.rules = rules
        categories = rules.map { UInt8($0.category) }
        var order: [String] = []
        var byHost: [String: [UInt16: [(pattern: String, payload: UInt32)]]] = [:]
        for (index, rule) in rules.enumerated() {
            let host = rule.host.lowercased()
            if byHost[host] == nil { order.append(host) }
            byHost[host, default: [:]][rule.port ?? 0, default: []].append((rule.path ?? "*", UInt32(index)))
        }
        hosts = HostTable(order.enumerated().map { (pattern: $1, value: UInt32($0)) })
        for host in order {
            let first = variants.count
            // Port 0, any, comes last.
            for (port, patterns) in (byHost[host] ?? [:]).sorted(by: { $0.key > $1.key }) {
                variants.append(Variant(port: port, paths: paths.appendGroup(patterns)))
            }
            let parent = hosts.value(forParentOf: host).map { Int32($0) } ?? -1
            groups.append(Group(variants: first..<variants.count, parent: parent))
        }
    }

    /// The index of the category of the rule for a URL, as `rule(forHost:port:path:)` finds it.
    public func category(ofHost host: RawSpan, port: UInt16, path: RawSpan) -> Int? {
        rule(forHost: host, port: port, path: path).map { Int(categories[$0]) }
    }

    /// Whether there is no rule.
    public var isEmpty: Bool { rules.isEmpty }

    /// Whether some rule is of this host, whatever its port and path.
    public func names(host: RawSpan) -> Bool { hosts.value(for: host) != nil }

    /// The index of the rule for a URL: the most specific host pattern first, then port, then path.
    ///
    /// - Parameters:
    ///   - port: the URL's port, its scheme's default included.
    ///   - path: empty or from the `/` on; a query is ignored.
    public func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> Int? {
        guard let first = hosts.value(for: host) else { return nil }
        let path = path.isEmpty ? staticBytes("/") : path
        var group = Int32(first)
        while group >= 0 {
            let current = groups[Int(group)]
            for index in current.variants {
                let variant = variants[index]
                guard variant.port == 0 || variant.port == port else { continue }
                if let rule = paths.search(path, in: variant.paths) { return Int(rule) }
            }
            group = current.parent
        }
        return nil
    }
}

/// A host rule as its operator wrote it, or as it is shipped.
public struct HostRule: Hashable, Sendable {
    /// `host[:port][/path]`, the host perhaps `*.suffix`, the path perhaps ending in `*`.
    public let pattern: String
    /// Index of the category in the site's scheme.
    public let category: Int
    /// The company behind the host.
    public let vendor: String?
    /// The rule's line in the rules file, from 1; 0 for a shipped one.
    public let sourceLine: Int
    /// The id of the known service that a shipped rule is about.
    public let service: String?

    /// The pattern in its parts.
    package let host: String
    package let port: UInt16?
    package let path: String?

    package init(
        pattern: String, host: String, port: UInt16?, path: String?, category: Int, vendor: String?, sourceLine: Int,
        service: String? = nil
    ) {
        self.pattern = pattern
        self.host = host
        self.port = port
        self.path = path
        self.category = category
        self.vendor = vendor
        self.sourceLine = sourceLine
        self.service = service
    }
}

extension HostTable {
    /// The value of the most specific wildcard above a pattern of the table.
    fileprivate func value(forParentOf pattern: String) -> UInt32? {
        // A NUL stands for the first label: it matches wildcards above it, and no exact pattern.
        let rest = pattern.hasPrefix("*.") ? pattern.dropFirst(2) : pattern[...]
        guard let dot = rest.firstIndex(of: ".") else { return nil }
        let host = [0] + Array(rest[dot...].utf8)
        return value(for: host.rawSpan)
    }
}
