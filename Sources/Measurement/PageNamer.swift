import Bytes

/// Turns request paths into page names: the query goes but for listed parameters, and what may name a person or a
/// single thing of theirs - numbers, tokens, e-mail addresses - becomes `:id`.
struct PageNamer: Sendable {
    private let rules: [(pattern: PathPattern, page: [UInt8]?)]
    private let queryParameters: [[UInt8]]

    /// Bytes of the longest page name.
    static let longestName = 160

    init(_ site: SiteMeasurement) {
        rules = site.pages
            .map { (pattern: PathPattern($0.pattern), page: $0.page.map { Array($0.utf8) }) }
            .sorted { PathPattern.isMoreSpecific($0.pattern, $1.pattern) }
        queryParameters = site.queryParameters
    }

    /// Appends the name of the page to `output`.
    func write(_ target: RawSpan, into output: inout ByteBuffer) {
        let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.byteCount
        let path = target.extracting(0..<mark)
        let start = output.count
        if let rule = rules.first(where: { $0.pattern.matches(path) }) {
            if let page = rule.page {
                output.append(page)
                return
            }
            for offset in 0..<path.byteCount { output.append(printable(path[offset])) }
        } else {
            writeCollapsed(path, into: &output)
        }
        if mark < target.byteCount, !queryParameters.isEmpty {
            writeQuery(target.extracting((mark + 1)...), into: &output)
        }
        if output.count - start > PageNamer.longestName { output.truncate(to: start + PageNamer.longestName) }
    }

    private func writeCollapsed(_ path: RawSpan, into output: inout ByteBuffer) {
        var offset = 0
        let start = output.count
        while offset < path.byteCount, output.count - start <= PageNamer.longestName {
            guard path[offset] == UInt8(ascii: "/") else {
                // Only absolute paths come here; anything else is shown without a claim to be a page.
                output.append(":id")
                return
            }
            let end = path.firstIndex(of: UInt8(ascii: "/"), from: offset + 1) ?? path.byteCount
            let segment = path.extracting((offset + 1)..<end)
            if segment.byteCount > 0 || end == path.byteCount && output.count == start {
                output.append(UInt8(ascii: "/"))
            }
            writeSegment(segment, into: &output)
            offset = end
        }
    }

    /// One path segment: wholly `:id` when it looks like a token or an address, in its parts otherwise.
    private func writeSegment(_ segment: RawSpan, into output: inout ByteBuffer) {
        if segment.byteCount == 0 { return }
        if looksPersonal(segment) {
            output.append(":id")
            return
        }
        var offset = 0
        while offset < segment.byteCount {
            var end = offset
            while end < segment.byteCount, !isSeparator(segment[end]) { end += 1 }
            let part = segment.extracting(offset..<end)
            let isWhole = offset == 0 && end == segment.byteCount
            if isNumber(part, orAtLeast: isWhole ? 1 : 5) || isToken(part) {
                output.append(":id")
            } else {
                for index in offset..<end { output.append(printable(segment[index])) }
            }
            if end < segment.byteCount { output.append(segment[end]) }
            offset = end + 1
        }
    }

    private func writeQuery(_ query: RawSpan, into output: inout ByteBuffer) {
        var first = true
        forEachParameter(of: query) { name, value in
            for wanted in queryParameters where name.equals(wanted.rawSpan) {
                output.append(UInt8(ascii: first ? "?" : "&"))
                output.append(name)
                output.append(UInt8(ascii: "="))
                writeSegment(value, into: &output)
                first = false
            }
        }
    }
}

/// Calls `body` with the raw name and value of each parameter of a query (WHATWG URL §5.1, undecoded).
func forEachParameter(of query: RawSpan, _ body: (RawSpan, RawSpan) -> Void) {
    var offset = 0
    while offset < query.byteCount {
        let end = query.firstIndex(of: UInt8(ascii: "&"), from: offset) ?? query.byteCount
        let pair = query.extracting(offset..<end)
        if let equals = pair.firstIndex(of: UInt8(ascii: "=")) {
            body(pair.extracting(0..<equals), pair.extracting((equals + 1)...))
        }
        offset = end + 1
    }
}

/// A byte that may stand in a page name; others show as `?`.
private func printable(_ byte: UInt8) -> UInt8 {
    byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "<") && byte != UInt8(ascii: "\"") ? byte : UInt8(ascii: "?")
}

private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
        || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "=") || byte == UInt8(ascii: "+")
        || byte == UInt8(ascii: "~") || byte == UInt8(ascii: ":")
}

/// Whether a segment is an e-mail address, a UUID or too long to be words.
private func looksPersonal(_ segment: RawSpan) -> Bool {
    if segment.byteCount > 100 { return true }
    var hexadecimals = 0
    var dashes = 0
    for offset in 0..<segment.byteCount {
        let byte = segment[offset]
        if byte == UInt8(ascii: "@") { return true }
        if byte == UInt8(ascii: "%"), offset + 2 < segment.byteCount {
            if segment[offset + 1] == UInt8(ascii: "4"), segment[offset + 2] == UInt8(ascii: "0") { return true }
        }
        if byte == UInt8(ascii: "-") { dashes += 1 }
        if byte.isASCIIDigit || (byte | 0x20) &- 0x61 < 6 { hexadecimals += 1 }
    }
    return segment.byteCount == 36 && dashes == 4 && hexadecimals == 32
}

private func isNumber(_ part: RawSpan, orAtLeast digits: Int) -> Bool {
    guard part.byteCount >= digits else { return false }
    for offset in 0..<part.byteCount where !part[offset].isASCIIDigit { return false }
    return part.byteCount > 0
}

/// Whether a run of letters and digits is no word: eight or more with three digits among letters, hexadecimal of some
/// length, or long and of changing case.
private func isToken(_ part: RawSpan) -> Bool {
    let count = part.byteCount
    guard count >= 8 else { return false }
    var digits = 0
    var capitals = 0
    var small = 0
    var changes = 0
    var hexadecimals = 0
    var last = 0
    for offset in 0..<count {
        let byte = part[offset]
        var kind = 3
        if byte.isASCIIDigit {
            digits += 1
            kind = 0
        } else if byte &- 0x41 < 26 {
            capitals += 1
            kind = 1
        } else if byte &- 0x61 < 26 {
            small += 1
            kind = 2
        }
        if byte.isASCIIDigit || (byte | 0x20) &- 0x61 < 6 { hexadecimals += 1 }
        if offset > 0, kind != last { changes += 1 }
        last = kind
    }
    if hexadecimals == count, digits > 0 { return true }
    if digits >= 3, changes >= 2 || count >= 16 { return true }
    if count >= 16, capitals > 1, small > 1, changes > count / 3 { return true }
    return count >= 32 && digits > 0
}

/// The page name of a request target: for tests and explanations.
package func pageName(of target: RawSpan, in site: SiteMeasurement) -> String {
    var output = ByteBuffer(capacity: 160)
    PageNamer(site).write(target, into: &output)
    return output.bytes.text
}
