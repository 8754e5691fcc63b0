import Bytes
import CDoubt

// Writes the tags that a gate looks at.
extension DocumentRewriter {
    /// Writes what `progress` left to the gate, and moves `offset` behind it.
    mutating func write(
        _ progress: Progress, _ input: RawSpan, from offset: inout Int, gate: borrowing some ElementGate,
        into output: inout ByteBuffer
    ) {
        switch progress {
        case .tag:
            let length = pending?.length ?? 0
            if pending?.kind == .instruction {
                writeInstruction(input.extracting(offset..<offset + length), gate: gate, into: &output)
            } else if isTagInner {
                swap(&inner, &tokenizer)
                writeTag(input, from: offset, length: length, gate: gate, into: &output)
                swap(&inner, &tokenizer)
                isTagInner = false
            } else {
                tokenizer.moveTag(to: offset)
                writeTag(input, from: offset, length: length, gate: gate, into: &output)
            }
            scriptText = ByteRange()
            passPending(from: &offset)
        case .part:
            let length = tokenizer.cutPoint(limit: memoryLimit / 2)
            if tokenizer.isOpenStartTag, tokenizer.element.mayRefer {
                writeTag(input, from: offset, length: length, gate: gate, into: &output)
            } else {
                output.append(input.extracting(offset..<offset + length))
            }
            tokenizer.cut(at: length)
            pass(length, from: &offset)
            isForced = false
        case .closed(let isBigEndian):
            writeClosing(gate: gate, isBigEndian: isBigEndian, into: &output)
        case .needsMore, .passthrough, .point: break
        }
    }

    /// Writes the first `length` bytes of the start tag in the tokenizer's hand.
    private mutating func writeTag(
        _ input: RawSpan, from start: Int, length: Int, gate: borrowing some ElementGate, into output: inout ByteBuffer
    ) {
        let element = tokenizer.element
        let end = start + length
        var open: Attribute?
        if let attribute = tokenizer.openAttribute(), attribute.name.upperBound <= end { open = attribute }
        let text = input.extracting(start + scriptText.lowerBound..<start + scriptText.upperBound)
        let findings = judge.judge(tokenizer, open: open, text: text, in: input, gate: gate)
        if element == .meta, mode != .done { noteCharset(ofMeta: input.extracting(start..<end)) }
        let isWithheld = findings.categories != 0
        guard isWithheld || findings.hasForeignMark else {
            if element == .meta, mode != .done { close(gate: gate, into: &output) }
            if element == .meta, mode != .done, writePolicy(input, from: start, to: end, gate: gate, into: &output) {
                return
            }
            output.append(input.extracting(start..<end))
            return
        }
        var copied = start
        if isWithheld, !tokenizer.isCut {
            if element.isFrame { writePlaceholder(findings, input, gate: gate, into: &output) }
            copied = tokenizer.tagName.upperBound
            output.append(input.extracting(start..<copied))
            output.append(" ")
            writeMark(findings, element: element, gate: gate, into: &output)
        }
        var isMarked = !isWithheld || !tokenizer.isCut
        let count = tokenizer.attributeCount
        for index in 0...count {
            guard let attribute = index < count ? tokenizer.attribute(index) : open else { break }
            let name = input[attribute.name]
            guard let prefix = prefix(of: name, element, findings) else { continue }
            output.append(input.extracting(copied..<attribute.name.lowerBound))
            copied = attribute.name.lowerBound
            if !isMarked {
                writeMark(findings, element: element, gate: gate, into: &output)
                output.append(" ")
                isMarked = true
            }
            if case .xml = syntax, let colon = name.firstIndex(of: UInt8(ascii: ":")) {
                // In XML the part before a colon is the name of a namespace.
                output.append(name.extracting(0...colon))
                copied += colon + 1
            }
            output.append(prefix)
        }
        output.append(input.extracting(copied..<end))
    }

    /// Writes a style sheet's instruction so that nothing follows it where its sheet is withheld.
    private mutating func writeInstruction(
        _ instruction: RawSpan, gate: borrowing some ElementGate, into output: inout ByteBuffer
    ) {
        let isWithheld = judge.judge(instruction: instruction, gate: gate).categories != 0
        output.append(instruction.extracting(0..<2))
        if isWithheld { output.append("data-crumbgate-") }
        output.append(instruction.extracting(2..<instruction.byteCount))
    }

    /// What an attribute's name is led by so that the attribute does nothing; nil for one that stays.
    private func prefix(of name: RawSpan, _ element: Element, _ findings: ElementJudge.Findings) -> StaticString? {
        if element == .script, name.equalsIgnoringCase("type") { return "data-crumbgate-" }
        guard let reference = ReferenceAttribute(name, of: element) else {
            return ReferenceAttribute.isWaitingDocument(name, of: element) ? "data-crumbgate-" : nil
        }
        return findings.attributes & reference.bit != 0 ? reference.waitingPrefix : nil
    }

    private func writeMark(
        _ findings: ElementJudge.Findings, element: Element, gate: borrowing some ElementGate,
        into output: inout ByteBuffer
    ) {
        output.append("data-crumbgate=\"")
        gate.writeCategories(findings.categories, into: &output)
        output.append("\"")
        if element == .script { output.append(" type=\"text/plain\"") }
    }

