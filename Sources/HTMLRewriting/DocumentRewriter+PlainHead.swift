import Bytes

// Most of a head, without the tokenizer: the elements that imply nothing and are written as almost everybody writes them.
extension DocumentRewriter {
    /// Passes white space and whole elements of a head from `offset` on, which is in the data state, up to the first thing
    /// that has to be looked at: another element, a comment, an end tag, an element that is not all there, or a `meta`
    /// that may have an `http-equiv`.
    mutating func passPlainHead(_ input: RawSpan, from offset: inout Int) {
        let isGated = gating != nil
        var at = offset
        while true {
            at = input.endOfTagSpace(from: at)
            guard let next = input.endOfPlainElement(at: at, isGated: isGated) else { break }
            at = next
        }
        pass(at &- offset, from: &offset)
    }
}

/// Names as little-endian numbers.
private enum PlainName {
    static var meta: UInt64 { 0x6174_656d }
    static var link: UInt64 { 0x6b6e_696c }
    static var title: UInt64 { 0x65_6c74_6974 }
    static var style: UInt64 { 0x65_6c79_7473 }
    static var script: UInt64 { 0x7470_6972_6373 }
}

extension RawSpan {
    /// The end of the plain element whose `<` stands at `open`.
    fileprivate func endOfPlainElement(at open: Int, isGated: Bool) -> Int? {
        // Room for the longest name here and what ends it, behind the `<`.
        guard open &+ 10 <= byteCount, self[open] == UInt8(ascii: "<") else { return nil }
        let name = word(at: open &+ 1).lowercasedASCII
        let length: Int
        switch name & 0xFFFF_FFFF {
        case PlainName.meta, PlainName.link: length = 4
        default:
            switch name & 0xFF_FFFF_FFFF {
            case PlainName.title, PlainName.style: length = 5
            default:
                guard name & 0xFFFF_FFFF_FFFF == PlainName.script else { return nil }
                length = 6
            }
        }
        let behind = open &+ 1 &+ length
        guard self[behind].endsTagName, let close = endOfPlainTag(from: behind) else { return nil }
        switch name & 0xFFFF_FFFF {
        case PlainName.meta:
            // What a `meta` does that matters here has a q in its attribute's name (`http-equiv`), or for a gate a 2 in
            // the charset's, if no reference stands for it.
            let attributes = extracting(behind..<close)
            if attributes.firstIndex(of: UInt8(ascii: "q"), or: UInt8(ascii: "Q")) != nil { return nil }
            if isGated, attributes.firstIndex(of: UInt8(ascii: "2"), or: UInt8(ascii: "&")) != nil { return nil }
            return close &+ 1
        case PlainName.link: return !isGated ? close &+ 1 : nil
        case PlainName.script & 0xFFFF_FFFF where isGated: return nil
        default:
            let mask = ~0 as UInt64 &>> UInt64(64 &- 8 &* length)
            return endOfPlainText(from: close &+ 1, name: name & mask, length: length)
        }
    }

    @inline(__always)
    fileprivate func endOfTagSpace(from: Int) -> Int {
        var at = from
        while at < byteCount, self[at].isTagSpace { at &+= 1 }
        return at
    }

    /// The end of `</name>`, which ends the text of an element that holds no tags; nil where it is not in sight or not
    /// written so, and for text with a `<!`, which in a script may be the beginning of more (§13.2.5.17).
    @inline(__always)
    fileprivate func endOfPlainText(from: Int, name: UInt64, length: Int) -> Int? {
        let mask = ~0 as UInt64 &>> UInt64(64 &- 8 &* length)
        var at = from
        while true {
            at = offset(of: UInt8(ascii: "<"), from: at)
            guard at &+ 10 <= byteCount else { return nil }
            let byte = self[at &+ 1]
            if byte == UInt8(ascii: "!") { return nil }
            if byte == UInt8(ascii: "/"), word(at: at &+ 2).lowercasedASCII & mask == name {
                let end = self[at &+ 2 &+ length]
                if end == UInt8(ascii: ">") { return at &+ 3 &+ length }
                if end.endsTagName { return nil }
            }
            at &+= 1
        }
    }
}
