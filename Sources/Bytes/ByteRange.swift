/// A half-open range of byte offsets into a buffer known from the context, as parsers return it instead of a copy.
@frozen
public struct ByteRange: Hashable, Sendable {
    /// The first offset.
    public var start: UInt32
    /// One past the last offset.
    public var end: UInt32

    /// Makes the range `start..<end`; requires `start <= end`.
    @inlinable
    public init(_ start: Int, _ end: Int) {
        // A negative number is a large one here.
        precondition(UInt(bitPattern: start) <= UInt(bitPattern: end) && UInt(bitPattern: end) <= UInt(UInt32.max))
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    /// The range of no bytes at offset 0.
    @inlinable
    public init() {
        start = 0
        end = 0
    }

    /// How many bytes there are.
    @inlinable public var count: Int { Int(end) - Int(start) }
    /// Whether there are none.
    @inlinable public var isEmpty: Bool { start == end }
    /// The first offset.
    @inlinable public var lowerBound: Int { Int(start) }
    /// One past the last offset.
    @inlinable public var upperBound: Int { Int(end) }
    /// The offsets as a range.
    @inlinable public var range: Range<Int> { Int(start)..<Int(end) }
}
