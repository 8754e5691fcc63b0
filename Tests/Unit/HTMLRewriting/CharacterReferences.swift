/// Decodes character references (WHATWG HTML §13.2.5.72 to §13.2.5.80), which the tokenizer leaves to its caller.
struct CharacterReferences {
    /// By name, without `&`, with or without `;`.
    var names: [String: String]

    func decoded(_ text: String, inAttribute: Bool) -> String {
        var result = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        var at = 0
        while at < scalars.count {
            if scalars[at] == "&", let (replacement, length) = reference(scalars[(at + 1)...], inAttribute: inAttribute)
            {
                result.append(contentsOf: replacement.unicodeScalars)
                at += 1 + length
            } else {
                result.append(scalars[at])
                at += 1
            }
        }
        return String(result)
    }

    private func reference(_ rest: ArraySlice<Unicode.Scalar>, inAttribute: Bool) -> (String, Int)? {
        if rest.first == "#" { return number(rest.dropFirst()).map { ($0, $1 + 1) } }
        var name = ""
        var best: (String, Int)?
        for (index, scalar) in rest.prefix(40).enumerated() {
            name.unicodeScalars.append(scalar)
            guard let replacement = names[name] else {
                if !scalar.properties.isAlphabetic, scalar.properties.numericType == nil { break }
                continue
            }
            best = (replacement, index + 1)
        }
        guard let (replacement, length) = best else { return nil }
        let last = rest[rest.startIndex + length - 1]
        if inAttribute, last != ";", let next = rest.dropFirst(length).first,
            next == "=" || next.isASCII && (next.properties.isAlphabetic || next.properties.numericType != nil)
        {
            return nil
        }
        return (replacement, length)
    }

    private func number(_ rest: ArraySlice<Unicode.Scalar>) -> (String, Int)? {
        let isHexadecimal = rest.first == "x" || rest.first == "X"
        var value = 0
        var digits = 0
        for scalar in rest.dropFirst(isHexadecimal ? 1 : 0) {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue, isHexadecimal || digit < 10 else {
                break
            }
            value = min(value * (isHexadecimal ? 16 : 10) + digit, 0x110000)
            digits += 1
        }
        guard digits > 0 else { return nil }
        var length = digits + (isHexadecimal ? 1 : 0)
        if rest.dropFirst(length).first == ";" { length += 1 }
        if value == 0 { return ("\u{FFFD}", length) }
        if (0x80...0x9F).contains(value), let code = Self.windows1252[value - 0x80] { value = code }
        return (Unicode.Scalar(UInt32(value)).map { String(Character($0)) } ?? "\u{FFFD}", length)
    }

    private static let windows1252: [Int?] = [
        0x20AC, nil, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, nil,
        0x017D, nil, nil, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, nil, 0x017E, 0x0178,
    ]
}
