import Bytes

extension ByteBuffer {
    /// Appends an attribute's value with its character references decoded (WHATWG HTML §13.2.5.72 to §13.2.5.80), as far
    /// as they stand for ASCII; what they stand for beyond it is written as U+FFFD, since no rule spells it.
    ///
    /// The value of an XHTML attribute has the same references, but for names that a document defines itself.
    mutating func appendDecodingReferences(_ value: RawSpan) {
        var at = 0
        while true {
            let next = value.offset(of: UInt8(ascii: "&"), from: at)
            append(value.extracting(at..<next))
            guard next < value.byteCount else { return }
            guard let reference = CharacterReference(in: value, at: next) else {
                append(UInt8(ascii: "&"))
                at = next + 1
                continue
            }
            if reference.scalar < 0x80 {
                append(UInt8(truncatingIfNeeded: reference.scalar))
            } else {
                append("\u{FFFD}")
            }
            at = next + reference.length
        }
    }

    /// Appends text as the value of an attribute in double quotes; `quoted` keeps the references that are in it.
    package mutating func append(attributeValue text: RawSpan, keepsReferences: Bool) {
        for offset in 0..<text.byteCount {
            switch text[offset] {
            case UInt8(ascii: "\""): append("&quot;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: "&") where !keepsReferences: append("&amp;")
            default: append(text[offset])
            }
        }
    }
}

/// A character reference in an attribute's value.
private struct CharacterReference {
    /// The code point; 0xFFFD for what no table here knows.
    var scalar: UInt32
    /// Its bytes from `&` on.
    var length: Int

    /// The reference whose `&` stands at `start`; nil where it is only an ampersand.
    init?(in value: RawSpan, at start: Int) {
        let count = value.byteCount
        var at = start + 1
        guard at < count else { return nil }
        if value[at] == UInt8(ascii: "#") {
            at += 1
            let isHexadecimal = at < count && value[at] | 0x20 == UInt8(ascii: "x")
            if isHexadecimal { at += 1 }
            let first = at
            var number: UInt32 = 0
            while at < count, let digit = value[at].digit(isHexadecimal: isHexadecimal) {
                number = min(number * (isHexadecimal ? 16 : 10) + UInt32(digit), 0x11_0000)
                at += 1
            }
            guard at > first else { return nil }
            if at < count, value[at] == UInt8(ascii: ";") { at += 1 }
            scalar = number == 0 || number >= 0x80 ? 0xFFFD : number
            length = at - start
            return
        }
        while at < count, at - start <= 32, value[at].isASCIILetter || value[at].isASCIIDigit { at += 1 }
        let name = value.extracting(start + 1..<at)
        if at < count, value[at] == UInt8(ascii: ";"), let known = Self.named(name) {
            scalar = known
            length = at + 1 - start
            return
        }
        // Without a semicolon (§13.2.5.73): the old names, unless `=` or a letter or digit follows.
        guard at == count || value[at] != UInt8(ascii: "="), Self.isOld(name), let known = Self.named(name) else {
            return nil
        }
        scalar = known
        length = at - start
    }

    private static func isOld(_ name: RawSpan) -> Bool {
        name.equals("amp") || name.equals("AMP") || name.equals("lt") || name.equals("LT") || name.equals("gt")
            || name.equals("GT") || name.equals("quot") || name.equals("QUOT")
    }

    /// What a name stands for: all the names of ASCII characters.
    private static func named(_ name: RawSpan) -> UInt32? {
        for (known, scalar) in names where name.equals(known) { return UInt32(scalar.value) }
        return nil
    }

    private static let names: [(StaticString, Unicode.Scalar)] = [
        ("amp", "&"), ("AMP", "&"), ("sol", "/"), ("colon", ":"), ("bsol", "\\"), ("period", "."), ("Tab", "\t"),
        ("NewLine", "\n"), ("num", "#"), ("quest", "?"), ("commat", "@"), ("lowbar", "_"), ("UnderBar", "_"),
        ("equals", "="), ("percnt", "%"), ("lt", "<"), ("LT", "<"), ("gt", ">"), ("GT", ">"), ("quot", "\""),
        ("QUOT", "\""), ("apos", "'"), ("excl", "!"), ("dollar", "$"), ("lpar", "("), ("rpar", ")"), ("ast", "*"),
        ("midast", "*"), ("plus", "+"), ("comma", ","), ("semi", ";"), ("lsqb", "["), ("lbrack", "["), ("rsqb", "]"),
        ("rbrack", "]"), ("Hat", "^"), ("grave", "`"), ("DiacriticalGrave", "`"), ("lcub", "{"), ("lbrace", "{"),
        ("rcub", "}"), ("rbrace", "}"), ("verbar", "|"), ("vert", "|"), ("VerticalLine", "|"),
    ]
}

extension UInt8 {
    func digit(isHexadecimal: Bool) -> UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return isHexadecimal && letter < 6 ? letter + 10 : nil
    }
}
