import GRDB

/// The SQLite file of the console's accounts and of its audit log.
///
/// It lies beside the store of released figures and holds nothing of visitors. The proxy and the commands may write at
/// the same time. What is removed is overwritten (`secure_delete`).
public final class ConsoleStore: Sendable, StoreFile {
    /// The file's name within the state directory.
    public static let fileName = "console.sqlite"
    /// Entries that the audit log keeps at most of what was done; the oldest go first.
    public static let auditLimit = 100_000
    /// Minutes with refusals that it keeps at most, an account and kind of refusal each.
    public static let refusalLimit = 20_000

    /// The file's path.
    public let path: String
    let queue: DatabaseQueue

    /// Opens the file, making it when there is none; the directory must exist.
    public static func open(path: String) throws(StoreError) -> ConsoleStore {
        ConsoleStore(path, try ConsoleSchema.format.open(path, label: "console", patience: 2))
    }

    private init(_ path: String, _ queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// The account of a name.
    public func account(_ name: AccountName) throws(StoreError) -> Account? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT name, role, password, revision FROM account WHERE name = ?",
                arguments: [name.description]
            ).map(account)
        }
    }

    /// All accounts by name.
    public func accounts() throws(StoreError) -> [Account] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT name, role, password, revision FROM account ORDER BY name")
                .map(account)
        }
    }

    /// Makes an account, and says so in the audit log; false when there is one of that name already.
    public func add(_ account: Account, minute: Int64) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: "INSERT INTO account (name, role, password, revision) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [account.name.description, account.role.rawValue, account.password, account.revision])
            guard database.changesCount == 1 else { return false }
            try insert(
                AuditEntry(
                    minute: minute, account: account.name, event: .accountAdded, detail: account.role.rawValue),
                into: database)
            return true
        }
    }

    /// Removes an account, and says so in the audit log; false when there is none of that name.
    public func remove(_ name: AccountName, minute: Int64) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(sql: "DELETE FROM account WHERE name = ?", arguments: [name.description])
            guard database.changesCount == 1 else { return false }
            try insert(AuditEntry(minute: minute, account: name, event: .accountRemoved), into: database)
            return true
        }
    }

    /// Gives an account another password, which ends its sessions, and says so in the audit log; false when there is
    /// none of that name.
    public func setPassword(
        _ password: String, of name: AccountName, revision: Int64, minute: Int64
    ) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                sql: "UPDATE account SET password = ?, revision = ? WHERE name = ?",
                arguments: [password, revision, name.description])
            guard database.changesCount == 1 else { return false }
            try insert(AuditEntry(minute: minute, account: name, event: .passwordChanged), into: database)
            return true
        }
    }

    /// Keeps an entry of the audit log.
    public func record(_ entry: AuditEntry) throws(StoreError) { try write { try insert(entry, into: $0) } }

    /// The latest entries of the audit log, latest first: as many refusals at most, and as many of the others.
    public func audit(limit: Int) throws(StoreError) -> [AuditEntry] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT minute, account, event, detail, count FROM audit
                    WHERE id IN (SELECT id FROM audit WHERE refused = 0 ORDER BY minute DESC, id DESC LIMIT :limit)
                        OR id IN (SELECT id FROM audit WHERE refused = 1 ORDER BY minute DESC, id DESC LIMIT :limit)
                    ORDER BY minute DESC, id DESC
                    """, arguments: ["limit": limit]
            ).compactMap { row in
                let event: String = row[2]
                return AuditEntry.Event(rawValue: event).map {
                    AuditEntry(minute: row[0], account: row[1], event: $0, detail: row[3], count: row[4])
                }
            }
        }
    }

    /// Closes the file; the last writer leaves neither a WAL nor a shared-memory file behind.
    public func close() throws(StoreError) {
        do { try queue.close() } catch { throw StoreError(error, path: path) }
    }

    private func insert(_ entry: AuditEntry, into database: Database) throws {
        let isRefusal = entry.event.isRefusal
        let values: StatementArguments = [entry.minute, entry.account, entry.event.rawValue, entry.detail]
        if isRefusal {
            try database.execute(
                sql: """
                    UPDATE audit SET count = count + 1
                    WHERE refused = 1 AND minute = ? AND account = ? AND event = ? AND detail = ?
                    """, arguments: values)
            if database.changesCount > 0 { return }
        }
        try database.execute(
            sql: "INSERT INTO audit (minute, account, event, detail, refused) VALUES (?, ?, ?, ?, ?)",
            arguments: values + [isRefusal ? 1 : 0])
        try database.execute(
            sql: """
                DELETE FROM audit WHERE id IN (
                    SELECT id FROM audit WHERE refused = ? ORDER BY minute DESC, id DESC LIMIT -1 OFFSET ?)
                """, arguments: [isRefusal ? 1 : 0, isRefusal ? Self.refusalLimit : Self.auditLimit])
    }

    private func account(_ row: Row) throws -> Account {
        let name: String = row[0]
        let role: String = row[1]
        guard let name = AccountName(name), let role = Account.Role(rawValue: role) else {
            throw StoreError.corrupt(path: path)
        }
        return Account(name: name, role: role, password: row[2], revision: row[3])
    }
}
