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
    }

    /// When, in minutes since 1970-01-01T00:00Z.
    public let minute: Int64
    /// Whose account; empty when the name that was given is none, as that might be a password.
    public let account: String
    /// What it was.
    public let event: Event
    /// What of: the site and period of an export, the role of an account.
    public let detail: String

    /// Makes an entry.
    public init(minute: Int64, account: AccountName?, event: Event, detail: String = "") {
        self.minute = minute
        self.account = account?.description ?? ""
        self.event = event
        self.detail = detail
    }

    init(minute: Int64, account: String, event: Event, detail: String) {
        self.minute = minute
        self.account = account
        self.event = event
        self.detail = detail
    }
}
