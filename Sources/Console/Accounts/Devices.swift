import Store

/// Browsers in which an account has been logged in to: they have attempts of their own, so that whoever guesses at a name
/// does not keep its owner waiting there (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
///
/// In memory only, as sessions are: by digests of random tokens, which open nothing by themselves.
package struct Devices: Sendable {
    /// Milliseconds after a login for which its browser is known.
    package static let longest: Int64 = 90 * 86_400_000
    /// Browsers that are known at most: the one of the earliest login makes room.
    package static let capacity = 256

    private struct Device: Sendable {
        var account: AccountName
        /// The account as it was at the login: any change of it ends what its browsers may.
        var revision: Int64
        var began: Int64
    }

    private var devices: [[UInt8]: Device] = [:]

    /// None yet.
    package init() {}

    /// Makes a browser known to an account, in the place of what it was known by before; nil when the system has no
    /// random numbers.
    package mutating func add(_ account: Account, insteadOf old: Token?, now: Int64) -> Token? {
        if let old, isKnown(old, to: account, now: now) { devices[old.digest] = nil }
        guard let token = Token() else { return nil }
        if devices.count >= Self.capacity, let oldest = devices.min(by: { $0.value.began < $1.value.began }) {
            devices[oldest.key] = nil
        }
        devices[token.digest] = Device(account: account.name, revision: account.revision, began: now)
        return token
    }

    /// Whether somebody has logged in to the account from the browser that sends a token.
    package func isKnown(_ token: Token, to account: Account, now: Int64) -> Bool {
        guard let device = devices[token.digest] else { return false }
        return device.account == account.name && device.revision == account.revision
            && now - device.began < Self.longest
    }

    /// How many there are.
    package var count: Int { devices.count }
}
