import Bytes

// Tags and their attributes: WHATWG HTML §13.2.5.6 to §13.2.5.8 and §13.2.5.32 to §13.2.5.40.
extension Tokenizer {
    /// Begins a tag whose name starts `nameStart` bytes after its `<`.
    @inline(__always)
    mutating func beginTag(nameAt nameStart: Int) {
        state = .tagName
        isEndTag = nameStart == 2
        scanned = nameStart
        isSelfClosing = false
        isCut = false
        attributes.clear()
    }

    /// Whether a tag or a declaration is begun and not at its end: what `cut` is for.
    var isInMarkup: Bool {
        switch state {
        case .text, .comment, .bogusComment, .instruction: false
        default: true
        }
    }

    /// Where an unfinished tag can best be cut, in bytes behind its first one: before the attribute in hand, or, when that
    /// is longer than `limit` by itself, behind everything read so far.
    func cutPoint(limit: Int) -> Int {
        switch state {
        case .attributeName, .afterAttributeName, .beforeAttributeValue, .doubleQuotedValue, .singleQuotedValue,
            .unquotedValue:
            let start = pendingName.lowerBound
            return start > 0 && scanned &- start <= limit ? start : scanned
        default: return scanned
        }
    }

    /// The attribute whose value is not at its end, with what was read of it.
    func openAttribute() -> Attribute? {
        let quoting: Attribute.Quoting
        switch state {
        case .doubleQuotedValue: quoting = .double
        case .singleQuotedValue: quoting = .single
        case .unquotedValue: quoting = .unquoted
        default: return nil
        }
        guard !pendingName.isEmpty else { return nil }
        return Attribute(name: pendingName, value: ByteRange(valueStart, scanned), quoting: quoting)
            .moved(by: tokenStart)
    }

    /// Takes leave of the first `point` bytes of an unfinished tag, which are not presented again: its name, and the
    /// attributes so far, are forgotten, the element is not.
    mutating func cut(at point: Int) {
        if point < scanned {
            state = .beforeAttributeName
        } else {
            pendingName = ByteRange()
            valueStart = 0
        }
        scanned = 0
        nameEnd = 0
        isCut = true
        attributes.clear()
    }

    /// Reads on in a tag whose first `scanned` bytes are known; all of it stays with the caller until its `>`.
    mutating func tag(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        var at = start &+ scanned
        var state = self.state
        while at < count {
            switch state {
            case .tagName:
                at = input.endOfName(from: at) { $0.endsTagName }
                if at == count { continue }
                nameEnd = at &- start
                element = isCut ? .other : Element(named: input, from: start &+ (isEndTag ? 2 : 1), to: at)
                if skipsAttributes, !isCut, !element.hasAttributesOfUse, !(keepsReferences && element.mayRefer),
                    let close = input.endOfPlainTag(from: at)
                {
                    isSelfClosing = input[close &- 1] == UInt8(ascii: "/")
                    return finishTag(from: &offset, closingAt: close)
                }
                state = .afterQuotedValue

            case .afterQuotedValue, .beforeAttributeName:
                // §13.2.5.39 hands everything it does not know to §13.2.5.32, so one state does for both.
                var byte = input[at]
                if byte.isTagSpace {
                    at &+= 1
                    state = .beforeAttributeName
                    if at == count { continue }
                    byte = input[at]
                    if !byte.isASCIILetter { continue }
                }
                if byte == UInt8(ascii: ">") {
                    return finishTag(from: &offset, closingAt: at)
                } else if byte == UInt8(ascii: "/") {
                    at &+= 1
                    state = .selfClosing
                } else {
                    // Also for `=`, which then is the name's first byte.
                    pendingName = ByteRange(at: at &- start)
                    at &+= 1
                    state = .attributeName
                }

            case .attributeName:
                at = input.endOfName(from: at) { $0.endsAttributeName }
                if at == count { continue }
                pendingName.end = UInt32(truncatingIfNeeded: at &- start)
                guard input[at] == UInt8(ascii: "=") else {
                    state = .afterAttributeName
                    continue
                }
                at &+= 1
                state = .beforeAttributeValue
                guard at < count, input[at] == UInt8(ascii: "\"") else { continue }
                // The usual way to write a value, without another turn.
                at &+= 1
                valueStart = at &- start
                state = .doubleQuotedValue
                at = input.offset(of: UInt8(ascii: "\""), from: at)
                if at == count { continue }
                finishValue(endingAt: at &- start, .double)
                at &+= 1
                state = .afterQuotedValue

            case .afterAttributeName:
                let byte = input[at]
                if byte.isTagSpace {
                    at &+= 1
                } else if byte == UInt8(ascii: "=") {
                    at &+= 1
                    state = .beforeAttributeValue
                } else {
                    appendEmptyAttribute()
                    state = .beforeAttributeName
                }

            case .beforeAttributeValue:
                let byte = input[at]
                if byte.isTagSpace {
                    at &+= 1
                } else if byte == UInt8(ascii: "\"") {
                    at &+= 1
                    valueStart = at &- start
                    state = .doubleQuotedValue
                } else if byte == UInt8(ascii: "'") {
                    at &+= 1
                    valueStart = at &- start
                    state = .singleQuotedValue
                } else if byte == UInt8(ascii: ">") {
                    appendEmptyAttribute()
                    return finishTag(from: &offset, closingAt: at)
                } else {
                    valueStart = at &- start
                    state = .unquotedValue
                }

            case .doubleQuotedValue, .singleQuotedValue:
                let quote = state == .doubleQuotedValue ? UInt8(ascii: "\"") : UInt8(ascii: "'")
                at = input.offset(of: quote, from: at)
                if at == count { continue }
                finishValue(endingAt: at &- start, state == .doubleQuotedValue ? .double : .single)
                at &+= 1
                state = .afterQuotedValue

            case .unquotedValue:
                at = input.endOfName(from: at) { $0.endsUnquotedValue }
                if at == count { continue }
                finishValue(endingAt: at &- start, .unquoted)
                state = .beforeAttributeName

            case .selfClosing:
                if input[at] == UInt8(ascii: ">") {
                    isSelfClosing = true
                    return finishTag(from: &offset, closingAt: at)
                }
                state = .beforeAttributeName

            case .text, .comment, .bogusComment, .instruction, .doctype:
                preconditionFailure("not a state of a tag")
            }
        }
        switch following {
        case .moreMayFollow:
            self.state = state
            scanned = at &- start
            return .needsMore
        case .endOfDocument:
            // §13.2.5: an end of file within a tag drops the tag.
            self.state = .text
            contentModel = .data
            offset = count
            return .markup(ByteRange(start, count))
        }
    }