    /// Writes what stands in for a frame, unless nobody would see it.
    private func writePlaceholder(
        _ findings: ElementJudge.Findings, _ input: RawSpan, gate: borrowing some ElementGate,
        into output: inout ByteBuffer
    ) {
        // In SVG and MathML it is no frame, and our markup would end them (WHATWG HTML §13.2.6.5).
        if isTagInner ? innerFeedback.isInForeignContent : feedback.isInForeignContent { return }
        if tokenizer.attribute(named: "hidden", in: input) != nil { return }
        if let style = tokenizer.attribute(named: "style", in: input), input[style.value].hides { return }
        var place = FramePlace(categories: findings.categories, rule: findings.rule)
        if let width = tokenizer.attribute(named: "width", in: input) { place.width = input[width.value].length }
        if let height = tokenizer.attribute(named: "height", in: input) { place.height = input[height.value].length }
        if place.width.isNothing || place.height.isNothing { return }
        var url = ByteRange()
        for index in 0..<tokenizer.attributeCount {
            let attribute = tokenizer.attribute(index)
            guard let reference = ReferenceAttribute(input[attribute.name], of: tokenizer.element),
                reference != .srcdoc, findings.attributes & reference.bit != 0
            else { continue }
            url = attribute.value
            break
        }
        gate.writePlaceholder(place, url: input[url], document: self, into: &output)
    }

    /// Writes a `meta` that holds a Content-Security-Policy with the policy extended; false for any other, and where
    /// nothing is to be added.
    private func writePolicy(
        _ input: RawSpan, from start: Int, to end: Int, gate: borrowing some ElementGate, into output: inout ByteBuffer
    ) -> Bool {
        guard let kind = tokenizer.attribute(named: "http-equiv", in: input),
            input[kind.value].equalsIgnoringCase("content-security-policy"),
            let content = tokenizer.attribute(named: "content", in: input), content.quoting != .none
        else { return false }
        var policy = ByteBuffer(capacity: 256)
        policy.appendDecodingReferences(input[content.value], keepsUnknown: true)
        var extended = ByteBuffer(capacity: 512)
        gate.writePolicy(policy.bytes, into: &extended)
        guard !extended.bytes.equals(policy.bytes) else { return false }
        output.append(input.extracting(start..<content.name.upperBound))
        output.append("=\"")
        output.append(attributeValue: extended.bytes, keepsReferences: false)
        output.append("\"")
        output.append(input.extracting(content.whole.upperBound..<end))
        return true
    }

    /// Writes, in UTF-16, a policy for a document that nothing here can read: it keeps the document's parser from what
    /// its elements would fetch.
    private func writeClosing(gate: borrowing some ElementGate, isBigEndian: Bool, into output: inout ByteBuffer) {
        var markup = ByteBuffer(capacity: 512)
        gate.writeClosingMarkup(into: &markup)
        for offset in 0..<markup.count {
            if isBigEndian { output.append(0) }
            output.append(markup.bytes[offset])
            if !isBigEndian { output.append(0) }
        }
    }
}

extension Tokenizer {
    /// Whether a start tag is begun whose name is known.
    fileprivate var isOpenStartTag: Bool {
        switch state {
        case .beforeAttributeName, .attributeName, .afterAttributeName, .beforeAttributeValue, .doubleQuotedValue,
            .singleQuotedValue, .unquotedValue, .afterQuotedValue, .selfClosing:
            !isEndTag
        case .text, .comment, .bogusComment, .instruction, .doctype, .tagName: false
        }
    }
}

extension RawSpan {
    /// Whether ISO-2022-JP is named in these bytes, in any of its spellings, or one of its escape sequences is there.
    var namesISO2022: Bool {
        var at = 0
        while at < byteCount {
            let sign = nextEscape(from: at)
            if sign == byteCount { return false }
            if self[sign] == 0x1B { return true }
            let behind = matches("-", at: sign + 4) == .yes ? sign + 5 : sign + 4
            if matchesIgnoringCase("jp", at: behind) == .yes { return true }
            at = sign + 1
        }
        return false
    }

    private func nextEscape(from start: Int) -> Int {
        precondition(start >= 0 && start <= byteCount)
        return unsafe withUnsafeBytes { bytes in
            // Reads from `start` to the end.
            guard let base = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else { return byteCount }
            return unsafe crumbgate_next_escape(base, start, byteCount)
        }
    }
}

extension FramePlace.Length {
    /// Whether a frame of this length is not there for visitors to look at.
    fileprivate var isNothing: Bool {
        switch self {
        case .unknown: false
        case .pixels(let length), .percent(let length): length <= 1
        }
    }
}

extension RawSpan {
    /// A length as `width` and `height` have it (WHATWG HTML §2.3.4.4).
    fileprivate var length: FramePlace.Length {
        var at = 0
        while at < byteCount, self[at].isTagSpace { at += 1 }
        let start = at
        while at < byteCount, self[at].isASCIIDigit { at += 1 }
        guard at - start <= 5, let number = extracting(start..<at).decimal else { return .unknown }
        return at < byteCount && self[at] == UInt8(ascii: "%") ? .percent(Int(number)) : .pixels(Int(number))
    }

    /// Whether an element with this `style` cannot be seen.
    fileprivate var hides: Bool {
        var at = 0
        while let colon = firstIndex(of: UInt8(ascii: ":"), from: at) {
            at = colon + 1
            while at < byteCount, self[at].isTagSpace { at += 1 }
            var start = colon
            while start > 0, self[start - 1].isTagSpace { start -= 1 }
            let isDisplay = ends("display", at: start) && matchesIgnoringCase("none", at: at) == .yes
            if isDisplay || ends("visibility", at: start) && matchesIgnoringCase("hidden", at: at) == .yes {
                return true
            }
        }
        return false
    }

    private func ends(_ name: StaticString, at end: Int) -> Bool {
        let count = name.utf8CodeUnitCount
        return end >= count && extracting(end - count..<end).equalsIgnoringCase(name)
    }
}
