import Foundation
import Gateway
import Location
import Rules
import Testing

@Suite("Limits of networks")
struct NetworkLimitsTests {
    static let second: Int64 = 1_000_000_000

    static func address(_ network: Int, _ host: Int = 1) -> ClientAddress {
        ClientAddress(ipv4: UInt32(10 << 24 | network << 8 | host))
    }

    static func moment(_ seconds: Double) -> Moment {
        Moment(monotonic: Int64(seconds * Double(second)) + 5000 * second, epoch: 0)
    }

    /// How many of so many requests, as close together as they can be, are in time.
    static func admitted(
        _ limits: NetworkLimits, _ address: ClientAddress, _ rate: Rate, _ count: Int, at seconds: Double
    ) -> Int {
        let places = limits.places(of: address)
        return (0..<count).count { _ in limits.waitOfRequest(places, by: rate, at: moment(seconds)) == 0 }
    }

    @Test("A burst passes at once, then so many a second, and after a pause a burst again")
    func rate() {
        let limits = NetworkLimits(key0: 1, key1: 2)
        let rate = Rate(interval: Self.second / 20, burst: 10 * Self.second)
        #expect(Self.admitted(limits, Self.address(1), rate, 1000, at: 0) == 200)
        #expect(Self.admitted(limits, Self.address(1), rate, 1000, at: 1) == 20)
        #expect(Self.admitted(limits, Self.address(1), rate, 1000, at: 1.5) == 10)
        #expect(Self.admitted(limits, Self.address(1), rate, 1000, at: 100) == 200)
        #expect(Self.admitted(limits, Self.address(1), rate, 1000, at: 102) == 40)
    }

    @Test("A burst shorter than what one takes lets one at a time through")
    func leastBurst() {
        let limits = NetworkLimits(key0: 1, key1: 2)
        let rate = Rate(interval: 60 * Self.second, burst: Self.second)
        #expect(Self.admitted(limits, Self.address(1), rate, 5, at: 0) == 1)
        #expect(Self.admitted(limits, Self.address(1), rate, 5, at: 59) == 0)
        #expect(Self.admitted(limits, Self.address(1), rate, 5, at: 60) == 1)
    }

    @Test("Whoever comes too early is told for how long, and that it came is not held against them")
    func wait() {
        let limits = NetworkLimits(key0: 1, key1: 2)
        let rate = Rate(interval: Self.second, burst: 2 * Self.second)
        let places = limits.places(of: Self.address(1))
        #expect(
            (0..<4).map { _ in limits.waitOfRequest(places, by: rate, at: Self.moment(0)) }
                == [0, 0, Self.second, Self.second])
        #expect(limits.waitOfRequest(places, by: rate, at: Self.moment(0.75)) == Self.second / 4)
        #expect(limits.waitOfRequest(places, by: rate, at: Self.moment(1)) == 0)
    }

    @Test("A /24 or /48 is one network, others are others")
    func networks() throws {
        let limits = NetworkLimits(key0: 1, key1: 2)
        #expect(limits.places(of: Self.address(1, 1)) == limits.places(of: Self.address(1, 254)))
        #expect(limits.places(of: Self.address(1)) != limits.places(of: Self.address(2)))
        let one = ClientAddress(ipv6High: 0x2001_0db8_0001_0000, low: 1)
        let neighbour = ClientAddress(ipv6High: 0x2001_0db8_0001_ffff, low: 99)
        let other = ClientAddress(ipv6High: 0x2001_0db8_0002_0000, low: 1)
        #expect(limits.places(of: one) == limits.places(of: neighbour))
        #expect(limits.places(of: one) != limits.places(of: other))
    }

    @Test("Each process has its own places, so that nobody can aim at another network's")
    func keys() {
        let (one, other) = (NetworkLimits(), NetworkLimits())
        let same = (0..<64).count { one.places(of: Self.address($0)) == other.places(of: Self.address($0)) }
        #expect(same == 0)
    }

    @Test("A thousand networks that are far beyond the limit hold up next to nobody else")
    func collisions() {
        let limits = NetworkLimits(key0: 7, key1: 8)
        let rate = Rate(interval: Self.second, burst: Self.second * 5)
        for network in 0..<1000 { _ = Self.admitted(limits, Self.address(network), rate, 20, at: 0) }
        let heldUp = (1000..<11_000).count { Self.admitted(limits, Self.address($0), rate, 1, at: 0) == 0 }
        // About a thousandth: both places must be taken.
        #expect(heldUp < 40)
    }

    @Test("Addresses that come once push nobody's count out")
    func spraying() {
        let limits = NetworkLimits(key0: 7, key1: 8)
        let rate = Rate(interval: Self.second, burst: Self.second * 5)
        #expect(Self.admitted(limits, Self.address(70_000), rate, 10, at: 0) == 5)
        for network in 0..<60_000 { _ = Self.admitted(limits, Self.address(network), rate, 1, at: 0) }
        #expect(Self.admitted(limits, Self.address(70_000), rate, 10, at: 0) == 0)
    }

    @Test("So many connections at a time, and as many again when they have ended")
    func connections() {
        let limits = NetworkLimits(key0: 1, key1: 2)
        let places = limits.places(of: Self.address(1))
        #expect((0..<10).map { _ in limits.enter(places, limit: 4) }.count { $0 } == 4)
        #expect(limits.enter(limits.places(of: Self.address(2)), limit: 4))
        for _ in 0..<4 { limits.leave(places) }
        #expect((0..<10).map { _ in limits.enter(places, limit: 4) }.count { $0 } == 4)
        limits.leave(.none)
    }

    @Test("Several threads let no more through than one, but for a few that meet")
    func threads() {
        let limits = NetworkLimits(key0: 1, key1: 2)
        let rate = Rate(interval: Self.second, burst: 5000 * Self.second)
        let places = limits.places(of: Self.address(1))
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<10_000 { _ = limits.waitOfRequest(places, by: rate, at: Self.moment(0)) }
        }
        // Each took at least one of the 5,000, and none took what was gone.
        #expect(limits.waitOfRequest(places, by: rate, at: Self.moment(0)) > 0)
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            for _ in 0..<10_000 where limits.enter(places, limit: 50) { limits.leave(places) }
        }
        #expect((0..<100).map { _ in limits.enter(places, limit: 50) }.count { $0 } == 50)
    }
}
