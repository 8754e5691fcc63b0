import Bytes

/// Entity-tags of rewritten documents (RFC 9110 §8.8.3): the origin's opaque tag, a mark, the origin tag's strength
/// and the variant; always weak, since the bytes differ from the origin's.
enum EntityTag {
    /// What a tag was made from.
    enum Source: UInt8 {
        case strong = 0x73  // s
        case weak = 0x77  // w
        /// The origin sent only Last-Modified: the tag is ours alone.
        case lastModified = 0x6C  // l
    }

    private static let markLength = 4 + 8

    /// Appends the entity-tag of a variant of the representation that the origin tagged `tag`.
    static func write(_ tag: RawSpan, variant: UInt32, into output: inout ByteBuffer) {
        let isWeak = tag.starts(with: "W/")
        let quoted = isWeak ? tag.extracting(2..<tag.byteCount) : tag
        guard quoted.byteCount >= 2, quoted[0] == quote, quoted[quoted.byteCount - 1] == quote else {
            output.append(tag)
            return
        }
        output.append("W/\"")
        output.append(quoted.extracting(1..<quoted.byteCount - 1))
        writeMark(isWeak ? .weak : .strong, variant: variant, into: &output)
        output.append(quote)
    }

    /// Appends an entity-tag for a document that has none of its origin.
    static func write(variant: UInt32, into output: inout ByteBuffer) {
        output.append("W/\"")
        writeMark(.lastModified, variant: variant, into: &output)
        output.append(quote)
    }

    private static func writeMark(_ source: Source, variant: UInt32, into output: inout ByteBuffer) {
        output.append("-cg")
        output.append(source.rawValue)
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: variant >> shift & 15)
            output.append(digit < 10 ? digit + 0x30 : digit + 0x57)
        }
    }

    /// What mapping a list of entity-tags back gave.
    struct Mapping {
        /// Tags written to the output.
        var written = 0
        /// The variant of ours that a tag named and the visitor still gets.
        var variant: UInt32?
        /// A tag of ours without one of the origin's: the condition is the date's alone.
        var hasDated = false
    }

    /// Appends the origin's tags for a list in If-None-Match or If-Match (RFC 9110 §13.1): tags of other variants are
    /// left out, and so are, where a document is asked for, tags that are not ours; else those are copied.
    static func mapBack(
        _ list: RawSpan, variant: Variant, isDocument: Bool, into output: inout ByteBuffer
    ) -> Mapping {
        var mapping = Mapping()
        var offset = 0
        while offset < list.byteCount {
            // A comma may stand inside the quotes, so an element ends behind its closing quote.
            while offset < list.byteCount, list[offset] == UInt8(ascii: ",") || list[offset].isOptionalWhitespace {
                offset += 1
            }
            guard offset < list.byteCount else { break }
            let start = offset
            if let open = list.firstIndex(of: quote, from: offset),
                let close = list.firstIndex(of: quote, from: open + 1)
            {
                offset = close + 1
            } else {
                offset = list.byteCount
            }
            map(
                list.extracting(start..<offset), variant: variant, isDocument: isDocument, mapping: &mapping,
                into: &output)
        }
        return mapping
    }

    private static func map(
        _ tag: RawSpan, variant: Variant, isDocument: Bool, mapping: inout Mapping, into output: inout ByteBuffer
    ) {
        guard let mark = parseMark(tag) else {
            // A copy from before this proxy stood here has no variant: for a document it is as stale as another one.
            guard !isDocument || tag.equals("*") else { return }
            separate(&mapping, &output)
            output.append(tag)
            return
        }
        guard mark.variant == variant.own || mark.variant == variant.shared else { return }
        mapping.variant = mark.variant
        if mark.source == .lastModified {
            mapping.hasDated = true
            return
        }
        separate(&mapping, &output)
        if mark.source == .weak { output.append("W/") }
        output.append(quote)
        output.append(tag.extracting(3..<tag.byteCount - 1 - markLength))
        output.append(quote)
    }

    private static func separate(_ mapping: inout Mapping, _ output: inout ByteBuffer) {
        if mapping.written > 0 { output.append(", ") }
        mapping.written += 1
    }

    private static func parseMark(_ tag: RawSpan) -> (source: Source, variant: UInt32)? {
        guard tag.byteCount >= 4 + markLength, tag.starts(with: "W/\"") else { return nil }
        let mark = tag.extracting(tag.byteCount - 1 - markLength..<tag.byteCount - 1)
        guard mark.starts(with: "-cg"), let source = Source(rawValue: mark[3]) else { return nil }
        var variant: UInt32 = 0
        for offset in 4..<markLength {
            let byte = mark[offset]
            let digit: UInt8
            if byte.isASCIIDigit {
                digit = byte - 0x30
            } else if byte &- 0x61 < 6 {
                digit = byte - 0x57
            } else {
                return nil
            }
            variant = variant << 4 | UInt32(digit)
        }
        return (source, variant)
    }

    private static let quote = UInt8(ascii: "\"")
}
