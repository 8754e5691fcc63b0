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
        let name = fieldValue[fieldValue.trimmed(ByteRange(0, fieldValue.byteCount))]
        switch name.byteCount {
        case 0: return .identity
        case 2: return name.equalsIgnoringCase("br") ? .brotli : nil
        case 4: return name.equalsIgnoringCase("gzip") ? .gzip : nil
        case 6: return name.equalsIgnoringCase("x-gzip") ? .gzip : nil
        case 7: return name.equalsIgnoringCase("deflate") ? .deflate : nil
        case 8: return name.equalsIgnoringCase("identity") ? .identity : nil
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
            let member = value[value.trimmed(ByteRange(offset, end))]
            let nameEnd = member.firstIndex(of: UInt8(ascii: ";")) ?? member.byteCount
            if nameEnd > 0, parse(member.extracting(0..<nameEnd)) != nil {
                if wroteOne { output.append(", ") }
                output.append(member)
                wroteOne = true
            }
            offset = end + 1
        }
        return wroteOne
    }
}
