/// What the proxy has done since it started, in plain numbers; nothing in it is about a visitor.
public struct Traffic: Sendable {
    /// Times, by how long they were at most.
    public struct Times: Sendable {
        /// The longest of each step, in microseconds, rising.
        public var bounds: [UInt64]
        /// How many lie in each step; one more than there are bounds, for those that took longer.
        public var counts: [UInt64]
        /// All of them added up, in microseconds.
        public var sum: UInt64

        /// Makes times of their parts.
        public init(bounds: [UInt64], counts: [UInt64], sum: UInt64) {
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }

        /// How many there are.
        public var count: UInt64 { counts.reduce(0, +) }

        /// About how many microseconds a part of them took at most, as if they lay evenly in their steps; nil when there
        /// is none, and the largest bound when it was longer than that.
        public func quantile(_ part: Double) -> Double? {
            let rank = Double(count) * part
            guard rank > 0 else { return nil }
            var passed = 0.0
            for (index, bound) in bounds.enumerated() {
                let here = Double(counts[index])
                if here > 0, passed + here >= rank {
                    let lower = index == 0 ? 0 : Double(bounds[index - 1])
                    return lower + (Double(bound) - lower) * (rank - passed) / here
                }
                passed += here
            }
            return bounds.last.map { Double($0) }
        }
    }

    /// A word and how often.
    public typealias Count = (name: String, count: UInt64)

    /// Responses by the class of their status: `2xx`.
    public var responses: [Count] = []
    /// Bytes sent to visitors.
    public var bytes: UInt64 = 0
    /// From a request to the end of its response.
    public var durations = Times(bounds: [], counts: [0], sum: 0)
    /// From a request to the beginning of the shop's response.
    public var originWaits = Times(bounds: [], counts: [0], sum: 0)
    /// Requests that the shop failed, by reason.
    public var originErrors: [Count] = []
    /// Cookies withheld by category.
    public var withheldCookies: [Count] = []
    /// Third parties kept out of pages, each once per page.
    public var blockedHosts: UInt64 = 0
    /// Pages that were closed by a policy instead of being rewritten.
    public var closedDocuments: UInt64 = 0
    /// Visitors' connections taken.
    public var acceptedConnections: UInt64 = 0
    /// Visitors' connections beyond the limit.
    public var refusedConnections: UInt64 = 0
    /// Connections and requests beyond what one network may have.
    public var limited: [Count] = []
    /// Connections that made room for others.
    public var displacedConnections: UInt64 = 0
    /// Visitors' connections now.
    public var clientConnections: UInt64 = 0
    /// Connections to the shop now.
    public var originConnections: UInt64 = 0
    /// Facts that were dropped because the measuring side did not keep up.
    public var droppedFacts: UInt64 = 0
    /// Changed rules that were taken.
    public var reloadsTaken: UInt64 = 0
    /// Changed rules that were refused.
    public var reloadsRefused: UInt64 = 0
    /// Whether the rules file as it is now is in force.
    public var areRulesCurrent = true

    /// Nothing yet.
    public init() {}
}
