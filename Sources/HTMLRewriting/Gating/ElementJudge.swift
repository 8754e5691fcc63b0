import Bytes

/// Finds out which categories an element's references wait for; its memory is kept from tag to tag.
struct ElementJudge: ~Copyable {
    var resolver = ReferenceResolver()
    /// The rules that withheld something of this document, each once.
    private(set) var rules = WithheldRules()
    private var decoded = ByteBuffer(capacity: 256)
    /// A host without a withheld rule: most documents name one or two again and again.
    private var openHost = ByteBuffer(capacity: 64)

    /// What was found about one element.
    struct Findings {
        /// Bit *n* for the category with index *n*.
        var categories: UInt64 = 0
        /// By `ReferenceAttribute.bit`.
        var attributes: UInt16 = 0
        var rule = WithheldRule.none
        /// Whether the origin has written a mark that is ours alone: `ReferenceAttribute.isWaitingDocument`.
        var hasForeignMark = false

        mutating func add(_ found: WithheldRule) {
            if categories == 0 { rule = found }
            categories |= 1 &<< UInt64(found.category)
        }
    }

    mutating func reset(isSecure: Bool) {
        resolver.reset(isSecure: isSecure)
        rules.clear()
        openHost.clear()
    }

    /// Whether relative URLs may be withheld.
    func isBaseWithheld(by gate: borrowing some ElementGate) -> Bool {
        guard resolver.isBaseForeign else { return false }
        return gate.mayWithhold(host: resolver.foreignBase)
    }

    /// Judges the tag last returned by `tokenizer`; `text` is what an inline script holds.
    ///
    /// - Parameter open: an attribute that is not at its end: then it is the last that is looked at.
    mutating func judge(
        _ tokenizer: borrowing Tokenizer, open: Attribute? = nil, text: RawSpan, in input: RawSpan,
        gate: borrowing some ElementGate, depth: Int = 0
    ) -> Findings {
        var findings = Findings()
        let element = tokenizer.element
        if element == .link, !isFetching(tokenizer, in: input) { return findings }
        if element == .meta, !isRefresh(tokenizer, in: input) { return findings }
        if element == .animate || element == .set, !isOfReference(tokenizer, in: input) { return findings }
        var seen: UInt16 = 0
        let count = tokenizer.attributeCount
        for index in 0...count {
            guard let attribute = index < count ? tokenizer.attribute(index) : open else { break }
            guard let reference = ReferenceAttribute(input[attribute.name], of: element) else {
                if ReferenceAttribute.isWaitingDocument(input[attribute.name], of: element) {
                    findings.hasForeignMark = true
                }
                continue
            }
            guard seen & reference.bit == 0 else { continue }
            // Of several of one name the first counts (§13.2.5.33).
            seen |= reference.bit
            let before = findings.categories
            findings.categories = 0
            judge(reference, input[attribute.value], gate: gate, depth: depth, findings: &findings)
            // What is yet to come of a document or a list may be anything.
            if index == count, reference.holdsSeveral { findings.categories |= gate.withheldCategories }
            if findings.categories != 0 { findings.attributes |= reference.bit }
            findings.categories |= before
        }
        if element == .script, seen & ReferenceAttribute.src.bit == 0, !text.isEmpty {
            judgeScript(text, kind: ScriptKind(of: tokenizer, in: input), gate: gate, findings: &findings)
        }
        return findings
    }

    private mutating func judge(
        _ reference: ReferenceAttribute, _ value: RawSpan, gate: borrowing some ElementGate, depth: Int,
        findings: inout Findings
    ) {
        let isPlain = value.firstIndex(of: UInt8(ascii: "&")) == nil
        if isPlain, reference != .srcdoc {
            judgeDecoded(reference, value, gate: gate, findings: &findings)
            return
        }
        var buffer = ByteBuffer()
        swap(&buffer, &decoded)
        buffer.clear()
        buffer.appendDecodingReferences(value)
        if reference == .srcdoc {
            judgeDocument(buffer.bytes, gate: gate, depth: depth + 1, findings: &findings)
        } else {
            judgeDecoded(reference, buffer.bytes, gate: gate, findings: &findings)
        }
        swap(&buffer, &decoded)
    }