    /// An attribute without a value; where it is followed by `=` and nothing, the value is as empty.
    @inline(__always)
    private mutating func appendEmptyAttribute() {
        let end = pendingName.upperBound
        attributes.append(Attribute(name: pendingName, value: ByteRange(at: end), quoting: .none))
    }

    @inline(__always)
    private mutating func finishValue(endingAt end: Int, _ quoting: Attribute.Quoting) {
        attributes.append(Attribute(name: pendingName, value: ByteRange(from: valueStart, to: end), quoting: quoting))
    }

    @inline(__always)
    private mutating func finishTag(from offset: inout Int, closingAt close: Int) -> Token {
        let range = ByteRange(offset, close &+ 1)
        offset = close &+ 1
        state = .text
        contentModel = .data
        return isEndTag ? .endTag(range) : .startTag(range)
    }
}

extension ByteRange {
    /// A range whose bounds are known to be in order and within a span: without another check.
    @inline(__always)
    fileprivate init(from start: Int, to end: Int) {
        self.init()
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
    }

    @inline(__always)
    fileprivate init(at offset: Int) { self.init(from: offset, to: offset) }
}

extension Element {
    /// Whether an attribute of its tag tells tree construction or the rewriter something.
    fileprivate var hasAttributesOfUse: Bool {
        switch self {
        case .html, .base, .meta, .font, .annotationXML: true
        default: false
        }
    }
}

extension RawSpan {
    /// The `>` of a tag behind whose name `from` stands, when every value in it is quoted and directly behind `=`; nil
    /// where the states have to tell.
    ///
    /// A `=` behind a letter or digit of which no `=` was before, since the name or the last value, ends an attribute's
    /// name; and outside of quotes any `>` ends the tag.
    @inline(__always)
    func endOfPlainTag(from: Int) -> Int? {
        var at = from
        while true {
            // `<`, `=`, `>` and `?` are 0x3C to 0x3F.
            at = offset(ofBits: 0xFC, equalTo: 0x3C, from: at)
            if at == byteCount { return nil }
            let byte = self[at]
            if byte == UInt8(ascii: ">") { return at }
            if byte == UInt8(ascii: "=") {
                guard at &+ 1 < byteCount, self[at &- 1].isASCIILetter || self[at &- 1].isASCIIDigit else { return nil }
                let quote = self[at &+ 1]
                guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
                at = offset(of: quote, from: at &+ 2)
                if at == byteCount { return nil }
            }
            at &+= 1
        }
    }

    /// The offset of the first byte that `ends` says yes to, at or after `from`, or the end.
    ///
    /// Eight bytes a step: `ends` is asked only about white space, controls, `/`, `<`, `=`, `>` and `?`.
    @inline(__always)
    fileprivate func endOfName(from: Int, _ ends: (UInt8) -> Bool) -> Int {
        var at = from
        while at &+ 8 <= byteCount {
            let word = word(at: at)
            // A byte borrows, and so sets its bit 7, when it is below the one taken off; only what is above the lowest
            // such byte can be wrong.
            let slash = word ^ 0x2f2f_2f2f_2f2f_2f2f
            let angle = word ^ 0x3c3c_3c3c_3c3c_3c3c
            let found =
                ((word &- 0x2121_2121_2121_2121) & ~word | (slash &- 0x0101_0101_0101_0101) & ~slash
                    | (angle &- 0x0404_0404_0404_0404) & ~angle) & 0x8080_8080_8080_8080
            if found == 0 {
                at &+= 8
                continue
            }
            at &+= found.trailingZeroBitCount &>> 3
            if ends(self[at]) { return at }
            at &+= 1
        }
        while at < byteCount, !ends(self[at]) { at &+= 1 }
        return at
    }
}

extension UInt8 {
    /// HTAB, LF, FF, CR or SP.
    @inline(__always)
    var isTagSpace: Bool { self < 64 && (0x1_0000_3600 as UInt64) &>> UInt64(self) & 1 != 0 }

    /// White space, `/` or `>`.
    @inline(__always)
    var endsTagName: Bool { self < 64 && (0x4000_8001_0000_3600 as UInt64) &>> UInt64(self) & 1 != 0 }

    /// White space, `/`, `=` or `>`.
    @inline(__always)
    var endsAttributeName: Bool { self < 64 && (0x6000_8001_0000_3600 as UInt64) &>> UInt64(self) & 1 != 0 }

    /// White space or `>`.
    @inline(__always)
    var endsUnquotedValue: Bool { self < 64 && (0x4000_0001_0000_3600 as UInt64) &>> UInt64(self) & 1 != 0 }
}
