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
    private var offset: Int

    /// Makes a cursor at the `;` at `offset`, or at the start.
    init(at offset: Int = 0) { self.offset = offset }

    mutating func pair(in bytes: RawSpan) -> (name: ByteRange, value: ByteRange) {
        let (equals, end) = Self.split(bytes, from: 0)
        offset = end
        guard equals < end else { return (ByteRange(), bytes.trimmed(ByteRange(0, end))) }
        return (bytes.trimmed(ByteRange(0, equals)), bytes.trimmed(ByteRange(equals + 1, end)))
    }

    /// The next attribute, also an ignored one; nil at the end.
    @inline(__always)
    mutating func next(in bytes: RawSpan) -> CookieAttribute? {
        guard offset < bytes.byteCount else { return nil }
        let start = offset
        let (equals, end) = Self.split(bytes, from: start + 1)
        offset = end
        let name = bytes.trimmed(ByteRange(start + 1, equals))
        let value = equals < end ? bytes.trimmed(ByteRange(equals + 1, end)) : ByteRange(end, end)
        let isIgnored = value.count > SetCookieLine.maximumAttributeLength
        return CookieAttribute(
            kind: isIgnored ? .other : CookieAttribute.Kind(bytes, name), value: value,
            segment: ByteRange(start, end))
    }

    /// Where the first `=` is, and the end of the part that begins at `start`; both the same without `=`.
    @inline(__always)
    private static func split(_ bytes: RawSpan, from start: Int) -> (equals: Int, end: Int) {
        // The parts are short: a byte a step is no slower than sixteen.
        var equals = start
        while equals < bytes.byteCount {
            let byte = bytes[equals]
            if byte == UInt8(ascii: ";") { return (equals, equals) }
            if byte == UInt8(ascii: "=") {
                return (equals, bytes.firstIndex(of: UInt8(ascii: ";"), from: equals &+ 1) ?? bytes.byteCount)
            }
            equals &+= 1
        }
        return (equals, equals)
    }
}

extension CookieAttribute.Kind {
    /// The kind of the attribute whose name is at `range`, whatever its case.
    @inline(__always)
    init(_ bytes: RawSpan, _ range: ByteRange) {
        let length = range.count
        guard length > 0, length <= 8 else {
            self = length == 11 && bytes[range].equalsIgnoringCase("partitioned") ? .partitioned : .other
            return
        }
        // Each name as a little-endian number.
        switch bytes.smallName(from: range.lowerBound, to: range.upperBound) {
        case 0x6874_6170: self = .path
        case 0x6572_7563_6573: self = .secure
        case 0x6e69_616d_6f64: self = .domain
        case 0x65_6761_2d78_616d: self = .maxAge
        case 0x73_6572_6970_7865: self = .expires
        case 0x796c_6e6f_7074_7468: self = .httpOnly
        case 0x6574_6973_656d_6173: self = .sameSite
        default: self = .other
        }
    }
}
