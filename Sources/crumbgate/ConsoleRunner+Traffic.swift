import Console
import Gateway
import Measurement
import Transport

extension Traffic {
    /// What loops, rings and rules have counted.
    init(_ status: ServerStatus, rings: [FactRing]) {
        self.init()
        let counters = status.traffic
        responses = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"].enumerated().map { ($1, counters.responses[$0]) }
        bytes = counters.bytes
        durations = Times(counters.durations)
        originWaits = Times(counters.originWaits)
        originErrors = OriginFailure.allCases.enumerated().map { ($1.word, counters.originFailures[$0]) }
        withheldCookies = CategorySlots.all.map { ($0.name, counters.withheldCookies[$0.slot]) }
        blockedHosts = counters.blockedHosts
        closedDocuments = counters.closedDocuments
        acceptedConnections = counters.acceptedConnections
        refusedConnections = counters.refusedConnections
        limited = [("connections", counters.limitedConnections), ("requests", counters.limitedRequests)]
        displacedConnections = counters.displacedConnections
        clientConnections = counters.clientConnections
        originConnections = counters.originConnections
        droppedFacts = rings.reduce(0) { $0 + $1.dropped }
        reloadsTaken = UInt64(status.reloadsTaken)
        reloadsRefused = UInt64(status.reloadsRefused)
        areRulesCurrent = status.isLastReloadTaken
    }
}

extension Traffic.Times {
    /// Steps from 128 µs to 67 s.
    fileprivate init(_ histogram: LatencyHistogram) {
        let (first, last) = (7, 26)
        var counts = (first...last).map { histogram.counts[$0] }
        for index in 0..<first { counts[0] += histogram.counts[index] }
        counts.append(histogram.counts[27])
        self.init(bounds: (first...last).map { UInt64(1) << UInt64($0) }, counts: counts, sum: histogram.sum)
    }
}

extension OriginFailure {
    fileprivate var word: String {
        switch self {
        case .unreachable: "unreachable"
        case .closedEarly: "closed_early"
        case .malformed: "malformed"
        case .timedOut: "timed_out"
        case .requestTimedOut: "request_timed_out"
        case .saturated: "saturated"
        }
    }
}
