import Bytes
import Location
import Synchronization

/// Turns the facts of all event loops into released figures; it has no thread, timer or clock of its own.
///
/// The shell calls `ingest` often, `tick` about once a second, and `checkpoint` as often as it writes one. All calls
/// may come from any thread; none of them is made by an event loop but `configure` at a reload.
public final class MeasurementService: Sendable {
    private let core: Mutex<MeasurementCore>
    private let sink: any ReleaseSink

    /// Makes a service that gives closed windows to `sink`.
    public convenience init(sink: any ReleaseSink) { self.init(sink: sink, random: SystemRandomNumberGenerator()) }

    /// Makes a service whose keys and noise come from `random`, and which lets figures out with some protections only.
    package init(
        sink: any ReleaseSink, random: any RandomNumberGenerator & Sendable, protections: Protections = .all
    ) {
        self.sink = sink
        core = Mutex(MeasurementCore(random: random, protections: protections))
    }

    /// Sets what is measured, by the order of a policy's sites; returns what the event loops need in the same order.
    ///
    /// Windows of sites that are still there go on. A site that is gone keeps its window until the day ends.
    public func configure(_ sites: [SiteMeasurement], now: Int64) -> [MeasuredSite] {
        defer { wipeStack(depth: 8) }
        return core.withLock { $0.configure(sites, now: now) }
    }

    /// Tells the service that the clock of a site changed: seconds ahead of UTC.
    public func setOffset(_ seconds: Int, ofSite name: String, now: Int64) {
        core.withLock { $0.setOffset(seconds, ofSite: name, now: now) }
        wipeStack(depth: 8)
    }

    /// Takes in all facts that wait in a ring; returns how many there were.
    @discardableResult
    public func ingest(_ ring: FactRing) -> Int {
        core.withLock { ring.drain(into: &$0) }
    }

    /// Moves on with time: rotates keys and releases the windows whose day is over. Ingest the rings first.
    ///
    /// When the sink throws, its window stays, in checkpoints too, and is given to it again at the next tick.
    public func tick(now: Int64) throws {
        let due = core.withLock { $0.advance(to: now) }
        wipeStack(depth: 8)
        try release(due)
    }

    /// Releases every window as it is, day over or not, and destroys the keys: for an end without a checkpoint, which
    /// loses what has not reached the threshold yet.
    public func releaseAll() throws {
        let due = core.withLock { $0.closeAll() }
        wipeStack(depth: 8)
        try release(due)
    }

    /// Writes all open windows and keys, to be read by `restore` within the same boot.
    ///
    /// The bytes hold visitor keys and page names, no address and no user agent. They belong in a memory file system
    /// with mode 0600 and nowhere else, which is the caller's to see to (docs/privacy.md), as it is to wipe the buffer.
    public func checkpoint(into output: inout ByteBuffer) {
        core.withLock { $0.writeCheckpoint(into: &output) }
        wipeStack(depth: 8)
    }

    /// Takes up the windows of a checkpoint; to be called before `configure`. Throws when the bytes are no checkpoint
    /// of this version, and then nothing is taken up.
    public func restore(_ bytes: RawSpan) throws(CheckpointError) {
        // A RawSpan cannot enter the lock's closure; the copy is overwritten below.
        var copy = bytes.array
        defer {
            copy.wipe()
            wipeStack(depth: 8)
        }
        var sites = try WindowCheckpoint.read(copy)
        core.withLock { $0.adopt(sites) }
        for index in sites.indices { sites[index].keys.wipe() }
    }

    /// The open windows' figures through the gate, those of ten and more, rounded to the nearest ten: for the report of
    /// today. None of windows whose release has noise. Five to nine do not become ten: with a threshold below ten they are too few to be shown.
    public func snapshot() -> [ReleasedCell] {
        core.withLock { core in
            core.provisionalCells().compactMap { cell in
                guard cell.count >= 10 else { return nil }
                var cell = cell
                cell.count = (cell.count + 5) / 10 * 10
                return cell
            }
        }
    }

    /// Plain counts of a site's traffic since the process began: for the operator, never stored.
    public func traffic(ofSite name: String) -> SiteTraffic? { core.withLock { $0.traffic(ofSite: name) } }

    private func release(_ windows: [MeasurementCore.Closed]) throws {
        for closed in windows {
            try sink.store(closed.cells, release: closed.entry)
            core.withLock { $0.forget(closed.entry) }
        }
    }
}

/// Plain counts of a site's traffic.
public struct SiteTraffic: Sendable {
    /// Exchanges by status code; what is no status counts as 0.
    public internal(set) var statuses: [UInt16: Int] = [:]
    /// Exchanges by duration: those below 2^n microseconds and not below 2^(n-1) at n.
    public internal(set) var durations = [Int](repeating: 0, count: 33)
    /// Bytes sent to user agents.
    public internal(set) var bytes: UInt64 = 0
    /// Page views of visitors measured in full beyond what one may add to a day.
    public internal(set) var cutPageViews = 0
    /// Facts that came after their window had been closed.
    public internal(set) var lateFacts = 0

    mutating func add(_ fact: ExchangeFact) {
        statuses[fact.status, default: 0] += 1
        durations[32 - fact.durationMicroseconds.leadingZeroBitCount] += 1
        bytes &+= fact.bytes
    }
}
