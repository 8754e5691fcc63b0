import Consent
import Rules
import Synchronization

/// What one event loop has done since it began, in plain numbers: only the loop adds to them, and a copy is handed out
/// now and then. Nothing in it is about a visitor.
public struct TrafficCounters: Sendable {
    /// Exchanges by the first digit of their status; 0 for those that ended without one.
    public internal(set) var responses = InlineArray<6, UInt64>(repeating: 0)
    /// Bytes sent to user agents.
    public internal(set) var bytes: UInt64 = 0
    /// From a request's head to the end of its response.
    public internal(set) var durations = LatencyHistogram()
    /// From a request's head to the head of the origin server's response.
    public internal(set) var originWaits = LatencyHistogram()
    /// Exchanges that an origin server failed, by the order of `OriginFailure.allCases`.
    public internal(set) var originFailures = InlineArray<6, UInt64>(repeating: 0)
    /// Cookies withheld by the slot of their category (`CategorySlots`), in requests and responses.
    public internal(set) var withheldCookies = InlineArray<64, UInt64>(repeating: 0)
    /// Rules that kept a page from something, each once per page.
    public internal(set) var blockedHosts: UInt64 = 0
    /// Pages that were closed by a policy because they could not be rewritten.
    public internal(set) var closedDocuments: UInt64 = 0
    /// Connections of visitors that were taken.
    public var acceptedConnections: UInt64 = 0
    /// Connections of visitors beyond the limit.
    public var refusedConnections: UInt64 = 0
    /// Connections beyond what one network may have.
    public var limitedConnections: UInt64 = 0
    /// Requests beyond what one network may send.
    public internal(set) var limitedRequests: UInt64 = 0
    /// Idle connections, and those of slow visitors, that made room for others.
    public var displacedConnections: UInt64 = 0
    /// Connections of visitors now.
    public var clientConnections: UInt64 = 0
    /// Connections to origin servers now.
    public var originConnections: UInt64 = 0

    /// Nothing yet.
    public init() {}

    mutating func count(status: UInt16, bytes sent: Int, nanoseconds: Int64) {
        let digit = Int(status / 100)
        responses[digit < 6 ? digit : 0] &+= 1
        bytes &+= UInt64(truncatingIfNeeded: sent)
        durations.add(nanoseconds: nanoseconds)
    }

    /// Adds another loop's.
    public mutating func add(_ other: TrafficCounters) {
        for index in responses.indices { responses[index] &+= other.responses[index] }
        for index in originFailures.indices { originFailures[index] &+= other.originFailures[index] }
        for index in withheldCookies.indices { withheldCookies[index] &+= other.withheldCookies[index] }
        bytes &+= other.bytes
        durations.add(other.durations)
        originWaits.add(other.originWaits)
        blockedHosts &+= other.blockedHosts
        closedDocuments &+= other.closedDocuments
        acceptedConnections &+= other.acceptedConnections
        refusedConnections &+= other.refusedConnections
        limitedConnections &+= other.limitedConnections
        limitedRequests &+= other.limitedRequests
        displacedConnections &+= other.displacedConnections
        clientConnections &+= other.clientConnections
        originConnections &+= other.originConnections
    }
}

/// Times by powers of two of a microsecond.
public struct LatencyHistogram: Sendable {
    /// Those above 2^(n-1) and not above 2^n microseconds at n; the last one has all that are longer.
    public private(set) var counts = InlineArray<28, UInt64>(repeating: 0)
    /// All of them added up, in microseconds.
    public private(set) var sum: UInt64 = 0

    mutating func add(nanoseconds: Int64) {
        let microseconds = UInt64(max(0, nanoseconds)) / 1000
        let bits = UInt64.bitWidth - (max(microseconds, 1) - 1).leadingZeroBitCount
        counts[min(bits, 27)] &+= 1
        sum &+= microseconds
    }

    mutating func add(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
        sum &+= other.sum
    }
}

/// The place of each category's name among counters: the same for all loops, sites and generations of rules.
///
/// Asked when rules are taken up, never for a request. Names beyond the first 62 share a place.
public enum CategorySlots {
    private static let names = Mutex<[String]>([])
    /// Cookies that no rule names.
    static let unknown: UInt8 = 0
    private static let shared: UInt8 = 63

    static func slot(of name: String) -> UInt8 {
        names.withLock { names in
            if let index = names.firstIndex(of: name) { return UInt8(index + 1) }
            guard names.count < Int(shared) - 1 else { return shared }
            names.append(name)
            return UInt8(names.count)
        }
    }

    /// The places that have a name, with it.
    public static var all: [(slot: Int, name: String)] {
        names.withLock { names in
            [(0, "(no rule)")] + names.enumerated().map { ($0 + 1, $1) } + [(Int(shared), "(others)")]
        }
    }

    /// The places of a site's categories, by their index.
    static func slots(of site: Site) -> [UInt8] { site.consent.categories.map { slot(of: $0.id) } }
}
