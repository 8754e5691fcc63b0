import Bytes
import Location
import Measurement
import Synchronization
import Testing

/// A sink that keeps what it is given.
final class MemorySink: ReleaseSink {
    let releases = Mutex<[(cells: [ReleasedCell], entry: ReleaseLedgerEntry)]>([])

    /// How many times it is going to fail.
    let failures = Mutex(0)

    struct Failure: Error {}

    func store(_ cells: [ReleasedCell], release: ReleaseLedgerEntry) throws -> ReleaseOutcome {
        let isFailing = failures.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        if isFailing { throw Failure() }
        releases.withLock { $0.append((cells, release)) }
        return .stored
    }

    var cells: [ReleasedCell] { releases.withLock { $0.flatMap(\.cells) } }
    var entries: [ReleaseLedgerEntry] { releases.withLock { $0.map(\.entry) } }
}

/// Made-up visitors of a made-up shop, sent through a ring as an event loop does it.
final class ShopTraffic {
    static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    static let safari =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        + "Mobile/15E148 Safari/604.1"
    /// 2026-03-02, a Monday.
    static let day: Int64 = 20_514

    let sink: MemorySink
    let ring = FactRing(capacity: 1 << 20)
    let service: MeasurementService
    var site: MeasuredSite

    init(
        _ settings: SiteMeasurement, now: Int64 = day * 86_400 + 1900, sink: MemorySink = MemorySink(),
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(), protections: Protections = .all
    ) {
        self.sink = sink
        service = MeasurementService(sink: sink, random: random, protections: protections)
        site = service.configure([settings], now: now)[0]
    }

    /// Goes on with a service that took up a checkpoint.
    init(restored service: MeasurementService, _ sink: MemorySink, _ settings: SiteMeasurement, now: Int64) {
        self.sink = sink
        self.service = service
        site = service.configure([settings], now: now)[0]
    }

    /// The address of a visitor: every one in a network of their own.
    static func address(_ visitor: Int) -> ClientAddress { ClientAddress(ipv4: 0x0A00_0001 + UInt32(visitor) << 8) }

    func view(
        _ path: String, by visitor: Int, at seconds: Int, referrer: String = "", agent: String = firefox,
        place: Place = .unknown, consented: Bool = true, consent: ExchangeFact.Consent? = nil,
        address: ClientAddress? = nil, kind: ExchangeFact.Kind = .pageView
    ) {
        let time = Self.day * 86_400 + Int64(seconds)
        var fact = ExchangeFact(time: time, kind: kind, status: kind == .post ? 303 : 200)
        fact.place = place
        fact.didConsentToAnalytics = consented
        fact.consent = consent ?? (consented ? .accepted : .undecided)
        let (pathBytes, referrerBytes, agentBytes) = (Array(path.utf8), Array(referrer.utf8), Array(agent.utf8))
        site.identify(&fact, address: address ?? Self.address(visitor), userAgent: agentBytes.rawSpan)
        if !ring.offer(fact, path: pathBytes.rawSpan, referrer: referrerBytes.rawSpan, userAgent: agentBytes.rawSpan) {
            service.ingest(ring)
            ring.offer(fact, path: pathBytes.rawSpan, referrer: referrerBytes.rawSpan, userAgent: agentBytes.rawSpan)
        }
    }

    func event(_ kind: EventFact.Kind, _ name: String, by visitor: Int, at seconds: Int) {
        var event = EventFact(time: Self.day * 86_400 + Int64(seconds), kind: kind)
        site.identify(&event, address: Self.address(visitor))
        ring.offer(event, name: Array(name.utf8).rawSpan)
    }

    /// Lets the clock pass to `seconds` after the start of the first day.
    func tick(_ seconds: Int) throws {
        service.ingest(ring)
        try service.tick(now: Self.day * 86_400 + Int64(seconds))
    }

    /// Ends the first day and returns what was released.
    func close() throws -> [ReleasedCell] {
        try tick(86_400 + 1800)
        return sink.cells
    }
}

extension [ReleasedCell] {
    /// The counts of one table by key.
    func table(_ dimension: Dimension, _ measure: Measure) -> [String: Int] {
        var table: [String: Int] = [:]
        for cell in self where cell.dimension == dimension && cell.measure == measure {
            #expect(table.updateValue(cell.count, forKey: cell.key2.map { "\(cell.key) → \($0)" } ?? cell.key) == nil)
        }
        return table
    }

    func total(_ measure: Measure) -> Int? { table(.total, measure)[""] }
}
