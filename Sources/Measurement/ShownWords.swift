import Bytes

/// Decides what of a path segment or a value may be shown: words stay, what may stand for one person or one thing of
/// theirs becomes `:id`.
///
/// An identifier is told by its looks alone - digits, changes of case, letters that make no word - so one that is
/// spelled like a word passes, and it is the gate that keeps it from being shown (docs/measuring.md).
enum ShownWords {
    /// Appends the words of `text`, whose percent-encoding is undone first (RFC 3986 §2.1) and then normal: `%61` is `a`.
    static func write(_ text: RawSpan, into output: inout ByteBuffer) {
        guard text.firstIndex(of: UInt8(ascii: "%")) != nil else {
            writeDecoded(text, into: &output)
            return
        }
        var decoded = ByteBuffer(capacity: text.byteCount)
        percentDecode(text, into: &decoded)
        writeDecoded(decoded.bytes, into: &output)
    }

    /// Bytes of the longest search whose words are shown.
    static let longestSearch = 60

    /// Appends the words of a search, as a form sends them (WHATWG URL §5.1): in lowercase, single spaces between them.
    static func writeSearch(_ value: RawSpan, into output: inout ByteBuffer) {
        var spaced = ByteBuffer(capacity: value.byteCount)
        for offset in 0..<value.byteCount {
            spaced.append(value[offset] == UInt8(ascii: "+") ? UInt8(ascii: " ") : value[offset])
        }
        var decoded = ByteBuffer(capacity: value.byteCount)
        percentDecode(spaced.bytes, into: &decoded)
        let words = decoded.bytes.text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let text = Array(words.utf8)
        if text.isEmpty { return }
        if text.count > longestSearch || words.unicodeScalars.contains("\u{FFFD}") {
            output.append(":id")
            return
        }
        var shown = ByteBuffer(capacity: 64)
        writeDecoded(text.rawSpan, into: &shown)
        // In a search no byte is encoded.
        percentDecode(shown.bytes, into: &output)
    }

    /// Whether `text` is personal whatever is said of its page: an address, or hexadecimal of the length of a key.
    static func isPersonal(_ text: RawSpan) -> Bool {
        var decoded = ByteBuffer(capacity: text.byteCount)
        percentDecode(text, into: &decoded)
        return isWhollyPersonal(decoded.bytes)
    }

    private static func writeDecoded(_ text: RawSpan, into output: inout ByteBuffer) {
        if text.byteCount == 0 { return }
        if isWhollyPersonal(text) || isCode(text) {
            output.append(":id")
            return
        }
        let isStrict = holdsIdentifier(text)
        var offset = 0
        var separator: UInt8?
        var endOfIdentifier: Int?
        while offset <= text.byteCount {
            var end = offset
            while end < text.byteCount, !text[end].isSeparator { end += 1 }
            let part = Part(text.extracting(offset..<end))
            let isIdentifier = part.isIdentifier || isStrict && part.count > 0 && !part.isPlainWord
            if isIdentifier, let endOfIdentifier {
                // Two identifiers are one, and what looks like a word between them is part of it.
                output.truncate(to: endOfIdentifier)
            } else if part.count > 0 || output.count != endOfIdentifier {
                if let separator { writeShown(separator, into: &output) }
                if isIdentifier {
                    output.append(":id")
                    endOfIdentifier = output.count
                } else {
                    for index in offset..<end { writeShown(text[index], into: &output) }
                }
            }
            if end < text.byteCount { separator = text[end] }
            offset = end + 1
        }
    }

    /// An address, what is encoded twice, what is too long to be words, or hexadecimal of the length of a key.
    private static func isWhollyPersonal(_ text: RawSpan) -> Bool {
        if text.byteCount > 100 { return true }
        var hexadecimals = 0
        var digits = 0
        var others = 0
        for offset in 0..<text.byteCount {
            let byte = text[offset]
            if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") { return true }
            if byte.isASCIIDigit { digits += 1 }
            if byte.isASCIIDigit || (byte | 0x20) &- 0x61 < 6 {
                hexadecimals += 1
            } else if !byte.isSeparator, byte != UInt8(ascii: "{"), byte != UInt8(ascii: "}") {
                others += 1
            }
        }
        return others == 0 && digits > 0 && hexadecimals >= 16
    }

    /// A number, or a run without a word in which letters and digits change places all the time, separators or not.
    private static func isCode(_ text: RawSpan) -> Bool {
        let whole = Part(text)
        if whole.count > 0, whole.digits == whole.count { return true }
        guard text.byteCount >= 16, whole.digits >= 3, (whole.changes + whole.humps) * 3 > whole.count else {
            return false
        }
        var offset = 0
        while offset < text.byteCount {
            var end = offset
            while end < text.byteCount, !text[end].isSeparator { end += 1 }
            if end - offset >= 4, Part(text.extracting(offset..<end)).isPlainWord { return false }
            offset = end + 1
        }
        return true
    }

