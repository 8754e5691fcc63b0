import Console
import Store
import Testing

/// Sessions to be used within expectations, which take no value that changes.
private final class Book {
    private var sessions = Sessions()
    var count: Int { sessions.count }

    func begin(_ account: Account, now: Int64) -> Token? { sessions.begin(account, now: now) }
    func use(_ token: Token, now: Int64) -> Sessions.Session? { sessions.use(token, now: now) }
    func end(_ token: Token) { sessions.end(token) }
}

@Suite("Sessions")
struct SessionsTests {
    private func account(_ name: String, revision: Int64 = 1) throws -> Account {
        Account(name: try #require(AccountName(name)), role: .viewer, password: "", revision: revision)
    }

    @Test("A session ends an hour after its last use")
    func idle() throws {
        let sessions = Book()
        let token = try #require(sessions.begin(account("ada"), now: 0))
        #expect(sessions.use(token, now: Sessions.idle - 1) != nil)
        #expect(sessions.use(token, now: 2 * Sessions.idle - 2) != nil)
        #expect(sessions.use(token, now: 3 * Sessions.idle - 2) == nil)
        #expect(sessions.use(token, now: 3 * Sessions.idle - 2) == nil)
        #expect(sessions.count == 0)
    }

    @Test("A session ends twelve hours after the login, however busy it is")
    func absolute() throws {
        let sessions = Book()
        let token = try #require(sessions.begin(account("ada"), now: 0))
        var now: Int64 = 0
        while now < Sessions.longest {
            #expect(sessions.use(token, now: now) != nil)
            now += Sessions.idle / 2
        }
        #expect(sessions.use(token, now: now) == nil)
    }

    @Test("Tokens are random, and forms' tokens follow from them alone")
    func tokens() throws {
        let sessions = Book()
        let tokens = try (0..<100).map { _ in try #require(sessions.begin(account("ada"), now: 0)) }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.text.utf8.count == 64 && $0.accepts(formToken: $0.formToken) })
        #expect(!tokens[0].accepts(formToken: tokens[1].formToken))
        #expect(!tokens[0].accepts(formToken: tokens[0].text))
        #expect(!tokens[0].accepts(formToken: ""))
        #expect(Token(tokens[0].text) == tokens[0])
        for text in [
            "", "0", String(repeating: "g", count: 64), String(repeating: "A", count: 64), "é" + tokens[0].text,
        ] {
            #expect(Token(text) == nil)
        }
    }

    @Test("The session used longest ago makes room")
    func capacity() throws {
        let sessions = Book()
        let first = try #require(sessions.begin(account("ada"), now: 0))
        let second = try #require(sessions.begin(account("ada"), now: 1))
        for now in 2..<Int64(Sessions.capacity) { _ = sessions.begin(try account("ada"), now: now) }
        #expect(sessions.use(first, now: 1000) != nil)
        _ = sessions.begin(try account("ada"), now: 1001)
        #expect(sessions.count == Sessions.capacity)
        #expect(sessions.use(first, now: 1002) != nil)
        #expect(sessions.use(second, now: 1002) == nil)
    }

    @Test("A session that was ended is over, others are not")
    func end() throws {
        let sessions = Book()
        let one = try #require(sessions.begin(account("ada"), now: 0))
        let two = try #require(sessions.begin(account("ada", revision: 2), now: 0))
        sessions.end(one)
        #expect(sessions.use(one, now: 1) == nil)
        #expect(sessions.use(two, now: 1)?.revision == 2)
    }
}
