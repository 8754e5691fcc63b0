public import TLS

/// An address and port to listen on, and what is spoken there.
public struct Listener: Hashable, Sendable {
    /// An IPv4 or IPv6 address without brackets.
    public let host: String
    /// The TCP port.
    public let port: UInt16
    /// How TLS is spoken; nil where HTTP is spoken without it.
    public internal(set) var tls: ListenerTLS?
    /// The port for HTTPS that requests are sent on to; nil where they are answered.
    public internal(set) var redirectPort: UInt16?
    /// Whether connections begin with a header of the PROXY protocol, and only trusted proxies may connect.
    public internal(set) var expectsProxyHeader = false

    package init(host: String, port: UInt16, tls: ListenerTLS? = nil) {
        self.host = host
        self.port = port
        self.tls = tls
    }

    /// Whether another listener is to be opened at the same place, whatever is spoken there.
    public func isSamePlace(as other: Listener) -> Bool { host == other.host && port == other.port }

    /// Address and port, as in a URL.
    public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Policy {
    /// All files with certificates and keys, and what goes with them.
    public var certificateFiles: [String] {
        let listening = listeners.flatMap { $0.tls?.certificates ?? [] }
        let connecting = sites.compactMap { $0.origin.tls }
        return listening.flatMap(\.paths)
            + connecting.flatMap { ($0.identity?.paths ?? []) + [$0.authorities].compactMap { $0 } }
    }
}

/// How a listener speaks TLS.
public struct ListenerTLS: Hashable, Sendable {
    /// At least one. The first answers whoever names no host or an unknown one.
    public internal(set) var certificates: [CertificateFiles]
    /// The oldest version that is spoken.
    public internal(set) var minimumVersion = TLSVersion.tls12
    /// Whether HTTP/2 is spoken with who can.
    public internal(set) var offersHTTP2 = true
}

/// Where a certificate and its key are: absolute paths, or such from the working directory on.
public struct CertificateFiles: Hashable, Sendable {
    /// PEM: the certificate, then those of its issuers.
    public let certificate: String
    /// PEM: the certificate's private key.
    public let key: String
    /// DER: what the certificate's authority says of it (OCSP); nil for nothing.
    public let status: String?

    /// Names the files.
    public init(certificate: String, key: String, status: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.status = status
    }

    var paths: [String] { [certificate, key] + (status.map { [$0] } ?? []) }
}
