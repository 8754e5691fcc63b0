import Bytes

/// Which slab a token's handle belongs to.
enum TokenKind: UInt64 {
    case listener = 0
    case client = 1
    case origin = 2
    case wake = 3
}

/// What the kernel and the timer wheel carry for us: kind, generation and index in 64 bits.
struct Token: Hashable {
    var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ kind: TokenKind, _ handle: Handle) {
        rawValue = kind.rawValue << 62 | UInt64(handle.generation & 0x3FFF_FFFF) << 32 | UInt64(handle.index)
    }

    var kind: TokenKind { TokenKind(rawValue: rawValue >> 62) ?? .wake }
    var index: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) & 0x3FFF_FFFF }
    var handle: Handle { Handle(index: index, generation: generation) }
}

/// A hashed timing wheel with lazy entries: a connection's deadline is a plain number that moves freely; its entry in
/// the wheel only says when to look at it next.
///
/// Moving a deadline later costs nothing; the entry finds out when it comes due and is put back.
struct TimerWheel: ~Copyable {
    /// Milliseconds a slot stands for.
    static let granularity: Int64 = 50
    /// How far ahead an entry may lie: every connection is looked at least this often.
    static let horizon: Int64 = 6_000

    private static let slotCount = 128
    private var slots: [[Token]]
    /// Milliseconds on the loop's clock up to which entries were taken.
    private var position: Int64
    /// A bit for each slot that holds an entry.
    private var occupied: UInt128 = 0

    init(now: Int64) {
        slots = Array(repeating: [], count: Self.slotCount)
        position = now / Self.granularity
    }

    /// Puts an entry at `deadline` or, if that is farther, at the horizon; returns when it comes due.
    mutating func insert(_ token: Token, deadline: Int64, now: Int64) -> Int64 {
        let due = min(max(deadline, now), now + Self.horizon)
        // `position` is behind the clock while a loop that slept works on what woke it: an entry a whole turn ahead would
        // be taken for one that is due. One that comes too early is put back.
        let tick = min(
            max((due + Self.granularity - 1) / Self.granularity, position + 1), position + Int64(Self.slotCount) - 1)
        let slot = Int(tick % Int64(Self.slotCount))
        slots[slot].append(token)
        occupied |= 1 << slot
        return tick * Self.granularity
    }

    /// Milliseconds until the next slot that holds an entry, or nil when none does.
    func untilNext(now: Int64) -> Int64? {
        guard occupied != 0 else { return nil }
        // The slot of the next tick first.
        let next = Int((position + 1) % Int64(Self.slotCount))
        let ordered = occupied >> next | occupied << (Self.slotCount - next)
        return max(0, (position + 1 + Int64(ordered.trailingZeroBitCount)) * Self.granularity - now)
    }

    /// Moves the entries that are due by `now` to the end of `due`.
    mutating func advance(to now: Int64, into due: inout [Token]) {
        let target = now / Self.granularity
        guard occupied != 0 else {
            position = max(position, target)
            return
        }
        while position < target {
            position += 1
            let slot = Int(position % Int64(Self.slotCount))
            if slots[slot].isEmpty { continue }
            occupied &= ~(1 << slot)
            due.append(contentsOf: slots[slot])
            slots[slot].removeAll(keepingCapacity: true)
        }
    }
}
