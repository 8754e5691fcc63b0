/// How the end of a message's content is known (RFC 9112 §6).
@frozen
public enum BodyFraming: Hashable, Sendable {
    /// No content follows the head.
    case none
    /// As many bytes as `Content-Length` says, possibly 0.
    case length(Int)
    /// `Transfer-Encoding: chunked`.
    case chunked
    /// All bytes until the connection closes; only of a response.
    case untilClose
}
