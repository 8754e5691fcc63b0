import Foundation
import Location
import Measurement
import Yams

/// Makes a policy of a document's root.
struct PolicyDecoder {
    let reader: RulesReader

    /// The policy, or nil after the reader was told why there is none.
    func policy(from root: Node?) -> Policy? {
        guard let root, !reader.isNull(root) else {
            reader.report(
                "the file says nothing", at: Node("", .implicit, .plain),
                expected: "at least the shop's own server: `origin: http://127.0.0.1:9000`")
            return nil
        }
        guard let file = reader.section(root, .file, "the file") else { return nil }
        let directory = URL(fileURLWithPath: reader.lines.file).deletingLastPathComponent().relativePath
        let memory = path(file["memory_directory"], "memory_directory", in: directory)
        let state = path(file["state_directory"], "state_directory", in: directory) ?? join(directory, "state")
        let secret = path(file["consent_secret_file"], "consent_secret_file", in: directory)
        var location = location(file["location"])
        location.database = location.database.map { join(directory, $0) }
        let lists = lists(file["lists"], in: directory)
        let (connect, trace) = methods(file["methods"])
        var listening = ListenerDecoder(reader: reader)
        let listeners = listening.listeners(file["listen"])
        let limits = limits(file["limits"])
        let timeouts = timeouts(file["timeouts"])
        let trustedProxies = trustedProxies(file["trusted_proxies"])
        let workers = workers(file["workers"])
        let user = user(file["user"])
        let log = log(file["log"])
        let console = ConsoleDecoder(reader: reader).settings(
            file["console"], besides: listeners, directory: directory)
        guard let sites = sites(file, console: console, listeners: listeners) else { return nil }
        listening.checkNames(of: sites)
        listening.checkProxies(areTrusted: !trustedProxies.isEmpty)
        if listeners.allSatisfy({ $0.tls == nil }), trustedProxies.isEmpty { refuseTransportSecurity(file) }
        return Policy(
            sourceFile: reader.lines.file, sites: sites, listeners: listeners, limits: limits, timeouts: timeouts,
            trustedProxies: trustedProxies, stateDirectory: state, memoryDirectory: memory,
            consentSecretFile: secret ?? join(state, "consent.key"), location: location, lists: lists, workers: workers,
            user: user, log: log,
            connectAnswer: connect, traceAnswer: trace, console: console, warnings: sorted(reader.diagnostics))
    }

    /// Nobody speaks TLS, so that nobody may be told to come back over it (RFC 6797 §7.2).
    private func refuseTransportSecurity(_ file: RulesReader.Section) {
        let sites = file["sites"].map(reader.items) ?? []
        let sections = [file.node] + sites
        for node in sections {
            guard let mapping = node.mapping else { continue }
            for (key, value) in mapping
            where key.scalar?.string == "strict_transport_security" && !reader.isFalse(value) {
                reader.report(
                    "browsers that are told this could not come back: no listener speaks TLS", at: key,
                    expected: "a listener with `tls`, or `trusted_proxies` where another server ends TLS")
            }
        }
    }

    /// The site at the top level, or those listed, which start from what the top level says.
    private func sites(
        _ file: RulesReader.Section, console: ConsoleSettings?, listeners: [Listener]
    ) -> [Site]? {
        let decoder = SiteDecoder(
            reader: reader, console: console?.listener, isSecure: listeners.contains { $0.tls != nil })
        var shared = SiteDraft()
        decoder.read(file, into: &shared)
        guard let list = file["sites"], !reader.isNull(list) else {
            guard let site = decoder.site(shared, at: file.node, index: 0) else { return nil }
            return [site]
        }
        for key in ["name", "hosts"] {
            guard let node = file.key(key) else { continue }
            reader.report("`\(key)` belongs to each site when there is a list of `sites`", at: node)
        }
        guard case .sequence(let nodes) = list, !nodes.isEmpty else {
            let reason = list.sequence == nil ? "sites must be a list, not \(reader.describe(list))" : "sites is empty"
            reader.report(reason, at: list, expected: "`- name: …` items")
            return nil
        }
        var sites: [Site] = []
        var names: Set<String> = []
        var hosts: [String: String] = [:]
        for node in nodes {
            var draft = shared
            draft.name = nil
            draft.hosts = []
            guard let section = reader.section(node, .site, "a site") else { continue }
            decoder.read(section, into: &draft)
            guard let site = decoder.site(draft, at: node, index: sites.count) else { continue }
            if !names.insert(site.name).inserted {
                reader.report(
                    "there are two sites named `\(site.name)`", at: section["name"] ?? node,
                    expected: "a `name` of its own")
            }
            if site.hosts.isEmpty, let other = sites.first(where: { $0.hosts.isEmpty }) {
                reader.report(
                    "site `\(site.name)` has no hosts, and neither has `\(other.name)`", at: node,
                    expected: "`hosts` on all sites but one, which takes every other host")
            }
            for host in site.hosts {
                if let other = hosts[host] {
                    reader.report("`\(host)` is already a host of site `\(other)`", at: section["hosts"] ?? node)
                }
                hosts[host] = site.name
            }
            sites.append(site)
        }
        return sites.count == nodes.count ? sites : nil
    }

