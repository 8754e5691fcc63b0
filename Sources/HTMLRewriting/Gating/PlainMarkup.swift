import Bytes

/// Passes over text and tags that no gate asks about, without the tokenizer: the way through most of a page.
///
/// It reads only what a few bytes settle. A start or end tag ends at its first `>` if no quote of a value can be open
/// there: there is none before it, or the last one cannot have been an opening one, which stands behind `=` or white
/// space. Everything else - another kind of quote, a comment, an element that matters, the end of the bytes - is left to
/// the tokenizer, at its `<`.
struct PlainMarkup: ~Copyable {
    // Open addressing over the names that matter, as little-endian numbers; a zero is free.
    private var names = UniqueArray(repeating: UInt64(0), count: Self.size)
    private var refers = UniqueArray(repeating: false, count: Self.size)

    private static let size = 256

    init() {
        for element in Element.allCases where element.endsPlainMarkup {
            let name = PackedName(staticBytes(element.name))
            // Longer names are left to the tokenizer anyway.
            guard name.count < 8 else { continue }
            var slot = Self.slot(of: name.low)
            while names[slot] != 0 { slot = (slot + 1) & (Self.size - 1) }
            names[slot] = name.low
            refers[slot] = element.onlyRefers
        }
    }

    /// The end of what means nothing to a gate, from `start` in the data state on: the offset of a `<` that the tokenizer
    /// has to judge, or of the end.
    ///
    /// - Parameters:
    ///   - limit: where it may stop behind, at the next end of text or a tag.
    ///   - isBaseForeign: whether relative URLs, too, may be of another host.
    func end(in input: RawSpan, from start: Int, to limit: Int, isBaseForeign: Bool) -> Int {
        let count = input.byteCount
        var at = start
        while at < limit {
            let open = input[at] == UInt8(ascii: "<") ? at : input.offset(of: UInt8(ascii: "<"), from: at)
            guard open &+ 10 <= count else { return open }
            let word = input.word(at: open &+ 1)
            let first = UInt8(truncatingIfNeeded: word)
            if first == UInt8(ascii: "/") {
                guard let close = endOfEndTag(input, at: open, word &>> 8) else { return open }
                at = close &+ 1
                continue
            }
            guard first.isASCIILetter else {
                if first == UInt8(ascii: "!") || first == UInt8(ascii: "?") { return open }
                at = open &+ 1
                continue
            }
            // The name ends at the latest at a byte below `0` or at `>`.
            let ends = word.bytesBelow(0x30) | word.bytesEqual(to: UInt8(ascii: ">"))
            guard ends != 0 else { return open }
            let bits = UInt64(ends.trailingZeroBitCount &- 7)
            let length = Int(bits &>> 3)
            let name = word.lowercasedASCII & ((1 &<< bits) &- 1)
            let kind = kind(of: name)
            if kind == .decides { return open }
            let behind = open &+ 1 &+ length
            if input[behind] == UInt8(ascii: ">") {
                at = behind &+ 1
                continue
            }
            guard let close = endOfTag(input, from: behind) else { return open }
            if kind == .refers, isBaseForeign || input.mayNameHost(from: behind, to: close) { return open }
            at = close &+ 1
        }
        return at
    }

    private enum Kind { case plain, refers, decides }

    @inline(__always)
    private func kind(of name: UInt64) -> Kind {
        var slot = Self.slot(of: name)
        while true {
            let candidate = names[slot]
            if candidate == 0 { return .plain }
            if candidate == name { return refers[slot] ? .refers : .decides }
            slot = (slot &+ 1) & (Self.size &- 1)
        }
    }

    @inline(__always)
    private static func slot(of name: UInt64) -> Int {
        Int(truncatingIfNeeded: (name &* 0x9E37_79B9_7F4A_7C15) &>> 56)
    }

