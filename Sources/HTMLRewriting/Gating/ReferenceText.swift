import Bytes

/// Reads the URLs of a decoded `srcset` (WHATWG HTML §4.8.4.4.2).
struct SourceSetCursor {
    private var at = 0

    mutating func next(in text: RawSpan) -> ByteRange? {
        while at < text.byteCount, text[at].isTagSpace || text[at] == UInt8(ascii: ",") { at += 1 }
        guard at < text.byteCount else { return nil }
        let start = at
        while at < text.byteCount, !text[at].isTagSpace { at += 1 }
        var end = at
        if text[end - 1] == UInt8(ascii: ",") {
            while end > start, text[end - 1] == UInt8(ascii: ",") { end -= 1 }
            return ByteRange(start, end)
        }
        // The descriptors, up to a comma outside of parentheses.
        var isInside = false
        while at < text.byteCount, isInside || text[at] != UInt8(ascii: ",") {
            if text[at] == UInt8(ascii: "(") { isInside = true }
            if text[at] == UInt8(ascii: ")") { isInside = false }
            at += 1
        }
        return ByteRange(start, end)
    }
}

/// The URL in the decoded value of a `Refresh` (WHATWG HTML §4.2.5.3, "shared declarative refresh steps"); nil where
/// there is none: the page reloads itself.
package func refreshTarget(in text: RawSpan) -> ByteRange? {
    let count = text.byteCount
    var at = 0
    func skipSpaces() { while at < count, text[at].isTagSpace { at += 1 } }
    skipSpaces()
    let first = at
    while at < count, text[at].isASCIIDigit { at += 1 }
    guard at > first || at < count && text[at] == UInt8(ascii: ".") else { return nil }
    while at < count, text[at].isASCIIDigit || text[at] == UInt8(ascii: ".") { at += 1 }
    guard at < count, text[at].isTagSpace || text[at] == UInt8(ascii: ";") || text[at] == UInt8(ascii: ",") else {
        return nil
    }
    skipSpaces()
    if at < count, text[at] == UInt8(ascii: ";") || text[at] == UInt8(ascii: ",") { at += 1 }
    skipSpaces()
    guard at < count else { return nil }
    let start = at
    if text.matchesIgnoringCase("url", at: at) == .yes {
        at += 3
        skipSpaces()
        if at < count, text[at] == UInt8(ascii: "=") {
            at += 1
            skipSpaces()
        } else {
            at = start
        }
    }
    guard at < count else { return nil }
    let quote = text[at]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return ByteRange(at, count) }
    let end = text.firstIndex(of: quote, from: at + 1) ?? count
    return ByteRange(at + 1, end)
}

/// What an inline script is to the browser (WHATWG HTML §4.12.1.1).
enum ScriptKind {
    case classic, module
    /// An import map or speculation rules: strings that are URLs.
    case map
    /// A data block: nothing runs.
    case inert

    init(of tokenizer: borrowing Tokenizer, in input: RawSpan) {
        guard let attribute = tokenizer.attribute(named: "type", in: input) else {
            self = .classic
            return
        }
        let value = input[attribute.value]
        var range = ByteRange(0, value.byteCount)
        while !range.isEmpty, value[range.lowerBound].isTagSpace { range.start += 1 }
        while !range.isEmpty, value[range.upperBound - 1].isTagSpace { range.end -= 1 }
        let type = value[range]
        if type.equalsIgnoringCase("module") {
            self = .module
        } else if type.equalsIgnoringCase("importmap") || type.equalsIgnoringCase("speculationrules") {
            self = .map
        } else if type.firstIndex(of: UInt8(ascii: "&")) != nil {
            var decoded = ByteBuffer(capacity: 32)
            decoded.appendDecodingReferences(type)
            // Nobody writes a type in references but to hide it: what it holds is judged in any case.
            self = decoded.bytes.holdsIgnoringCase("map") || decoded.bytes.holdsIgnoringCase("rules") ? .map : .module
        } else if type.isEmpty || type.namesScript {
            self = .classic
        } else {
            self = .inert
        }
    }
}

extension RawSpan {
    /// Whether a media type has `script` in it, as all have that run.
    fileprivate var namesScript: Bool { holdsIgnoringCase("script") }

    /// Whether a word, in lowercase, stands somewhere in these bytes, whatever its case.
    func holdsIgnoringCase(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard byteCount >= count else { return false }
        for offset in 0...byteCount - count where extracting(offset..<offset + count).equalsIgnoringCase(word) {
            return true
        }
        return false
    }

    /// Whether one of the relations in a `rel` makes a browser fetch, or connect to, what it names.
    package var namesFetchingRelation: Bool {
        // Nobody writes a relation in references but to hide it.
        if firstIndex(of: UInt8(ascii: "&")) != nil { return true }
        var start = 0
        while start < byteCount {
            while start < byteCount, self[start].isTagSpace { start += 1 }
            var end = start
            while end < byteCount, !self[end].isTagSpace { end += 1 }
            if extracting(start..<end).isFetchingRelation { return true }
            start = end
        }
        return false
    }

    private var isFetchingRelation: Bool {
        equalsIgnoringCase("stylesheet") || equalsIgnoringCase("preload") || equalsIgnoringCase("modulepreload")
            || equalsIgnoringCase("prefetch") || equalsIgnoringCase("prerender") || equalsIgnoringCase("preconnect")
            || equalsIgnoringCase("dns-prefetch") || equalsIgnoringCase("icon") || equalsIgnoringCase("mask-icon")
            || equalsIgnoringCase("apple-touch-icon") || equalsIgnoringCase("apple-touch-icon-precomposed")
            || equalsIgnoringCase("apple-touch-startup-image") || equalsIgnoringCase("manifest")
            || equalsIgnoringCase("import") || equalsIgnoringCase("compression-dictionary")
    }
}
