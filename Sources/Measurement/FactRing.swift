import Bytes
import Location
import Synchronization

/// A bounded queue of facts from one event loop to the measurement thread.
///
/// One thread offers, one thread drains. Offering takes no lock, allocates nothing and never waits: when the ring is
/// full the fact is dropped and counted. What it holds - user agents among it - exists in memory only, and drained
/// bytes are overwritten by later facts.
@safe
public final class FactRing: Sendable {
    // Invariant: `memory` is valid for `capacity` bytes, a power of two, until `deinit`. Bytes from `head` up to `tail`
    // (both count up for ever, taken modulo `capacity`) belong to the consumer, all others to the producer; a record
    // begins at a multiple of 8 and never wraps; nothing is read that was not written, so the memory starts as it comes.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    private let capacity: Int
    private let head = Atomic<Int>(0)
    private let tail = Atomic<Int>(0)
    private let drops = Atomic<UInt64>(0)
    private let hasAsked = Atomic<Bool>(false)

    /// Makes a ring of the power of two at or above `capacity` bytes.
    public init(capacity: Int = 262_144) {
        var size = 16_384
        while size < capacity { size *= 2 }
        self.capacity = size
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    }

    deinit { unsafe memory.deallocate() }

    /// Facts that found the ring full since it was made.
    public var dropped: UInt64 { drops.load(ordering: .relaxed) }

    /// Whether half of the ring is taken.
    public var isHalfFull: Bool {
        (tail.load(ordering: .relaxed) &- head.load(ordering: .relaxed)) &* 2 >= capacity
    }

    /// Whether it is time to wake the draining thread: true once, when half of the ring is taken, until the next drain
    /// has begun. From the producing thread only.
    public func asksToBeDrained() -> Bool {
        guard isHalfFull, !hasAsked.load(ordering: .relaxed) else { return false }
        hasAsked.store(true, ordering: .relaxed)
        return true
    }

    /// The longest path and referrer that a record keeps; the rest is cut.
    public static let longestPath = 1024
    /// See `longestPath`.
    public static let longestReferrer = 512
    /// The longest user agent string, and the longest with client hints behind it (docs/measuring-lists.md).
    public static let longestUserAgentString = 512
    /// See `longestUserAgentString`.
    public static let longestUserAgent = 768
    /// The longest name of an event; the rest is cut.
    public static let longestName = 128

    /// Offers an exchange; returns whether there was room. From the producing thread only.
    ///
    /// - Parameters:
    ///   - path: path and query of a page view or post, else nothing.
    ///   - referrer: the value of the Referer field; of a departure or post, that of the response's Location.
    ///   - userAgent: the value of the User-Agent field, and client hints behind it.
    @discardableResult
    public func offer(
        _ fact: borrowing ExchangeFact, path: RawSpan, referrer: RawSpan, userAgent: RawSpan
    ) -> Bool {
        let pathCount = min(path.byteCount, FactRing.longestPath)
        let referrerCount = min(referrer.byteCount, FactRing.longestReferrer)
        let agentCount = min(userAgent.byteCount, FactRing.longestUserAgent)
        let size = FactRing.exchangeHeader &+ pathCount &+ referrerCount &+ agentCount
        guard let slot = reserve(size) else { return false }
        // `reserve` gave `size` bytes at `slot.start`, which nobody else reads until `commit`.
        let record = unsafe memory + slot.start
        unsafe record.storeBytes(
            of: ExchangeHeader(fact, pathCount, referrerCount, agentCount), as: ExchangeHeader.self)
        var at = unsafe record + FactRing.exchangeHeader
        unsafe copy(path, pathCount, to: &at)
        unsafe copy(referrer, referrerCount, to: &at)
        unsafe copy(userAgent, agentCount, to: &at)
        commit(slot)
        return true
    }

    /// Offers an event; returns whether there was room. From the producing thread only.
    @discardableResult
    public func offer(_ event: borrowing EventFact, name: RawSpan) -> Bool {
        let nameCount = min(name.byteCount, FactRing.longestName)
        guard let slot = reserve(FactRing.eventHeader &+ nameCount) else { return false }
        // `reserve` gave these bytes at `slot.start`, which nobody else reads until `commit`.
        let record = unsafe memory + slot.start
        unsafe record.storeBytes(of: EventHeader(event, nameCount), as: EventHeader.self)
        var at = unsafe record + FactRing.eventHeader
        unsafe copy(name, nameCount, to: &at)
        commit(slot)
        return true
    }

