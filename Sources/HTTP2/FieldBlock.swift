import Bytes

/// A field section of HTTP/2 (RFC 9113 §8.2) as it is handed to nghttp2 and back: for each field the lengths of its name
/// and its value as 32-bit numbers of this machine, then name and value.
public enum FieldBlock {
    static var lengthBytes: Int { 8 }

    /// Appends a field.
    public static func append(_ name: RawSpan, _ value: RawSpan, to block: inout ByteBuffer) {
        append(lengths: name.byteCount, value.byteCount, to: &block)
        block.append(name)
        block.append(value)
    }

    /// Appends the lengths of a field whose name and value follow.
    static func append(lengths name: Int, _ value: Int, to block: inout ByteBuffer) {
        var lengths = (UInt32(name), UInt32(value))
        // Two numbers without padding.
        unsafe withUnsafeBytes(of: &lengths) { unsafe block.append(RawSpan(_unsafeBytes: $0)) }
    }
}

/// Walks over the fields of a block.
package struct FieldCursor {
    private var offset = 0

    package init() {}

    /// The next field's name and value, as ranges into the block; nil at its end.
    package mutating func next(in block: RawSpan) -> (name: ByteRange, value: ByteRange)? {
        guard block.byteCount - offset >= FieldBlock.lengthBytes else { return nil }
        // The loads check their bounds; every bit pattern is a number.
        let nameCount = unsafe Int(block.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let valueCount = unsafe Int(block.unsafeLoadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        let start = offset + FieldBlock.lengthBytes
        let middle = start + nameCount
        offset = middle + valueCount
        guard offset <= block.byteCount else { return nil }
        return (ByteRange(start, middle), ByteRange(middle, offset))
    }
}
