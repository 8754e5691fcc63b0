import Bytes
import Location
import Synchronization

/// The secret keys of one site: of its current day and of the day next to it, read by every event loop and written by
/// the measurement service alone.
///
/// Two random 256-bit keys exist at any time. Before midnight they are today's and tomorrow's; from midnight on they are
/// yesterday's and today's, so that a visit which crosses midnight is still recognised; 30 minutes after midnight
/// yesterday's is overwritten (docs/privacy.md). Reading never waits for a lock: a sequence number tells a reader that
/// it must read again.
public final class DayKeys: Sendable {
    private let version = Atomic<UInt64>(0)
    private let first = AtomicSecret()
    private let second = AtomicSecret()
    /// Epoch seconds of the midnight between the two days.
    private let midnight = Atomic<Int64>(Int64.max)
    /// The day number of the first key.
    private let dayOfFirst = Atomic<Int64>(0)

    package init() {}

    /// Seconds after midnight during which yesterday's key still lives: the longest pause within a visit.
    @usableFromInline package static let overlap: Int64 = 1800

    /// Fills in who an exchange belongs to: the day, the network's key, and the visitor's when `isMeasuredInFull`.
    ///
    /// No piece of a key stays on the stack: an event loop that has nothing to do after the day would keep it.
    func identify(
        _ fact: inout ExchangeFact, address: ClientAddress, userAgent: RawSpan, isMeasuredInFull: Bool
    ) {
        hash(address, userAgent, into: &fact, isMeasuredInFull: isMeasuredInFull)
        wipeStack()
    }

    /// The day and network key of an event.
    func identify(_ event: inout EventFact, address: ClientAddress) {
        hash(address, into: &event)
        wipeStack()
    }

    @inline(never)
    private func hash(
        _ address: ClientAddress, _ userAgent: RawSpan, into fact: inout ExchangeFact, isMeasuredInFull: Bool
    ) {
        let keys = read()
        let isAfterMidnight = fact.time >= keys.midnight
        let secret = isAfterMidnight ? keys.second : keys.first
        fact.day = Int32(truncatingIfNeeded: isAfterMidnight ? keys.firstDay + 1 : keys.firstDay)
        fact.network = secret.networkKey(site: fact.site, address: address)
        guard isMeasuredInFull else { return }
        fact.visitor = secret.visitorKey(site: fact.site, address: address, userAgent: userAgent)
        if isAfterMidnight, fact.time < keys.midnight + DayKeys.overlap {
            fact.visitorYesterday = keys.first.visitorKey(site: fact.site, address: address, userAgent: userAgent)
        }
    }

    @inline(never)
    private func hash(_ address: ClientAddress, into event: inout EventFact) {
        let keys = read()
        let isAfterMidnight = event.time >= keys.midnight
        event.day = Int32(truncatingIfNeeded: isAfterMidnight ? keys.firstDay + 1 : keys.firstDay)
        event.network = (isAfterMidnight ? keys.second : keys.first).networkKey(site: event.site, address: address)
    }

    /// The earliest day whose window may still be open.
    var firstDay: Int64 { dayOfFirst.load(ordering: .relaxed) }

    struct Snapshot {
        var first: Secret
        var second: Secret
        var midnight: Int64
        var firstDay: Int64

        /// Overwrites the keys, and not only as far as somebody reads them again.
        @inline(never)
        mutating func wipe() {
            first = Secret()
            second = Secret()
        }
    }

    func read() -> Snapshot {
        while true {
            let before = version.load(ordering: .acquiring)
            let snapshot = Snapshot(
                first: first.load(), second: second.load(), midnight: midnight.load(ordering: .relaxed),
                firstDay: dayOfFirst.load(ordering: .relaxed))
            atomicMemoryFence(ordering: .acquiring)
            if before & 1 == 0, version.load(ordering: .relaxed) == before { return snapshot }
        }
    }

    /// Replaces keys and days; one writer at a time, which the service's lock sees to.
    func write(_ snapshot: Snapshot) {
        let before = version.load(ordering: .relaxed)
        version.store(before &+ 1, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        first.store(snapshot.first)
        second.store(snapshot.second)
        midnight.store(snapshot.midnight, ordering: .relaxed)
        dayOfFirst.store(snapshot.firstDay, ordering: .relaxed)
        version.store(before &+ 2, ordering: .releasing)
    }

    /// Puts the keys of `day` and the next in force, keeping those that are already there for these days.
    ///
    /// - Parameters:
    ///   - day: the day that begins or lasts; never goes back.
    ///   - midnight: epoch seconds at which it ends.
    func advance(to day: Int64, midnight: Int64, random: inout some RandomNumberGenerator) {
        var snapshot = read()
        if snapshot.midnight == Int64.max || day > snapshot.firstDay + 1 {
            snapshot.first = Secret(random: &random)
            snapshot.second = Secret(random: &random)
        } else if day == snapshot.firstDay + 1 {
            snapshot.first = snapshot.second
            snapshot.second = Secret(random: &random)
        } else {
            guard day == snapshot.firstDay, snapshot.midnight != midnight else { return }
        }
        snapshot.firstDay = day
        snapshot.midnight = midnight
        write(snapshot)
    }

    /// Overwrites all keys.
    func destroy() {
        write(Snapshot(first: Secret(), second: Secret(), midnight: Int64.max, firstDay: 0))
    }
}

/// A 256-bit key: half keys the hash, half is its first block of input.
struct Secret {
    var w0: UInt64 = 0
    var w1: UInt64 = 0
    var w2: UInt64 = 0
    var w3: UInt64 = 0

    init() {}

    init(random: inout some RandomNumberGenerator) {
        w0 = random.next()
        w1 = random.next()
        w2 = random.next()
        w3 = random.next()
    }

    func visitorKey(site: UInt16, address: ClientAddress, userAgent: RawSpan) -> VisitorKey {
        let words = address.wordsForVisitorKey
        var hash = SipHash(key0: w0, key1: w1)
        hash.absorb(w2)
        hash.absorb(w3)
        hash.absorb(UInt64(site))
        hash.absorb(words.high)
        hash.absorb(words.low)
        let (high, low) = hash.finish(userAgent)
        return VisitorKey(high: high, low: low)
    }

    /// The key of the /24 or /48 that an address lies in; never 0, which stands for none.
    func networkKey(site: UInt16, address: ClientAddress) -> UInt64 {
        let words = address.truncated(to: .fine).wordsForNetworkKey
        var hash = SipHash(key0: w0, key1: w1)
        hash.absorb(w3)
        hash.absorb(w2)
        hash.absorb(UInt64(site))
        hash.absorb(words.high)
        hash.absorb(words.low)
        return hash.finish(RawSpan()).0 | 1
    }
}

private struct AtomicSecret: ~Copyable {
    let w0 = Atomic<UInt64>(0)
    let w1 = Atomic<UInt64>(0)
    let w2 = Atomic<UInt64>(0)
    let w3 = Atomic<UInt64>(0)

    borrowing func load() -> Secret {
        var secret = Secret()
        secret.w0 = w0.load(ordering: .relaxed)
        secret.w1 = w1.load(ordering: .relaxed)
        secret.w2 = w2.load(ordering: .relaxed)
        secret.w3 = w3.load(ordering: .relaxed)
        return secret
    }

    borrowing func store(_ secret: Secret) {
        w0.store(secret.w0, ordering: .relaxed)
        w1.store(secret.w1, ordering: .relaxed)
        w2.store(secret.w2, ordering: .relaxed)
        w3.store(secret.w3, ordering: .relaxed)
    }
}
