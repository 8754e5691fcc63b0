import Bytes

/// Appends the line that goes before a chunk of `size` bytes; the chunk's data and a CR LF follow (RFC 9112 §7.1).
///
/// Requires that `size` is not 0, which would end the content.
@inlinable
public func writeChunkHeader(size: Int, into output: inout ByteBuffer) {
    precondition(size > 0)
    output.append(hexadecimal: size)
    output.append("\r\n")
}

/// Appends the last chunk and an empty trailer section.
@inlinable
public func writeLastChunk(into output: inout ByteBuffer) { output.append("0\r\n\r\n") }

/// Appends an HTTP/1.1 status line with the phrase that is usual for the status code.
@inlinable
public func writeStatusLine(_ status: Int, into output: inout ByteBuffer) {
    output.append("HTTP/1.1 ")
    output.append(decimal: status)
    output.append(" ")
    output.append(reasonPhrase(status))
    output.append("\r\n")
}

/// The reason phrase that is usual for a status code, empty for an unknown one (RFC 9110 §15).
public func reasonPhrase(_ status: Int) -> StaticString {
    switch status {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 103: "Early Hints"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 203: "Non-Authoritative Information"
    case 204: "No Content"
    case 205: "Reset Content"
    case 206: "Partial Content"
    case 300: "Multiple Choices"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 451: "Unavailable For Legal Reasons"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
}
