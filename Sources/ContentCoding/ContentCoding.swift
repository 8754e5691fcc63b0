import Bytes

/// A content coding that can be taken off and put on here (RFC 9110 §8.4.1).
public enum ContentCoding: UInt8, Hashable, Sendable, CaseIterable {
    case identity, gzip
    /// The zlib format; what is sent raw under this name by mistake is read too.
    case deflate
    /// RFC 7932.
    case brotli

    /// The coding's name in `Content-Encoding`.
    public var name: StaticString {
        switch self {
        case .identity: "identity"
        case .gzip: "gzip"
        case .deflate: "deflate"
        case .brotli: "br"
        }
    }

    /// The coding that a `Content-Encoding` value names; nil for an unknown one and for more than one.
    public static func parse(_ fieldValue: RawSpan) -> ContentCoding? {
        ContentCoding(fieldValue, fieldValue.trimmed(ByteRange(0, fieldValue.byteCount)))
    }

    @inline(__always)
    private init?(_ bytes: RawSpan, _ name: ByteRange) {
        guard name.count > 0 else {
            self = .identity
            return
        }
        guard name.count <= 8 else { return nil }
        // Each name as a little-endian number.
        switch bytes.smallName(from: name.lowerBound, to: name.upperBound) {
        case 0x7262: self = .brotli
        case 0x7069_7A67, 0x7069_7A67_2D78: self = .gzip
        case 0x65_7461_6C66_6564: self = .deflate
        case 0x7974_6974_6E65_6469: self = .identity
        default: return nil
        }
    }

    /// Appends those members of an `Accept-Encoding` value, with their weights, whose coding can be decoded here;
    /// returns whether there was one.
    ///
    /// `*` is left out: it would let the origin server choose any coding.
    @discardableResult
    public static func writeDecodable(ofAcceptEncoding value: RawSpan, into output: inout ByteBuffer) -> Bool {
        var wroteOne = false
        var offset = 0
        while offset < value.byteCount {
            let end = value.firstIndex(of: UInt8(ascii: ","), from: offset) ?? value.byteCount
            let member = value.trimmed(ByteRange(offset, end))
            var nameEnd = member.lowerBound
            while nameEnd < member.upperBound, value[nameEnd] != UInt8(ascii: ";") { nameEnd &+= 1 }
            let name = value.trimmed(ByteRange(member.lowerBound, nameEnd))
            if !name.isEmpty, ContentCoding(value, name) != nil {
                if wroteOne { output.append(", ") }
                output.append(value[member])
                wroteOne = true
            }
            offset = end + 1
        }
        return wroteOne
    }
}