    private func limits(_ node: Node?) -> Limits {
        var limits = Limits()
        guard let node, let section = reader.section(node, .limits, "limits") else { return limits }
        func read(_ key: String, _ path: WritableKeyPath<Limits, Int>, in range: ClosedRange<Int>) {
            guard let node = section[key] else { return }
            limits[keyPath: path] = reader.integer(node, key, in: range) ?? limits[keyPath: path]
        }
        func readSize(_ key: String, _ path: WritableKeyPath<Limits, Int>, in range: ClosedRange<Int>) {
            guard let node = section[key] else { return }
            limits[keyPath: path] = reader.size(node, key, in: range) ?? limits[keyPath: path]
        }
        readSize("request_head", \.headBytes, in: 4096...49_152)
        read("fields", \.fields, in: 32...128)
        readSize("target", \.targetBytes, in: 1024...32_768)
        read("clients", \.clients, in: 16...1_000_000)
        read("origin_connections", \.originConnections, in: 1...65_536)
        read("queue", \.queue, in: 0...1_000_000)
        if let node = section["retry_after"] {
            limits.retryAfter = (reader.duration(node, "retry_after", in: 1000...3_600_000) ?? 2000) / 1000
        }
        readSize("html_memory", \.htmlMemory, in: 8192...16_777_216)
        if let node = section["per_network"] { limits.network = network(node) }
        if limits.targetBytes > limits.headBytes {
            reader.report(
                "target is larger than request_head, which holds it", at: section["target"] ?? section.node)
        }
        return limits
    }

    private func network(_ node: Node) -> NetworkBounds {
        var bounds = NetworkBounds()
        guard let section = reader.section(node, .perNetwork, "per_network") else { return bounds }
        var burst = 10_000
        if let node = section["burst"] { burst = reader.duration(node, "burst", in: 1000...3_600_000) ?? burst }
        func rate(_ key: String) -> Rate? {
            guard let node = section[key], let interval = reader.rate(node, key) else { return nil }
            return Rate(interval: interval, burst: Int64(burst) * 1_000_000)
        }
        bounds.newConnections = rate("new_connections")
        bounds.requests = rate("requests")
        if let node = section["connections"] {
            bounds.connections = reader.integer(node, "connections", in: 1...1_000_000) ?? 0
        }
        if section["burst"] != nil, section["new_connections"] == nil, section["requests"] == nil {
            reader.report(
                "burst is of no use without a rate", at: section.key("burst") ?? node,
                expected: "`requests` or `new_connections`: `20/s`, `600/m`")
        }
        return bounds
    }

    private func timeouts(_ node: Node?) -> Timeouts {
        var timeouts = Timeouts()
        guard let node, let section = reader.section(node, .timeouts, "timeouts") else { return timeouts }
        let paths: [(String, WritableKeyPath<Timeouts, Int>)] = [
            ("handshake", \.handshake), ("request_head", \.requestHead), ("idle", \.idle), ("body", \.body),
            ("origin_connect", \.originConnect),
            ("origin_first_byte", \.originFirstByte), ("origin_idle", \.originIdle), ("tunnel", \.tunnel),
            ("drain", \.drain),
        ]
        for (key, path) in paths {
            guard let node = section[key] else { continue }
            timeouts[keyPath: path] = reader.duration(node, key, in: 10...86_400_000) ?? timeouts[keyPath: path]
        }
        return timeouts
    }

