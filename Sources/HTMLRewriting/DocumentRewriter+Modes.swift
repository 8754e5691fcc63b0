import Bytes

// The insertion modes before the body: WHATWG HTML §13.2.6.4.1 to §13.2.6.4.6.
extension DocumentRewriter {
    enum Progress {
        case needsMore, passthrough
        case point(InsertionPoint)
        /// The start tag at the position is the gate's to judge.
        case tag
        /// So is what there is of a tag that is too long to be held.
        case part
        /// The document cannot be read at all (UTF-16): the position is behind its byte order mark.
        case closed(isBigEndian: Bool)
    }

    enum Mode: UInt8 {
        /// "initial", "before html" and "before head", which differ in nothing that matters here.
        case beforeHead
        case inHead
        case afterHead
        /// Both points are passed, or there are none to come.
        case done
    }

    /// A token that is decided upon in several steps; its bytes begin at the position.
    struct Pending {
        var kind: Kind
        var element = Element.other
        var isSelfClosing = false
        var length: Int
        /// Neither head nor body contain it.
        var isInTemplate = false
        /// A start tag that may refer to other hosts.
        var isForGate = false
        /// An inline script whose text is not found yet.
        var needsText = false

        enum Kind: UInt8 {
            case text, startTag, endTag
            /// An `<?xml-stylesheet …?>` of an XHTML document.
            case instruction
            /// A tag that the document's end cuts off.
            case cutOff
            case end
        }
    }

    enum Verdict {
        case pass
        case before(InsertionPoint)
        case after(InsertionPoint)
        /// Whether this is a document at all shows only with more bytes.
        case wait
    }

