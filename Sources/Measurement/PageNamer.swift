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
            writePlain(path, into: &output)
        } else {
            writeCollapsed(path, into: &output)
        }
        if mark < target.byteCount, !queryParameters.isEmpty {
            writeQuery(target.extracting((mark + 1)...), into: &output)
        }
        if output.count - start > PageNamer.longestName { output.truncate(to: start + PageNamer.longestName) }
    }

    /// A path that the rules keep as it is, but for addresses and keys.
    private func writePlain(_ path: RawSpan, into output: inout ByteBuffer) {
        var offset = 0
        while offset < path.byteCount {
            let end = path.firstIndex(of: UInt8(ascii: "/"), from: offset) ?? path.byteCount
            if ShownWords.isPersonal(path.extracting(offset..<end)) {
                output.append(":id")
            } else {
                for index in offset..<end { output.append(printable(path[index])) }
            }
            if end < path.byteCount { output.append(UInt8(ascii: "/")) }
            offset = end + 1
        }
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
            ShownWords.write(segment, into: &output)
            offset = end
        }
    }

    private func writeQuery(_ query: RawSpan, into output: inout ByteBuffer) {
        var first = true
        forEachParameter(of: query) { name, value in
            for wanted in queryParameters where name.equals(wanted.rawSpan) {
                output.append(UInt8(ascii: first ? "?" : "&"))
                output.append(name)
                output.append(UInt8(ascii: "="))
                ShownWords.write(value, into: &output)
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

/// The page name of a request target: for tests and explanations.
package func pageName(of target: RawSpan, in site: SiteMeasurement) -> String {
    var output = ByteBuffer(capacity: 160)
    PageNamer(site).write(target, into: &output)
    return output.bytes.text
}