    /// Whether some part is an identifier, so that the parts beside it may belong to it.
    private static func holdsIdentifier(_ text: RawSpan) -> Bool {
        var digits = 0
        var offset = 0
        while offset < text.byteCount {
            var end = offset
            while end < text.byteCount, !text[end].isSeparator { end += 1 }
            let part = Part(text.extracting(offset..<end))
            if part.isIdentifier { return true }
            digits += part.digits
            offset = end + 1
        }
        // Telephone and order numbers come in groups.
        return digits >= 8
    }

    private static func writeShown(_ byte: UInt8, into output: inout ByteBuffer) {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), 0x80...:
            output.append(UInt8(ascii: "%"))
            output.append(hexadecimalDigit(byte >> 4))
            output.append(hexadecimalDigit(byte & 15))
        case 0..<0x20, 0x7F, UInt8(ascii: "<"), UInt8(ascii: "\""): output.append(UInt8(ascii: "?"))
        default: output.append(byte)
        }
    }
}

/// What a run of bytes without a separator looks like.
private struct Part {
    var count: Int
    var digits = 0
    /// Places where a letter follows a digit or the other way round.
    var changes = 0
    /// Places where a capital follows a small letter.
    var humps = 0
    private var capitals = 0
    private var capitalPairs = 0
    private var startsWithCapital = false
    private var hexadecimals = 0
    private var vowels = 0
    /// Pairs of ASCII letters, and how rare they are together.
    private var pairs = 0
    private var rarity = 0
    private var longestLetters = 0

    init(_ text: RawSpan) {
        count = text.byteCount
        startsWithCapital = count > 0 && text[0].isCapital
        var letters = 0
        var previous: UInt8 = 0
        for offset in 0..<count {
            let byte = text[offset]
            let isDigit = byte.isASCIIDigit
            if isDigit { digits += 1 }
            if byte.isCapital { capitals += 1 }
            if isDigit || (byte | 0x20) &- 0x61 < 6 { hexadecimals += 1 }
            if offset > 0 {
                if isDigit != previous.isASCIIDigit { changes += 1 }
                if byte.isCapital, previous &- 0x61 < 26 { humps += 1 }
                if byte.isCapital, previous.isCapital { capitalPairs += 1 }
                if byte.isASCIILetter, previous.isASCIILetter {
                    pairs += 1
                    rarity += LetterPairs.rarity(previous, byte)
                }
            }
            letters = isDigit ? 0 : letters + 1
            longestLetters = max(longestLetters, letters)
            if byte.isVowel { vowels += 1 }
            previous = byte
        }
    }

    /// Whether it stands for one thing: a long number, or no word.
    var isIdentifier: Bool {
        if digits == count { return count >= 5 }
        if !isSpelled { return true }
        if digits == 0 { return false }
        if hexadecimals == count, count >= 8 { return true }
        if changes >= 3, count >= 5 { return true }
        if humps >= 2, count >= 8 { return true }
        // `galaxys24ultra` is a name, `AB12CD` is none.
        if changes >= 2, digits >= 2, count >= 6 { return longestLetters < 5 || digits > 2 }
        return digits >= 3 && count >= 8 || count >= 16
    }

    /// Whether it may stand beside an identifier.
    var isPlainWord: Bool {
        digits == 0 && hexadecimals < count && (count >= 3 || vowels > 0)
            && rarity * 10 <= (pairs < 4 ? 24 : 17) * pairs && isSpelled
            && (capitals == 0 || capitals == count || capitals == 1 && startsWithCapital)
    }

    /// Whether its letters are those of words.
    private var isSpelled: Bool {
        if count > 40 || LetterPairs.isTooRare(rarity, pairs: pairs) { return false }
        if count >= 6, digits == 0, vowels == 0 { return false }
        if count >= 10, humps >= 2, capitalPairs >= 1 { return false }
        return count < 8 || humps * 4 < count
    }
}

extension UInt8 {
    fileprivate var isCapital: Bool { self &- 0x41 < 26 }

    /// A letter that syllables are made of; what is no ASCII letter is taken for one.
    fileprivate var isVowel: Bool {
        switch self | 0x20 {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"):
            true
        default: !isASCIILetter
        }
    }

    /// A byte that stands between the words of a segment.
    fileprivate var isSeparator: Bool {
        switch self {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"),
            UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: " "),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "&"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

/// Appends `text` with its percent-encoding undone; what is no escape stays (WHATWG URL §1.3, percent-decode).
func percentDecode(_ text: RawSpan, into output: inout ByteBuffer) {
    var offset = 0
    while offset < text.byteCount {
        if text[offset] == UInt8(ascii: "%"), offset + 2 < text.byteCount,
            let high = hexadecimalValue(text[offset + 1]), let low = hexadecimalValue(text[offset + 2])
        {
            output.append(high << 4 | low)
            offset += 3
        } else {
            output.append(text[offset])
            offset += 1
        }
    }
}

private func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    if byte.isASCIIDigit { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 { value < 10 ? value &+ 0x30 : value &+ 0x37 }
