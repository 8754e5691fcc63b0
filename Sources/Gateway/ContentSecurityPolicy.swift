import Bytes

/// A page's Content-Security-Policy, extended by exactly what our own script, stylesheet and form need (CSP Level 3).
///
/// Per policy of the field, and only where its directive does not allow it yet, the full URL of the resource is added
/// to the sources. Every source that was there stays, but for a lone `'none'`, which an addition would make void
/// anyway; nothing else is ever written. A directive that stands for others, as `default-src` does, is extended where
/// it is the one that decides.
package enum ContentSecurityPolicy {
    /// What needs an allowance.
    fileprivate enum Resource: CaseIterable {
        case stylesheet
        case script
        case form
        /// What the script asks us for: any of our paths.
        case connection

        var path: StaticString {
            switch self {
            case .stylesheet: "/.crumbgate/banner.css"
            case .script: "/.crumbgate/banner.js"
            case .form: "/.crumbgate/consent"
            case .connection: "/.crumbgate/"
            }
        }
    }

    /// Appends a field value, extended for a page at `authority`.
    ///
    /// An authority that cannot stand in a host-source (CSP §2.3.1), such as an IPv6 address, leaves the value as it is.
    package static func extend(
        _ fieldValue: RawSpan, authority: RawSpan, isSecure: Bool, into output: inout ByteBuffer
    ) {
        guard HostAuthority(authority) != nil else {
            output.append(fieldValue)
            return
        }
        var start = 0
        while start <= fieldValue.byteCount {
            let end = fieldValue.firstIndex(of: UInt8(ascii: ","), from: start) ?? fieldValue.byteCount
            extendPolicy(fieldValue.extracting(start..<end), authority: authority, isSecure: isSecure, into: &output)
            if end < fieldValue.byteCount { output.append(UInt8(ascii: ",")) }
            start = end + 1
        }
    }

    /// The nonce that our script's element must carry: under `'strict-dynamic'` no URL is looked at (CSP §8.2).
    ///
    /// Nil where no policy of the field asks for one, or none is given that base64 spells.
    package static func nonce(of fieldValue: RawSpan) -> ByteRange? {
        var start = 0
        while start < fieldValue.byteCount {
            let end = fieldValue.firstIndex(of: UInt8(ascii: ","), from: start) ?? fieldValue.byteCount
            let policy = fieldValue.extracting(start..<end)
            if let range = Directives(of: policy).effective(.script)?.sources, hasStrictDynamic(policy[range]),
                let nonce = firstNonce(policy[range])
            {
                let offset = start + range.lowerBound
                return ByteRange(offset + nonce.lowerBound, offset + nonce.upperBound)
            }
            start = end + 1
        }
        return nil
    }

    private static func extendPolicy(
        _ policy: RawSpan, authority: RawSpan, isSecure: Bool, into output: inout ByteBuffer
    ) {
        let directives = Directives(of: policy)
        var copied = 0
        // The directives in the order of the text, each at most once.
        var reached = -1
        while let next = directives.firstEffective(after: reached) {
            reached = next.name.lowerBound
            var isReached = false
            for resource in Resource.allCases {
                guard directives.effective(resource) == next else { continue }
                let sources = policy[next.sources]
                if resource == .script, hasStrictDynamic(sources) { continue }
                if isAllowed(resource, by: sources, authority: authority, isSecure: isSecure) { continue }
                if !isReached {
                    let isNone = sources.equalsIgnoringCase("'none'")
                    output.append(policy.extracting(copied..<(isNone ? next.name.upperBound : next.sources.upperBound)))
                    copied = next.sources.upperBound
                    isReached = true
                }
                output.append(isSecure ? " https://" : " http://")
                output.append(authority)
                output.append(resource.path)
            }
        }
        output.append(policy.extracting(copied..<policy.byteCount))
    }

    private static func hasStrictDynamic(_ sources: RawSpan) -> Bool {
        var cursor = SourceCursor()
        while let source = cursor.next(in: sources) {
            if sources[source].equalsIgnoringCase("'strict-dynamic'") { return true }
        }
        return false
    }

    private static func firstNonce(_ sources: RawSpan) -> ByteRange? {
        var cursor = SourceCursor()
        while let source = cursor.next(in: sources) {
            let text = sources[source]
            guard text.byteCount > 8, text.extracting(0..<7).equalsIgnoringCase("'nonce-"),
                text[text.byteCount - 1] == UInt8(ascii: "'")
            else { continue }
            let value = ByteRange(source.lowerBound + 7, source.upperBound - 1)
            if isBase64(sources[value]) { return value }
        }
        return nil
    }

    /// base64-value of CSP §2.3.1: safe in an attribute.
    private static func isBase64(_ text: RawSpan) -> Bool {
        for offset in 0..<text.byteCount {
            let byte = text[offset]
            let isDigit =
                byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            if !isDigit, byte != UInt8(ascii: "=") || offset == 0 { return false }
        }
        return text.byteCount > 0
    }

    /// Whether one of the sources matches the resource's URL. In doubt it does not: a source too many is harmless.
    private static func isAllowed(
        _ resource: Resource, by sources: RawSpan, authority: RawSpan, isSecure: Bool
    ) -> Bool {
        guard let ours = HostAuthority(authority) else { return false }
        var cursor = SourceCursor()
        while let range = cursor.next(in: sources) {
            let source = sources[range]
            if source.equals("*") || source.equalsIgnoringCase("'self'") { return true }
            if source.equalsIgnoringCase("http:") || isSecure && source.equalsIgnoringCase("https:") { return true }
            if HostSource(source, isSecure: isSecure)?.matches(
                source, authority: authority, ours: ours, isSecure: isSecure, path: staticBytes(resource.path)) == true
            {
                return true
            }
        }
        return false
    }
}

