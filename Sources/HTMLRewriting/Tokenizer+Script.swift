import Bytes

// Script data with its escapes: WHATWG HTML §13.2.5.4 and §13.2.5.15 to §13.2.5.31.
extension Tokenizer {
    /// Script text until `</script`, but for one inside `<!-- <script …`.
    mutating func script(_ input: RawSpan, from offset: inout Int, _ following: Following) -> Token {
        let count = input.byteCount
        var at = offset
        while true {
            switch scriptEscape {
            case .none:
                at = input.offset(of: UInt8(ascii: "<"), from: at)
                if at == count { return text(from: &offset, to: count, following) }
                switch input.matches("<!--", at: at) {
                case .yes:
                    scriptEscape = .escaped
                    // `<!-->` closes at once (§13.2.5.19).
                    scriptDashes = 2
                    at &+= 4
                    continue
                case .undecided: return undecided(at: at, in: input, from: &offset, following)
                case .no: break
                }
                switch appropriateEndTag(input, at: at) {
                case .yes: return endRawText(input, at: at, from: &offset, following)
                case .undecided: return undecided(at: at, in: input, from: &offset, following)
                case .no: at &+= 1
                }

            case .escaped, .doubleEscaped:
                guard at < count else { return text(from: &offset, to: count, following) }
                switch input[at] {
                case UInt8(ascii: "-"):
                    scriptDashes = min(scriptDashes &+ 1, 2)
                    at &+= 1
                case UInt8(ascii: ">") where scriptDashes == 2:
                    scriptEscape = .none
                    scriptDashes = 0
                    at &+= 1
                case UInt8(ascii: "<"):
                    switch scriptEscape == .escaped ? escapedLessThan(input, at: at) : doubleEscapeEnd(input, at: at) {
                    case .yes:
                        scriptEscape = scriptEscape == .escaped ? .doubleEscaped : .escaped
                        at &+= scriptEscape == .doubleEscaped ? 8 : 9
                        scriptDashes = 0
                    case .undecided: return undecided(at: at, in: input, from: &offset, following)
                    case .no:
                        if scriptEscape == .escaped {
                            switch appropriateEndTag(input, at: at) {
                            case .yes: return endRawText(input, at: at, from: &offset, following)
                            case .undecided: return undecided(at: at, in: input, from: &offset, following)
                            case .no: break
                            }
                        }
                        at &+= 1
                        scriptDashes = 0
                    }
                default:
                    scriptDashes = 0
                    at = input.firstIndex(of: UInt8(ascii: "-"), or: UInt8(ascii: "<"), from: at &+ 1) ?? count
                }
            }
        }
    }

    /// Whether `<script` begins a double escape (§13.2.5.26).
    private func escapedLessThan(_ input: RawSpan, at open: Int) -> Lookahead {
        scriptTag(input, name: input.matchesIgnoringCase("<script", at: open), endingAt: open &+ 7)
    }

    /// Whether `</script` ends a double escape (§13.2.5.31).
    private func doubleEscapeEnd(_ input: RawSpan, at open: Int) -> Lookahead {
        scriptTag(input, name: input.matchesIgnoringCase("</script", at: open), endingAt: open &+ 8)
    }

    private func scriptTag(_ input: RawSpan, name: Lookahead, endingAt end: Int) -> Lookahead {
        guard case .yes = name else { return name }
        guard end < input.byteCount else { return .undecided }
        return input[end].endsTagName ? .yes : .no
    }
}
