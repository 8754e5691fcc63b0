/// How often a name's password may be tried: ten times at once, then after waits that double up to a minute.
///
/// Names do not count for each other, so that whoever guesses shuts out nobody but the owner of the name: everybody comes
/// from this machine, and there is nothing else to tell them apart by. Memory is bounded: a name is forgotten after half
/// an hour without an attempt, and when there are too many, the one with the fewest attempts is.
package struct LoginLimiter: Sendable {
    /// Attempts before the first wait.
    package static let burst = 10
    /// Milliseconds of the longest wait.
    package static let longestWait: Int64 = 60_000
    /// Milliseconds without an attempt after which a name is forgotten.
    package static let memory: Int64 = 30 * 60_000
    /// Names that are remembered at most.
    package static let capacity = 1024

    private struct Attempts: Sendable {
        var count: Int
        var latest: Int64

        /// When there is another attempt.
        var next: Int64 {
            let over = count - LoginLimiter.burst
            return over < 0 ? latest : latest + min(LoginLimiter.longestWait, 4000 << Int64(min(over, 5)))
        }
    }

    private var names: [String: Attempts] = [:]

    /// Makes a limiter that has seen nobody.
    package init() {}

    /// Takes an attempt, or returns the milliseconds to wait for one, and then nothing is taken.
    package mutating func take(_ name: String, now: Int64) -> Int64? {
        var attempts = names[name] ?? Attempts(count: 0, latest: now)
        if now - attempts.latest >= Self.memory { attempts.count = 0 }
        if attempts.count >= Self.burst, now < attempts.next { return attempts.next - now }
        attempts.count += 1
        attempts.latest = now
        if names[name] == nil { makeRoom(now) }
        names[name] = attempts
        return nil
    }

    /// A right password shows that the attempts before it were the owner's.
    package mutating func clear(_ name: String) { names[name] = nil }

    /// How many names are remembered.
    package var count: Int { names.count }

    private mutating func makeRoom(_ now: Int64) {
        guard names.count >= Self.capacity else { return }
        names = names.filter { now - $0.value.latest < Self.memory }
        guard names.count >= Self.capacity else { return }
        let least = names.min { ($0.value.count, $0.value.latest) < ($1.value.count, $1.value.latest) }
        if let least { names[least.key] = nil }
    }
}
