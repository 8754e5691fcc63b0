import Bytes

// Character data: WHATWG HTML §13.2.5.1 to §13.2.5.14 and §13.2.5.69 to §13.2.5.71.
extension Tokenizer {
    mutating func character(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        switch contentModel {
        case .data: data(input, from: &offset, following)
        case .rcdata, .rawtext: rawText(input, from: &offset, following)
        case .scriptData: script(input, from: &offset, following)
        case .plaintext: text(from: &offset, to: input.byteCount, following)
        case .cdata: cdata(input, from: &offset, following)
        }
    }

    /// Text and what begins with `<` in the data state (§13.2.5.1, §13.2.5.6, §13.2.5.7).
    private mutating func data(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        var search = start
        while true {
            let open = input.offset(of: UInt8(ascii: "<"), from: search)
            if open == count { return text(from: &offset, to: count, following) }
            guard open &+ 1 < count else {
                return undecided(at: open, in: input, from: &offset, following)
            }
            let byte = input[open &+ 1]
            if byte.isASCIILetter {
                beginTag(nameAt: 1)
            } else if byte == UInt8(ascii: "/") {
                guard open &+ 2 < count else {
                    return undecided(at: open, in: input, from: &offset, following)
                }
                let next = input[open &+ 2]
                if next.isASCIILetter {
                    beginTag(nameAt: 2)
                } else if open > start {
                    return text(from: &offset, to: open, .moreMayFollow)
                } else if next == UInt8(ascii: ">") {
                    offset = start &+ 3
                    return .markup(ByteRange(start, offset))
                } else {
                    return beginBogusComment(input, textAt: 2, from: &offset, following)
                }
            } else if byte == UInt8(ascii: "!") {
                if open > start { return text(from: &offset, to: open, .moreMayFollow) }
                return declaration(input, from: &offset, following)
            } else if byte == UInt8(ascii: "?") {
                if open > start { return text(from: &offset, to: open, .moreMayFollow) }
                return beginBogusComment(input, textAt: 1, from: &offset, following)
            } else {
                search = open &+ 1
                continue
            }
            // A tag: the text before it goes first.
            if open > start { return text(from: &offset, to: open, .moreMayFollow) }
            return tag(input, from: &offset, following)
        }
    }

    /// RCDATA and RAWTEXT: text until the appropriate end tag (§13.2.5.9 to §13.2.5.14).
    private mutating func rawText(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let count = input.byteCount
        var search = offset
        while true {
            let open = input.offset(of: UInt8(ascii: "<"), from: search)
            if open == count { return text(from: &offset, to: count, following) }
            switch appropriateEndTag(input, at: open) {
            case .yes: return endRawText(input, at: open, from: &offset, following)
            case .undecided: return undecided(at: open, in: input, from: &offset, following)
            case .no: search = open &+ 1
            }
        }
    }

    /// A CDATA section's text and its `]]>` (§13.2.5.69 to §13.2.5.71).
    private mutating func cdata(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        var search = start
        while true {
            let bracket = input.offset(of: UInt8(ascii: "]"), from: search)
            if bracket == count { return text(from: &offset, to: count, following) }
            switch input.matches("]]>", at: bracket) {
            case .no:
                search = bracket &+ 1
            case .undecided:
                return undecided(at: bracket, in: input, from: &offset, following)
            case .yes:
                if bracket > start { return text(from: &offset, to: bracket, .moreMayFollow) }
                contentModel = .data
                offset = start &+ 3
                return .markup(ByteRange(start, offset))
            }
        }
    }

    /// The text up to an end tag that closes it, then that tag.
    mutating func endRawText(
        _ input: RawSpan, at open: Int, from offset: inout Int, _ following: Following
    ) -> Token {
        if open > offset { return text(from: &offset, to: open, .moreMayFollow) }
        beginTag(nameAt: 2)
        return tag(input, from: &offset, following)
    }

    /// Whether an appropriate end tag (§13.2.5) begins at `open`, which holds `<`.
    mutating func appropriateEndTag(_ input: RawSpan, at open: Int) -> Lookahead {
        let count = input.byteCount
        guard open &+ 1 < count else { return .undecided }
        let length = endTagName.count
        guard input[open &+ 1] == UInt8(ascii: "/"), length > 0 else { return .no }
        if length <= 8, open &+ 10 < count {
            let name = input.word(at: open &+ 2).lowercasedASCII & endTagName.mask
            return name == endTagName.low && input[open &+ 2 &+ length].endsTagName ? .yes : .no
        }
        for index in 0..<length {
            let at = open &+ 2 &+ index
            guard at < count else { return .undecided }
            if input[at].lowercasedASCII != endTagName[index] { return .no }
        }
        let at = open &+ 2 &+ length
        guard at < count else { return .undecided }
        return input[at].endsTagName ? .yes : .no
    }

    /// The text from `offset` to `end`; where there is none, whether more may come.
    @inline(__always)
    mutating func text(from offset: inout Int, to end: Int, _ following: Following) -> Token {
        guard end > offset else {
            switch following {
            case .moreMayFollow: return .needsMore
            case .endOfDocument: return .end
            }
        }
        let range = ByteRange(offset, end)
        offset = end
        return .text(range)
    }

    /// Bytes from `at` on that may yet become markup: what is before them is text, and at the end they are too.
    mutating func undecided(
        at open: Int, in input: RawSpan, from offset: inout Int, _ following: Following
    ) -> Token {
        switch following {
        case .moreMayFollow: text(from: &offset, to: open, following)
        case .endOfDocument: text(from: &offset, to: input.byteCount, following)
        }
    }
}

extension RawSpan {
    /// Whether the bytes at `offset` are those of `text`, as far as there are any.
    func matches(_ text: StaticString, at offset: Int) -> Tokenizer.Lookahead {
        let wanted = staticBytes(text)
        for index in 0..<wanted.byteCount {
            guard offset &+ index < byteCount else { return .undecided }
            if self[offset &+ index] != wanted[index] { return .no }
        }
        return .yes
    }

    /// Whether the bytes at `offset` are those of `lowercase` but for ASCII case, as far as there are any.
    func matchesIgnoringCase(_ lowercase: StaticString, at offset: Int) -> Tokenizer.Lookahead {
        let wanted = staticBytes(lowercase)
        for index in 0..<wanted.byteCount {
            guard offset &+ index < byteCount else { return .undecided }
            if self[offset &+ index].lowercasedASCII != wanted[index] { return .no }
        }
        return .yes
    }
}
