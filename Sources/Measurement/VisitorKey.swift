/// What stands for one visitor of one site during one day: a keyed hash whose key is destroyed after the day.
///
/// Personal data as long as the key lives: it cannot be encoded, its description says nothing, and nothing derived from
/// it leaves the memory of the process (docs/privacy.md).
@frozen
public struct VisitorKey: Hashable, Sendable {
    @usableFromInline package let high: UInt64
    @usableFromInline package let low: UInt64

    /// No visitor.
    public static let none = VisitorKey(high: 0, low: 0)

    @inlinable
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Hashes by its bits, which are uniform already.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

extension VisitorKey: CustomStringConvertible, CustomReflectable {
    /// Always the same words.
    public var description: String { "(visitor key)" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
