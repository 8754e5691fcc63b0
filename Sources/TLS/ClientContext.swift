import CTLS

/// What connections to one server speak TLS with: whom they believe, and what they show. It never changes.
@safe
public final class ClientContext: @unchecked Sendable {
    // Invariant: alive until `deinit`, and behind that as long as a session needs it. OpenSSL lets threads share it.
    let pointer: OpaquePointer

    /// Whom a server's certificate is believed by.
    public enum Trust: Sendable {
        /// The system's authorities.
        case system
        /// The certificates of a PEM file.
        case authorities([UInt8])
        /// Whoever answers: nothing is verified.
        case anybody
    }

    /// Makes a context; `identity` is shown to a server that asks for a certificate.
    public init(trust: Trust, identity: Identity?) throws(ClientContextError) {
        var reason = crumbgate_tls_reason()
        let authorities: [UInt8]
        var verifies: Int32 = 1
        switch trust {
        case .system: authorities = []
        case .authorities(let pem): authorities = pem
        case .anybody: (authorities, verifies) = ([], 0)
        }
        // The texts are lent for the call, which writes at most the structure.
        let made = unsafe withBytes(authorities) { authorities in
            unsafe withBytes(identity?.chain ?? []) { chain in
                unsafe withBytes(identity?.key ?? []) { key in
                    unsafe crumbgate_tls_client(authorities, chain, key, verifies, &reason)
                }
            }
        }
        guard let made = unsafe made else { throw ClientContextError(reason: reason.words) }
        unsafe pointer = made
    }

    deinit { unsafe crumbgate_tls_context_free(pointer) }
}

/// Certificates that OpenSSL does not take.
public struct ClientContextError: Error {
    /// OpenSSL's words.
    public let reason: String
}
