import Console
import Testing

/// A limiter to be used within expectations, which take no value that changes.
private final class Door {
    private var limiter = LoginLimiter()

    func take(_ name: String, now: Int64) -> Int64? { limiter.take(name, now: now) }

    func clear(_ name: String) { limiter.clear(name) }

    var count: Int { limiter.count }
}

@Suite("Limit on logins")
struct LoginLimiterTests {
    @Test("A name has ten attempts, then one after waits that double up to a minute")
    func waits() {
        let limiter = Door()
        for _ in 0..<10 { #expect(limiter.take("ada", now: 0) == nil) }
        var now: Int64 = 0
        for wait in [4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000] as [Int64] {
            #expect(limiter.take("ada", now: now + 1) == wait - 1)
            now += wait
            #expect(limiter.take("ada", now: now) == nil)
        }
    }

    @Test("A day has fewer than 1,500 guesses of one name, however they are spread")
    func guesses() {
        let limiter = Door()
        let tries = stride(from: 0, to: 24 * 60 * 60_000, by: 500).filter { limiter.take("ada", now: Int64($0)) == nil }
        #expect(tries.count < 1500)
        let pauses = (0..<48).reduce(0) { sum, half in
            sum + (0..<60).filter { _ in limiter.take("bob", now: Int64(half) * LoginLimiter.memory) == nil }.count
        }
        #expect(pauses == 480)
    }

    @Test("Names do not count for each other")
    func others() {
        let limiter = Door()
        for number in 0..<3000 { _ = limiter.take("name \(number)", now: Int64(number)) }
        for _ in 0..<100 { _ = limiter.take("bob", now: 3000) }
        #expect(limiter.take("ada", now: 3001) == nil)
    }

    @Test("What is refused costs nothing")
    func refusal() {
        let limiter = Door()
        for _ in 0..<10 { _ = limiter.take("ada", now: 0) }
        for now in 0..<100 { #expect(limiter.take("ada", now: Int64(now)) == 4000 - Int64(now)) }
        #expect(limiter.take("ada", now: 4000) == nil)
    }

    @Test("A right password gives the name its attempts back")
    func clear() {
        let limiter = Door()
        for _ in 0..<3 {
            for _ in 0..<10 { #expect(limiter.take("ada", now: 0) == nil) }
            limiter.clear("ada")
        }
    }

    @Test("So many names fill no memory, and do not free the one that is guessed")
    func memory() {
        let limiter = Door()
        for _ in 0..<10 { _ = limiter.take("ada", now: 0) }
        for number in 0..<5000 { #expect(limiter.take("name \(number)", now: 1) == nil) }
        #expect(limiter.count == LoginLimiter.capacity)
        #expect(limiter.take("ada", now: 2) != nil)
        #expect(limiter.take("later", now: LoginLimiter.memory + 1) == nil)
        #expect(limiter.count == 1)
    }
}
