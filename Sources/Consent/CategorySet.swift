/// Categories of one site: bit *n* stands for the category with index *n* in its `ConsentScheme`.
@frozen
public struct CategorySet: OptionSet, Hashable, Sendable {
    /// One bit per member.
    public let rawValue: UInt64

    /// Makes the set of these bits.
    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The category with this index, below 64.
    @inlinable
    public init(index: Int) { rawValue = 1 << UInt64(index) }

    /// Whether the category with this index is in the set.
    @inlinable
    public func contains(index: Int) -> Bool { rawValue >> UInt64(index) & 1 == 1 }
}