/// `host[:port]` that a host-source can spell.
private struct HostAuthority {
    var host: ByteRange
    /// Empty without one.
    var port: ByteRange

    init?(_ authority: RawSpan) {
        let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.byteCount
        host = ByteRange(0, colon)
        port = ByteRange(min(colon + 1, authority.byteCount), authority.byteCount)
        guard !host.isEmpty, colon == authority.byteCount || !port.isEmpty else { return nil }
        for offset in host.range {
            let byte = authority[offset]
            guard byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            else { return nil }
        }
        for offset in port.range where !authority[offset].isASCIIDigit { return nil }
    }
}

/// A host-source (CSP §2.3.1) in its parts.
private struct HostSource {
    var host: ByteRange
    /// Empty without one.
    var port: ByteRange
    var path: ByteRange

    /// Nil for anything but a host-source whose scheme matches the page's.
    init?(_ source: RawSpan, isSecure: Bool) {
        var start = 0
        if source.byteCount > 8, source.extracting(0..<8).equalsIgnoringCase("https://") {
            guard isSecure else { return nil }
            start = 8
        } else if source.byteCount > 7, source.extracting(0..<7).equalsIgnoringCase("http://") {
            start = 7
        }
        let slash = source.firstIndex(of: UInt8(ascii: "/"), from: start) ?? source.byteCount
        let colon = source.firstIndex(of: UInt8(ascii: ":"), from: start) ?? source.byteCount
        let end = min(colon, slash)
        guard end > start, source[start] != UInt8(ascii: "'") else { return nil }
        host = ByteRange(start, end)
        port = end < slash ? ByteRange(end + 1, slash) : ByteRange(slash, slash)
        path = ByteRange(slash, source.byteCount)
    }

    /// Whether it matches (CSP §6.7.2.8).
    func matches(
        _ source: RawSpan, authority: RawSpan, ours: HostAuthority, isSecure: Bool, path wanted: RawSpan
    ) -> Bool {
        guard matchesHost(source[host], authority[ours.host]), matchesPort(source[port], authority[ours.port], isSecure)
        else { return false }
        let pattern = source[path]
        if pattern.isEmpty || pattern.equals(wanted) { return true }
        return pattern[pattern.byteCount - 1] == UInt8(ascii: "/") && wanted.starts(with: pattern)
    }

