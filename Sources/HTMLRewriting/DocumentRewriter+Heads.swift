import Bytes

// What belongs to a head, what is ignored there, and what tells that a document begins.
extension DocumentRewriter.Pending {
    /// §13.2.6.4.2, §13.2.6.4.3: end tags but for four.
    var isIgnoredBeforeHead: Bool {
        guard case .endTag = kind else { return false }
        switch element {
        case .head, .body, .html, .br: return false
        default: return true
        }
    }

    /// §13.2.6.4.4: what belongs to a head or is ignored there.
    var staysInHead: Bool {
        switch kind {
        case .startTag: return element.staysInHead
        case .endTag: return isIgnoredBeforeHead
        case .text, .cutOff, .end, .instruction: return false
        }
    }

    /// §13.2.6.4.6: what still goes into the head, or is ignored.
    var staysAfterHead: Bool {
        switch kind {
        case .startTag: return staysInHead && element != .noscript
        case .endTag: return isIgnoredBeforeHead || element == .head
        case .text, .cutOff, .end, .instruction: return false
        }
    }
}

extension Element {
    /// Whether its start tag belongs to a head, or is ignored there (§13.2.6.4.4).
    var staysInHead: Bool {
        switch self {
        case .html, .head, .base, .basefont, .bgsound, .link, .meta, .title, .noscript, .noframes, .style, .script,
            .template:
            true
        default: false
        }
    }
}

extension RawSpan {
    func matches(_ byte: UInt8, at offset: Int) -> Tokenizer.Lookahead {
        offset < byteCount ? (self[offset] == byte ? .yes : .no) : .undecided
    }

    /// Behind the `?>` of an instruction; nil where there is none.
    func endOfInstruction(from start: Int) -> Int? {
        var at = start
        while let end = firstIndex(of: UInt8(ascii: "?"), from: at) {
            at = end + 1
            if at < byteCount, self[at] == UInt8(ascii: ">"), end > start + 1 { return at + 1 }
        }
        return nil
    }

    /// Whether a doctype or the tag of a document's frame is somewhere in these bytes.
    var holdsDocumentTag: Bool {
        var at = 0
        while let open = firstIndex(of: UInt8(ascii: "<"), from: at) {
            at = open + 1
            if holdsTag("html", at: at) || holdsTag("head", at: at) || holdsTag("body", at: at)
                || holdsTag("frameset", at: at) || holdsTag("!doctype", at: at)
            {
                return true
            }
        }
        return false
    }

    private func holdsTag(_ name: StaticString, at start: Int) -> Bool {
        let end = start + name.utf8CodeUnitCount
        return end < byteCount && self[end].endsTagName && matchesIgnoringCase(name, at: start) == .yes
    }
}
