import Bytes
import CDoubt

/// Looks for what a gate might withhold without knowing where in the markup it is.
///
/// A URL that names a host has two slashes or `http:` in it, or character references that hide them, whatever element it
/// belongs to; and an inline script begins with `<script`. Where the rest of a document has none of these, or only with
/// hosts and scripts of which nothing is withheld, it need not be read: that is most of most pages. A doubt is no finding:
/// the tokenizer tells what stands there.
struct DoubtScan: ~Copyable {
    /// A host of which nothing is withheld: most documents name one or two again and again.
    private var openHost = ByteBuffer(capacity: 64)

    mutating func reset() { openHost.clear() }

    /// Behind the last doubtful byte at or after `start`, or `start` where there is none.
    mutating func end(in input: RawSpan, from start: Int, gate: borrowing some ElementGate) -> Int {
        guard start < input.byteCount else { return start }
        var at = input.byteCount - 1
        if isDoubtful(input, at: &at, from: start, gate: gate) { return input.byteCount }
        while let candidate = input.lastCandidate(from: start, to: at) {
            at = candidate
            if isDoubtful(input, at: &at, from: start, gate: gate) { return candidate + 1 }
        }
        return start
    }

    /// Looks at what may begin, or go on, at `offset`, which moves to the first byte of what was looked at: none is
    /// looked at twice.
    private mutating func isDoubtful(
        _ input: RawSpan, at offset: inout Int, from start: Int, gate: borrowing some ElementGate
    ) -> Bool {
        switch input[offset] {
        case UInt8(ascii: "/"), UInt8(ascii: "\\"):
            while offset > start, input[offset - 1].isURLSlash { offset -= 1 }
            return isHostDoubtful(input, slash: offset, from: start, gate: gate)
        case UInt8(ascii: "&"):
            return input.hidesMarkup(at: offset)
        case UInt8(ascii: "s"), UInt8(ascii: "S"):
            if isScriptDoubtful(input, at: offset - 1, gate: gate) { return true }
            return input.endsScheme(at: offset + 1, from: start)
        default:
            return input.endsScheme(at: offset + 1, from: start)
        }
    }