    private mutating func judgeDecoded(
        _ reference: ReferenceAttribute, _ value: RawSpan, gate: borrowing some ElementGate, findings: inout Findings
    ) {
        switch reference {
        case .src, .href, .xlinkHref, .poster, .data, .background, .to, .from, .by:
            judge(url: value, gate: gate, findings: &findings)
        case .values:
            var start = 0
            while start < value.byteCount {
                let end = value.offset(of: UInt8(ascii: ";"), from: start)
                judge(url: value.extracting(start..<end), gate: gate, findings: &findings)
                start = end + 1
            }
        case .srcset, .imagesrcset:
            var candidates = SourceSetCursor()
            while let url = candidates.next(in: value) { judge(url: value[url], gate: gate, findings: &findings) }
        case .content:
            if let url = refreshTarget(in: value) { judge(url: value[url], gate: gate, findings: &findings) }
        case .srcdoc: break
        }
    }

    /// Judges one decoded URL.
    mutating func judge(url: RawSpan, gate: borrowing some ElementGate, findings: inout Findings) {
        if let host = url.plainHost {
            let name = url[host]
            if name.equals(openHost.bytes) { return }
            if resolver.resolve(url),
                let rule = gate.rule(forHost: resolver.host, port: resolver.port, path: resolver.path)
            {
                findings.add(rule)
                rules.insert(rule)
                return
            }
            // Another path of it may be withheld, but not when nothing at all of the host can be.
            if !gate.mayWithhold(host: name) {
                openHost.clear()
                openHost.append(name)
            }
            return
        }
        guard resolver.isBaseForeign || url.mayHaveHost, resolver.resolve(url),
            let rule = gate.rule(forHost: resolver.host, port: resolver.port, path: resolver.path)
        else { return }
        findings.add(rule)
        rules.insert(rule)
    }

    private mutating func judgeScript(
        _ text: RawSpan, kind: ScriptKind, gate: borrowing some ElementGate, findings: inout Findings
    ) {
        var strings: ScriptStringCursor
        switch kind {
        case .inert: return
        case .classic: strings = ScriptStringCursor(.calls)
        case .module: strings = ScriptStringCursor(.imports)
        case .map: strings = ScriptStringCursor(.json)
        }
        while let string = strings.next(in: text) {
            judge(string: text[string], gate: gate, findings: &findings)
        }
        if let rule = gate.rule(forScript: text) {
            findings.add(rule)
            rules.insert(rule)
        }
    }

    /// Judges the URL that a string of a script is, between its quotes.
    private mutating func judge(string: RawSpan, gate: borrowing some ElementGate, findings: inout Findings) {
        guard string.firstIndex(of: UInt8(ascii: "\\")) != nil else {
            judge(url: string, gate: gate, findings: &findings)
            return
        }
        var buffer = ByteBuffer()
        swap(&buffer, &decoded)
        buffer.clear()
        buffer.appendDecodingEscapes(string)
        judge(url: buffer.bytes, gate: gate, findings: &findings)
        swap(&buffer, &decoded)
    }

    /// Judges the sheet of an `<?xml-stylesheet …?>` (xml-stylesheet §4.1): its pseudo-attributes are read like an
    /// attribute's value.
    mutating func judge(instruction: RawSpan, gate: borrowing some ElementGate) -> Findings {
        var findings = Findings()
        var at = 0
        while let found = instruction.firstIndex(of: UInt8(ascii: "h"), from: at) {
            at = found + 1
            guard instruction.matchesIgnoringCase("href", at: found) == .yes else { continue }
            var open = found + 4
            while open < instruction.byteCount,
                instruction[open].isTagSpace || instruction[open] == UInt8(ascii: "=")
            {
                open += 1
            }
            guard open < instruction.byteCount else { break }
            let quote = instruction[open]
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { continue }
            let end = instruction.offset(of: quote, from: open + 1)
            judge(.href, instruction.extracting(open + 1..<end), gate: gate, depth: 0, findings: &findings)
        }
        return findings
    }

    /// Judges all elements of a document in an attribute, as one: what a browser with scripts finds, and one without.
    private mutating func judgeDocument(
        _ document: RawSpan, gate: borrowing some ElementGate, depth: Int, findings: inout Findings
    ) {
        guard depth <= 3 else { return }
        judgeDocument(document, withScripts: true, gate: gate, depth: depth, findings: &findings)
        guard document.holdsIgnoringCase("noscript") else { return }
        judgeDocument(document, withScripts: false, gate: gate, depth: depth, findings: &findings)
    }