    private func trustedProxies(_ node: Node?) -> [AddressBlock] {
        guard let node else { return [] }
        return reader.items(node).compactMap { item in
            guard let text = reader.text(item, "a trusted proxy") else { return nil }
            if let block = AddressBlock(text) { return block }
            reader.report(
                "`\(text)` is not a block of addresses", at: item,
                expected: "an address or a block without bits behind its prefix: `10.0.0.0/8`, \"2001:db8::/32\"")
            return nil
        }
    }

    private func location(_ node: Node?) -> LocationSettings {
        var location = LocationSettings()
        guard let node, let section = reader.section(node, .location, "location") else { return location }
        if let node = section["database"] { location.database = reader.text(node, "database") }
        if let node = section["detail"] {
            location.detail = reader.word(node, "detail", LocationSettings.Detail.self) ?? location.detail
        }
        return location
    }

    private func log(_ node: Node?) -> LogSettings {
        var log = LogSettings()
        guard let node, let section = reader.section(node, .log, "log") else { return log }
        if let node = section["level"] { log.level = reader.word(node, "level", LogSettings.Level.self) ?? log.level }
        if let node = section["format"] {
            log.format = reader.word(node, "format", LogSettings.Format.self) ?? log.format
        }
        if let node = section["access"] { log.access = reader.boolean(node, "access") ?? log.access }
        if let node = section["truncated_address"] {
            log.truncatedAddress = reader.boolean(node, "truncated_address") ?? log.truncatedAddress
        }
        return log
    }

    private func methods(_ node: Node?) -> (connect: Int, trace: Int) {
        guard let node, let section = reader.section(node, .methods, "methods") else { return (405, 405) }
        func answer(_ key: String) -> Int {
            section[key].flatMap { reader.integer($0, key, among: [405, 501]) } ?? 405
        }
        return (answer("connect"), answer("trace"))
    }

    private func workers(_ node: Node?) -> Int {
        let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
        guard let node else { return cores }
        if case .scalar(let scalar) = node, scalar.string == "auto" { return cores }
        return reader.integer(node, "workers", in: 1...256) ?? cores
    }

    /// A name such as Debian gives to users of services; whether there is one, only the machine can tell.
    private func user(_ node: Node?) -> String? {
        guard let node, !reader.isNull(node), let name = reader.text(node, "user") else { return nil }
        let expected = "a user of this machine with few rights, such as `crumbgate`"
        let isName =
            name.utf8.count <= 32 && !name.hasPrefix("-")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        if name == "root" {
            reader.report("as root a fault would cost the whole machine", at: node, expected: expected)
        } else if !isName {
            reader.report("`\(name.prefix(64))` is not a user's name", at: node, expected: expected)
        } else {
            return name
        }
        return nil
    }

    /// The lists of the program, with those of an operator's file in front.
    private func lists(_ node: Node?, in directory: String) -> TrafficLists {
        guard let node, let path = path(node, "lists", in: directory) else { return .shipped }
        guard let content = FileManager.default.contents(atPath: path), content.count <= 1 << 20,
            let text = String(validating: content, as: UTF8.self)
        else {
            reader.report(
                "`\(path.prefix(200))` cannot be read, is no UTF-8, or is larger than 1MiB", at: node,
                expected: "a file of additions to the lists of browsers, bots and sources")
            return .shipped
        }
        do {
            return try TrafficLists(additions: text, file: path)
        } catch {
            reader.add(
                SourceLines(file: path, text: text).diagnostic(error.problem, line: error.line, column: error.column))
            return .shipped
        }
    }

    private func path(_ node: Node?, _ what: String, in directory: String) -> String? {
        guard let node, let text = reader.text(node, what) else { return nil }
        return join(directory, text)
    }
}

/// A path of a rules file, which is relative to the folder that the file is in.
func join(_ directory: String, _ path: String) -> String {
    if path.hasPrefix("/") || directory == "." || directory.isEmpty { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
}
