/// How much of a head is read before it is refused.
@frozen
public struct HeadLimits: Hashable, Sendable {
    /// Bytes of a whole head, empty lines before it included.
    public var maxHeadBytes: Int
    /// Field lines of a head; never more than `FieldSection.capacity`.
    public var maxFields: Int
    /// Bytes of a request target.
    public var maxTargetBytes: Int

    /// Makes limits; the defaults are those of the rules file.
    @inlinable
    public init(maxHeadBytes: Int = 32_768, maxFields: Int = 128, maxTargetBytes: Int = 8192) {
        self.maxHeadBytes = maxHeadBytes
        self.maxFields = maxFields
        self.maxTargetBytes = maxTargetBytes
    }
}