    private mutating func judgeDocument(
        _ document: RawSpan, withScripts: Bool, gate: borrowing some ElementGate, depth: Int, findings: inout Findings
    ) {
        var tokenizer = Tokenizer()
        var feedback = TreeFeedback()
        var offset = 0
        while true {
            let token = tokenizer.next(document, from: &offset, .endOfDocument)
            if token == .end { return }
            feedback.follow(token, &tokenizer, in: document)
            if !withScripts, case .startTag = token, tokenizer.element == .noscript { tokenizer.readMarkup() }
            guard case .startTag = token, tokenizer.element.mayRefer else { continue }
            var text = ByteRange(offset, offset)
            if tokenizer.contentModel == .scriptData { text = scriptText(in: document, from: offset) }
            let inner = judge(tokenizer, text: document[text], in: document, gate: gate, depth: depth)
            if inner.categories != 0 {
                if findings.categories == 0 { findings.rule = inner.rule }
                findings.categories |= inner.categories
            }
        }
    }

    private func scriptText(in document: RawSpan, from start: Int) -> ByteRange {
        var tokenizer = Tokenizer()
        tokenizer.enter(.scriptData, until: .script)
        var end = start
        while true {
            let before = end
            guard case .text = tokenizer.next(document, from: &end, .endOfDocument) else {
                return ByteRange(start, before)
            }
        }
    }

    /// Whether a link's relations make the browser fetch, or connect to, what it names.
    private func isFetching(_ tokenizer: borrowing Tokenizer, in input: RawSpan) -> Bool {
        guard let attribute = tokenizer.attribute(named: "rel", in: input) else { return false }
        return input[attribute.value].namesFetchingRelation
    }

    /// Whether what is animated is a URL.
    private func isOfReference(_ tokenizer: borrowing Tokenizer, in input: RawSpan) -> Bool {
        guard let attribute = tokenizer.attribute(named: "attributename", in: input) else { return false }
        let value = input[attribute.value]
        return value.holdsIgnoringCase("href") || value.firstIndex(of: UInt8(ascii: "&")) != nil
    }

    private func isRefresh(_ tokenizer: borrowing Tokenizer, in input: RawSpan) -> Bool {
        guard let attribute = tokenizer.attribute(named: "http-equiv", in: input) else { return false }
        let value = input[attribute.value]
        return value.equalsIgnoringCase("refresh") || value.firstIndex(of: UInt8(ascii: "&")) != nil
    }
}

/// The rules that withheld something, each once; beyond sixteen they are not told apart any more.
public struct WithheldRules: Sendable {
    private var rules = InlineArray<16, WithheldRule>(repeating: WithheldRule(number: 0, category: 0))
    /// How many there are.
    public private(set) var count = 0

    /// The rule at an index below `count`.
    public subscript(index: Int) -> WithheldRule { rules[index] }

    mutating func insert(_ rule: WithheldRule) {
        for index in 0..<count where rules[index] == rule { return }
        guard count < rules.count else { return }
        rules[count] = rule
        count += 1
    }

    mutating func clear() { count = 0 }
}

extension RawSpan {
    /// The host of a URL that is written plainly: `//` or `http://` or `https://`, then nothing but lowercase letters,
    /// digits, dots and hyphens up to a slash.
    fileprivate var plainHost: ByteRange? {
        var start = 0
        if starts(with: "https://") {
            start = 8
        } else if starts(with: "http://") {
            start = 7
        } else if starts(with: "//") {
            start = 2
        } else {
            return nil
        }
        var end = start
        while end < byteCount, self[end].isPlainHost { end += 1 }
        guard end > start, end < byteCount, self[end] == UInt8(ascii: "/") else { return nil }
        return ByteRange(start, end)
    }

    /// Whether a decoded URL may name a host: a scheme, or two slashes of either kind.
    fileprivate var mayHaveHost: Bool {
        for offset in 0..<byteCount {
            switch self[offset] {
            case UInt8(ascii: ":"), UInt8(ascii: "\\"): return true
            case UInt8(ascii: "/"):
                guard offset + 1 < byteCount else { return false }
                if self[offset + 1].isURLSlash || self[offset + 1] <= 0x20 { return true }
            default: break
            }
        }
        return false
    }
}

extension UInt8 {
    fileprivate var isPlainHost: Bool {
        self &- 0x61 < 26 || isASCIIDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
    }
}
