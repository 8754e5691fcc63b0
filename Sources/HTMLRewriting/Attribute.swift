import Bytes

/// One attribute of a start tag, by ranges into the bytes last presented.
@frozen
public struct Attribute: Equatable, Sendable {
    /// The ways to write a value.
    @frozen
    public enum Quoting: UInt8, Sendable {
        /// A name without `=`, or an `=` that nothing follows.
        case none
        case unquoted
        case single
        case double
    }

    /// As received: case is not folded.
    public var name: ByteRange
    /// What is between the quotes, as received; empty at the name's end where there is none.
    public var value: ByteRange
    /// How the value is written.
    public var quoting: Quoting

    /// The attribute from its name to its closing quote.
    @inlinable
    public var whole: ByteRange {
        switch quoting {
        case .none: name
        case .unquoted: ByteRange(name.lowerBound, value.upperBound)
        case .single, .double: ByteRange(name.lowerBound, value.upperBound + 1)
        }
    }

    @inlinable
    init(name: ByteRange, value: ByteRange, quoting: Quoting) {
        self.name = name
        self.value = value
        self.quoting = quoting
    }

    @inlinable
    func moved(by distance: Int) -> Attribute {
        Attribute(
            name: ByteRange(name.lowerBound &+ distance, name.upperBound &+ distance),
            value: ByteRange(value.lowerBound &+ distance, value.upperBound &+ distance), quoting: quoting)
    }
}

/// Attributes by ranges relative to their tag's `<`; the memory is kept from tag to tag.
///
/// Out of line on purpose: a tokenizer of a few words is cheap to lend to a method.
struct AttributeList: ~Copyable {
    private var slots: [Attribute] = []
    private(set) var count = 0

    subscript(index: Int) -> Attribute {
        @inline(__always)
        get { slots[index] }
    }

    @inline(__always)
    mutating func clear() { count = 0 }

    @inline(__always)
    mutating func append(_ attribute: Attribute) {
        if count < slots.count {
            slots[count] = attribute
        } else {
            grow(attribute)
        }
        count &+= 1
    }

    @inline(never)
    private mutating func grow(_ attribute: Attribute) {
        if slots.isEmpty { slots.reserveCapacity(24) }
        slots.append(attribute)
    }
}