    /// Whether a URL whose host stands behind the slash, the first of some, may be withheld.
    private mutating func isHostDoubtful(
        _ input: RawSpan, slash: Int, from start: Int, gate: borrowing some ElementGate
    ) -> Bool {
        let count = input.byteCount
        var at = slash + 1
        guard at < count else { return false }
        if input[at].isRemovedFromURL {
            while at < count, input[at].isRemovedFromURL { at += 1 }
            return at < count && input[at].isURLSlash
        }
        guard input[at].isURLSlash else { return false }
        while at < count, input[at].isURLSlash { at += 1 }
        let host = at
        while at < count, input[at].isHostByte { at += 1 }

        var url = slash
        if slash > start, input[slash - 1] == UInt8(ascii: ":") {
            url = slash - 1
            while url > start, input[url - 1].isSchemeByte { url -= 1 }
            let scheme = input.extracting(url..<slash - 1)
            if !scheme.equalsIgnoringCase("https"), !scheme.equalsIgnoringCase("http") {
                // With a line end in it, it could be one of the two all the same.
                return url > start && input[url - 1].isRemovedFromURL && scheme.byteCount < 5
            }
        }
        var end = at
        if at < count, at > host, input[at] == UInt8(ascii: ":") {
            end += 1
            while end < count, input[end].isASCIIDigit { end += 1 }
        }
        if end < count {
            switch input[end] {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"):
                break
            case UInt8(ascii: " "), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "]"), UInt8(ascii: "|"),
                UInt8(ascii: "^"):
                // The end of the value, or what no host may have, but a user's name in front of one.
                if input.mayHoldUser(from: end) { return true }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // A value in other quotes could go on behind this one.
                if url == start || input[url - 1] != input[end] { return true }
            case UInt8(ascii: ")"):
                if url == start || input[url - 1] != UInt8(ascii: "(") { return true }
            default: return true
            }
        }
        if at == host { return false }
        let name = input.extracting(host..<at)
        if name.equals(openHost.bytes) { return false }
        if gate.mayWithhold(host: name) { return true }
        openHost.clear()
        openHost.append(name)
        return false
    }

    /// Whether an inline script that may begin here may be withheld.
    private func isScriptDoubtful(_ input: RawSpan, at offset: Int, gate: borrowing some ElementGate) -> Bool {
        guard offset >= 0, input[offset] == UInt8(ascii: "<"),
            input.matchesIgnoringCase("script", at: offset + 1) == .yes
        else { return false }
        guard let content = input.endOfPlainAttributes(from: offset + 7) else { return true }
        var end = content
        while let open = input.firstIndex(of: UInt8(ascii: "<"), from: end) {
            end = open + 1
            if end < input.byteCount, input[end] == UInt8(ascii: "/"),
                input.matchesIgnoringCase("script", at: end + 1) == .yes,
                end + 7 == input.byteCount || input[end + 7].endsTagName
            {
                return isTextDoubtful(input, tag: offset, from: content, to: open, gate: gate)
            }
            // What looks like a comment, or another script, may hide the end tag.
            if input.matchesIgnoringCase("!--", at: end) != .no { return true }
            if input.matchesIgnoringCase("script", at: end) != .no { return true }
        }
        return isTextDoubtful(input, tag: offset, from: content, to: input.byteCount, gate: gate)
    }

    private func isTextDoubtful(
        _ input: RawSpan, tag: Int, from content: Int, to end: Int, gate: borrowing some ElementGate
    ) -> Bool {
        // Imports may spell their slashes with escapes.
        let script = input.extracting(content..<end)
        if script.firstIndex(of: UInt8(ascii: "\\")) != nil {
            if script.firstImport() != nil { return true }
            let tag = input.extracting(tag..<content)
            if tag.holdsIgnoringCase("module") || tag.holdsIgnoringCase("map") || tag.holdsIgnoringCase("rules") {
                return true
            }
        }
        let text = input.extracting(tag..<end)
        // In the attribute of a frame (`srcdoc`) the text is written with character references.
        var at = 0
        while let ampersand = text.firstIndex(of: UInt8(ascii: "&"), from: at) {
            if text.mayBeReference(at: ampersand) { return true }
            at = ampersand + 1
        }
        return gate.rule(forScript: text) != nil
    }
}

extension RawSpan {
    /// The last offset from `start` on, before `end`, with which something doubtful may begin; `end` is within.
    @inline(__always)
    fileprivate func lastCandidate(from start: Int, to end: Int) -> Int? {
        precondition(start >= 0 && start <= end && end < byteCount)
        let found = unsafe withUnsafeBytes { bytes in
            // Reads from `start` to `end`, both within.
            guard let base = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else { return -1 }
            return unsafe crumbgate_last_doubt(base, start, end)
        }
        return found < 0 ? nil : found
    }

    /// Whether `http:` or `https:` ends with the colon, and a host may follow without two slashes.
    fileprivate func endsScheme(at colon: Int, from start: Int) -> Bool {
        guard colon < byteCount, self[colon] == UInt8(ascii: ":") else { return false }
        var at = colon
        var isSplit = false
        func back() -> UInt8 {
            while at > start, self[at - 1].isRemovedFromURL {
                at -= 1
                isSplit = true
            }
            guard at > start else { return 0 }
            at -= 1
            return self[at] | 0x20
        }
        var letter = back()
        if letter == UInt8(ascii: "s") { letter = back() }
        guard letter == UInt8(ascii: "p"), back() == UInt8(ascii: "t"), back() == UInt8(ascii: "t"),
            back() == UInt8(ascii: "h")
        else { return false }
        if isSplit { return true }
        guard colon + 2 < byteCount else { return true }
        let next = self[colon + 1]
        // Two slashes are looked at where they stand.
        if next.isURLSlash, self[colon + 2].isURLSlash { return false }
        let isQuote = next == UInt8(ascii: "\"") || next == UInt8(ascii: "'")
        return next != 0x20 && !(isQuote && at > start && self[at - 1] == next)
    }