    /// Hands every fact that waits to `consumer`, oldest first, and returns how many there were. From the consuming
    /// thread only; the spans are valid during the call that gets them.
    @discardableResult
    public func drain(into consumer: inout some (FactConsumer & ~Copyable)) -> Int {
        var count = 0
        hasAsked.store(false, ordering: .relaxed)
        var position = head.load(ordering: .relaxed)
        let end = tail.load(ordering: .acquiring)
        while position != end {
            let offset = position & (capacity &- 1)
            // Within `head..<tail` there are only whole records, which the producer no longer touches.
            let record = unsafe memory + offset
            let prefix = unsafe record.load(as: RecordPrefix.self)
            switch prefix.type {
            case .padding: break
            case .exchange:
                let header = unsafe record.load(as: ExchangeHeader.self)
                var start = FactRing.exchangeHeader
                let path = unsafe RawSpan(_unsafeStart: record + start, byteCount: Int(header.pathCount))
                start &+= path.byteCount
                let referrer = unsafe RawSpan(_unsafeStart: record + start, byteCount: Int(header.referrerCount))
                start &+= referrer.byteCount
                let agent = unsafe RawSpan(_unsafeStart: record + start, byteCount: Int(header.agentCount))
                consumer.observe(header.fact, path: path, referrer: referrer, userAgent: agent)
                count &+= 1
            case .event:
                let header = unsafe record.load(as: EventHeader.self)
                let name = unsafe RawSpan(
                    _unsafeStart: record + FactRing.eventHeader, byteCount: Int(header.nameCount))
                consumer.observe(header.event, name: name)
                count &+= 1
            }
            position &+= Int(prefix.size)
            head.store(position, ordering: .releasing)
        }
        return count
    }

    private struct Slot {
        /// Offset into `memory`.
        var start: Int
        var size: Int
        /// The ring's `tail` once the record is whole.
        var tail: Int
    }

    /// Finds room for `size` bytes; nil, and a drop counted, when there is none.
    private func reserve(_ size: Int) -> Slot? {
        let size = (size &+ 7) & ~7
        var position = tail.load(ordering: .relaxed)
        var offset = position & (capacity &- 1)
        let toEnd = capacity &- offset
        let needed = toEnd < size ? toEnd &+ size : size
        guard position &+ needed &- head.load(ordering: .acquiring) <= capacity else {
            drops.wrappingAdd(1, ordering: .relaxed)
            return nil
        }
        if toEnd < size {
            // `toEnd` is at least 8, so the padding's prefix fits.
            unsafe (memory + offset).storeBytes(
                of: RecordPrefix(size: UInt32(toEnd), type: .padding), as: RecordPrefix.self)
            position &+= toEnd
            offset = 0
        }
        return Slot(start: offset, size: size, tail: position &+ size)
    }

    private func commit(_ slot: Slot) {
        // The size is the first field of every record's prefix.
        unsafe (memory + slot.start).storeBytes(of: UInt32(truncatingIfNeeded: slot.size), as: UInt32.self)
        tail.store(slot.tail, ordering: .releasing)
    }

    @inline(__always)
    private func copy(_ bytes: RawSpan, _ count: Int, to destination: inout UnsafeMutableRawPointer) {
        if count == 0 { return }
        unsafe bytes.withUnsafeBytes { source in
            // The span has at least `count` bytes, the reserved record room for them.
            if let from = source.baseAddress { unsafe destination.copyMemory(from: from, byteCount: count) }
        }
        unsafe destination += count
    }

    private static let exchangeHeader = (MemoryLayout<ExchangeHeader>.size + 7) & ~7
    private static let eventHeader = (MemoryLayout<EventHeader>.size + 7) & ~7
}

/// What drains a ring.
public protocol FactConsumer: ~Copyable {
    /// Takes in one exchange; the spans are valid during the call.
    mutating func observe(_ fact: ExchangeFact, path: RawSpan, referrer: RawSpan, userAgent: RawSpan)
    /// Takes in one event; the span is valid during the call.
    mutating func observe(_ event: EventFact, name: RawSpan)
}

/// How every record begins: its size, its type.
private struct RecordPrefix: BitwiseCopyable {
    enum RecordType: UInt8, BitwiseCopyable { case padding, exchange, event }
    var size: UInt32
    var type: RecordType
}

private struct ExchangeHeader: BitwiseCopyable {
    var prefix = RecordPrefix(size: 0, type: .exchange)
    var pathCount: UInt16
    var referrerCount: UInt16
    var agentCount: UInt16
    var fact: ExchangeFact

    init(_ fact: borrowing ExchangeFact, _ pathCount: Int, _ referrerCount: Int, _ agentCount: Int) {
        self.fact = copy fact
        self.pathCount = UInt16(truncatingIfNeeded: pathCount)
        self.referrerCount = UInt16(truncatingIfNeeded: referrerCount)
        self.agentCount = UInt16(truncatingIfNeeded: agentCount)
    }
}

private struct EventHeader: BitwiseCopyable {
    var prefix = RecordPrefix(size: 0, type: .event)
    var nameCount: UInt16
    var event: EventFact

    init(_ event: borrowing EventFact, _ nameCount: Int) {
        self.event = copy event
        self.nameCount = UInt16(truncatingIfNeeded: nameCount)
    }
}
