import Bytes
import Consent
import Foundation
import Gateway
import Glibc
import Location
import Measurement
import Rules
import Testing

/// What measuring costs an event loop, and nothing else of it: the same page views through a gateway that measures and
/// one that does not, in turns, by the clock of the thread's processor time. It is printed, never judged:
///
///     MEASURING_COST=51 swift test -c release --filter LoopCostOfMeasuring        (rounds of 4,000 page views)
@Suite("Loop cost of measuring", .serialized)
struct LoopCostOfMeasuring {
    static let rounds = ProcessInfo.processInfo.environment["MEASURING_COST"].flatMap { Int($0) } ?? 0
    static let batches = 40
    static let batch = 100

    /// A page view with three cookies without consent, through a gateway of its own.
    struct Lane: ~Copyable {
        var gateway: Gateway
        let ring = FactRing()
        var drain = Drain()
        var request = ByteBuffer()
        var response = ByteBuffer()
        var origin = ByteBuffer()
        var client = ByteBuffer()

        init(profile: MeasuredSite.Profile, service: MeasurementService) throws {
            let now = Moment(monotonic: 5_000_000_000, epoch: 1_800_000_000)
            let measured = service.configure([SiteMeasurement(name: "shop", profile: profile)], now: now.epoch)
            let rules = """
                origin: http://127.0.0.1:9000
                categories:
                  analytics: {cookies: [_ga, _gid, _gat]}
                """
            gateway = Gateway(
                policy: try Policy.parse(rules, sourceFile: "rules.yaml"),
                resources: Resources(
                    signer: ConsentSigner(secret: Array(repeating: 7, count: 32)), places: nil, measured: measured),
                measuring: MeasuringContext(ring: ring))
            request.append(
                utf8: """
                    GET /shop/kettles?page=2 HTTP/1.1\r
                    Host: shop.example\r
                    User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                    Chrome/140.0.0.0 Safari/537.36\r
                    Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r
                    Accept-Language: de,en-US;q=0.7,en;q=0.3\r
                    Referer: https://shop.example/shop\r
                    Sec-CH-UA: "Chromium";v="140", "Google Chrome";v="140", "Not?A_Brand";v="24"\r
                    Sec-CH-UA-Mobile: ?0\r
                    Sec-CH-UA-Platform: "Windows"\r
                    Sec-Fetch-Dest: document\r
                    Sec-Fetch-Mode: navigate\r
                    Cookie: sid=7f3a1c; _ga=GA1.2.3; _gid=GA1.2.4; _gat=1\r
                    \r

                    """)
            let page = "<!doctype html><html lang=de><head><title>x</title></head><body><p>Kettles</p></body></html>"
            response.append(
                utf8: "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: \(page.utf8.count)"
                    + "\r\n\r\n" + page)
        }

        /// Serves some page views and returns the nanoseconds of processor time that took.
        mutating func serve(_ count: Int) -> Int {
            let start = processorTime()
            for _ in 0..<count { serveOne() }
            let time = processorTime() - start
            // What the measuring thread does.
            drain.count += ring.drain(into: &drain)
            return time
        }

        private mutating func serveOne() {
            let now = Moment(monotonic: 5_000_000_000, epoch: 1_800_000_000)
            var exchange = Exchange()
            origin.clear()
            client.clear()
            let step = gateway.receiveRequest(
                request, examined: 0, exchange: &exchange, peer: ClientAddress(ipv4: 0xCB00_7107), isSecure: false,
                isLast: false, at: now, reply: &client)
            guard case .forward = step else { return }
            gateway.writeOriginHead(of: &exchange, into: &origin)
            var consumed = 0
            while true {
                let step = gateway.receiveResponse(
                    response, from: consumed, exchange: &exchange, at: now, output: &client)
                consumed += step.consumed
                if case .more = step.outcome { continue }
                break
            }
            gateway.finish(&exchange, at: now)
        }
    }

    /// Takes facts and does nothing with them.
    struct Drain: FactConsumer {
        var count = 0

        mutating func observe(_ fact: ExchangeFact, path: RawSpan, referrer: RawSpan, userAgent: RawSpan) {}
        mutating func observe(_ event: EventFact, name: RawSpan) {}
    }

    @Test(
        "Nanoseconds of a loop per page view with three withheld cookies", .enabled(if: rounds > 0),
        arguments: [MeasuredSite.Profile.consent, .exempt])
    func cost(profile: MeasuredSite.Profile) throws {
        let service = MeasurementService(sink: Nowhere())
        var off = try Lane(profile: .off, service: service)
        var on = try Lane(profile: profile, service: MeasurementService(sink: Nowhere()))
        _ = off.serve(2000)
        _ = on.serve(200)
        var costs: [Double] = []
        for _ in 0..<Self.rounds {
            var (without, with) = (0, 0)
            for _ in 0..<Self.batches {
                without += off.serve(Self.batch)
                with += on.serve(Self.batch)
            }
            costs.append(Double(with - without) / Double(Self.batches * Self.batch))
        }
        costs.sort()
        func quantile(_ share: Double) -> Int { Int(costs[Int(share * Double(costs.count - 1))].rounded()) }
        // The page view, and an event for each cookie.
        #expect(on.drain.count == 4 * (200 + Self.rounds * Self.batches * Self.batch) && off.drain.count == 0)
        print(
            "measuring, \(profile): \(quantile(0.5)) ns of the loop per page view (quartiles \(quantile(0.25)) to "
                + "\(quantile(0.75)); \(costs.count) rounds of \(Self.batches * Self.batch))")
    }
}

private final class Nowhere: ReleaseSink {
    func store(_ cells: [ReleasedCell], release: ReleaseLedgerEntry) -> ReleaseOutcome { .stored }
}

/// Nanoseconds that this thread has had the processor.
private func processorTime() -> Int {
    var time = timespec()
    // `time` is valid for the one structure that the call fills.
    guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
