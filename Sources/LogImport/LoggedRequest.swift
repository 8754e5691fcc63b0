import Bytes

/// One request as an access log has it, as ranges into the line.
struct LoggedRequest: Equatable {
    /// Of the client: an address, or a name that nobody can place.
    var client = ByteRange()
    /// Epoch seconds.
    var time: Int64 = 0
    var method = ByteRange()
    /// Path and query, or an absolute URL.
    var target = ByteRange()
    var status: UInt16 = 0
    /// Bytes sent to the client.
    var bytes: UInt64 = 0
    /// Empty where the format has none.
    var referrer = ByteRange()
    /// Empty where the format has none.
    var userAgent = ByteRange()
}

extension LoggedRequest {
    /// Reads a line of the common or combined log format, also with a host in front (`vhost_combined`).
    ///
    /// `ADDRESS IDENTITY USER [10/Oct/2026:13:55:36 +0200] "GET /a HTTP/1.1" 200 2326 "REFERRER" "USER AGENT"`, where
    /// what follows the size is optional, and so is all that follows the user agent.
    ///
    /// - Source: <https://httpd.apache.org/docs/2.4/logs.html>, <https://nginx.org/en/docs/http/ngx_http_log_module.html>.
    init?(line: RawSpan, times: inout LogTime) {
        guard let bracket = line.firstIndex(of: UInt8(ascii: "[")),
            let close = line.firstIndex(of: UInt8(ascii: "]"), from: bracket),
            let time = times.common(line.extracting(bracket + 1..<close))
        else { return nil }
        self.time = time
        guard let client = Self.client(in: line, before: bracket) else { return nil }
        self.client = client

        var at = close + 1
        guard let request = line.quoted(from: &at) else { return nil }
        guard let space = line.firstIndex(of: 0x20, from: request.lowerBound), space < request.upperBound else {
            return nil
        }
        method = ByteRange(request.lowerBound, space)
        var end = request.upperBound
        // The version is the last word; a line of HTTP/0.9 has none.
        var last = end
        while last > space + 1, line[last - 1] != 0x20 { last -= 1 }
        if last > space + 1, line.extracting(last..<end).starts(with: "HTTP/") { end = last - 1 }
        target = ByteRange(space + 1, end)

        guard let status = line.number(from: &at), status >= 100, status <= 999 else { return nil }
        self.status = UInt16(status)
        // `-` is none.
        bytes = line.number(from: &at) ?? 0
        if let referrer = line.quoted(from: &at), let userAgent = line.quoted(from: &at) {
            self.referrer = referrer
            self.userAgent = userAgent
        }
    }

    /// The first word in front of the time, or the second where four stand there: the first is a host then.
    private static func client(in line: RawSpan, before bracket: Int) -> ByteRange? {
        var words = InlineArray<4, ByteRange>(repeating: ByteRange())
        var count = 0
        var at = 0
        while at < bracket, count < 4 {
            while at < bracket, line[at] == 0x20 { at += 1 }
            let start = at
            while at < bracket, line[at] != 0x20 { at += 1 }
            if at > start {
                words[count] = ByteRange(start, at)
                count += 1
            }
        }
        guard count > 0 else { return nil }
        return count == 4 ? words[1] : words[0]
    }
}

extension RawSpan {
    /// The text of the next string in double quotes, escapes and all; `offset` moves behind it.
    fileprivate func quoted(from offset: inout Int) -> ByteRange? {
        while offset < byteCount, self[offset] == 0x20 { offset += 1 }
        guard offset < byteCount, self[offset] == UInt8(ascii: "\"") else { return nil }
        var at = offset + 1
        while let end = firstIndex(of: UInt8(ascii: "\""), or: UInt8(ascii: "\\"), from: at) {
            if self[end] == UInt8(ascii: "\"") {
                let start = offset + 1
                offset = end + 1
                return ByteRange(start, end)
            }
            at = end + 2
            if at > byteCount { return nil }
        }
        return nil
    }

    /// The next word as a number; nil where it is none, with `offset` behind it all the same.
    fileprivate func number(from offset: inout Int) -> UInt64? {
        while offset < byteCount, self[offset] == 0x20 { offset += 1 }
        let start = offset
        while offset < byteCount, self[offset] != 0x20 { offset += 1 }
        return extracting(start..<offset).decimal
    }
}