    /// Whether a character reference stands for what would be looked for here: a slash, a colon, white space, a letter
    /// of `http`, the `<` of a script; also within the references of a document in an attribute (`srcdoc`).
    fileprivate func hidesMarkup(at ampersand: Int) -> Bool {
        var at = ampersand + 1
        while at < byteCount {
            var value: UInt32 = 0
            if self[at] == UInt8(ascii: "#") {
                at += 1
                let isHex = at < byteCount && self[at] | 0x20 == UInt8(ascii: "x")
                if isHex { at += 1 }
                let first = at
                while at < byteCount, let digit = self[at].digit(isHexadecimal: isHex) {
                    value = min(value &* (isHex ? 16 : 10) &+ UInt32(digit), 0x11_0000)
                    at += 1
                }
                if at == first { return false }
            } else if starts("amp", at: at) || starts("AMP", at: at) {
                value = 0x26
                at += 3
            } else if starts("lt", at: at) || starts("LT", at: at) {
                value = 0x3C
                at += 2
            } else {
                return starts("sol", at: at) || starts("bsol", at: at) || starts("colon", at: at)
                    || starts("Tab", at: at) || starts("NewLine", at: at) || starts("commat", at: at)
            }
            if at < byteCount, self[at] == UInt8(ascii: ";") { at += 1 }
            switch value {
            case 0x26: continue
            case 0x22, 0x27, 0x3E, 0x80...: return false
            case 0x3C: return matchesIgnoringCase("sc", at: at) != .no
            default: return true
            }
        }
        return false
    }

    /// Whether an `@` may stand before the end of an authority that goes on at `offset`.
    fileprivate func mayHoldUser(from offset: Int) -> Bool {
        let limit = min(byteCount, offset + 1024)
        for at in offset..<limit {
            switch self[at] {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"): return false
            case UInt8(ascii: "@"): return true
            case UInt8(ascii: "&"): if mayBeReference(at: at) { return true }
            default: break
            }
        }
        return limit < byteCount
    }

    /// Whether a character reference stands there: one that ends with a semicolon, is a number, or one of the old ones
    /// for ASCII, which need no semicolon.
    fileprivate func mayBeReference(at ampersand: Int) -> Bool {
        var at = ampersand + 1
        if at < byteCount, self[at] == UInt8(ascii: "#") { return true }
        if starts("amp", at: at) || starts("AMP", at: at) || starts("lt", at: at) || starts("LT", at: at)
            || starts("gt", at: at) || starts("GT", at: at) || starts("quot", at: at) || starts("QUOT", at: at)
        {
            return true
        }
        let first = at
        while at < byteCount, at - first <= 32, self[at].isASCIILetter || self[at].isASCIIDigit { at += 1 }
        return at > first && (at == byteCount || self[at] == UInt8(ascii: ";"))
    }

    /// Behind the `>` of a start tag whose attributes are written plainly, from the end of its name; nil for any other.
    fileprivate func endOfPlainAttributes(from offset: Int) -> Int? {
        var at = offset
        while true {
            let before = at
            while at < byteCount, self[at].isTagSpace { at += 1 }
            guard at < byteCount else { return nil }
            if self[at] == UInt8(ascii: ">") { return at + 1 }
            guard at > before else { return nil }
            let name = at
            while at < byteCount, self[at].isHostByte || self[at] == UInt8(ascii: "_") || self[at] == UInt8(ascii: ":")
            {
                at += 1
            }
            guard at > name else { return nil }
            guard at < byteCount, self[at] == UInt8(ascii: "=") else { continue }
            at += 1
            guard at < byteCount else { return nil }
            let quote = self[at]
            if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                guard let close = firstIndex(of: quote, from: at + 1) else { return nil }
                at = close + 1
            } else {
                let value = at
                while at < byteCount, !self[at].isTagSpace, self[at] != UInt8(ascii: ">") {
                    switch self[at] {
                    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: "`"):
                        return nil
                    default: at += 1
                    }
                }
                guard at > value else { return nil }
            }
        }
    }

    private func starts(_ text: StaticString, at offset: Int) -> Bool {
        let end = offset + text.utf8CodeUnitCount
        return end <= byteCount && extracting(offset..<end).equals(text)
    }
}

extension UInt8 {
    fileprivate var isHostByte: Bool {
        isASCIILetter || isASCIIDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
    }

    fileprivate var isSchemeByte: Bool { isHostByte || self == UInt8(ascii: "+") }
}