    /// Reads on from `offset` to the next point, or to where more bytes are needed.
    mutating func advance(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Progress {
        if !isBegun {
            switch begin(input, from: &offset, following) {
            case .needsMore where !isForced: return .needsMore
            case .closed(let isBigEndian): return .closed(isBigEndian: isBigEndian)
            default: break
            }
        }
        while true {
            if let point = pointBehindTag {
                pointBehindTag = nil
                return .point(point)
            }
            if case .done = mode {
                if gating != nil { return scan(input, from: &offset, following) }
                isPassthrough = true
                return .passthrough
            }
            if isInNoscript, pending == nil {
                switch scanNoscript(input, from: &offset, following) {
                case .tag: return .tag
                case .part: return .part
                case .needsMore: return .needsMore
                case .point, .passthrough, .closed: continue
                }
            }
            guard let token = pending else {
                if read(input, from: &offset, following) { continue }
                return isForced && tokenizer.isInMarkup ? .part : .needsMore
            }
            if token.needsText, !findText(input, from: offset, following) { return .needsMore }
            switch verdict(on: token, input, from: &offset, following) {
            case .pass:
                if token.isForGate { return .tag }
                passPending(from: &offset)
                if token.kind == .end { return .needsMore }
            case .before(let point):
                return .point(point)
            case .after(let point):
                if token.isForGate {
                    pointBehindTag = point
                    return .tag
                }
                passPending(from: &offset)
                return .point(point)
            case .wait:
                return .needsMore
            }
        }
    }

    /// Looks for a byte order mark, which outranks every other sign of an encoding; `.needsMore` when it may yet come.
    private mutating func begin(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Progress {
        guard offset < input.byteCount else { return following == .endOfDocument ? .passthrough : .needsMore }
        let utf16 =
            switch input[offset] {
            case 0xFE: input.matches(0xFF, at: offset + 1)
            case 0xFF: input.matches(0xFE, at: offset + 1)
            default: Tokenizer.Lookahead.no
            }
        switch utf16 {
        case .yes:
            didBailOut = true
            mode = .done
            if gating != nil {
                isBegun = true
                let isBigEndian = input[offset] == 0xFE
                pass(2, from: &offset)
                return .closed(isBigEndian: isBigEndian)
            }
        case .undecided where following == .moreMayFollow && !isForced: return .needsMore
        case .undecided, .no: break
        }
        if input[offset] == 0xEF {
            let second = input.matches(0xBB, at: offset + 1)
            let third = input.matches(0xBF, at: offset + 2)
            switch (second, third) {
            case (.yes, .yes): pass(3, from: &offset)
            case (.no, _), (_, .no): break
            case (.undecided, _), (_, .undecided): if case .moreMayFollow = following { return .needsMore }
            }
        }
        isBegun = true
        return .passthrough
    }

    /// Takes the next token: passes what decides nothing, keeps what may as `pending`; false when there is none yet.
    private mutating func read(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Bool {
        let isInText = tokenizer.contentModel != .data
        let isInTemplate = feedback.isInTemplate
        let isCommentOpen = !tokenizer.isCommentComplete
        if !isInText, !isInTemplate, tokenizer.isBetweenTokens {
            // White space implies nothing (as in `verdict`): no token for the line ends between tags.
            if case .inHead = mode, case .html = syntax, feedback.isFlat {
                passPlainHead(input, from: &offset)
            } else {
                var end = offset
                while end < input.byteCount, input[end].isTagSpace { end += 1 }
                pass(end - offset, from: &offset)
            }
        }
        if case .xml = syntax, gating != nil, tokenizer.isBetweenTokens, !isInText {
            switch input.matchesIgnoringCase("<?xml-stylesheet", at: offset) {
            case .undecided where following == .moreMayFollow && !isForced: return false
            case .yes:
                if let end = input.endOfInstruction(from: offset) {
                    pending = Pending(kind: .instruction, length: end - offset, isForGate: true)
                    return true
                }
                if following == .moreMayFollow, !isForced { return false }
            case .undecided, .no: break
            }
        }
        var end = offset
        let token = tokenizer.next(input, from: &end, following)
        let length = end - offset
        switch token {
        case .needsMore:
            return false
        case .text:
            if !isInText, !isInTemplate {
                pending = Pending(kind: .text, length: length)
                return true
            }
        case .startTag:
            let isForeign = feedback.isInForeignContent
            feedback.follow(token, &tokenizer, in: input)
            let element = tokenizer.element
            let isForGate = gating != nil && element.mayRefer
            if gating != nil { enterGated(element, isForeign: isForeign) }
            if !isInTemplate || isForGate {
                if !isInTemplate { note(element, in: input) }
                if case .inHead = mode, case .html = syntax, element.staysInHead, !feedback.isLost, !isForGate {
                    pass(length, from: &offset)
                    return true
                }
                pending = Pending(
                    kind: .startTag, element: element, isSelfClosing: tokenizer.isSelfClosing, length: length,
                    isInTemplate: isInTemplate, isForGate: isForGate,
                    needsText: isForGate && wantsText(element, in: input))
            }
        case .endTag:
            feedback.follow(token, &tokenizer, in: input)
            if !isInTemplate { pending = Pending(kind: .endTag, element: tokenizer.element, length: length) }
        case .doctype(let range):
            looksLikeDocument = true
            if input[range.upperBound - 1] != UInt8(ascii: ">") { mode = .done }
        case .comment:
            break
        case .markup:
            if case .endOfDocument = following, !isInText, !isInTemplate {
                pending = Pending(kind: .cutOff, length: length)
                return true
            }
        case .end:
            // Markup behind the end of an open text, comment or template would be part of it.
            if isInText || isInTemplate || isCommentOpen { mode = .done }
            pending = Pending(kind: .end, length: 0)
            return true
        }
        if feedback.isLost {
            // A gated document is read on in any case: to stop would open it.
            didBailOut = gating == nil
            mode = .done
        }
        if pending == nil { pass(length, from: &offset) }
        return true
    }

    private mutating func verdict(
        on token: Pending, _ input: RawSpan, from offset: inout Int, _ following: Following
    ) -> Verdict {
        if token.isInTemplate { return .pass }
        if case .xml = syntax { return xmlVerdict(on: token) }
        var token = token
        if case .text = token.kind {
            // White space ahead of the text implies nothing.
            var space = 0
            while space < token.length, input[offset + space].isTagSpace { space += 1 }
            pass(space, from: &offset)
            token.length -= space
            pending?.length = token.length
            if token.length == 0 { return .pass }
        }
        if case .beforeHead = mode {
            if token.isIgnoredBeforeHead { return .pass }
            if case .startTag = token.kind {
                if token.element == .html { return .pass }
                if token.element == .head {
                    mode = .inHead
                    return .after(.headStart)
                }
            }
            guard settleNature(impliedBy: token, input, at: offset, following) else { return .wait }
            mode = .inHead
            return .before(.headStart)
        }
        if case .inHead = mode {
            if token.staysInHead { return .pass }
            mode = .afterHead
            if token.kind == .endTag, token.element == .head { return .pass }
        }
        if token.staysAfterHead { return .pass }
        mode = .done
        switch (token.kind, token.element) {
        case (.startTag, .body): return .after(.bodyStart)
        case (.startTag, .frameset): return .pass
        default: return .before(.bodyStart)
        }
    }

    /// XHTML implies no element: only the tags themselves count, and an empty element holds nothing.
    private mutating func xmlVerdict(on token: Pending) -> Verdict {
        guard case .startTag = token.kind else { return .pass }
        switch (token.element, mode) {
        case (.head, .beforeHead) where !token.isSelfClosing:
            mode = .inHead
            return .after(.headStart)
        case (.body, _):
            mode = .done
            return token.isSelfClosing ? .pass : .after(.bodyStart)
        case (.frameset, _):
            mode = .done
            return .pass
        default:
            return .pass
        }
    }

    /// Settles `looksLikeDocument` where the head is implied; false when the first bytes are not all there.
    private mutating func settleNature(
        impliedBy token: Pending, _ input: RawSpan, at offset: Int, _ following: Following
    ) -> Bool {
        if looksLikeDocument { return true }
        if case .startTag = token.kind {
            switch token.element {
            case .body, .frameset, .title, .base, .meta:
                looksLikeDocument = true
                return true
            default: break
            }
        }
        let wanted = max(0, 1024 - passed)
        let available = input.byteCount - offset
        if available < wanted, case .moreMayFollow = following, !isForced { return false }
        looksLikeDocument = input.extracting(offset..<offset + min(wanted, available)).holdsDocumentTag
        return true
    }

    private mutating func note(_ element: Element, in input: RawSpan) {
        switch element {
        case .html:
            looksLikeDocument = true
            if languageText.isEmpty { noteLanguage(in: input) }
        case .head:
            looksLikeDocument = true
        case .base:
            if let href = tokenizer.attribute(named: "href", in: input) {
                baseHrefSeen = true
                if gating != nil { noteBase(input[href.value]) }
            }
        case .meta:
            if let kind = tokenizer.attribute(named: "http-equiv", in: input),
                input[kind.value].equalsIgnoringCase("content-security-policy")
            {
                contentSecurityPolicySeen = true
            }
        default: break
        }
    }

    private mutating func noteLanguage(in input: RawSpan) {
        guard
            let attribute = tokenizer.attribute(named: "lang", in: input)
                ?? tokenizer.attribute(named: "xml:lang", in: input)
        else { return }
        let value = input[attribute.value]
        // No language tag in use comes near this length (RFC 5646 §4.4.1).
        guard value.byteCount <= 35 else { return }
        for index in 0..<value.byteCount {
            let byte = value[index]
            guard byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") else { return }
        }
        languageText.append(value)
    }

    mutating func passPending(from offset: inout Int) {
        pass(pending?.length ?? 0, from: &offset)
        pending = nil
    }

    mutating func pass(_ count: Int, from offset: inout Int) {
        offset += count
        passed += count
    }
}
