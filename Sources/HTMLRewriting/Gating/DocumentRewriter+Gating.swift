import Bytes

// What a gate withholds, and how a page is read to its end for it.
//
// A withheld element gets `data-crumbgate="ID…"` right after its name, and the names of the attributes that would load
// something are led by `data-crumbgate-`, `srcdoc` by `oncrumbgate`: their values stay, byte for byte. A script's `type`
// is led the same way and `text/plain` put in its place. Before a frame stands what is shown instead of it.
extension DocumentRewriter {
    /// What a gate looks at in a document.
    public struct Gating: Sendable {
        /// See `ElementGate.isSecure`.
        public var isSecure: Bool
        /// Whether the document itself may say that its bytes are not ASCII's: no field has said what they are.
        public var mayNameCharset: Bool

        /// Makes it of its parts.
        public init(isSecure: Bool, mayNameCharset: Bool = false) {
            self.isSecure = isSecure
            self.mayNameCharset = mayNameCharset
        }
    }

    /// The rules that withheld something so far.
    public var withheldRules: WithheldRules { judge.rules }
    /// Whether there are any; `mutating`, as the rewriter would be copied for the call.
    public var hasWithheld: Bool { mutating get { judge.rules.count > 0 } }

    /// What the caller does at a point. In front of all that a document of ISO-2022-JP loads stands a policy: what it
    /// holds between its escape sequences cannot be read here.
    mutating func insertion(
        _ point: InsertionPoint, gate: borrowing some ElementGate, into output: inout ByteBuffer
    ) -> RewriteStep {
        if case .headStart = point { close(gate: gate, into: &output) }
        return .insert(point)
    }

    /// Writes the policy, once, if the document is to be closed.
    mutating func close(gate: borrowing some ElementGate, into output: inout ByteBuffer) {
        guard case .wanted = closing else { return }
        closing = .done
        gate.writeClosingMarkup(into: &output)
    }

    /// Looks for the name of ISO-2022-JP, or for one of its escapes, where browsers look for it: in the first bytes.
    mutating func noteCharset(_ input: RawSpan) {
        guard let gating, gating.mayNameCharset, case .open = closing, input.namesISO2022 else { return }
        closing = .wanted
    }

    /// Looks for its name in a `meta`, where it may be written with character references.
    mutating func noteCharset(ofMeta tag: RawSpan) {
        guard gating?.mayNameCharset == true, tag.firstIndex(of: UInt8(ascii: "&")) != nil else {
            noteCharset(tag)
            return
        }
        var decoded = ByteBuffer(capacity: 256)
        decoded.appendDecodingReferences(tag)
        noteCharset(decoded.bytes)
    }

    /// Whether a document is closed by a policy in its head.
    enum Closing: UInt8 { case open, wanted, done }

