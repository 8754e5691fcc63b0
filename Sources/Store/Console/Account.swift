/// The name of an account of the console: 1 to 32 lower-case letters, digits, `.`, `_`, `-` and `@`, so that nothing in
/// it means anything to a page, a terminal or a log.
public struct AccountName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Reads a name; nil when it is none.
    public init?(_ text: String) {
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else { return nil }
        description = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "@"):
            true
        default: false
        }
    }
}

/// Somebody who may use the console.
public struct Account: Hashable, Sendable {
    /// What somebody may do.
    public enum Role: String, CaseIterable, Sendable {
        /// Sees the page.
        case viewer
        /// Takes figures out too, and sees the audit log.
        case admin
    }

    /// What they log in with.
    public let name: AccountName
    /// What they may do.
    public let role: Role
    /// Their password's hash with its parameters, in the form of PHC strings.
    public let password: String
    /// Another number after each change: sessions of an earlier one end.
    public let revision: Int64

    /// Makes an account.
    public init(name: AccountName, role: Role, password: String, revision: Int64) {
        self.name = name
        self.role = role
        self.password = password
        self.revision = revision
    }
}
