import Bytes

/// One field line of a head or a trailer section as ranges into the bytes it was parsed from (RFC 9110 §5).
@frozen
public struct Field: Hashable, Sendable, BitwiseCopyable {
    /// The field's name if it is one this package knows by heart, else `.other`.
    public var id: FieldID
    /// The field-name as received.
    public var name: ByteRange
    /// The field-value without the optional whitespace at its ends; possibly empty.
    public var value: ByteRange

    /// Makes a field line of its parts.
    @inlinable
    public init(id: FieldID, name: ByteRange, value: ByteRange) {
        self.id = id
        self.name = name
        self.value = value
    }
}