    /// The `>` of an end tag at `open`; `name` holds the seven bytes behind its `</`.
    @inline(__always)
    private func endOfEndTag(_ input: RawSpan, at open: Int, _ name: UInt64) -> Int? {
        guard UInt8(truncatingIfNeeded: name).isASCIILetter else { return nil }
        let close = name.bytesEqual(to: UInt8(ascii: ">"))
        if close != 0 {
            let bits = UInt64(close.trailingZeroBitCount &- 7)
            // No white space and no quote before it.
            if name.bytesBelow(0x28) & ((1 &<< bits) &- 1) == 0 { return open &+ 2 &+ Int(bits &>> 3) }
        }
        return endOfTag(input, from: open &+ 2)
    }

    /// The `>` of the tag in whose name, or right behind it, `from` stands; nil where the states have to tell.
    @inline(__always)
    private func endOfTag(_ input: RawSpan, from: Int) -> Int? {
        let count = input.byteCount
        var at = from
        let greater = SIMD16<UInt8>(repeating: UInt8(ascii: ">"))
        let apostrophe = SIMD16<UInt8>(repeating: UInt8(ascii: "'"))
        while at &+ 16 <= count {
            let block = input.block(at: at)
            let lane = (block .== greater .| block .== apostrophe).firstLane
            if lane == 16 {
                at &+= 16
                continue
            }
            at &+= lane
            guard input[at] == UInt8(ascii: ">") else { return nil }
            // From the back to the last quotation mark, if it is near.
            var back = at &- 1
            let limit = max(from, at &- 24)
            while back >= limit, input[back] != UInt8(ascii: "\"") { back &-= 1 }
            if back < from { return at }
            guard back >= limit, back > from else { return nil }
            let before = input[back &- 1]
            return before == UInt8(ascii: "=") || before <= 0x20 ? nil : at
        }
        return nil
    }
}

extension Element {
    /// Whether its start tag is for the tokenizer, or for a gate, to look at.
    fileprivate var endsPlainMarkup: Bool {
        switch self {
        case .base, .title, .style, .template, .noscript, .noframes, .noembed, .xmp, .textarea, .plaintext, .svg, .math:
            true
        default: mayRefer
        }
    }
}

extension RawSpan {
    /// Whether a value between the two offsets may be a URL with a host: there is a colon, a backslash, a character
    /// reference, or a slash before another or before white space.
    @inline(__always)
    fileprivate func mayNameHost(from start: Int, to end: Int) -> Bool {
        var at = start
        guard end &+ 17 <= byteCount else { return true }
        let colon = SIMD16<UInt8>(repeating: UInt8(ascii: ":"))
        let backslash = SIMD16<UInt8>(repeating: UInt8(ascii: "\\"))
        let ampersand = SIMD16<UInt8>(repeating: UInt8(ascii: "&"))
        let slash = SIMD16<UInt8>(repeating: UInt8(ascii: "/"))
        let space = SIMD16<UInt8>(repeating: 0x20)
        while at < end {
            let block = block(at: at)
            let next = self.block(at: at &+ 1)
            let found =
                (block .== colon) .| (block .== backslash) .| (block .== ampersand)
                .| ((block .== slash) .& ((next .== slash) .| (next .< space)))
            let lane = found.firstLane
            if lane < 16, at &+ lane < end { return true }
            at &+= 16
        }
        return false
    }
}

extension UInt64 {
    /// Bit 7 of each byte below `limit`, up to the lowest of them; above it bytes may be wrong.
    @inline(__always)
    fileprivate func bytesBelow(_ limit: UInt8) -> UInt64 {
        (self &- 0x0101_0101_0101_0101 &* UInt64(limit)) & ~self & 0x8080_8080_8080_8080
    }

    /// Bit 7 of each byte that is `byte`, up to the lowest of them; above it bytes may be wrong.
    @inline(__always)
    fileprivate func bytesEqual(to byte: UInt8) -> UInt64 {
        let difference = self ^ 0x0101_0101_0101_0101 &* UInt64(byte)
        return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    }
}
