import Location

/// Token buckets per network in a table of fixed size: a flood fills its own bucket, not the memory.
struct RateLimiter: ~Copyable {
    private struct Bucket {
        var network: TruncatedAddress?
        var tokens = 0
        /// Seconds on the monotonic clock.
        var refilled: Int64 = 0
    }

    private var buckets: [Bucket]
    private let burst: Int
    private let perMinute: Int

    /// Admits `burst` requests at once and `perMinute` in the long run for each network.
    init(burst: Int, perMinute: Int) {
        buckets = Array(repeating: Bucket(), count: 512)
        self.burst = burst
        self.perMinute = perMinute
    }

    /// Whether a request from this network may pass now; it is counted.
    mutating func admits(_ network: TruncatedAddress, at now: Moment) -> Bool {
        let second = now.monotonic / 1_000_000_000
        let place = Int(UInt(bitPattern: network.hashValue) % UInt(buckets.count))
        if buckets[place].network != network {
            // A collision takes the place over; the other network begins anew with a full bucket.
            buckets[place] = Bucket(network: network, tokens: burst, refilled: second)
        }
        let earned = Int(second - buckets[place].refilled) * perMinute / 60
        if earned > 0 {
            buckets[place].tokens = min(burst, buckets[place].tokens + earned)
            buckets[place].refilled = second
        }
        guard buckets[place].tokens > 0 else { return false }
        buckets[place].tokens -= 1
        return true
    }
}
