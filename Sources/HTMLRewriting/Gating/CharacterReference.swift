import Bytes

extension ByteBuffer {
    /// Appends an attribute's value with its character references decoded (WHATWG HTML §13.2.5.72 to §13.2.5.80), in UTF-8.
    ///
    /// Of names only those are known that stand for ASCII, or for what an ASCII host may be spelled with (UTS #46). Any
    /// other is written as one letter that is not ASCII: no rule spells it.
    ///
    /// The value of an XHTML attribute has the same references, but for names that a document defines itself.
    ///
    /// - Parameter keepsUnknown: whether other names are left as they stand instead.
    mutating func appendDecodingReferences(_ value: RawSpan, keepsUnknown: Bool = false) {
        var at = 0
        while true {
            let next = value.offset(of: UInt8(ascii: "&"), from: at)
            append(value.extracting(at..<next))
            guard next < value.byteCount else { return }
            guard let reference = CharacterReference(in: value, at: next),
                !(keepsUnknown && reference.isUnknown && value[next + 1] != UInt8(ascii: "#"))
            else {
                append(UInt8(ascii: "&"))
                at = next + 1
                continue
            }
            append(scalar: reference.scalar)
            at = next + reference.length
        }
    }

    /// Appends a code point in UTF-8.
    mutating func append(scalar: UInt32) {
        guard scalar >= 0x80 else {
            append(UInt8(truncatingIfNeeded: scalar))
            return
        }
        for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter {
            append(byte)
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
    /// The code point; `unknown` for what no table here knows.
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
            switch number {
            case 0, 0x11_0000...: scalar = 0xFFFD
            // Of the controls that stand for what windows-1252 has there, those that a host may be spelled with.
            case 0x85: scalar = 0x2026
            case 0x99: scalar = 0x2122
            case 0x80..<0xA0: scalar = Self.unknown
            default: scalar = number
            }
            length = at - start
            return
        }
        while at < count, at - start <= 32, value[at].isASCIILetter || value[at].isASCIIDigit { at += 1 }
        let name = value.extracting(start + 1..<at)
        if at < count, value[at] == UInt8(ascii: ";") {
            guard let known = Self.named(name) ?? Self.namedVariant(name) else { return nil }
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
            || name.equals("GT") || name.equals("quot") || name.equals("QUOT") || name.equals("shy")
            || name.equals("sup1") || name.equals("sup2") || name.equals("sup3") || name.equals("ordf")
            || name.equals("ordm") || name.equals("szlig")
    }

    /// What a name stands for: all the names of ASCII characters.
    private static func named(_ name: RawSpan) -> UInt32? {
        for (known, scalar) in names where name.equals(known) { return UInt32(scalar.value) }
        return nil
    }

    var isUnknown: Bool { scalar == Self.unknown }

    /// A letter that maps to no ASCII: a host with it may still be below a wildcard.
    private static let unknown: UInt32 = 0xFE

    /// What a name stands for beyond ASCII: the letter that hosts take it for, as a full-width one (`&afr;`, `&Bscr;`,
    /// `&copf;`), or `unknown`.
    private static func namedVariant(_ name: RawSpan) -> UInt32? {
        guard name.byteCount > 1 else { return nil }
        let family = name.extracting(1..<name.byteCount)
        if name[0].isASCIILetter, family.equals("fr") || family.equals("scr") || family.equals("opf") {
            return UInt32(name[0].lowercasedASCII) + 0xFEE0
        }
        for (known, scalar) in variants where name.equals(known) { return UInt32(scalar.value) }
        return unknown
    }

    private static let names: [(StaticString, Unicode.Scalar)] = [
        ("amp", "&"), ("AMP", "&"), ("sol", "/"), ("colon", ":"), ("bsol", "\\"), ("period", "."), ("Tab", "\t"),
        ("NewLine", "\n"), ("num", "#"), ("quest", "?"), ("commat", "@"), ("lowbar", "_"), ("UnderBar", "_"),
        ("equals", "="), ("percnt", "%"), ("lt", "<"), ("LT", "<"), ("gt", ">"), ("GT", ">"), ("quot", "\""),
        ("QUOT", "\""), ("apos", "'"), ("excl", "!"), ("dollar", "$"), ("lpar", "("), ("rpar", ")"), ("ast", "*"),
        ("midast", "*"), ("plus", "+"), ("comma", ","), ("semi", ";"), ("lsqb", "["), ("lbrack", "["), ("rsqb", "]"),
        ("rbrack", "]"), ("Hat", "^"), ("grave", "`"), ("DiacriticalGrave", "`"), ("lcub", "{"), ("lbrace", "{"),
        ("rcub", "}"), ("rbrace", "}"), ("verbar", "|"), ("vert", "|"), ("VerticalLine", "|"),
        ("shy", "\u{AD}"), ("sup1", "\u{B9}"), ("sup2", "\u{B2}"), ("sup3", "\u{B3}"), ("ordf", "\u{AA}"),
        ("ordm", "\u{BA}"), ("szlig", "\u{DF}"),
    ]

    private static let variants: [(StaticString, Unicode.Scalar)] = [
        ("ApplyFunction", "\u{2061}"), ("Bernoullis", "\u{212C}"), ("CapitalDifferentialD", "\u{2145}"),
        ("Cayleys", "\u{212D}"), ("DD", "\u{2145}"), ("DifferentialD", "\u{2146}"), ("ExponentialE", "\u{2147}"),
        ("Fouriertrf", "\u{2131}"), ("HilbertSpace", "\u{210B}"), ("IJlig", "\u{132}"), ("Im", "\u{2111}"),
        ("ImaginaryI", "\u{2148}"), ("InvisibleComma", "\u{2063}"), ("InvisibleTimes", "\u{2062}"),
        ("Laplacetrf", "\u{2112}"), ("Mellintrf", "\u{2133}"), ("NegativeMediumSpace", "\u{200B}"),
        ("NegativeThickSpace", "\u{200B}"), ("NegativeThinSpace", "\u{200B}"), ("NegativeVeryThinSpace", "\u{200B}"),
        ("NoBreak", "\u{2060}"), ("Poincareplane", "\u{210C}"), ("Re", "\u{211C}"), ("TRADE", "\u{2122}"),
        ("ZeroWidthSpace", "\u{200B}"), ("af", "\u{2061}"), ("bernou", "\u{212C}"), ("circledS", "\u{24C8}"),
        ("complexes", "\u{2102}"), ("dd", "\u{2146}"), ("ee", "\u{2147}"), ("ell", "\u{2113}"),
        ("expectation", "\u{2130}"), ("exponentiale", "\u{2147}"), ("ffilig", "\u{FB03}"), ("fflig", "\u{FB00}"),
        ("ffllig", "\u{FB04}"), ("filig", "\u{FB01}"), ("fllig", "\u{FB02}"), ("hamilt", "\u{210B}"),
        ("hellip", "\u{2026}"), ("ic", "\u{2063}"), ("ii", "\u{2148}"), ("ijlig", "\u{133}"), ("image", "\u{2111}"),
        ("imagline", "\u{2110}"), ("imagpart", "\u{2111}"), ("integers", "\u{2124}"), ("it", "\u{2062}"),
        ("lagran", "\u{2112}"), ("mldr", "\u{2026}"), ("naturals", "\u{2115}"), ("nldr", "\u{2025}"),
        ("numero", "\u{2116}"), ("oS", "\u{24C8}"), ("order", "\u{2134}"), ("orderof", "\u{2134}"),
        ("phmmat", "\u{2133}"), ("planckh", "\u{210E}"), ("primes", "\u{2119}"), ("quaternions", "\u{210D}"),
        ("rationals", "\u{211A}"), ("real", "\u{211C}"), ("realine", "\u{211B}"), ("realpart", "\u{211C}"),
        ("reals", "\u{211D}"), ("trade", "\u{2122}"), ("zeetrf", "\u{2128}"),
    ]
}

extension UInt8 {
    func digit(isHexadecimal: Bool) -> UInt8? {
        if isASCIIDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return isHexadecimal && letter < 6 ? letter + 10 : nil
    }
}
