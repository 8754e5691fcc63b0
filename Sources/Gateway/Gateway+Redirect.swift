import Bytes
import HTTPWire

extension Gateway {
    /// Sends a request on to HTTPS: 301, or 308 where the method matters (RFC 9110 §15.4).
    mutating func redirect(
        _ exchange: inout Exchange, _ bytes: RawSpan, to port: UInt16, at now: Moment, reply: inout ByteBuffer
    ) -> RequestStep {
        if exchange.flags.contains(.hasRequestBody) { exchange.flags.remove(.isPersistent) }
        exchange.request = .complete
        exchange.response = .complete
        let authority = bytes[requestHead.authority]
        guard authority.byteCount > 0 else {
            exchange.status = 400
            ErrorPage.write(
                status: 400, detail: "This address is for HTTPS: it begins with https://.",
                isPersistent: exchange.flags.contains(.isPersistent), at: now, into: &reply)
            return .reply(consumed: bytes.byteCount)
        }
        let isRead = exchange.method == .get || exchange.method == .head
        exchange.status = isRead ? 301 : 308
        reply.append(isRead ? "HTTP/1.1 301 Moved Permanently\r\n" : "HTTP/1.1 308 Permanent Redirect\r\n")
        reply.append("Location: https://")
        reply.append(authority.extracting(0..<hostLength(authority)))
        if port != 443 {
            reply.append(UInt8(ascii: ":"))
            reply.append(decimal: Int(port))
        }
        let target = bytes[requestHead.pathAndQuery]
        if target.byteCount > 0, target[0] == UInt8(ascii: "/") {
            reply.append(target)
        } else {
            reply.append(UInt8(ascii: "/"))
        }
        reply.append("\r\nContent-Length: 0\r\n")
        HTTPDate.write(now.epoch, into: &reply)
        if !exchange.flags.contains(.isPersistent) { reply.append("Connection: close\r\n") }
        reply.append("\r\n")
        return .reply(consumed: bytes.byteCount)
    }
}

/// The length of the host in `host[:port]`.
private func hostLength(_ authority: RawSpan) -> Int {
    let from = authority[0] == UInt8(ascii: "[") ? authority.firstIndex(of: UInt8(ascii: "]")) ?? 0 : 0
    return authority.firstIndex(of: UInt8(ascii: ":"), from: from) ?? authority.byteCount
}
