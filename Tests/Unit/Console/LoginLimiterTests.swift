import Console
import Testing

/// A limiter to be used within expectations, which take no value that changes.
private final class Door {
    private var limiter = LoginLimiter()

    func take(account: String, address: String, now: Int64) -> Bool {
        limiter.take(account: account, address: address, now: now)
    }

    func clear(account: String) { limiter.clear(account: account) }
}

@Suite("Limit on logins")
struct LoginLimiterTests {
    @Test("An account has ten attempts, then one more every half minute")
    func account() {
        let limiter = Door()
        for number in 0..<10 { #expect(limiter.take(account: "ada", address: "n\(number)", now: 0)) }
        #expect(!limiter.take(account: "ada", address: "n", now: 29_999))
        #expect(limiter.take(account: "ada", address: "n", now: 30_000))
        #expect(!limiter.take(account: "ada", address: "n", now: 30_001))
        #expect(limiter.take(account: "bob", address: "n", now: 30_001))
    }

    @Test("A network has thirty attempts, whatever the names")
    func network() {
        let limiter = Door()
        for number in 0..<30 { #expect(limiter.take(account: "name \(number)", address: "n", now: 0)) }
        #expect(!limiter.take(account: "another", address: "n", now: 4999))
        #expect(limiter.take(account: "another", address: "n", now: 5000))
    }

    @Test("What is refused costs nothing")
    func refusal() {
        let limiter = Door()
        for _ in 0..<10 { #expect(limiter.take(account: "ada", address: "n", now: 0)) }
        for _ in 0..<100 { #expect(!limiter.take(account: "ada", address: "n", now: 0)) }
        for number in 0..<20 { #expect(limiter.take(account: "name \(number)", address: "n", now: 0)) }
    }

    @Test("A right password gives the account its attempts back, not the network")
    func clear() {
        let limiter = Door()
        for _ in 0..<10 { #expect(limiter.take(account: "ada", address: "n", now: 0)) }
        limiter.clear(account: "ada")
        for _ in 0..<10 { #expect(limiter.take(account: "ada", address: "n", now: 0)) }
        limiter.clear(account: "ada")
        for _ in 0..<10 { #expect(limiter.take(account: "ada", address: "n", now: 0)) }
        limiter.clear(account: "ada")
        #expect(!limiter.take(account: "ada", address: "n", now: 0))
    }

    @Test("So many names fill no memory, and are remembered no longer than they matter")
    func memory() {
        let limiter = Door()
        var taken = 0
        for number in 0..<5000 where limiter.take(account: "name \(number)", address: "n\(number)", now: 0) {
            taken += 1
        }
        #expect(taken == LoginLimiter.capacity)
        #expect(limiter.take(account: "later", address: "later", now: 30_000))
    }
}
