import Bytes

/// One `;`-led part of a set-cookie-string.
struct CookieAttribute {
    enum Kind {
        case expires, maxAge, domain, path, secure, httpOnly, partitioned, sameSite, other
    }

    let kind: Kind
    let value: ByteRange
    /// From the `;` to the next one, or the end.
    let segment: ByteRange
}

/// Reads a set-cookie-string: first its pair, then its attributes (RFC 6265bis §5.6).
struct AttributeCursor {
    private var offset = 0

    mutating func pair(in bytes: RawSpan) -> (name: ByteRange, value: ByteRange) {
        let (equals, end) = Self.split(bytes, from: 0)
        offset = end
        guard equals < end else { return (ByteRange(), bytes.trimmed(ByteRange(0, end))) }
        return (bytes.trimmed(ByteRange(0, equals)), bytes.trimmed(ByteRange(equals + 1, end)))
    }

    /// The next attribute, also an ignored one; nil at the end.
    mutating func next(in bytes: RawSpan) -> CookieAttribute? {
        guard offset < bytes.byteCount else { return nil }
        let start = offset
        let (equals, end) = Self.split(bytes, from: start + 1)
        offset = end
        let name = bytes.trimmed(ByteRange(start + 1, equals))
        let value = equals < end ? bytes.trimmed(ByteRange(equals + 1, end)) : ByteRange(end, end)
        let isIgnored = value.count > SetCookieLine.maximumAttributeLength
        return CookieAttribute(
            kind: isIgnored ? .other : CookieAttribute.Kind(bytes[name]), value: value,
            segment: ByteRange(start, end))
    }

    /// Where the first `=` is, and the end of the part that begins at `start`; both the same without `=`.
    private static func split(_ bytes: RawSpan, from start: Int) -> (equals: Int, end: Int) {
        let first =
            bytes.firstIndex(of: UInt8(ascii: "="), or: UInt8(ascii: ";"), from: start) ?? bytes.byteCount
        if first == bytes.byteCount || bytes[first] == UInt8(ascii: ";") { return (first, first) }
        return (first, bytes.firstIndex(of: UInt8(ascii: ";"), from: first + 1) ?? bytes.byteCount)
    }
}

extension CookieAttribute.Kind {
    init(_ name: RawSpan) {
        switch name.byteCount {
        case 4: self = name.equalsIgnoringCase("path") ? .path : .other
        case 6:
            self =
                name.equalsIgnoringCase("secure") ? .secure : name.equalsIgnoringCase("domain") ? .domain : .other
        case 7:
            self = name.equalsIgnoringCase("max-age") ? .maxAge : name.equalsIgnoringCase("expires") ? .expires : .other
        case 8:
            self =
                name.equalsIgnoringCase("httponly")
                ? .httpOnly : name.equalsIgnoringCase("samesite") ? .sameSite : .other
        case 11: self = name.equalsIgnoringCase("partitioned") ? .partitioned : .other
        default: self = .other
        }
    }
}