    private func matchesHost(_ pattern: RawSpan, _ host: RawSpan) -> Bool {
        if pattern.equals("*") { return true }
        var (pattern, host) = (pattern, host)
        if pattern.starts(with: "*.") {
            pattern = pattern.extracting(1..<pattern.byteCount)
            guard host.byteCount > pattern.byteCount else { return false }
            host = host.extracting(host.byteCount - pattern.byteCount..<host.byteCount)
        }
        guard pattern.byteCount == host.byteCount else { return false }
        for offset in 0..<host.byteCount where host[offset].lowercasedASCII != pattern[offset].lowercasedASCII {
            return false
        }
        return true
    }

    private func matchesPort(_ pattern: RawSpan, _ port: RawSpan, _ isSecure: Bool) -> Bool {
        if pattern.equals("*") || pattern.equals(port) { return true }
        let isDefault = port.isEmpty || port.equals(isSecure ? "443" : "80")
        return isDefault && (pattern.isEmpty || pattern.equals(isSecure ? "443" : "80"))
    }
}

/// The directives of one policy that bear on what is ours; of several of one name the first counts (CSP §2.2.1).
private struct Directives {
    struct Directive: Equatable {
        var name: ByteRange
        /// From the first source to the last; empty, right after the name, without any.
        var sources: ByteRange
    }

    var scriptElement: Directive?
    var script: Directive?
    var styleElement: Directive?
    var style: Directive?
    var fallback: Directive?
    var formAction: Directive?
    var connect: Directive?

    init(of policy: RawSpan) {
        var start = 0
        while start < policy.byteCount {
            let end = policy.firstIndex(of: UInt8(ascii: ";"), from: start) ?? policy.byteCount
            add(policy, ByteRange(start, end))
            start = end + 1
        }
    }

    private mutating func add(_ policy: RawSpan, _ range: ByteRange) {
        var cursor = SourceCursor(from: range.lowerBound)
        let text = policy.extracting(0..<range.upperBound)
        guard let name = cursor.next(in: text) else { return }
        var sources = ByteRange(name.upperBound, name.upperBound)
        while let source = cursor.next(in: text) {
            sources = ByteRange(sources.isEmpty ? source.lowerBound : sources.lowerBound, source.upperBound)
        }
        let directive = Directive(name: name, sources: sources)
        let word = policy[name]
        if word.equalsIgnoringCase("script-src-elem") {
            scriptElement = scriptElement ?? directive
        } else if word.equalsIgnoringCase("script-src") {
            script = script ?? directive
        } else if word.equalsIgnoringCase("style-src-elem") {
            styleElement = styleElement ?? directive
        } else if word.equalsIgnoringCase("style-src") {
            style = style ?? directive
        } else if word.equalsIgnoringCase("default-src") {
            fallback = fallback ?? directive
        } else if word.equalsIgnoringCase("form-action") {
            formAction = formAction ?? directive
        } else if word.equalsIgnoringCase("connect-src") {
            connect = connect ?? directive
        }
    }

    /// The directive that decides about a resource (CSP §6.8.3).
    func effective(_ resource: ContentSecurityPolicy.Resource) -> Directive? {
        switch resource {
        case .script: scriptElement ?? script ?? fallback
        case .stylesheet: styleElement ?? style ?? fallback
        case .form: formAction
        case .connection: connect ?? fallback
        }
    }

    /// The first directive behind an offset that decides about anything of ours.
    func firstEffective(after offset: Int) -> Directive? {
        var first: Directive?
        for resource in ContentSecurityPolicy.Resource.allCases {
            guard let directive = effective(resource), directive.name.lowerBound > offset else { continue }
            if let known = first, known.name.lowerBound <= directive.name.lowerBound { continue }
            first = directive
        }
        return first
    }
}

/// Reads words between ASCII whitespace.
private struct SourceCursor {
    private var offset: Int

    init(from offset: Int = 0) { self.offset = offset }

    mutating func next(in text: RawSpan) -> ByteRange? {
        while offset < text.byteCount, Self.isSpace(text[offset]) { offset += 1 }
        guard offset < text.byteCount else { return nil }
        let start = offset
        while offset < text.byteCount, !Self.isSpace(text[offset]) { offset += 1 }
        return ByteRange(start, offset)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0C }
}
