import GRDB
import Store
import Testing

@Suite("The console's file")
struct ConsoleStoreTests {
    private let directory: TemporaryDirectory
    private let store: ConsoleStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try ConsoleStore.open(path: directory.file(ConsoleStore.fileName))
    }

    private func account(_ text: String, role: Account.Role = .viewer, revision: Int64 = 1) throws -> Account {
        Account(name: try #require(AccountName(text)), role: role, password: "$scrypt$…", revision: revision)
    }

    @Test("Accounts are kept, one of a name, readable by their owner only")
    func accounts() throws {
        let ada = try account("ada", role: .admin)
        #expect(try store.add(ada, minute: 1))
        #expect(try !store.add(account("ada"), minute: 2))
        #expect(try store.add(account("bob"), minute: 3))
        let again = try ConsoleStore.open(path: store.path)
        #expect(try again.account(ada.name) == ada)
        #expect(try again.accounts().map(\.name.description) == ["ada", "bob"])
        #expect(try directory.mode(of: ConsoleStore.fileName) == 0o600)
    }

    @Test("Changes are on record; what changes nothing is not")
    func changes() throws {
        let ada = try account("ada")
        _ = try store.add(ada, minute: 1)
        #expect(try store.setPassword("another", of: ada.name, revision: 7, minute: 2))
        #expect(try store.account(ada.name)?.password == "another")
        #expect(try store.account(ada.name)?.revision == 7)
        #expect(try store.remove(ada.name, minute: 3))
        #expect(try !store.remove(ada.name, minute: 4))
        #expect(try !store.setPassword("x", of: ada.name, revision: 8, minute: 4))
        #expect(try store.account(ada.name) == nil)
        #expect(try store.audit(limit: 10).map(\.event) == [.accountRemoved, .passwordChanged, .accountAdded])
        #expect(try store.audit(limit: 1).map(\.minute) == [3])
    }

    @Test("Refusals of a minute are one entry with their count, those of others and other minutes apart")
    func refusals() throws {
        let ada = try account("ada").name
        for minute in [5, 5, 5, 6] as [Int64] {
            try store.record(AuditEntry(minute: minute, account: ada, event: .loginFailed))
        }
        try store.record(AuditEntry(minute: 5, account: nil, event: .loginFailed))
        try store.record(AuditEntry(minute: 5, account: ada, event: .loginRefused))
        for _ in 0..<2 { try store.record(AuditEntry(minute: 5, account: ada, event: .export, detail: "csv")) }
        let refusals = try store.audit(limit: 10).filter(\.event.isRefusal)
        let counts = refusals.map { "\($0.minute) \($0.account) \($0.count)" }
        #expect(counts.sorted() == ["5  1", "5 ada 1", "5 ada 3", "6 ada 1"])
        #expect(try store.audit(limit: 10).filter { $0.event == .export }.map(\.count) == [1, 1])
    }

    @Test("Refusals push out the oldest refusals, and nothing else")
    func bound() throws {
        try store.record(AuditEntry(minute: 0, account: nil, event: .export, detail: "kept"))
        let path = store.path
        try store.close()
        // As many as there may be, written at once.
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO audit (minute, account, event, detail, refused) SELECT i, '', 'login-failed', '', 1 FROM n
                    """, arguments: [ConsoleStore.refusalLimit])
        }
        try queue.close()
        let again = try ConsoleStore.open(path: path)
        for minute in 0..<3 {
            try again.record(AuditEntry(minute: 1_000_000 + Int64(minute), account: nil, event: .loginFailed))
        }
        let entries = try again.audit(limit: 50_000)
        #expect(entries.filter(\.event.isRefusal).count == ConsoleStore.refusalLimit)
        #expect(entries.filter(\.event.isRefusal).last?.minute == 4)
        #expect(entries.last?.detail == "kept")
        // A flood does not hide what was done from those who look at the latest.
        #expect(try again.audit(limit: 2).map(\.event) == [.loginFailed, .loginFailed, .export])
    }

    @Test("What was removed is not in the file any more")
    func erasure() throws {
        let ada = try account("ada.with.a.long.name")
        _ = try store.add(ada, minute: 1)
        #expect(try store.setPassword("anotherhash", of: ada.name, revision: 2, minute: 1))
        #expect(try store.remove(ada.name, minute: 2))
        try store.close()
        let bytes = String(decoding: try directory.bytes(), as: UTF8.self)
        #expect(!bytes.contains("anotherhash"))
        #expect(!bytes.contains("$scrypt$…"))
    }

    @Test("Names hold nothing that means something elsewhere")
    func names() {
        for name in ["a", "ada", "ada.l-1_2@shop", String(repeating: "a", count: 32)] {
            #expect(AccountName(name)?.description == name)
        }
        for name in ["", "Ada", "a b", "a\n", "ä", "<b>", "a/b", "a'b", String(repeating: "a", count: 33)] {
            #expect(AccountName(name) == nil)
        }
    }
}
