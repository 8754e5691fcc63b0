import COpenSSL
import Store

/// Who is logged in: in memory only, so that a restart ends every session.
///
/// The user agent has a random token of 256 bits; what is kept is its digest, so that looking one up tells nothing of
/// the others by the time it takes.
package struct Sessions: Sendable {
    /// One of them.
    package struct Session: Sendable {
        package let account: AccountName
        /// The account as it was at the login: any change of it ends the session.
        package let revision: Int64
        let began: Int64
        var used: Int64
    }

    /// Milliseconds without a request after which a session ends.
    package static let idle: Int64 = 60 * 60_000
    /// Milliseconds after which it ends in any case.
    package static let longest: Int64 = 12 * 60 * 60_000
    /// Sessions at a time: the one used longest ago makes room.
    package static let capacity = 256

    /// Nobody yet.
    package init() {}

    private var sessions: [[UInt8]: Session] = [:]

    /// Begins a session under a fresh token; nil when the system has no random numbers.
    package mutating func begin(_ account: Account, now: Int64) -> Token? {
        guard let token = Token() else { return nil }
        sessions = sessions.filter { Self.isAlive($0.value, now) }
        if sessions.count >= Self.capacity, let oldest = sessions.min(by: { $0.value.used < $1.value.used }) {
            sessions[oldest.key] = nil
        }
        sessions[token.digest] = Session(account: account.name, revision: account.revision, began: now, used: now)
        return token
    }

    /// The session of a token, which this is a use of; nil when it is over or never was.
    package mutating func use(_ token: Token, now: Int64) -> Session? {
        guard var session = sessions[token.digest] else { return nil }
        guard Self.isAlive(session, now) else {
            sessions[token.digest] = nil
            return nil
        }
        session.used = now
        sessions[token.digest] = session
        return session
    }

    /// Ends a session.
    package mutating func end(_ token: Token) { sessions[token.digest] = nil }

    /// How many there are, those that are over included until they are looked for.
    package var count: Int { sessions.count }

    private static func isAlive(_ session: Session, _ now: Int64) -> Bool {
        now - session.used < idle && now - session.began < longest
    }
}

/// A random value of 256 bits in hexadecimal digits, as a cookie holds it.
package struct Token: Hashable, Sendable {
    package let text: String

    /// A fresh one; nil when the system has no random numbers.
    package init?() {
        guard let octets = randomOctets(32) else { return nil }
        text = hexadecimal(octets)
    }

    /// Reads what a user agent sent; nil when it is no token.
    package init?(_ text: String) {
        guard text.utf8.count == 64, text.utf8.allSatisfy(isHexadecimalDigit) else { return nil }
        self.text = text
    }

    /// SHA-256 of it.
    var digest: [UInt8] { sha256(text) }

    /// What forms of the session hold, which nobody can make who does not know the token.
    package var formToken: String { hexadecimal(sha256("form " + text)) }

    /// Whether a form was made for this session.
    package func accepts(formToken other: String) -> Bool {
        let (own, other) = (Array(formToken.utf8), Array(other.utf8))
        guard own.count == other.count else { return false }
        // Both arrays have the count that is compared.
        return unsafe crumbgate_equal(own, other, own.count) == 1
    }
}

/// A text's SHA-256 in hexadecimal digits.
func digest(of text: String) -> String { hexadecimal(sha256(text)) }

private func sha256(_ text: String) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let octets = Array(text.utf8)
    // The array is lent with its count, the digest has the 32 octets that are written.
    unsafe crumbgate_sha256(octets, octets.count, &digest)
    return digest
}

private func hexadecimal(_ octets: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}

private func isHexadecimalDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
}
