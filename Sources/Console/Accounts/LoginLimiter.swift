/// How often somebody may try a password: a bucket of attempts per account, and a larger one per truncated address,
/// which fill up again with time.
///
/// Memory is bounded: a full bucket is forgotten, as it says nothing, and when there are too many of the others, new
/// names wait.
package struct LoginLimiter: Sendable {
    /// Attempts at once, and milliseconds until there is one more.
    struct Rate: Sendable {
        var burst: Int64
        var interval: Int64

        static let account = Rate(burst: 10, interval: 30_000)
        static let address = Rate(burst: 30, interval: 5000)
    }

    /// Names that are remembered at most, of either kind.
    package static let capacity = 1024

    /// Makes a limiter that has seen nobody.
    package init() {}

    /// When each bucket is full again, in milliseconds of the caller's clock.
    private var accounts: [String: Int64] = [:]
    private var addresses: [String: Int64] = [:]

    /// Takes an attempt; false when there is none left, and then nothing is taken.
    package mutating func take(account: String, address: String, now: Int64) -> Bool {
        guard Self.allows(account, accounts, .account, now), Self.allows(address, addresses, .address, now),
            Self.makeRoom(for: account, &accounts, now), Self.makeRoom(for: address, &addresses, now)
        else { return false }
        accounts[account] = max(accounts[account] ?? now, now) + Rate.account.interval
        addresses[address] = max(addresses[address] ?? now, now) + Rate.address.interval
        return true
    }

    /// A right password shows that the attempts before it were the owner's.
    package mutating func clear(account: String) { accounts[account] = nil }

    private static func allows(_ name: String, _ buckets: [String: Int64], _ rate: Rate, _ now: Int64) -> Bool {
        (buckets[name] ?? now) - now <= (rate.burst - 1) * rate.interval
    }

    private static func makeRoom(for name: String, _ buckets: inout [String: Int64], _ now: Int64) -> Bool {
        if buckets[name] != nil || buckets.count < capacity { return true }
        buckets = buckets.filter { $0.value > now }
        return buckets.count < capacity
    }
}
