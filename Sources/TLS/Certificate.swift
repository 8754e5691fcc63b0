import Bytes
import CTLS
import Glibc

/// What a file with a certificate and its chain says (RFC 7468, RFC 5280).
public struct Certificate: Sendable {
    /// DNS names, `*.name` among them, and addresses of the subject (RFC 5280 §4.2.1.6).
    public let names: [String]
    /// From when on it is valid, in seconds since 1970.
    public let notBefore: Int64
    /// Until when it is valid, in seconds since 1970.
    public let notAfter: Int64
    /// Whether certificates of its issuers follow in the file.
    public let hasChain: Bool

    /// Reads the text of a PEM file; nil when it holds no certificate, or a broken one.
    public init?(pem: [UInt8]) {
        var facts = unsafe crumbgate_certificate_facts()
        // The call reads the bytes and fills the structure, whose text lives until it is freed below.
        let isRead = unsafe withBytes(pem) { unsafe crumbgate_certificate_read($0, &facts) } == 1
        defer { unsafe crumbgate_certificate_free(&facts) }
        guard isRead, let text = unsafe facts.names else { return nil }
        names = unsafe String(cString: text).split(separator: "\n").map { $0.lowercased() }
        notBefore = unsafe facts.not_before
        notAfter = unsafe facts.not_after
        hasChain = unsafe facts.count > 1
    }

    /// Whether the certificate is good for a host, `*` covering one label (RFC 9525 §6.3).
    public func covers(_ host: String) -> Bool {
        let host = host.lowercased()
        if names.contains(host) { return true }
        guard !host.hasPrefix("*"), let dot = host.firstIndex(of: "."), dot > host.startIndex else { return false }
        return names.contains("*" + host[dot...])
    }

    /// Whether a private key is this certificate's.
    public enum KeyFit: Sendable {
        /// It is.
        case fits
        /// It is another certificate's.
        case differs
        /// The text holds no key.
        case unreadable
        /// The key needs a passphrase, which nobody could give a server that starts by itself.
        case encrypted
    }

    /// Looks whether the key in a PEM file is that of a certificate in another.
    public static func fit(key: [UInt8], certificate: [UInt8]) -> KeyFit {
        // Both texts are lent for the call.
        let fit = unsafe withBytes(certificate) { certificate in
            unsafe withBytes(key) { key in unsafe crumbgate_key_fit(certificate, key) }
        }
        return switch fit {
        case crumbgate_key_fits: .fits
        case crumbgate_key_differs: .differs
        case crumbgate_key_encrypted: .encrypted
        default: .unreadable
        }
    }

    /// What an authority's response says of a certificate.
    public enum Status: Sendable {
        /// It holds until then, in seconds since 1970; nil for no end.
        case good(until: Int64?)
        /// It is revoked, or the authority does not know it.
        case bad
        /// The response is about another certificate.
        case differs
        /// The text is no OCSP response.
        case unreadable
    }

    /// Reads an OCSP response (RFC 6960, DER) about the certificate in a PEM file.
    public static func status(_ response: [UInt8], certificate: [UInt8]) -> Status {
        var next: Int64 = 0
        // Both texts are lent for the call, which writes one number.
        let state = unsafe withBytes(response) { response in
            unsafe withBytes(certificate) { certificate in unsafe crumbgate_staple_read(response, certificate, &next) }
        }
        return switch state {
        case crumbgate_staple_good: .good(until: next == 0 ? nil : next)
        case crumbgate_staple_bad: .bad
        case crumbgate_staple_differs: .differs
        default: .unreadable
        }
    }

    /// A new key and a certificate that it signed itself, as PEM files: for trying things out.
    public static func selfSigned(names: [String], days: Int) -> (certificate: String, key: String)? {
        var certificate: UnsafeMutablePointer<CChar>?
        var key: UnsafeMutablePointer<CChar>?
        let list = names.map { $0 + "\n" }.joined()
        // The call allocates two texts, which are freed once they are copied.
        let isMade = unsafe crumbgate_certificate_make(list, Int32(days), &certificate, &key) == 1
        defer {
            unsafe free(certificate)
            if let key = unsafe key {
                unsafe crumbgate_tls_cleanse(key)
                unsafe free(key)
            }
        }
        guard isMade, let certificate = unsafe certificate, let key = unsafe key else { return nil }
        return (unsafe String(cString: certificate), unsafe String(cString: key))
    }
}

/// Lends the bytes of an array for one call.
func withBytes<Result>(_ bytes: [UInt8], _ body: (crumbgate_tls_bytes) -> Result) -> Result {
    unsafe bytes.withUnsafeBufferPointer { memory in
        unsafe body(crumbgate_tls_bytes(bytes: memory.baseAddress, count: memory.count))
    }
}
