import Bytes

/// A reader for JSON objects (RFC 8259) of texts and lists of texts: all that a decision needs.
struct FlatJSON {
    enum Value {
        case text(String)
        case list([String])
        /// A number, a word, an object, or a list of anything but texts.
        case other
    }

    private let bytes: [UInt8]
    private var position = 0
    private static let deepest = 16

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of the object that the bytes are; nil when they are no JSON object.
    static func parse(_ bytes: [UInt8]) -> [(name: String, value: Value)]? {
        var reader = FlatJSON(bytes)
        guard let members = reader.members(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.position == bytes.count ? members : nil
    }

    private mutating func members(depth: Int) -> [(name: String, value: Value)]? {
        var members: [(name: String, value: Value)] = []
        guard depth < Self.deepest, take(UInt8(ascii: "{")) else { return nil }
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            guard let name = string(), take(UInt8(ascii: ":")), let value = value(depth: depth + 1) else { return nil }
            members.append((name, value))
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? members : nil
    }

    private mutating func value(depth: Int) -> Value? {
        skipSpace()
        switch position < bytes.count ? bytes[position] : 0 {
        case UInt8(ascii: "\""): return string().map(Value.text)
        case UInt8(ascii: "["): return list(depth: depth)
        case UInt8(ascii: "{"): return members(depth: depth) == nil ? nil : .other
        default: return word() ? .other : nil
        }
    }

    private mutating func list(depth: Int) -> Value? {
        guard depth < Self.deepest, take(UInt8(ascii: "[")) else { return nil }
        if take(UInt8(ascii: "]")) { return .list([]) }
        var texts: [String] = []
        var isFlat = true
        repeat {
            switch value(depth: depth + 1) {
            case .text(let text): texts.append(text)
            case .list, .other: isFlat = false
            case nil: return nil
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { return nil }
        return isFlat ? .list(texts) : .other
    }

    /// A number or one of the three literal names.
    private mutating func word() -> Bool {
        let start = position
        while position < bytes.count,
            bytes[position].isASCIILetter || bytes[position].isASCIIDigit
                || bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
                || bytes[position] == UInt8(ascii: ".")
        {
            position += 1
        }
        let word = bytes[start..<position]
        if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) || word.elementsEqual("null".utf8) {
            return true
        }
        return Double(String(decoding: word, as: UTF8.self)) != nil
            && word.allSatisfy { !$0.isASCIILetter || $0 | 0x20 == UInt8(ascii: "e") }
    }

    private mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var units: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: units, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escaped() else { return nil }
                units += Array(String(scalar).utf8)
            case 0..<0x20: return nil
            default: units.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard position < bytes.count else { return nil }
        position += 1
        switch bytes[position - 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            // Surrogates are refused: nothing that we read has them.
            let digits = bytes[position...].prefix(4)
            guard digits.count == 4, digits.allSatisfy({ $0.isASCIIDigit || ($0 | 0x20) &- 0x61 < 6 }),
                let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            position += 4
            return Unicode.Scalar(code)
        default: return nil
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
