/// The time an event is handled at; the shell reads the clocks once per batch of events.
@frozen
public struct Moment: Sendable {
    /// Nanoseconds on a clock that never goes back.
    public var monotonic: Int64
    /// Seconds since 1970-01-01T00:00:00Z.
    public var epoch: Int64

    /// Makes a moment of what the two clocks say.
    @inlinable
    public init(monotonic: Int64, epoch: Int64) {
        self.monotonic = monotonic
        self.epoch = epoch
    }

    /// Milliseconds on the monotonic clock.
    @inlinable public var milliseconds: Int64 { monotonic / 1_000_000 }
    /// Days since 1970-01-01 in UTC.
    @inlinable public var day: Int32 { Int32(truncatingIfNeeded: epoch / 86_400) }
}
