import Bytes
import CDoubt

/// Reads the strings of a script that may be URLs, without its grammar: in doubt a string is one too many.
struct ScriptStringCursor {
    enum Strings {
        /// All of an import map's or of speculation rules' (RFC 8259).
        case json
        /// Those that `import`, `import(` or `from` are followed by, in any quotes, perhaps behind comments.
        case imports
        /// Those that `import(` is followed by: of a script that is no module.
        case calls
    }

    private let strings: Strings
    private var at = 0
    /// Where the last comment looked at ends: many words may stand in front of one.
    private var commentEnd = 0
    private var lineEnd = 0

    init(_ strings: Strings) { self.strings = strings }

    /// The next string, without its quotes and with its escapes.
    mutating func next(in text: RawSpan) -> ByteRange? {
        switch strings {
        case .json:
            guard let open = text.firstIndex(of: UInt8(ascii: "\""), from: at) else { return nil }
            let end = text.endOfString(from: open + 1, quote: UInt8(ascii: "\""))
            at = end + 1
            return ByteRange(open + 1, end)
        case .imports:
            while let word = text.firstIndex(of: UInt8(ascii: "i"), or: UInt8(ascii: "f"), from: at) {
                at = word + 1
                let isImport = text.hasWord("import", at: word)
                guard isImport || text.hasWord("from", at: word) else { continue }
                let open = skip(text, from: word + (isImport ? 6 : 4), behindImport: isImport)
                guard open < text.byteCount, text[open].isQuote else { continue }
                return ByteRange(open + 1, text.endOfString(from: open + 1, quote: text[open]))
            }
            return nil
        case .calls:
            while let word = text.firstImport(from: at) {
                at = word + 6
                let open = skip(text, from: at, behindImport: true)
                guard open < text.byteCount, text[open].isQuote,
                    text.extracting(at..<open).firstIndex(of: UInt8(ascii: "(")) != nil
                else { continue }
                return ByteRange(open + 1, text.endOfString(from: open + 1, quote: text[open]))
            }
            return nil
        }
    }

    /// Passes white space, comments and an opening parenthesis. No more than sixty-four comments: what stands in them
    /// is looked at again.
    private mutating func skip(_ text: RawSpan, from start: Int, behindImport: Bool) -> Int {
        var at = start
        var comments = 0
        while at < text.byteCount, comments < 64 {
            let byte = text[at]
            // White space beyond ASCII is not told from letters.
            if byte <= 0x20 || byte >= 0x80 || behindImport && byte == UInt8(ascii: "(") {
                at += 1
                continue
            }
            guard byte == UInt8(ascii: "/"), at + 1 < text.byteCount else { return at }
            switch text[at + 1] {
            case UInt8(ascii: "*"):
                if commentEnd < at + 4 { commentEnd = text.endOfComment(from: at + 2) }
                at = commentEnd
            case UInt8(ascii: "/"):
                if lineEnd < at + 2 { lineEnd = text.offset(of: 0x0A, or: 0x0D, from: at + 2) }
                at = lineEnd
            default: return at
            }
            comments += 1
        }
        return at
    }
}

extension ByteBuffer {
    /// Appends a string of JSON or JavaScript with its escapes decoded, in UTF-8 (ECMA-262 §12.9.4).
    mutating func appendDecodingEscapes(_ text: RawSpan) {
        var at = 0
        while true {
            let next = text.offset(of: UInt8(ascii: "\\"), from: at)
            append(text.extracting(at..<next))
            guard next + 1 < text.byteCount else { return }
            at = next + 2
            switch text[next + 1] {
            case UInt8(ascii: "u"):
                var unit = text.hexadecimal(at: &at, digits: 4)
                if unit >> 10 == 0x36, at + 1 < text.byteCount, text[at] == UInt8(ascii: "\\"),
                    text[at + 1] == UInt8(ascii: "u")
                {
                    at += 2
                    let low = text.hexadecimal(at: &at, digits: 4)
                    unit = 0x1_0000 + (unit & 0x3FF) << 10 + low & 0x3FF
                }
                append(scalar: unit)
            case UInt8(ascii: "x"): append(scalar: text.hexadecimal(at: &at, digits: 2))
            case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): append(UInt8(ascii: "\t"))
            case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "v"), UInt8(ascii: "0"): append(0x0B)
            // The string goes on in the next line.
            case 0x0A, 0x0D: break
            default: append(text[next + 1])
            }
        }
    }
}

extension RawSpan {
    /// The offset of the first `import` at or after `from`.
    func firstImport(from: Int = 0) -> Int? {
        precondition(from >= 0 && from <= byteCount)
        let found = unsafe withUnsafeBytes { bytes in
            // Reads from `from` to the end.
            guard let base = unsafe bytes.bindMemory(to: UInt8.self).baseAddress else { return byteCount }
            return unsafe crumbgate_next_import(base, from, byteCount)
        }
        return found < byteCount ? found : nil
    }

    /// The quote that ends a string, or the end of the bytes.
    fileprivate func endOfString(from start: Int, quote: UInt8) -> Int {
        var at = start
        while at < byteCount {
            at = offset(of: quote, or: UInt8(ascii: "\\"), from: at)
            if at >= byteCount || self[at] == quote { return min(at, byteCount) }
            at += 2
        }
        return byteCount
    }

    fileprivate func endOfComment(from start: Int) -> Int {
        var at = start
        while let star = firstIndex(of: UInt8(ascii: "*"), from: at) {
            at = star + 1
            if at < byteCount, self[at] == UInt8(ascii: "/") { return at + 1 }
        }
        return byteCount
    }

    fileprivate func hasWord(_ word: StaticString, at start: Int) -> Bool {
        let end = start + word.utf8CodeUnitCount
        return end <= byteCount && extracting(start..<end).equals(word)
    }

    fileprivate func offset(of first: UInt8, or second: UInt8, from start: Int) -> Int {
        firstIndex(of: first, or: second, from: start) ?? byteCount
    }

    /// A number of so many digits, or as many as there are in braces.
    fileprivate func hexadecimal(at offset: inout Int, digits: Int) -> UInt32 {
        var left = digits
        if offset < byteCount, self[offset] == UInt8(ascii: "{") {
            offset += 1
            left = 8
        }
        var number: UInt32 = 0
        while left > 0, offset < byteCount, let digit = self[offset].digit(isHexadecimal: true) {
            number = number << 4 | UInt32(digit)
            offset += 1
            left -= 1
        }
        if offset < byteCount, self[offset] == UInt8(ascii: "}") { offset += 1 }
        return number
    }
}

extension UInt8 {
    fileprivate var isQuote: Bool {
        self == UInt8(ascii: "\"") || self == UInt8(ascii: "'") || self == UInt8(ascii: "`")
    }
}
