/// Something that somebody did with the console.
public struct AuditEntry: Hashable, Sendable {
    /// What it was.
    public enum Event: String, CaseIterable, Sendable {
        case login
        /// A wrong name or password.
        case loginFailed = "login-failed"
        /// Too many attempts: the password was not looked at.
        case loginRefused = "login-refused"
        case logout
        case export
        case accountAdded = "account-added"
        case accountRemoved = "account-removed"
        case passwordChanged = "password-changed"
        /// Too many attempts at a time.
        case loginUnavailable = "login-unavailable"
        /// Something that the account's role does not allow.
        case forbidden

        /// Whether nothing came of it. Such entries are counted by minute, and push out none of the others.
        public var isRefusal: Bool {
            switch self {
            case .loginFailed, .loginRefused, .loginUnavailable, .forbidden: true
            case .login, .logout, .export, .accountAdded, .accountRemoved, .passwordChanged: false
            }
        }
    }

    /// When, in minutes since 1970-01-01T00:00Z.
    public let minute: Int64
    /// Whose account; empty when the name that was given is none, as that might be a password.
    public let account: String
    /// What it was.
    public let event: Event
    /// What of: the site and period of an export, the role of an account.
    public let detail: String
    /// How often within the minute.
    public let count: Int

    /// Makes an entry.
    public init(minute: Int64, account: AccountName?, event: Event, detail: String = "") {
        self.minute = minute
        self.account = account?.description ?? ""
        self.event = event
        self.detail = detail
        count = 1
    }

    init(minute: Int64, account: String, event: Event, detail: String, count: Int) {
        self.minute = minute
        self.account = account
        self.event = event
        self.detail = detail
        self.count = count
    }
}
