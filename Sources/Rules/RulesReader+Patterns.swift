import Location
import Yams

extension RulesReader {
    /// A path pattern: `/cart`, `/payment/*`.
    func pathPattern(_ node: Node, _ what: String) -> String? {
        guard let text = text(node, what) else { return nil }
        guard let fault = pathFault(text[...]) else { return text }
        report(
            "\(what): \(fault.reason)", at: node, offset: fault.offset, expected: "a path: `/cart`, or `/payment/*`")
        return nil
    }

    /// A host pattern of a site: `shop.example`, `*.shop.example`.
    func siteHost(_ node: Node) -> String? {
        guard let text = text(node, "a host") else { return nil }
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
        let ofScheme = scheme.map { _ in PatternFault(reason: "without the scheme", offset: 0) }
        guard let fault = ofScheme ?? hostFault(text[...], "without a port: every port is served") else {
            return text.lowercased()
        }
        report(
            "a host: \(fault.reason)", at: node, offset: fault.offset,
            expected: "a host: `shop.example`, or \"*.shop.example\" for all below it")
        return nil
    }

    /// A third-party host: `host[:port][/path]`.
    func thirdPartyHost(_ node: Node) -> (host: String, port: UInt16?, path: String?)? {
        guard let text = text(node, "a host") else { return nil }
        func refuse(_ fault: PatternFault, from start: Int = 0) {
            report(
                "a host: \(fault.reason)", at: node, offset: start + fault.offset,
                expected: "a host with an optional port and path: `tracker.example`, \"*.tracker.example\", "
                    + "`cdn.example/pixel/*`")
        }
        if text.hasPrefix("http://") || text.hasPrefix("https://") {
            refuse(PatternFault(reason: "without the scheme: it covers http and https", offset: 0))
            return nil
        }
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let path = slash == text.endIndex ? nil : String(text[slash...])
        if let path, let fault = pathFault(path[...]) {
            refuse(fault, from: text.unicodeScalars.distance(from: text.startIndex, to: slash))
            return nil
        }
        let (host, portText) = splitAuthority(text[..<slash])
        if let fault = hostFault(host, "the port must be a number from 1 to 65535") {
            refuse(fault)
            return nil
        }
        guard let portText else {
            return (host.lowercased(), nil, path)
        }
        guard let port = port(portText) else {
            refuse(
                PatternFault(
                    reason: "the port must be a number from 1 to 65535", offset: host.unicodeScalars.count + 1))
            return nil
        }
        return (host.lowercased(), port, path)
    }

    /// An address and port to listen on: `127.0.0.1:8080`, `[::1]:8080`.
    func listener(_ node: Node) -> Listener? {
        let expected = "an address and a port: `127.0.0.1:8080`, `0.0.0.0:80` for all of IPv4, \"[::]:80\" for all"
        guard let text = text(node, "a listener") else { return nil }
        let (host, portText) = splitAuthority(text[...])
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        let address = bare == "localhost" ? "127.0.0.1" : bare
        guard AddressBlock(address) != nil, !address.contains("/"), address.contains(":") == host.hasPrefix("[") else {
            report("a listener: `\(host)` is not an address", at: node, expected: expected)
            return nil
        }
        guard let portText, let port = port(portText) else {
            report("a listener needs a port from 1 to 65535", at: node, expected: expected)
            return nil
        }
        return Listener(host: address, port: port)
    }

