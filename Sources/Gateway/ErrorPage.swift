import Bytes
import HTTPWire

/// The one plain page that says why there is no other (RFC 9110 §15), in words for who sees it; the status is below.
enum ErrorPage {
    /// - Parameters:
    ///   - detail: a sentence.
    ///   - reason: a few words behind the status, for those who look into it.
    static func write(
        status: Int, detail: StaticString, reason: StaticString? = nil, isPersistent: Bool, retryAfter: Int? = nil,
        at now: Moment, withoutBody: Bool = false, into output: inout ByteBuffer
    ) {
        var page = ByteBuffer(capacity: 512)
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>")
        page.append(decimal: status)
        page.append(" ")
        page.append(reasonPhrase(status))
        page.append("</title>\n<meta name=\"viewport\" content=\"width=device-width\">")
        page.append("<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:15vh auto;")
        page.append("max-width:34em;padding:0 1em}h1{font-size:1.6rem;line-height:1.2}small{opacity:.75}</style>\n<h1>")
        page.append(status < 500 ? "This request cannot be answered" : "This page cannot be shown right now")
        page.append("</h1>\n<p>")
        page.append(detail)
        page.append("</p>\n<p><small>")
        page.append(decimal: status)
        page.append(" ")
        page.append(reasonPhrase(status))
        if let reason {
            page.append(": ")
            page.append(reason)
        }
        page.append("</small></p>\n")

        output.append("HTTP/1.1 ")
        output.append(decimal: status)
        output.append(" ")
        output.append(reasonPhrase(status))
        output.append("\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nContent-Length: ")
        output.append(decimal: page.count)
        output.append("\r\n")
        if let retryAfter {
            output.append("Retry-After: ")
            output.append(decimal: retryAfter)
            output.append("\r\n")
        }
        HTTPDate.write(now.epoch, into: &output)
        if !isPersistent { output.append("Connection: close\r\n") }
        output.append("\r\n")
        if !withoutBody { output.append(page.bytes) }
    }
}
