import Console
import Store
import Testing

@Suite("Browsers that an account is known in")
struct DevicesTests {
    static func account(_ name: String, revision: Int64 = 1) throws -> Account {
        Account(name: try #require(AccountName(name)), role: .viewer, password: "", revision: revision)
    }

    @Test("A browser is known to the account that was logged in to there, until it changes or three months are over")
    func known() throws {
        var devices = Devices()
        let ada = try Self.account("ada")
        let made = devices.add(ada, insteadOf: nil, now: 1000)
        let token = try #require(made)
        #expect(devices.isKnown(token, to: ada, now: 1000 + Devices.longest - 1))
        #expect(!devices.isKnown(token, to: ada, now: 1000 + Devices.longest))
        #expect(!devices.isKnown(token, to: try Self.account("ada", revision: 2), now: 2000))
        #expect(!devices.isKnown(token, to: try Self.account("grace"), now: 2000))
        #expect(!devices.isKnown(try #require(Token()), to: ada, now: 2000))
    }

    @Test("Another login gives a browser another token; too many make room")
    func bounds() throws {
        var devices = Devices()
        let ada = try Self.account("ada")
        let one = devices.add(ada, insteadOf: nil, now: 0)
        let first = try #require(one)
        let other = devices.add(ada, insteadOf: first, now: 1)
        let second = try #require(other)
        #expect(!devices.isKnown(first, to: ada, now: 2) && devices.isKnown(second, to: ada, now: 2))
        #expect(devices.count == 1)
        for number in 0..<Devices.capacity { _ = devices.add(ada, insteadOf: nil, now: Int64(number) + 10) }
        #expect(devices.count == Devices.capacity && !devices.isKnown(second, to: ada, now: 400))
    }
}
