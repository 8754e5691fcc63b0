import TLS
import Yams

/// Reads `listen`, and looks at the certificates that it names.
struct ListenerDecoder {
    let reader: RulesReader
    /// Where `redirect_to_https` is, and the listener that it is of.
    private var redirects: [(place: Node, listener: Listener)] = []
    /// Where a listener's `tls` is, and its certificates, for what can be said only when the sites are known.
    private var shown: [(place: Node, certificates: [Certificate])] = []
    /// Where `proxy_protocol` is expected.
    private var proxied: [Node] = []

    init(reader: RulesReader) { self.reader = reader }

    /// The listeners; the standard one where nothing is said.
    mutating func listeners(_ node: Node?) -> [Listener] {
        guard let node, !reader.isNull(node) else { return [Listener(host: "127.0.0.1", port: 8080)] }
        let items = reader.items(node)
        if items.isEmpty { reader.report("listen is an empty list", at: node, expected: "at least one listener") }
        var listeners: [Listener] = []
        for item in items {
            guard let listener = listener(item) else { continue }
            if listeners.contains(where: listener.isSamePlace) {
                reader.report("this listener is there twice", at: item)
            }
            listeners.append(listener)
        }
        return redirecting(listeners)
    }

    /// The listeners, with the ports that redirects lead to.
    private func redirecting(_ listeners: [Listener]) -> [Listener] {
        var listeners = listeners
        let secure = listeners.first { $0.tls != nil }?.port
        for (place, address) in redirects {
            guard let index = listeners.firstIndex(where: address.isSamePlace) else { continue }
            if listeners[index].tls != nil {
                reader.report("TLS is spoken here already: there is nothing to redirect", at: place)
            } else if let port = secure {
                listeners[index].redirectPort = port
            } else {
                reader.report(
                    "requests are redirected to HTTPS, and no listener speaks TLS", at: place,
                    expected: "a listener with `tls`")
            }
        }
        return listeners
    }

    /// Says where nobody could connect.
    func checkProxies(areTrusted: Bool) {
        guard !areTrusted else { return }
        for place in proxied {
            reader.report(
                "only trusted proxies may connect here, and there are none", at: place,
                expected: "`trusted_proxies`: the addresses that connect here")
        }
    }

    /// Says which hosts would be shown a certificate of another name.
    func checkNames(of sites: [Site]) {
        for (place, certificates) in shown {
            for site in sites {
                for host in site.hosts where !certificates.contains(where: { $0.covers(host) }) {
                    reader.report(
                        "no certificate of this listener is good for `\(host)`: browsers will refuse it", at: place,
                        expected: "a certificate with that name; these are there: "
                            + list(certificates.flatMap(\.names).prefix(8), "", "and"), severity: .warning)
                }
            }
        }
    }

    private mutating func listener(_ node: Node) -> Listener? {
        guard node.mapping != nil else { return reader.listener(node) }
        guard let section = reader.section(node, .listener, "a listener") else { return nil }
        guard let place = section["address"] else {
            reader.report(
                "a listener without `address`", at: node, expected: "`address`: an address and a port, `0.0.0.0:443`")
            return nil
        }
        guard var listener = reader.listener(place) else { return nil }
        if let node = section["tls"] {
            guard let tls = tls(node, at: section.key("tls") ?? node) else { return nil }
            listener.tls = tls
        }
        if let node = section["redirect_to_https"], reader.boolean(node, "redirect_to_https") == true {
            redirects.append((node, listener))
        }
        if let node = section["proxy_protocol"], reader.boolean(node, "proxy_protocol") == true {
            listener.expectsProxyHeader = true
            proxied.append(section.key("proxy_protocol") ?? node)
        }
        return listener
    }

    private mutating func tls(_ node: Node, at key: Node) -> ListenerTLS? {
        guard let section = reader.section(node, .tls, "tls") else { return nil }
        var pairs: [(section: RulesReader.Section, place: Node)] = []
        if let list = section["certificates"] {
            for name in ["certificate", "key", "ocsp_response"] {
                guard let node = section.key(name) else { continue }
                reader.report("`\(name)` belongs to each item when there is a list of `certificates`", at: node)
            }
            pairs = reader.items(list).compactMap { item in
                reader.section(item, .certificate, "a certificate").map { ($0, item) }
            }
        } else {
            pairs = [(section, key)]
        }
        var minimum = TLSVersion.tls12
        if let node = section["minimum_version"] {
            minimum = reader.word(node, "minimum_version", TLSVersion.self) ?? minimum
        }
        var offersHTTP2 = true
        if let node = section["http2"] { offersHTTP2 = reader.boolean(node, "http2") ?? true }
        let read = pairs.compactMap { CertificateReader(reader: reader).certificate($0.section, at: $0.place) }
        guard let first = read.first, read.count == pairs.count else {
            if pairs.isEmpty {
                reader.report("no certificate is named", at: key, expected: "`certificate` and `key`: two PEM files")
            }
            return nil
        }
        shown.append((key, read.map(\.certificate)))
        return ListenerTLS(
            certificates: [first.files] + read.dropFirst().map(\.files), minimumVersion: minimum,
            offersHTTP2: offersHTTP2)
    }
}
