import Bytes

/// A request method (RFC 9110 §9); one that is not listed is `.other` and kept as received.
public enum Method: UInt8, Hashable, Sendable {
    case get, head, post, put, delete, options, patch, connect, trace, other

    /// The method a token names, compared with case.
    public init(_ token: RawSpan) {
        switch token.byteCount {
        case 3: self = token.equals("GET") ? .get : token.equals("PUT") ? .put : .other
        case 4: self = token.equals("POST") ? .post : token.equals("HEAD") ? .head : .other
        case 5: self = token.equals("PATCH") ? .patch : token.equals("TRACE") ? .trace : .other
        case 6: self = token.equals("DELETE") ? .delete : .other
        case 7: self = token.equals("OPTIONS") ? .options : token.equals("CONNECT") ? .connect : .other
        default: self = .other
        }
    }

    /// Whether the request asks for no change (RFC 9110 §9.2.1).
    @inlinable
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        case .post, .put, .delete, .patch, .connect, .other: false
        }
    }

    /// Whether the request may be sent twice with the effect of once (RFC 9110 §9.2.2).
    @inlinable
    public var isIdempotent: Bool {
        switch self {
        case .get, .head, .options, .trace, .put, .delete: true
        case .post, .patch, .connect, .other: false
        }
    }
}