    /// The URL of an origin server: `http://127.0.0.1:9000`.
    func origin(_ node: Node, preservesHost: Bool) -> OriginServer? {
        let expected = "the shop's own server: `http://127.0.0.1:9000`"
        guard let text = text(node, "origin") else { return nil }
        let isSecure = text.hasPrefix("https://")
        let scheme = isSecure ? "https://" : "http://"
        guard text.hasPrefix(scheme) else {
            report(
                "origin must be a URL that begins with `http://` or `https://`", at: node, expected: expected,
                didYouMean: text.contains("://") || text.contains("/") ? nil : "http://\(text)")
            return nil
        }
        var rest = text.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let (host, portText) = splitAuthority(rest)
        if rest.contains(where: { $0 == "/" || $0 == "?" || $0 == "#" || $0 == "@" }) {
            report("origin: only a host and a port, no path, query or user", at: node, expected: expected)
            return nil
        }
        if let fault = hostFault(host, "an IPv6 address needs brackets") {
            report("origin: \(fault.reason)", at: node, offset: scheme.count + fault.offset, expected: expected)
            return nil
        }
        if host.hasPrefix("*") {
            report("origin: one host, not a pattern", at: node, expected: expected)
            return nil
        }
        let bare = host.hasPrefix("[") ? host.dropFirst().dropLast() : host
        guard let portText else {
            return OriginServer(
                host: String(bare), port: isSecure ? 443 : 80, preservesHost: preservesHost,
                tls: isSecure ? OriginTLS() : nil)
        }
        guard let port = port(portText) else {
            report(
                "origin: the port must be a number from 1 to 65535", at: node,
                offset: scheme.count + host.unicodeScalars.count + 1, expected: expected)
            return nil
        }
        return OriginServer(
            host: String(bare), port: port, preservesHost: preservesHost, tls: isSecure ? OriginTLS() : nil)
    }
}

/// What is wrong with a pattern, and how many scalars into it.
struct PatternFault {
    let reason: String
    let offset: Int
}

private func pathFault(_ text: Substring) -> PatternFault? {
    let bytes = Array(text.utf8)
    guard bytes.first == UInt8(ascii: "/") else { return PatternFault(reason: "it must begin with `/`", offset: 0) }
    for (offset, byte) in bytes.enumerated() {
        switch byte {
        case UInt8(ascii: "*") where offset != bytes.count - 1:
            return PatternFault(reason: "`*` stands only at the end", offset: offset)
        case UInt8(ascii: "?"), UInt8(ascii: "#"):
            return PatternFault(reason: "only the path is compared, without query and fragment", offset: offset)
        case 0x21...0x7E: continue
        default: return PatternFault(reason: "spaces and non-ASCII are percent-encoded in a path", offset: offset)
        }
    }
    return nil
}

/// What is wrong with `host` or `*.host`; `portReason` says it of a colon.
private func hostFault(_ text: Substring, _ portReason: String) -> PatternFault? {
    if text.hasPrefix("["), text.hasSuffix("]") {
        let address = String(text.dropFirst().dropLast())
        let isValid = address.contains(":") && !address.contains("/") && AddressBlock(address) != nil
        return isValid ? nil : PatternFault(reason: "`\(text)` is not an IPv6 address", offset: 0)
    }
    let isWildcard = text.hasPrefix("*.")
    let name = isWildcard ? text.dropFirst(2) : text
    let start = isWildcard ? 2 : 0
    if name.isEmpty { return PatternFault(reason: "the name is missing", offset: start) }
    var labelLength = 0
    for (offset, scalar) in name.unicodeScalars.enumerated() {
        switch scalar {
        case ".":
            if labelLength == 0 { return PatternFault(reason: "a label between dots is empty", offset: start + offset) }
            labelLength = 0
            continue
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": labelLength += 1
        case "*": return PatternFault(reason: "`*` stands only for whole labels at the start", offset: start + offset)
        case ":": return PatternFault(reason: portReason, offset: start + offset)
        case "/": return PatternFault(reason: "only the host, without a scheme or path", offset: start + offset)
        default:
            let reason =
                scalar.isASCII
                ? "`\(scalar)` cannot stand in a host name" : "a name beyond ASCII is written as `xn--…` (RFC 5891)"
            return PatternFault(reason: reason, offset: start + offset)
        }
        if labelLength > 63 { return PatternFault(reason: "a label is longer than 63", offset: start + offset) }
    }
    if labelLength == 0 || name.utf8.count > 250 {
        return PatternFault(reason: labelLength == 0 ? "it ends with a dot" : "it is longer than 250", offset: start)
    }
    return nil
}

/// `host` and the text behind its port's colon.
private func splitAuthority(_ text: Substring) -> (host: Substring, port: Substring?) {
    let from = text.hasPrefix("[") ? text.firstIndex(of: "]") ?? text.startIndex : text.startIndex
    guard let colon = text[from...].lastIndex(of: ":") else { return (text, nil) }
    return (text[..<colon], text[text.index(after: colon)...])
}

private func port(_ text: Substring) -> UInt16? {
    guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(text), port > 0 else { return nil }
    return port
}
