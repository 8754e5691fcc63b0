import Bytes
import Consent
import Cookies
import HTTPWire
import Location
import Measurement
import Rules

/// What Crumbgate does to requests and responses, as a pure state machine: bytes and facts in, bytes and actions out.
///
/// One per event loop. It never touches a socket, a clock or a file; the shell hands it what arrived and sends what it
/// appended. Its parsers and buffers are reused from exchange to exchange.
///
/// What a request calls is `mutating` even where it changes nothing: to lend a value of this size for a call that does
/// not mutate, the compiler copies it, some two kilobytes each time. An exchange is passed `inout` for the same reason.
public struct Gateway: ~Copyable {
    var snapshots: [Snapshot?]
    var current: Int
    var requestHead = RequestHead()
    var responseHead = ResponseHead()
    var notes = Slab<Notes>()
    var spareNotes: [UInt32] = []
    var transforms = Slab<DocumentTransform>()
    var spareTransforms: [UInt32] = []
    var document = ByteBuffer(capacity: 1024)
    var verdicts = VerdictCache()
    var languages = LanguageCache()
    var fieldGate = FieldGate()
    var measuring: MeasuringContext
    /// What this gateway has done, in plain numbers; the shell adds what it knows of connections.
    public var counters = TrafficCounters()
    var log = AccessLog()
    /// Decisions per network: the only thing that visitors can make this process write.
    var decisions = RateLimiter(burst: 30, perMinute: 60)
    /// What networks have and did of late; nil as long as no rules have limited that.
    public var networks: NetworkLimits?

    /// Makes a gateway that goes by a policy.
    public init(policy: Policy, resources: Resources, measuring: MeasuringContext) {
        snapshots = [Snapshot(policy: policy, resources: resources)]
        current = 0
        self.measuring = measuring
        log.configure(policy.log)
    }

    /// Goes by another policy from the next request on; exchanges under way end under theirs.
    ///
    /// False with too many sets of rules at once, each kept by an exchange that does not end: then the old ones stay in
    /// force.
    public mutating func adopt(_ policy: Policy, resources: Resources) -> Bool {
        guard snapshots.count < Self.maximumSnapshots || snapshots.contains(where: { $0 == nil }) else { return false }
        let next = Snapshot(policy: policy, resources: resources)
        verdicts.clear()
        languages.clear()
        if let old = snapshots[current], old.exchanges == 0 { snapshots[current] = nil }
        if let free = snapshots.firstIndex(where: { $0 == nil }) {
            snapshots[free] = next
            current = free
        } else {
            snapshots.append(next)
            current = snapshots.count - 1
        }
        log.configure(policy.log)
        return true
    }

    /// The policy that the next request goes by.
    public var policy: Policy? { snapshots[current]?.policy }

    private static var maximumSnapshots: Int { 4096 }

    /// Which site of which generation of rules an exchange goes to: the shell maps it to addresses.
    public mutating func route(of exchange: inout Exchange) -> (snapshot: Int, site: Int) {
        (Int(exchange.snapshot), Int(exchange.site))
    }

    /// Where the next snapshot's routes begin: the place `adopt` used last.
    public var currentSnapshot: Int { current }

    mutating func takeNotes() -> UInt32 {
        if let spare = spareNotes.popLast() { return spare }
        return notes.insert(Notes()).index
    }

    mutating func takeTransform(memoryLimit limit: Int) -> UInt32 {
        if let spare = spareTransforms.popLast() { return spare }
        return transforms.insert(DocumentTransform(memoryLimit: limit)).index
    }

    /// Ends an exchange, however it went: its facts go to the aggregator, its memory back to the pools, and the value
    /// is ready for the next request on the same connection.
    public mutating func finish(_ exchange: inout Exchange, at now: Moment) {
        guard exchange.isActive else {
            exchange = Exchange()
            return
        }
        counters.count(
            status: exchange.status, bytes: exchange.bytesDelivered, nanoseconds: now.monotonic - exchange.began)
        measure(&exchange, at: now)
        measureWithheld(&exchange)
        logExchange(&exchange, at: now)
        if exchange.notes != Exchange.none {
            notes[exchange.notes].reset()
            spareNotes.append(exchange.notes)
        }
        if exchange.transform != Exchange.none {
            transforms[exchange.transform].reset()
            spareTransforms.append(exchange.transform)
        }
        let place = Int(exchange.snapshot)
        if let snapshot = snapshots[place] {
            snapshot.exchanges -= 1
            if snapshot.exchanges == 0, place != current { snapshots[place] = nil }
        }
        exchange = Exchange()
    }

    /// Appends the head for the origin server: when a connection is there, and once more if that was already closed.
    public mutating func writeOriginHead(of exchange: inout Exchange, into output: inout ByteBuffer) {
        output.append(notes[exchange.notes].originHead)
    }

    /// Lines for the access log since the last call are appended to `output`.
    public mutating func drainLog(into output: inout ByteBuffer) {
        output.append(log.lines.bytes)
        log.lines.clear()
    }
}
