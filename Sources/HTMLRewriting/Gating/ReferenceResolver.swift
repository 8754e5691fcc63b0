import Bytes

/// Resolves the URLs of a document as far as rules look at them: host, port and path (WHATWG URL §4.4).
///
/// Only http and https are of interest, and only a URL that names a host of its own, or that a `<base href>` gives one.
package struct ReferenceResolver: ~Copyable {
    /// Whether the page came by https.
    package private(set) var isSecure = true
    /// Whether `<base href>` names a host: then it is that of relative URLs.
    private(set) var isBaseForeign = false
    private(set) var hasBase = false
    private var baseIsSecure = true
    private var basePort: UInt16 = 443
    private var baseHost = ByteBuffer(capacity: 16)
    private var basePath = ByteBuffer(capacity: 16)

    // The last URL resolved.
    private var text = ByteBuffer(capacity: 256)
    private var hostText = ByteBuffer(capacity: 64)
    private var pathText = ByteBuffer(capacity: 256)
    /// The port of the URL last resolved.
    package private(set) var port: UInt16 = 443
    private var isURLSecure = true

    package init() {}

    /// Begins another document, or another head.
    package mutating func reset(isSecure: Bool) {
        self.isSecure = isSecure
        isBaseForeign = false
        hasBase = false
        baseIsSecure = isSecure
        baseHost.clear()
        basePath.clear()
    }

    /// The host of the URL last resolved.
    package var host: RawSpan {
        @_lifetime(borrow self)
        get { hostText.bytes }
    }

    /// The path of the URL last resolved.
    package var path: RawSpan {
        @_lifetime(borrow self)
        get { pathText.bytes }
    }

    /// The host of relative URLs, if `isBaseForeign`.
    var foreignBase: RawSpan {
        @_lifetime(borrow self)
        get { baseHost.bytes }
    }

    /// Takes the document's first `<base href>`; `value` is decoded.
    mutating func setBase(_ value: RawSpan) {
        guard !hasBase else { return }
        hasBase = true
        // Relative to the page itself, it moves nothing to another host.
        guard resolve(value), hostText.bytes.mayBeHost else { return }
        isBaseForeign = true
        baseIsSecure = isURLSecure
        basePort = port
        baseHost.append(hostText)
        basePath.append(pathText)
    }

    /// Resolves a decoded URL; false where it is of the page's own host, of another scheme, or none at all.
    package mutating func resolve(_ value: RawSpan) -> Bool {
        text.clear()
        hostText.clear()
        pathText.clear()
        var low = 0
        var high = value.byteCount
        while low < high, value[low] <= 0x20 { low += 1 }
        while low < high, value[high - 1] <= 0x20 { high -= 1 }
        for offset in low..<high where !value[offset].isRemovedFromURL { text.append(value[offset]) }

        isURLSecure = isBaseForeign ? baseIsSecure : isSecure
        let scheme = Scheme(of: text)
        guard scheme.isHTTP else { return false }
        if scheme.end > 0 { isURLSecure = scheme.isHTTPS }
        var at = scheme.end
        let isRelative = at == 0 || scheme.isHTTPS == (isBaseForeign ? baseIsSecure : isSecure)
        let first = text.count > at ? text.bytes[at] : 0
        let second = text.count > at + 1 ? text.bytes[at + 1] : 0
        if isRelative, !(first.isURLSlash && second.isURLSlash) {
            guard isBaseForeign else { return false }
            hostText.append(baseHost)
            port = basePort
            isURLSecure = baseIsSecure
            writeRelativePath(from: at)
            return true
        }
        while at < text.count, text.bytes[at].isURLSlash { at += 1 }
        guard let authority = Authority(of: text, from: at) else { return false }
        port = authority.port ?? (isURLSecure ? 443 : 80)
        Self.writeHost(text, authority.host, into: &hostText)
        writePath(from: authority.end)
        return true
    }

    /// The host parser decodes before it looks (§3.5).
    private static func writeHost(
        _ text: borrowing ByteBuffer, _ range: ByteRange, into output: inout ByteBuffer
    ) {
        let host = text.bytes[range]
        var at = 0
        while at < host.byteCount {
            if host[at] == UInt8(ascii: "%"), at + 2 < host.byteCount, let high = host[at + 1].hexDigit,
                let low = host[at + 2].hexDigit
            {
                output.append(high << 4 | low)
                at += 3
            } else {
                output.append(host[at])
                at += 1
            }
        }
    }

    /// Writes an absolute path without its dot segments.
    private mutating func writePath(from start: Int) {
        var at = start
        while at < text.count, !text.bytes[at].endsPath {
            // At a slash, or where one is implied.
            if text.bytes[at].isURLSlash { at += 1 }
            at = writeSegment(from: at)
        }
        if pathText.isEmpty { pathText.append(UInt8(ascii: "/")) }
    }

    private mutating func writeRelativePath(from start: Int) {
        guard start < text.count, !text.bytes[start].endsPath else {
            pathText.append(basePath)
            return
        }
        if !text.bytes[start].isURLSlash {
            var end = basePath.count
            while end > 0, basePath.bytes[end - 1] != UInt8(ascii: "/") { end -= 1 }
            pathText.append(basePath, ByteRange(0, max(0, end - 1)))
        }
        writePath(from: start)
    }

    /// Writes one segment with a slash before it, or does what a dot segment says; returns where it ends.
    private mutating func writeSegment(from start: Int) -> Int {
        let before = pathText.count
        pathText.append(UInt8(ascii: "/"))
        var at = start
        while at < text.count, !text.bytes[at].isURLSlash, !text.bytes[at].endsPath {
            let byte = text.bytes[at]
            if byte.isEncodedInPath {
                pathText.append(UInt8(ascii: "%"))
                pathText.append(byte.upperHexDigits.0)
                pathText.append(byte.upperHexDigits.1)
            } else {
                pathText.append(byte)
            }
            at += 1
        }
        let isLast = at == text.count || text.bytes[at].endsPath
        switch pathText.bytes.extracting(before + 1..<pathText.count).dots {
        case 1:
            pathText.truncate(to: isLast ? before + 1 : before)
        case 2:
            var end = before
            while end > 0, pathText.bytes[end - 1] != UInt8(ascii: "/") { end -= 1 }
            pathText.truncate(to: max(0, end - 1))
            if isLast { pathText.append(UInt8(ascii: "/")) }
        default: break
        }
        return at
    }
}

