import Bytes

/// A host and an optional port (RFC 9110 §7.2, RFC 3986 §3.2), as ranges into the bytes they were parsed from.
///
/// Stricter than the grammar, which lets a registered name hold `,`, `;`, `%` and more: a name here is labels of
/// letters, digits, `-` and `_`, joined by dots. An IPv6 address stands in brackets. No user information.
@frozen
public struct Authority: Hashable, Sendable {
    /// The host, with the brackets of an IPv6 address.
    public var host: ByteRange
    /// The port, if one is given.
    public var port: UInt16?

    /// Parses all bytes of `range`, or returns nil.
    public init?(parsing bytes: RawSpan, _ range: ByteRange) {
        let end = range.upperBound
        var offset = range.lowerBound
        guard offset < end, range.count <= 262 else { return nil }
        if bytes[offset] == UInt8(ascii: "[") {
            guard let bracket = bytes.firstIndex(of: UInt8(ascii: "]"), from: offset), bracket < end,
                bytes.isIPv6Address(offset + 1..<bracket)
            else { return nil }
            offset = bracket + 1
        } else {
            guard let nameEnd = bytes.endOfName(offset..<end) else { return nil }
            offset = nameEnd
        }
        host = ByteRange(range.lowerBound, offset)
        guard offset < end else { return }
        guard bytes[offset] == .colon, end - offset <= 6 else { return nil }
        guard let number = bytes.extracting(offset + 1..<end).decimal, number <= 65_535 else { return nil }
        port = UInt16(number)
    }
}

extension RawSpan {
    /// The end of the labels at the start of `range`: its upper bound or a colon's offset, nil when one is malformed.
    fileprivate func endOfName(_ range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        var label = offset
        while offset < range.upperBound {
            let byte = self[offset]
            if byte == UInt8(ascii: ".") {
                if offset == label { return nil }
                label = offset + 1
            } else if byte == .colon {
                break
            } else if !byte.isASCIILetter, !byte.isASCIIDigit, byte != UInt8(ascii: "-"), byte != UInt8(ascii: "_") {
                return nil
            }
            offset &+= 1
        }
        let count = offset - range.lowerBound
        return count > 0 && count <= 255 ? offset : nil
    }

    /// Whether `range` is an IPv6 address (RFC 3986 §3.2.2), without a zone.
    fileprivate func isIPv6Address(_ range: Range<Int>) -> Bool {
        var groups = 0
        var isCompressed = false
        var offset = range.lowerBound
        let end = range.upperBound
        if offset + 1 < end, self[offset] == .colon, self[offset + 1] == .colon {
            isCompressed = true
            offset += 2
            if offset == end { return true }
        }
        while true {
            let start = offset
            while offset < end, self[offset].isHexDigit { offset += 1 }
            if offset < end, self[offset] == UInt8(ascii: ".") {
                return isIPv4Address(start..<end) && (isCompressed ? groups + 2 < 8 : groups + 2 == 8)
            }
            guard offset - start >= 1, offset - start <= 4 else { return false }
            groups += 1
            if offset == end { break }
            guard self[offset] == .colon, offset + 1 < end else { return false }
            offset += 1
            if self[offset] == .colon {
                if isCompressed { return false }
                isCompressed = true
                offset += 1
                if offset == end { break }
            }
        }
        return isCompressed ? groups < 8 : groups == 8
    }

    /// Whether `range` is four decimal octets joined by dots, none with a leading zero.
    fileprivate func isIPv4Address(_ range: Range<Int>) -> Bool {
        var octets = 0
        var offset = range.lowerBound
        while true {
            let start = offset
            while offset < range.upperBound, self[offset].isASCIIDigit, offset - start < 4 { offset += 1 }
            guard let value = extracting(start..<offset).decimal, value <= 255 else { return false }
            if offset - start > 1, self[start] == UInt8(ascii: "0") { return false }
            octets += 1
            if offset == range.upperBound { return octets == 4 }
            guard self[offset] == UInt8(ascii: ".") else { return false }
            offset += 1
        }
    }
}

extension UInt8 {
    var isHexDigit: Bool { isASCIIDigit || (self | 0x20) &- 0x61 < 6 }
}