    /// Reads on behind both points to the next tag of the gate's, or to where more bytes are needed.
    mutating func scan(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Progress {
        while true {
            if let token = pending {
                guard token.isForGate else {
                    passPending(from: &offset)
                    continue
                }
                if token.needsText, !findText(input, from: offset, following) { return .needsMore }
                return .tag
            }
            if isInNoscript {
                let progress = scanNoscript(input, from: &offset, following)
                if case .passthrough = progress { continue }
                return progress
            }
            if offset >= doubtEnd, tokenizer.isBetweenTokens {
                isPassthrough = true
                return .passthrough
            }
            if tokenizer.contentModel == .data, tokenizer.isBetweenTokens, feedback.isFlat, syntax == .html {
                offset = plainMarkup.end(
                    in: input, from: offset, to: min(doubtEnd, input.byteCount),
                    isBaseForeign: judge.resolver.isBaseForeign)
                if offset >= doubtEnd { continue }
            }
            var end = offset
            let token = tokenizer.next(input, from: &end, following)
            switch token {
            case .needsMore:
                return isForced && tokenizer.isInMarkup ? .part : .needsMore
            case .end:
                return .needsMore
            case .startTag:
                let isForeign = feedback.isInForeignContent
                feedback.follow(token, &tokenizer, in: input)
                let element = tokenizer.element
                enterGated(element, isForeign: isForeign)
                if element == .base, !feedback.isInTemplate, !isForeign,
                    let href = tokenizer.attribute(named: "href", in: input)
                {
                    noteBase(input[href.value])
                    doubtEnd = .max
                }
                if element.mayRefer {
                    pending = Pending(
                        kind: .startTag, element: element, length: end - offset, isForGate: true,
                        needsText: wantsText(element, in: input))
                    continue
                }
            case .text, .endTag, .comment, .doctype, .markup:
                feedback.follow(token, &tokenizer, in: input)
            }
            offset = end
        }
    }

    /// Reads the text of a `noscript` as the markup that it is for browsers without scripts; `.passthrough` behind it.
    ///
    /// With scripts it ends at the first `</noscript`, whatever stands before that: so it does here.
    mutating func scanNoscript(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Progress {
        while true {
            if offset < input.byteCount, input[offset] == UInt8(ascii: "<"),
                tokenizer.appropriateEndTag(input, at: offset) == .yes
            {
                isInNoscript = false
                return .passthrough
            }
            var end = offset
            switch tokenizer.next(input, from: &end, following) {
            case .text: break
            case .needsMore: return .needsMore
            case .startTag, .endTag, .comment, .doctype, .markup, .end:
                isInNoscript = false
                return .passthrough
            }
            let isWhole =
                following == .endOfDocument
                || end < input.byteCount && tokenizer.appropriateEndTag(input, at: end) == .yes
            let text = input.extracting(0..<end)
            while offset < end {
                var position = offset
                let token = inner.next(text, from: &position, isWhole ? .endOfDocument : .moreMayFollow)
                if token == .needsMore {
                    guard isForced else { return .needsMore }
                    // Longer than may be held: what is left of the text goes without being looked at.
                    inner.reset()
                    isForced = false
                    position = end
                }
                innerFeedback.follow(token, &inner, in: text)
                // To a browser without scripts one within another is no more than an element.
                if inner.element == .noscript { inner.readMarkup() }
                if case .startTag = token, inner.element.mayRefer {
                    isTagInner = true
                    pending = Pending(kind: .startTag, element: inner.element, length: position - offset)
                    return .tag
                }
                offset = position
            }
        }
    }

    /// Notes what begins with a start tag, `isForeign` telling whether it stands in SVG or MathML.
    mutating func enterGated(_ element: Element, isForeign: Bool) {
        guard element == .noscript, tokenizer.contentModel == .rawtext else { return }
        isInNoscript = true
        inner.reset()
        inner.skipsAttributes = false
        innerFeedback = TreeFeedback()
    }

    /// Whether the tag is of an inline script: its text is held up to its end, or to the memory limit.
    func wantsText(_ element: Element, in input: RawSpan) -> Bool {
        guard element == .script, gating != nil, !tokenizer.isSelfClosing || syntax == .html,
            tokenizer.attribute(named: "src", in: input) == nil
        else { return false }
        return ScriptKind(of: tokenizer, in: input) != .inert
    }

    mutating func noteBase(_ value: RawSpan) {
        var decoded = ByteBuffer(capacity: 256)
        decoded.appendDecodingReferences(value)
        judge.resolver.setBase(decoded.bytes)
    }

    /// Looks for the end of the script whose tag is at `offset`; false when it may yet come.
    mutating func findText(_ input: RawSpan, from offset: Int, _ following: Following) -> Bool {
        let start = offset + (pending?.length ?? 0)
        inner.reset()
        inner.enter(.scriptData, until: .script)
        var end = start
        while true {
            let before = end
            switch inner.next(input, from: &end, following) {
            case .text: continue
            case .needsMore where !isForced: return false
            default:
                // Of a script longer than may be held, the beginning is looked at.
                scriptText = ByteRange(start - offset, before - offset)
                pending?.needsText = false
                isForced = false
                return true
            }
        }
    }
}
