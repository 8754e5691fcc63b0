import Synchronization

/// What is shown of the traffic: figures too coarse, and too seldom new, for one visit to be told from them.
///
/// They are rounded down in steps, which keeps those that only grow growing. What is the proxy's own, such as the state of
/// its rules, is shown as it is.
final class PublishedTraffic: Sendable {
    /// How old figures become.
    static let period: Duration = .seconds(15)

    private let current: @Sendable () -> Traffic
    private let kept = Mutex<(taken: ContinuousClock.Instant, traffic: Traffic)?>(nil)

    init(_ current: @escaping @Sendable () -> Traffic) { self.current = current }

    /// The figures to show.
    var traffic: Traffic {
        let now = current()
        var shown = kept.withLock { kept in
            let instant = ContinuousClock.now
            if let kept, instant - kept.taken < Self.period { return kept.traffic }
            let coarse = now.coarse
            kept = (instant, coarse)
            return coarse
        }
        shown.reloadsTaken = now.reloadsTaken
        shown.reloadsRefused = now.reloadsRefused
        shown.areRulesCurrent = now.areRulesCurrent
        return shown
    }
}

extension Traffic {
    /// The same rounded down: counts to tens, bytes to MiB, sums of times to seconds.
    package var coarse: Traffic {
        func tens(_ count: UInt64) -> UInt64 { count - count % 10 }
        func tens(_ counts: [Count]) -> [Count] { counts.map { ($0.name, tens($0.count)) } }
        var coarse = self
        coarse.responses = tens(responses)
        coarse.bytes = bytes - bytes % (1 << 20)
        coarse.durations = durations.coarse
        coarse.originWaits = originWaits.coarse
        coarse.originErrors = tens(originErrors)
        coarse.withheldCookies = tens(withheldCookies)
        coarse.blockedHosts = tens(blockedHosts)
        coarse.closedDocuments = tens(closedDocuments)
        coarse.acceptedConnections = tens(acceptedConnections)
        coarse.refusedConnections = tens(refusedConnections)
        coarse.limited = tens(limited)
        coarse.displacedConnections = tens(displacedConnections)
        coarse.clientConnections = tens(clientConnections)
        coarse.originConnections = tens(originConnections)
        coarse.droppedFacts = tens(droppedFacts)
        return coarse
    }
}

extension Traffic.Times {
    /// How many took at most so long, rounded down to tens step by step, and their sum to seconds.
    fileprivate var coarse: Traffic.Times {
        var (passed, shown): (UInt64, UInt64) = (0, 0)
        var steps: [UInt64] = []
        for count in counts {
            passed += count
            let rounded = passed - passed % 10
            steps.append(rounded - shown)
            shown = rounded
        }
        return Traffic.Times(bounds: bounds, counts: steps, sum: sum - sum % 1_000_000)
    }
}
