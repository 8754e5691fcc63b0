import CTLS

/// The oldest version of TLS that is spoken.
public enum TLSVersion: String, CaseIterable, Sendable {
    /// RFC 5246, with ephemeral keys and authenticated encryption only.
    case tls12 = "1.2"
    /// RFC 8446.
    case tls13 = "1.3"

    var number: Int32 {
        switch self {
        case .tls12: 0x0303
        case .tls13: 0x0304
        }
    }
}

/// A certificate with its chain, and its private key, as PEM.
public struct Identity: Sendable {
    /// The certificate first, then those of its issuers.
    public var chain: [UInt8]
    /// Its key.
    public var key: [UInt8]
    /// What its authority says of it (OCSP, RFC 6960), as DER; empty for nothing.
    public var status: [UInt8]

    /// Makes an identity of the contents of two or three files.
    public init(chain: [UInt8], key: [UInt8], status: [UInt8] = []) {
        self.chain = chain
        self.key = key
        self.status = status
    }
}

/// What a listening socket speaks TLS with: versions, certificates, keys. It never changes; new certificates come with
/// another context, and connections made before end under theirs.
@safe
public final class ServerContext: @unchecked Sendable {
    // Invariant: alive until `deinit`, and behind that as long as a session needs it. OpenSSL lets threads share it.
    let pointer: OpaquePointer

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - identities: the first answers whoever names no host or an unknown one; the others by their names (RFC 6066 §3).
    ///   - offersHTTP2: whether HTTP/2 is offered, before HTTP/1.1 (RFC 7301).
    ///   - listener: what tells the listener from others: sessions of one are not resumed on another.
    /// - Throws: what OpenSSL says against an identity.
    public init(
        identities: [Identity], minimum: TLSVersion, offersHTTP2: Bool = true, listener: String
    ) throws(IdentityError) {
        // The bytes are copied.
        let server = unsafe withBytes(Array(listener.utf8)) {
            unsafe crumbgate_tls_server(minimum.number, offersHTTP2 ? 1 : 0, $0)
        }
        guard let made = unsafe server else { throw IdentityError(index: 0, reason: "no memory") }
        unsafe pointer = made
        for (index, identity) in identities.enumerated() {
            var reason = crumbgate_tls_reason()
            // The texts are lent for the call, which writes at most the structure.
            let isAdded = unsafe withBytes(identity.chain) { chain in
                unsafe withBytes(identity.key) { key in
                    unsafe withBytes(identity.status) { status in
                        unsafe crumbgate_tls_server_add(made, chain, key, status, &reason)
                    }
                }
            }
            guard isAdded == 1 else {
                throw IdentityError(index: index, reason: reason.words)
            }
        }
    }

    deinit { unsafe crumbgate_tls_context_free(pointer) }
}

/// A certificate that OpenSSL does not take.
public struct IdentityError: Error {
    /// Which of the identities.
    public let index: Int
    /// OpenSSL's words.
    public let reason: String
}

/// The keys that session tickets are sealed with (RFC 5077, RFC 8446 §4.6.1): of this process, in memory only.
public enum TicketKeys {
    /// Makes the first key, and another one every hour; a ticket is good for two hours, and its key goes an hour later.
    ///
    /// Called now and then, by one thread, with seconds on a clock that does not jump.
    public static func tend(seconds: Int64) { crumbgate_tls_tend_tickets(seconds) }
}

extension crumbgate_tls_reason {
    /// OpenSSL's words.
    var words: String {
        var copy = self
        // The text ends with a zero within the structure.
        return unsafe withUnsafeBytes(of: &copy.text) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
