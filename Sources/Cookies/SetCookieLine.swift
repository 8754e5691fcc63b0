import Bytes

/// A set-cookie-string as a user agent understands it (RFC 6265bis §5.6), as offsets into its bytes.
///
/// Where an attribute occurs more than once the last one counts, as in §5.7. Lines that every user agent ignores
/// do not parse.
@frozen
public struct SetCookieLine: Hashable, Sendable {
    /// Without surrounding whitespace; empty for a nameless cookie.
    public private(set) var name: ByteRange
    /// Without surrounding whitespace.
    public private(set) var value: ByteRange
    /// Without a leading dot; nil when the attribute is absent or empty: a host-only cookie.
    public private(set) var domain: ByteRange?
    /// Nil when the attribute is absent or does not begin with `/`: the user agent takes the default-path.
    public private(set) var path: ByteRange?
    /// Whether there is a `Secure` attribute.
    public private(set) var isSecure = false
    /// Whether there is an `HttpOnly` attribute.
    public private(set) var isHTTPOnly = false
    /// Whether there is a `Partitioned` attribute (CHIPS).
    public private(set) var isPartitioned = false
    /// Nil when the attribute is absent or its value unknown.
    public private(set) var sameSite: SameSite?
    /// Seconds; numbers beyond 64 bits become the nearest one.
    public private(set) var maxAge: Int64?
    /// Seconds since 1970-01-01T00:00:00Z; nil also for a date that user agents cannot read.
    public private(set) var expires: Int64?

    /// The `SameSite` attribute.
    @frozen
    public enum SameSite: UInt8, Sendable { case strict, lax, none }

    /// The most octets that name and value may have together.
    public static let maximumPairLength = 4096
    /// The most octets of an attribute value that is not ignored.
    public static let maximumAttributeLength = 1024

    /// Parses a field value; nil when user agents ignore it: control characters, more than 4096 octets of name and
    /// value, or neither name nor value.
    public init?(parsing bytes: RawSpan) {
        self.init(parsingPairOf: bytes)
        readAttributes(of: bytes)
    }

    /// Parses name and value of a field value and leaves its attributes to `readAttributes(of:)` or
    /// `readLifetime(of:)`; nil as for `init(parsing:)`.
    ///
    /// - Parameter isFieldValue: whether it is the value of a parsed field line, in which no control but HTAB can stand.
    public init?(parsingPairOf bytes: RawSpan, isFieldValue: Bool = false) {
        if !isFieldValue, bytes.containsControl { return nil }
        var cursor = AttributeCursor()
        let pair = cursor.pair(in: bytes)
        name = pair.name
        value = pair.value
        let length = name.count + value.count
        guard length > 0, length <= Self.maximumPairLength else { return nil }
    }

    /// Reads all attributes of the field value whose pair was parsed.
    public mutating func readAttributes(of bytes: RawSpan) {
        var cursor = AttributeCursor(at: bytes.offset(of: UInt8(ascii: ";"), from: 0))
        while let attribute = cursor.next(in: bytes) { apply(attribute, in: bytes) }
    }

    /// Reads those attributes of the field value that say how long the cookie lives.
    public mutating func readLifetime(of bytes: RawSpan) {
        var offset = 0
        while let start = bytes.firstIndex(of: UInt8(ascii: ";"), from: offset) {
            offset = start &+ 1
            while offset < bytes.byteCount, bytes[offset].isOptionalWhitespace { offset &+= 1 }
            guard offset < bytes.byteCount else { return }
            let initial = bytes[offset].lowercasedASCII
            guard initial == UInt8(ascii: "m") || initial == UInt8(ascii: "e") else { continue }
            var cursor = AttributeCursor(at: start)
            if let attribute = cursor.next(in: bytes), attribute.kind == .maxAge || attribute.kind == .expires {
                apply(attribute, in: bytes)
            }
        }
    }

    private mutating func apply(_ attribute: CookieAttribute, in bytes: RawSpan) {
        let value = bytes[attribute.value]
        switch attribute.kind {
        case .expires:
            if let moment = CookieDate.parse(value) { expires = moment }
        case .maxAge:
            if let seconds = deltaSeconds(value) { maxAge = seconds }
        case .domain:
            let start = attribute.value.lowerBound
            let end = attribute.value.upperBound
            let host = start < end && bytes[start] == UInt8(ascii: ".") ? ByteRange(start + 1, end) : attribute.value
            domain = host.isEmpty ? nil : host
        case .path:
            path = value.byteCount > 0 && value[0] == UInt8(ascii: "/") ? attribute.value : nil
        case .secure: isSecure = true
        case .httpOnly: isHTTPOnly = true
        case .partitioned: isPartitioned = true
        case .sameSite:
            sameSite =
                value.equalsIgnoringCase("lax")
                ? .lax
                : value.equalsIgnoringCase("strict") ? .strict : value.equalsIgnoringCase("none") ? SameSite.none : nil
        case .other: break
        }
    }
}

extension SetCookieLine {
    /// Seconds from `now` until the cookie ends, not positive when it already has; nil for a session cookie.
    /// `Max-Age` has precedence over `Expires` (RFC 6265bis §5.7 step 4).
    @inlinable
    public func lifetime(now: Int64) -> Int64? {
        if let maxAge { return maxAge }
        guard let expires else { return nil }
        let (seconds, overflow) = expires.subtractingReportingOverflow(now)
        return overflow ? (expires < 0 ? .min : .max) : seconds
    }

    /// Whether the line removes a cookie instead of storing one. Such a line is always to be forwarded.
    @inlinable
    public func isDeletion(now: Int64) -> Bool {
        guard let lifetime = lifetime(now: now) else { return false }
        return lifetime <= 0
    }
}

/// The number of a `Max-Age` attribute (RFC 6265bis §5.6.2), clamped to 64 bits.
private func deltaSeconds(_ bytes: RawSpan) -> Int64? {
    guard bytes.byteCount > 0 else { return nil }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    let digits = bytes.extracting((isNegative ? 1 : 0)..<bytes.byteCount)
    guard digits.byteCount > 0 else { return nil }
    var value: Int64 = 0
    for offset in 0..<digits.byteCount {
        guard digits[offset].isASCIIDigit else { return nil }
        let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, overflow) = product.addingReportingOverflow(Int64(digits[offset] - 0x30))
        value = tooLarge || overflow ? .max : sum
    }
    return isNegative ? -value : value
}
