import Bytes
import Foundation
import Measurement
import Testing

@Suite("Fact ring")
struct FactRingTests {
    /// Keeps what a ring hands out.
    struct Collector: FactConsumer {
        var facts: [(status: UInt16, path: String, referrer: String, userAgent: String)] = []
        var events: [(kind: EventFact.Kind, name: String)] = []

        mutating func observe(_ fact: ExchangeFact, path: RawSpan, referrer: RawSpan, userAgent: RawSpan) {
            facts.append((fact.status, path.text, referrer.text, userAgent.text))
        }

        mutating func observe(_ event: EventFact, name: RawSpan) { events.append((event.kind, name.text)) }
    }

    @Test("What is offered is drained, in order, and once")
    func order() {
        let ring = FactRing(capacity: 16_384)
        var fact = ExchangeFact(time: 1, kind: .pageView, status: 200)
        var collector = Collector()
        var sent = 0
        for round in 0..<500 {
            for _ in 0..<(round % 7) {
                fact.status = UInt16(sent % 60_000)
                let path = Array("/p/\(String(repeating: "x", count: sent % 97))".utf8)
                let referrer = Array("https://r\(sent)".utf8)
                ring.offer(fact, path: path.rawSpan, referrer: referrer.rawSpan, userAgent: Array("UA".utf8).rawSpan)
                sent += 1
            }
            ring.offer(EventFact(time: 2, kind: .cookieWithheld), name: Array("_ga\(round)".utf8).rawSpan)
            ring.drain(into: &collector)
        }
        #expect(ring.dropped == 0)
        #expect(collector.facts.count == sent)
        #expect(collector.events.map(\.name) == (0..<500).map { "_ga\($0)" })
        for (index, fact) in collector.facts.enumerated() {
            #expect(Int(fact.status) == index)
            #expect(fact.path == "/p/\(String(repeating: "x", count: index % 97))")
            #expect(fact.referrer == "https://r\(index)")
            #expect(fact.userAgent == "UA")
        }
        #expect(ring.drain(into: &collector) == 0)
    }

    @Test("A full ring drops and counts, and goes on when it is drained")
    func full() {
        let ring = FactRing(capacity: 16_384)
        let fact = ExchangeFact(time: 1, kind: .pageView, status: 200)
        let path = [UInt8](repeating: 65, count: 5000)
        var taken = 0
        while ring.offer(fact, path: path.rawSpan, referrer: path.rawSpan, userAgent: path.rawSpan) { taken += 1 }
        #expect(ring.isHalfFull)
        #expect(ring.dropped == 1)
        var collector = Collector()
        #expect(ring.drain(into: &collector) == taken)
        #expect(collector.facts[0].path.count == FactRing.longestPath)
        #expect(collector.facts[0].referrer.count == FactRing.longestReferrer)
        #expect(collector.facts[0].userAgent.count == FactRing.longestUserAgent)
        #expect(!ring.isHalfFull)
        let isTaken = ring.offer(fact, path: path.rawSpan, referrer: RawSpan(), userAgent: RawSpan())
        #expect(isTaken)
    }

    @Test("A ring that is half full asks once to be drained, and again after it was")
    func asking() {
        let ring = FactRing(capacity: 16_384)
        let fact = ExchangeFact(time: 1, kind: .pageView, status: 200)
        let path = [UInt8](repeating: 65, count: 1000)
        var collector = Collector()
        for _ in 0..<2 {
            var count = 0
            while !ring.isHalfFull {
                #expect(!ring.asksToBeDrained())
                ring.offer(fact, path: path.rawSpan, referrer: RawSpan(), userAgent: RawSpan())
                count += 1
            }
            #expect(ring.asksToBeDrained())
            ring.offer(fact, path: path.rawSpan, referrer: RawSpan(), userAgent: RawSpan())
            #expect(!ring.asksToBeDrained())
            #expect(ring.drain(into: &collector) == count + 1)
        }
    }

    @Test("Two threads lose nothing but what is counted as dropped, and tear nothing")
    func threads() {
        let ring = FactRing(capacity: 16_384)
        let total = 100_000
        let producer = Thread {
            var fact = ExchangeFact(time: 1, kind: .pageView, status: 200)
            for number in 0..<total {
                let text = Array("\(number)".utf8)
                fact.bytes = UInt64(number)
                ring.offer(fact, path: text.rawSpan, referrer: text.rawSpan, userAgent: text.rawSpan)
                if number % 64 == 0 { sched_yield() }
            }
        }
        struct Checker: FactConsumer {
            var last = -1
            var torn = 0
            mutating func observe(_ fact: ExchangeFact, path: RawSpan, referrer: RawSpan, userAgent: RawSpan) {
                let number = Int(fact.bytes)
                if number <= last || path.decimal != fact.bytes || !path.equals(referrer) || !path.equals(userAgent) {
                    torn += 1
                }
                last = number
            }
            mutating func observe(_ event: EventFact, name: RawSpan) {}
        }
        var checker = Checker()
        producer.start()
        var drained = 0
        while !producer.isFinished {
            drained += ring.drain(into: &checker)
            sched_yield()
        }
        drained += ring.drain(into: &checker)
        #expect(checker.torn == 0)
        #expect(drained + Int(ring.dropped) == total)
    }
}
