import Bytes

/// One pair of a cookie-string, as offsets into it.
@frozen
public struct CookiePair: Hashable, Sendable {
    /// Without surrounding whitespace; empty for a nameless pair.
    public var name: ByteRange
    /// Without surrounding whitespace; quotes belong to it.
    public var value: ByteRange
    /// Name, `=` and value: what is copied to forward the pair unchanged.
    public var whole: ByteRange
    /// Whether the pair has a name and no control character; any other octet, those above 0x7F too, is fine.
    public var isWellFormed: Bool
}

/// Reads the pairs of a cookie-string one after another (RFC 6265bis §4.2, §5.8.3 step 5).
///
/// Lenient as servers are: pairs end at `;` only, whitespace around names and values goes, empty pairs are skipped.
/// A nameless cookie, which user agents send without `=`, is reported with an empty name.
@frozen
public struct CookieStringCursor: Sendable {
    @usableFromInline var offset = 0
    /// Whether any pair has a control character: looked for once, as there hardly ever is one.
    @usableFromInline var hasControl = false

    @usableFromInline let isFieldValue: Bool

    /// Makes a cursor at the start of a cookie-string.
    ///
    /// - Parameter isFieldValue: whether it is the value of a parsed field line, in which no control but HTAB can stand.
    @inlinable
    public init(isFieldValue: Bool = false) { self.isFieldValue = isFieldValue }

    /// The value of the next cookie of this name (no `=` nor `;` in it), without surrounding whitespace; nil at the end.
    public mutating func nextValue(of name: RawSpan, in bytes: RawSpan) -> ByteRange? {
        guard name.byteCount > 0 else { return nil }
        let last = name[name.byteCount &- 1]
        while offset < bytes.byteCount, let equals = bytes.firstIndex(of: UInt8(ascii: "="), from: offset) {
            offset = equals &+ 1
            var end = equals
            while end > 0, bytes[end &- 1].isOptionalWhitespace { end &-= 1 }
            var start = end &- name.byteCount
            guard start >= 0, bytes[end &- 1] == last, bytes.extracting(start..<end).equals(name) else { continue }
            while start > 0, bytes[start &- 1].isOptionalWhitespace { start &-= 1 }
            guard start == 0 || bytes[start &- 1] == UInt8(ascii: ";") else { continue }
            let close = bytes.firstIndex(of: UInt8(ascii: ";"), from: offset) ?? bytes.byteCount
            let value = bytes.trimmed(ByteRange(offset, close))
            offset = close &+ 1
            return value
        }
        return nil
    }

    /// The next pair of `bytes`, which must be the same in each call; nil at the end.
    public mutating func next(in bytes: RawSpan) -> CookiePair? {
        if offset == 0, !isFieldValue { hasControl = bytes.containsControl }
        while offset < bytes.byteCount {
            let start = offset
            var end = bytes.firstIndex(of: UInt8(ascii: "="), or: UInt8(ascii: ";"), from: start) ?? bytes.byteCount
            let equals = end
            if end < bytes.byteCount, bytes[end] == UInt8(ascii: "=") {
                end = bytes.firstIndex(of: UInt8(ascii: ";"), from: end &+ 1) ?? bytes.byteCount
            }
            offset = end &+ 1
            let whole = bytes.trimmed(ByteRange(start, end))
            if whole.isEmpty { continue }
            var pair = CookiePair(
                name: ByteRange(whole.lowerBound, whole.lowerBound), value: whole, whole: whole, isWellFormed: false)
            if equals < end {
                pair.name = bytes.trimmed(ByteRange(whole.lowerBound, equals))
                pair.value = bytes.trimmed(ByteRange(equals &+ 1, whole.upperBound))
                pair.isWellFormed = !pair.name.isEmpty && !(hasControl && bytes[whole].containsControl)
            }
            return pair
        }
        return nil
    }
}
