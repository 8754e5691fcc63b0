import Bytes

// Comments, declarations and CDATA openings: WHATWG HTML §13.2.5.41 to §13.2.5.68.
extension Tokenizer {
    /// What begins with `<!` (§13.2.5.42).
    mutating func declaration(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        switch input.matches("<!--", at: start) {
        case .yes: return beginComment(input, from: &offset, following)
        case .undecided where following == .moreMayFollow: return .needsMore
        case .undecided, .no: break
        }
        switch input.matchesIgnoringCase("<!doctype", at: start) {
        case .yes:
            state = .doctype
            scanned = 9
            return doctype(input, from: &offset, following)
        case .undecided where following == .moreMayFollow: return .needsMore
        case .undecided, .no: break
        }
        if allowsCDATA {
            switch input.matches("<![CDATA[", at: start) {
            case .yes:
                contentModel = .cdata
                offset = start &+ 9
                return .markup(ByteRange(start, offset))
            case .undecided where following == .moreMayFollow: return .needsMore
            case .undecided, .no: break
            }
        }
        return beginBogusComment(input, textAt: 2, from: &offset, following)
    }

    /// `<!--`, with `<!-->` and `<!--->` which close at once (§13.2.5.43, §13.2.5.44).
    private mutating func beginComment(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        if syntax == .html {
            switch input.matches(">", at: start &+ 4) {
            case .yes: return emptyComment(from: &offset, length: 5)
            case .undecided where following == .moreMayFollow: return .needsMore
            case .undecided, .no: break
            }
            switch input.matches("->", at: start &+ 4) {
            case .yes: return emptyComment(from: &offset, length: 6)
            case .undecided where following == .moreMayFollow: return .needsMore
            case .undecided, .no: break
            }
        }
        scanned = 4
        state = .comment
        return comment(input, from: &offset, following)
    }

    /// A comment's text until `-->` or `--!>` (§13.2.5.45 to §13.2.5.52).
    ///
    /// The states for `<!` within a comment only tell a parse error apart, so they are not here.
    mutating func comment(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        // `scanned` is 4 in the piece that holds the opening `<!--`.
        let textStart = scanned
        scanned = 0
        var search = start &+ textStart
        while true {
            let dash = input.offset(of: UInt8(ascii: "-"), from: search)
            let close = dash == count ? Lookahead.undecided : input.matches("-->", at: dash)
            let bang = dash == count ? Lookahead.undecided : syntax == .xml ? .no : input.matches("--!>", at: dash)
            switch (close, bang) {
            case (.yes, _), (_, .yes):
                offset = dash &+ (bang == .yes ? 4 : 3)
                state = .text
                return comment(
                    ByteRange(start, offset), textFrom: textStart, to: dash &- start, isComplete: true)
            case (.no, .no):
                search = dash &+ 1
            case (.undecided, _), (_, .undecided):
                switch following {
                case .moreMayFollow:
                    guard dash > start else { return .needsMore }
                    offset = dash
                    return comment(
                        ByteRange(start, dash), textFrom: textStart, to: dash &- start, isComplete: false)
                case .endOfDocument:
                    offset = count
                    state = .text
                    return comment(
                        ByteRange(start, count), textFrom: textStart, to: dash &- start, isComplete: false)
                }
            }
        }
    }

    /// `<?`, `</` before what is no letter, `<!` before what is no declaration.
    mutating func beginBogusComment(
        _ input: RawSpan, textAt textStart: Int, from offset: inout Int, _ following: Following
    ) -> Token {
        scanned = textStart
        if syntax == .xml, textStart == 1 {
            state = .instruction
            return instruction(input, from: &offset, following)
        }
        state = .bogusComment
        return bogusComment(input, from: &offset, following)
    }

    /// Text until `>` (§13.2.5.41).
    mutating func bogusComment(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        let textStart = scanned
        scanned = 0
        let close = input.offset(of: UInt8(ascii: ">"), from: start &+ textStart)
        if close == count {
            switch following {
            case .moreMayFollow:
                guard count > start else { return .needsMore }
                offset = count
                return comment(
                    ByteRange(start, count), textFrom: textStart, to: count &- start, isComplete: false)
            case .endOfDocument:
                offset = count
                state = .text
                return comment(
                    ByteRange(start, count), textFrom: textStart, to: count &- start, isComplete: false)
            }
        }
        offset = close &+ 1
        state = .text
        return comment(ByteRange(start, offset), textFrom: textStart, to: close &- start, isComplete: true)
    }

    /// A processing instruction, which only XML knows: text until `?>` (XML 1.0 §2.6).
    mutating func instruction(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        let textStart = scanned
        scanned = 0
        // Behind the opening `<?`, whose mark does not close.
        var search = textStart == 0 ? start : start &+ 2
        while true {
            let mark = input.offset(of: UInt8(ascii: "?"), from: search)
            switch input.matches("?>", at: mark) {
            case .yes:
                offset = mark &+ 2
                state = .text
                return comment(ByteRange(start, offset), textFrom: textStart, to: mark &- start, isComplete: true)
            case .no:
                search = mark &+ 1
            case .undecided:
                switch following {
                case .moreMayFollow:
                    guard mark > start else { return .needsMore }
                    offset = mark
                    return comment(
                        ByteRange(start, mark), textFrom: textStart, to: mark &- start, isComplete: false)
                case .endOfDocument:
                    offset = count
                    state = .text
                    return comment(
                        ByteRange(start, count), textFrom: textStart, to: count &- start, isComplete: false)
                }
            }
        }
    }

    /// A declaration as a whole: in every one of its states (§13.2.5.53 to §13.2.5.68) the first `>` ends it.
    mutating func doctype(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let start = offset
        let count = input.byteCount
        let close =
            switch syntax {
            case .html: input.offset(of: UInt8(ascii: ">"), from: start &+ scanned)
            case .xml: endOfXMLDoctype(input, from: start &+ 9)
            }
        if close == count, case .moreMayFollow = following {
            scanned = count &- start
            return .needsMore
        }
        offset = min(close &+ 1, count)
        state = .text
        return .doctype(ByteRange(start, offset))
    }

    /// The `>` that ends an XML declaration, behind its internal subset (XML 1.0 §2.8), or the end.
    private func endOfXMLDoctype(_ input: RawSpan, from start: Int) -> Int {
        let count = input.byteCount
        var at = start
        var isInSubset = false
        while at < count {
            let byte = input[at]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                at = input.offset(of: byte, from: at &+ 1)
            case UInt8(ascii: "["): isInSubset = true
            case UInt8(ascii: "]"): isInSubset = false
            case UInt8(ascii: ">") where !isInSubset: return at
            case UInt8(ascii: "<"):
                if case .yes = input.matches("<!--", at: at) {
                    at &+= 4
                    while at < count, input.matches("-->", at: at) != .yes { at &+= 1 }
                }
            default: break
            }
            at = min(at &+ 1, count)
        }
        return count
    }

    private mutating func emptyComment(from offset: inout Int, length: Int) -> Token {
        let start = offset
        offset = start &+ length
        return comment(ByteRange(start, offset), textFrom: 4, to: 4, isComplete: true)
    }

    private mutating func comment(
        _ range: ByteRange, textFrom start: Int, to end: Int, isComplete: Bool
    ) -> Token {
        textStart = start
        textEnd = end
        isCommentComplete = isComplete
        return .comment(range)
    }
}
