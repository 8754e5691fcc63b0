import Bytes

/// A name prefix that makes user agents demand attributes, compared without regard to ASCII case
/// (RFC 6265bis §4.1.3; the `Http` forms are from draft-ietf-httpbis-layered-cookies).
@frozen
public enum CookieNamePrefix: Sendable {
    /// `__Secure-`: Secure.
    case secure
    /// `__Host-`: Secure, `Path=/`, no Domain.
    case host
    /// `__Http-`: Secure and HttpOnly.
    case http
    /// `__Host-Http-`: what `__Host-` and `__Http-` ask for.
    case hostHTTP

    /// The prefix of a cookie name, or nil when it has none.
    public init?(of name: RawSpan) {
        guard name.byteCount >= 2, name[0] == UInt8(ascii: "_"), name[1] == UInt8(ascii: "_") else { return nil }
        if name.hasPrefixIgnoringCase("__host-http-") {
            self = .hostHTTP
        } else if name.hasPrefixIgnoringCase("__host-") {
            self = .host
        } else if name.hasPrefixIgnoringCase("__secure-") {
            self = .secure
        } else if name.hasPrefixIgnoringCase("__http-") {
            self = .http
        } else {
            return nil
        }
    }

    /// Whether only `Path=/` without a Domain is accepted.
    @inlinable public var isHostOnly: Bool { self == .host || self == .hostHTTP }
    /// Whether HttpOnly is asked for.
    @inlinable public var isHTTPOnly: Bool { self == .http || self == .hostHTTP }
}

extension SetCookieLine {
    /// Whether user agents store the cookie as far as the line tells: name prefixes, and `Secure` where the transport,
    /// `SameSite=None` or `Partitioned` asks for it (RFC 6265bis §5.7). `source` is what was parsed.
    public func isAcceptable(_ source: RawSpan, overSecureTransport isSecureTransport: Bool) -> Bool {
        if isSecure && !isSecureTransport { return false }
        if !isSecure && (isPartitioned || sameSite == SameSite.none) { return false }
        if name.isEmpty { return CookieNamePrefix(of: source[value]) == nil }
        guard let prefix = CookieNamePrefix(of: source[name]) else { return true }
        if !isSecure { return false }
        if prefix.isHTTPOnly && !isHTTPOnly { return false }
        guard prefix.isHostOnly else { return true }
        guard domain == nil, let path else { return false }
        return path.count == 1
    }
}

extension RawSpan {
    fileprivate func hasPrefixIgnoringCase(_ lowercase: StaticString) -> Bool {
        let wanted = staticBytes(lowercase)
        return byteCount >= wanted.byteCount
            && extracting(0..<wanted.byteCount).equalsIgnoringCase(lowercase: wanted)
    }
}
