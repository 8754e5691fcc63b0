import Bytes
import Location
import Measurement
import Rules

/// What the visitors of each network (/24 of IPv4, /48 of IPv6) have and did of late, over all event loops, for the
/// limits on it.
///
/// A network is no entry but two places in each table, one in either row, found by a hash under a key of this process
/// alone. What stands in the lower of the two is taken for the network's: it is never too little, and too much only where
/// others that are busy share both. So memory is bounded, nothing is pushed out by addresses that come once, and nobody
/// can aim at another's places. Writing by several loops at once may let one more through than was meant.
public final class NetworkLimits: Sendable {
    /// A network's places.
    public struct Places: Hashable, Sendable {
        let first: UInt32
        let second: UInt32

        /// Of nobody: nothing is counted.
        public static let none = Places(first: .max, second: .max)
    }

    private static let rowLength = 1 << 15

    private let key0: UInt64
    private let key1: UInt64
    private let connections = AtomicTable(count: 2 * rowLength)
    /// When the next would be due at the rate that is allowed (GCRA: the "theoretical arrival time" of ITU-T I.371).
    private let arrivals = AtomicTable(count: 2 * rowLength)
    private let requests = AtomicTable(count: 2 * rowLength)

    /// Makes tables in which nobody has anything, under a new key.
    public convenience init() {
        self.init(key0: .random(in: 0...UInt64.max), key1: .random(in: 0...UInt64.max))
    }

    /// Makes tables under a key: for tests.
    package init(key0: UInt64, key1: UInt64) {
        self.key0 = key0
        self.key1 = key1
    }

    /// Where the network of an address stands.
    public func places(of address: ClientAddress) -> Places {
        let (first, second) = networkHash(address.truncated(to: .fine), key0: key0, key1: key1)
        let mask = UInt64(Self.rowLength - 1)
        return Places(
            first: UInt32(truncatingIfNeeded: first & mask),
            second: UInt32(truncatingIfNeeded: second & mask | UInt64(Self.rowLength)))
    }

    /// Counts one more connection, unless there are `limit` already.
    public func enter(_ places: Places, limit: Int) -> Bool {
        let first = connections.add(1, at: Int(places.first))
        let second = connections.add(1, at: Int(places.second))
        if min(first, second) <= Int64(limit) { return true }
        leave(places)
        return false
    }

    /// Counts one connection less.
    public func leave(_ places: Places) {
        guard places != .none else { return }
        connections.add(-1, at: Int(places.first))
        connections.add(-1, at: Int(places.second))
    }

    /// Counts a new connection at a rate; whether it may be.
    public func admitsConnection(_ places: Places, by rate: Rate, at now: Moment) -> Bool {
        wait(arrivals, places, rate, at: now) == 0
    }

    /// Counts a request at a rate: 0, or how many nanoseconds it came too early; then it is not counted.
    public func waitOfRequest(_ places: Places, by rate: Rate, at now: Moment) -> Int64 {
        wait(requests, places, rate, at: now)
    }

    /// Begins anew with what networks spent: at other rates it means nothing.
    public func forgetRates() {
        arrivals.clear()
        requests.clear()
    }

    private func wait(_ table: AtomicTable, _ places: Places, _ rate: Rate, at now: Moment) -> Int64 {
        let due = max(min(table[Int(places.first)], table[Int(places.second)]), now.monotonic)
        let excess = due - now.monotonic - max(0, rate.burst - rate.interval)
        if excess > 0 { return excess }
        table.raise(to: due + rate.interval, at: Int(places.first))
        table.raise(to: due + rate.interval, at: Int(places.second))
        return 0
    }
}

extension Gateway {
    /// Whether a network may make one more connection: it is counted, and `leave` takes it back. Our own proxies may.
    public mutating func admitsConnection(of peer: ClientAddress, at now: Moment) -> NetworkLimits.Places? {
        guard let networks, let policy = snapshots[current]?.policy, policy.limits.network.boundsConnections,
            isLimited(peer, policy)
        else { return NetworkLimits.Places.none }
        let bounds = policy.limits.network
        let places = networks.places(of: peer)
        if let rate = bounds.newConnections, !networks.admitsConnection(places, by: rate, at: now) { return nil }
        guard bounds.connections > 0 else { return NetworkLimits.Places.none }
        return networks.enter(places, limit: bounds.connections) ? places : nil
    }

    /// How many nanoseconds too early a request comes; 0 for one that is in time, and for our own proxies'.
    mutating func waitOfRequest(from client: ClientAddress, by rate: Rate, _ policy: Policy, at now: Moment) -> Int64 {
        guard let networks, isLimited(client, policy) else { return 0 }
        return networks.waitOfRequest(networks.places(of: client), by: rate, at: now)
    }

    /// Our own proxies are not, nor who comes without an address: they are no one network.
    private func isLimited(_ address: ClientAddress, _ policy: Policy) -> Bool {
        !policy.trusts(address) && address != ClientAddress(ipv4: 0)
    }
}
