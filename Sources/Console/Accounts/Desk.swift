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
        case begun(Token, device: Token?)
        /// Name or password is wrong; which of them is not told.
        case wrong
        /// Too many attempts, and the seconds until there is another.
        case tooMany(Int64)
        case unavailable
    }

    private let store: ConsoleStore
    private let sessions = Mutex(Sessions())
    private let limiter = Mutex(LoginLimiter())
    private let devices = Mutex(Devices())
    /// One hash at a time, on a thread of its own: attempts cost at most one core and 32 MiB.
    private let hashing = DispatchQueue(label: "console passwords", qos: .utility)
    private let waiting = Atomic<Int>(0)
    /// Those of names that are no account's.
    private let strangers = Atomic<Int>(0)
    /// Milliseconds that the latest password took, its wait included.
    private let lastHash = Atomic<Int64>(200)
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    /// Passwords that wait to be looked at, at most: as many as accounts may be tried at once.
    private static let queue = 32
    /// Passwords of names that are no account's which take their turn among them. Made-up names beyond these are answered
    /// as late, without the work, so that they cost nobody their turn, and are told apart by nothing.
    private static let strangersInQueue = 2

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

    /// Begins a session for whoever knows the password; `device` is what their browser is known by, if it is.
    func logIn(name text: String, password: String, device: Token? = nil) async throws -> Login {
        let name = AccountName(text)
        let account = try name.flatMap { try store.account($0) }
        let now = milliseconds
        // Every name has a bucket, so that it does not tell which are accounts'. What was typed is not remembered.
        var bucket = digest(of: text)
        if let device, let account, devices.withLock({ $0.isKnown(device, to: account, now: now) }) {
            bucket = "device " + digest(of: device.text)
        }
        if let wait = limiter.withLock({ $0.take(bucket, now: now) }) {
            try record(.loginRefused, by: account?.name)
            return .tooMany((wait + 999) / 1000)
        }
        guard let isRight = try await isRight(password, of: account) else {
            try record(.loginUnavailable, by: account?.name)
            return .unavailable
        }
        guard isRight, let account else {
            try record(.loginFailed, by: account?.name)
            return .wrong
        }
        // Before the session: what is not on record does not happen.
        try record(.login, by: account.name)
        limiter.withLock { $0.clear(bucket) }
        guard let token = sessions.withLock({ $0.begin(account, now: milliseconds) }) else { return .unavailable }
        return .begun(token, device: devices.withLock { $0.add(account, insteadOf: device, now: milliseconds) })
    }

    /// Whether a password is the account's; nil when too many wait. A name that is none is the same work.
    private func isRight(_ password: String, of account: Account?) async throws -> Bool? {
        if account == nil {
            defer { strangers.wrappingSubtract(1, ordering: .relaxed) }
            guard strangers.wrappingAdd(1, ordering: .relaxed).newValue <= Self.strangersInQueue else {
                try await Task.sleep(for: .milliseconds(lastHash.load(ordering: .relaxed)))
                return false
            }
            return await hashed(password, .nobody)
        }
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.queue else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return nil
        }
        defer { waiting.wrappingSubtract(1, ordering: .relaxed) }
        return await hashed(password, account.flatMap { PasswordHash(text: $0.password) } ?? .nobody)
    }

    private func hashed(_ password: String, _ hash: PasswordHash) async -> Bool {
        let began = milliseconds
        let isRight = await withCheckedContinuation { continuation in
            hashing.async { continuation.resume(returning: hash.matches(password)) }
        }
        lastHash.store(milliseconds - began, ordering: .relaxed)
        return isRight
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