private struct Scheme {
    /// Behind its colon; 0 without one.
    var end = 0
    var isHTTP = true
    var isHTTPS = false

    init(of text: borrowing ByteBuffer) {
        let bytes = text.bytes
        guard bytes.byteCount > 0, bytes[0].isASCIILetter else { return }
        var at = 1
        while at < bytes.byteCount, bytes[at].isInScheme { at += 1 }
        guard at < bytes.byteCount, bytes[at] == UInt8(ascii: ":") else { return }
        let name = bytes.extracting(0..<at)
        isHTTPS = name.equalsIgnoringCase("https")
        isHTTP = isHTTPS || name.equalsIgnoringCase("http")
        end = at + 1
    }
}

/// `[user@]host[:port]`.
private struct Authority {
    var host: ByteRange
    var port: UInt16?
    var end: Int

    /// Nil for no valid one.
    init?(of text: borrowing ByteBuffer, from start: Int) {
        let bytes = text.bytes
        end = start
        var hostStart = start
        while end < bytes.byteCount, !bytes[end].endsAuthority {
            if bytes[end] == UInt8(ascii: "@") { hostStart = end + 1 }
            end += 1
        }
        var hostEnd = end
        var at = end - 1
        while at >= hostStart, bytes[at].isASCIIDigit { at -= 1 }
        if at >= hostStart, bytes[at] == UInt8(ascii: ":") {
            hostEnd = at
            if at + 1 < end {
                guard let number = bytes.extracting(at + 1..<end).decimal, number <= 65_535 else { return nil }
                port = UInt16(number)
            }
        }
        guard hostEnd > hostStart else { return nil }
        host = ByteRange(hostStart, hostEnd)
    }
}

extension RawSpan {
    /// Whether no byte is one that makes a URL invalid in its host (§3.2, "forbidden domain code point"): then a base
    /// counts for nothing.
    fileprivate var mayBeHost: Bool {
        for offset in 0..<byteCount {
            switch self[offset] {
            case 0...0x20, 0x7F, UInt8(ascii: "#"), UInt8(ascii: "%"), UInt8(ascii: "/"), UInt8(ascii: "<"),
                UInt8(ascii: ">"), UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
                UInt8(ascii: "|"):
                return false
            default: break
            }
        }
        return true
    }

    /// How many dots a segment is, each perhaps written `%2e`; 0 for any other (§4.1, "double-dot URL path segment").
    fileprivate var dots: Int {
        guard byteCount > 0, byteCount <= 6 else { return 0 }
        var at = 0
        var dots = 0
        while at < byteCount {
            if self[at] == UInt8(ascii: ".") {
                at += 1
            } else if at + 3 <= byteCount, self[at] == UInt8(ascii: "%"), self[at + 1] == UInt8(ascii: "2"),
                self[at + 2] | 0x20 == UInt8(ascii: "e")
            {
                at += 3
            } else {
                return 0
            }
            dots += 1
        }
        return dots <= 2 ? dots : 0
    }
}

extension UInt8 {
    /// Tab, LF and CR count for nothing, wherever they stand (§4.4).
    var isRemovedFromURL: Bool { self == 0x09 || self == 0x0A || self == 0x0D }
    /// In a special URL a backslash is a slash.
    var isURLSlash: Bool { self == UInt8(ascii: "/") || self == UInt8(ascii: "\\") }
    fileprivate var endsPath: Bool { self == UInt8(ascii: "?") || self == UInt8(ascii: "#") }
    fileprivate var endsAuthority: Bool { isURLSlash || endsPath }

    fileprivate var isInScheme: Bool {
        isASCIILetter || isASCIIDigit || self == UInt8(ascii: "+") || self == UInt8(ascii: "-")
            || self == UInt8(ascii: ".")
    }

    /// The path percent-encode set (§1.3).
    fileprivate var isEncodedInPath: Bool {
        switch self {
        case 0...0x20, 0x7F...0xFF, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "^"),
            UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            true
        default: false
        }
    }

    fileprivate var hexDigit: UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }

    fileprivate var upperHexDigits: (UInt8, UInt8) {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value + 0x37 }
        return (digit(self >> 4), digit(self & 15))
    }
}
