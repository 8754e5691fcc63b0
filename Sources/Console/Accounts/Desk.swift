import Dispatch
import Foundation
import Store
import Synchronization

/// Where operators are let in: accounts, sessions and the limit on attempts together, and the record of all of it.
final class Desk: Sendable {
    /// Somebody who is logged in.
    struct Operator: Sendable {
        let name: AccountName
        let role: Account.Role
        let token: Token

        var isAdmin: Bool { role == .admin }
    }

    /// What becomes of a login.
    enum Login: Sendable {
        case begun(Token)
        /// Name or password is wrong; which of them is not told.
        case wrong
        /// Too many attempts.
        case tooMany
        case unavailable
    }

    private let store: ConsoleStore
    private let sessions = Mutex(Sessions())
    private let limiter = Mutex(LoginLimiter())
    /// One hash at a time, on a thread of its own: attempts cost at most one core and 32 MiB.
    private let hashing = DispatchQueue(label: "console passwords", qos: .utility)
    private let waiting = Atomic<Int>(0)
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// Passwords that wait to be looked at, at most.
    private static let queue = 16

    init(store: ConsoleStore) {
        self.store = store
        start = clock.now
    }

    /// Who has a token; nil when the session is over, or the account has changed since it began.
    func `operator`(_ token: Token) throws -> Operator? {
        let now = milliseconds
        guard let session = sessions.withLock({ $0.use(token, now: now) }) else { return nil }
        guard let account = try store.account(session.account), account.revision == session.revision else {
            sessions.withLock { $0.end(token) }
            return nil
        }
        return Operator(name: account.name, role: account.role, token: token)
    }

    /// Begins a session for whoever knows the password.
    func logIn(name text: String, password: String, network: String) async throws -> Login {
        let name = AccountName(text)
        let account = try name.flatMap { try store.account($0) }
        let now = milliseconds
        // Every name has a bucket, so that it does not tell which are accounts'. What was typed is not remembered.
        let bucket = digest(of: text)
        guard limiter.withLock({ $0.take(account: bucket, address: network, now: now) }) else {
            try record(.loginRefused, by: account?.name)
            return .tooMany
        }
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.queue else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return .unavailable
        }
        // The same work for a name that is none.
        let hash = account.flatMap { PasswordHash(text: $0.password) } ?? .nobody
        let isRight = await withCheckedContinuation { continuation in
            hashing.async { continuation.resume(returning: hash.matches(password)) }
        }
        waiting.wrappingSubtract(1, ordering: .relaxed)
        guard isRight, let account else {
            try record(.loginFailed, by: account?.name)
            return .wrong
        }
        // Before the session: what is not on record does not happen.
        try record(.login, by: account.name)
        limiter.withLock { $0.clear(account: bucket) }
        guard let token = sessions.withLock({ $0.begin(account, now: milliseconds) }) else { return .unavailable }
        return .begun(token)
    }

    /// Ends a session.
    func logOut(_ person: Operator) throws {
        sessions.withLock { $0.end(person.token) }
        try record(.logout, by: person.name)
    }

    /// Keeps an entry of the audit log.
    func record(_ event: AuditEntry.Event, by name: AccountName?, of detail: String = "") throws {
        let minute = Int64(Date().timeIntervalSince1970) / 60
        try store.record(AuditEntry(minute: minute, account: name, event: event, detail: detail))
    }

    /// The latest entries of the audit log, latest first.
    func audit(limit: Int) throws -> [AuditEntry] { try store.audit(limit: limit) }

    /// Whether anybody can log in.
    func hasAccounts() throws -> Bool { try !store.accounts().isEmpty }

    private var milliseconds: Int64 {
        let passed = clock.now - start
        return passed.components.seconds * 1000 + passed.components.attoseconds / 1_000_000_000_000_000
    }
}
