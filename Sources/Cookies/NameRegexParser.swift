import Bytes

/// The syntax tree of a `NameRegex`.
indirect enum NameRegexTree {
    case empty
    case set(OctetSet)
    case sequence([NameRegexTree])
    case alternatives([NameRegexTree])
    /// `maximum` nil: without end.
    case repeated(NameRegexTree, minimum: Int, maximum: Int?)
}

/// Recursive-descent parser of the syntax that `NameRegex` documents.
struct NameRegexParser {
    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0
    private var ignoresCase = false

    private static let maximumDepth = 50
    private static let maximumCount = 255

    init(_ source: String) { bytes = Array(source.utf8) }

    mutating func parse() throws(NamePatternError) -> NameRegexTree {
        if bytes.starts(with: "(?i)".utf8) {
            ignoresCase = true
            offset = 4
        }
        if peek() == UInt8(ascii: "^") { offset += 1 }
        let tree = try alternatives()
        if offset < bytes.count { throw error("this ')' closes nothing") }
        return tree
    }

    private mutating func alternatives() throws(NamePatternError) -> NameRegexTree {
        var branches = [try sequence()]
        while take(UInt8(ascii: "|")) { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(NamePatternError) -> NameRegexTree {
        var items: [NameRegexTree] = []
        while let byte = peek(), byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            if byte == UInt8(ascii: "$"), offset == bytes.count - 1, depth == 0 {
                offset += 1
                break
            }
            items.append(try repetition())
        }
        return items.isEmpty ? .empty : items.count == 1 ? items[0] : .sequence(items)
    }

    private mutating func repetition() throws(NamePatternError) -> NameRegexTree {
        let item = try atom()
        let start = offset
        guard let counts = try counts() else { return item }
        switch peek() {
        case UInt8(ascii: "?"): throw error("lazy repetition has no meaning here: the whole name is matched")
        case UInt8(ascii: "+"): throw error("possessive repetition is not supported")
        case UInt8(ascii: "*"), UInt8(ascii: "{"): throw error("a repetition cannot be repeated; write a group")
        default: break
        }
        if let maximum = counts.maximum, maximum < counts.minimum {
            throw NamePatternError(offset: start, reason: "the smaller count comes first")
        }
        return .repeated(item, minimum: counts.minimum, maximum: counts.maximum)
    }

    private mutating func counts() throws(NamePatternError) -> (minimum: Int, maximum: Int?)? {
        if take(UInt8(ascii: "*")) { return (0, nil) }
        if take(UInt8(ascii: "+")) { return (1, nil) }
        if take(UInt8(ascii: "?")) { return (0, 1) }
        guard take(UInt8(ascii: "{")) else { return nil }
        let minimum = try count()
        var maximum: Int? = minimum
        if take(UInt8(ascii: ",")) { maximum = peek() == UInt8(ascii: "}") ? nil : try count() }
        guard take(UInt8(ascii: "}")) else { throw error("expected '}' after the count; a literal '{' is '\\{'") }
        return (minimum, maximum)
    }

    private mutating func count() throws(NamePatternError) -> Int {
        let start = offset
        var value = 0
        while let byte = peek(), byte.isASCIIDigit {
            value = min(value * 10 + Int(byte - 0x30), Self.maximumCount + 1)
            offset += 1
        }
        if offset == start { throw error("expected a count; a literal '{' is '\\{'") }
        if value > Self.maximumCount {
            throw NamePatternError(offset: start, reason: "a count is at most \(Self.maximumCount)")
        }
        return value
    }

    private mutating func atom() throws(NamePatternError) -> NameRegexTree {
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: "("): return try group()
        case UInt8(ascii: "["): return .set(try characterClass())
        case UInt8(ascii: "."):
            offset += 1
            return .set(.all)
        case UInt8(ascii: "\\"): return .set(folded(try escape()))
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            throw error("there is nothing to repeat")
        case UInt8(ascii: "^"): throw error("'^' stands at the start only; a literal one is '\\^'")
        case UInt8(ascii: "$"): throw error("'$' stands at the end only; a literal one is '\\$'")
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            throw error("a literal '\(Character(UnicodeScalar(byte)))' is written with a backslash")
        case 0x80...: return multibyteCharacter()
        default:
            offset += 1
            return .set(folded(OctetSet(byte)))
        }
    }

    private mutating func group() throws(NamePatternError) -> NameRegexTree {
        let start = offset
        offset += 1
        if take(UInt8(ascii: "?")) {
            guard take(UInt8(ascii: ":")) else {
                throw NamePatternError(
                    offset: start,
                    reason: "only '(?:' groups are supported, and '(?i)' at the start: no lookaround, names or flags")
            }
        }
        depth += 1
        if depth > Self.maximumDepth { throw NamePatternError(offset: start, reason: "groups nest too deeply") }
        let tree = try alternatives()
        depth -= 1
        guard take(UInt8(ascii: ")")) else { throw NamePatternError(offset: start, reason: "this '(' is not closed") }
        return tree
    }

    /// The octets of one UTF-8 character, as one item for a repetition.
    private mutating func multibyteCharacter() -> NameRegexTree {
        var items: [NameRegexTree] = [.set(OctetSet(bytes[offset]))]
        offset += 1
        while let byte = peek(), byte & 0xC0 == 0x80 {
            items.append(.set(OctetSet(byte)))
            offset += 1
        }
        return .sequence(items)
    }

    private mutating func characterClass() throws(NamePatternError) -> OctetSet {
        let start = offset
        offset += 1
        let isNegated = take(UInt8(ascii: "^"))
        var set = OctetSet.none
        while true {
            guard let byte = peek() else { throw NamePatternError(offset: start, reason: "this '[' is not closed") }
            if take(UInt8(ascii: "]")) { break }
            let itemStart = offset
            let item = try classItem(byte)
            guard peek() == UInt8(ascii: "-"), offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: "]") else {
                set.formUnion(item)
                continue
            }
            offset += 1
            let end = try classItem(bytes[offset])
            guard let low = item.only, let high = end.only, low <= high else {
                throw NamePatternError(offset: itemStart, reason: "a range goes from a lower character to a higher one")
            }
            for octet in low...high { set.insert(octet) }
        }
        if set == .none { throw NamePatternError(offset: start, reason: "a set has at least one member") }
        set = folded(set)
        return isNegated ? set.inverted : set
    }

    private mutating func classItem(_ byte: UInt8) throws(NamePatternError) -> OctetSet {
        if byte == UInt8(ascii: "\\") { return try escape() }
        if byte == UInt8(ascii: "[") { throw error("a literal '[' in a set is '\\['") }
        if byte >= 0x80 { throw error("a set holds ASCII characters only; write alternatives instead") }
        offset += 1
        return OctetSet(byte)
    }

    private mutating func escape() throws(NamePatternError) -> OctetSet {
        let start = offset
        offset += 1
        guard let byte = peek() else {
            throw NamePatternError(offset: start, reason: "a backslash escapes nothing here")
        }
        offset += 1
        switch byte {
        case UInt8(ascii: "d"): return .digits
        case UInt8(ascii: "D"): return OctetSet.digits.inverted
        case UInt8(ascii: "w"): return .words
        case UInt8(ascii: "W"): return OctetSet.words.inverted
        case UInt8(ascii: "s"): return .spaces
        case UInt8(ascii: "S"): return OctetSet.spaces.inverted
        case UInt8(ascii: "x"):
            guard let high = hexadecimalDigit(), let low = hexadecimalDigit() else {
                throw NamePatternError(offset: start, reason: "'\\x' is followed by two hexadecimal digits")
            }
            return OctetSet(high << 4 | low)
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            throw NamePatternError(offset: start, reason: "backreferences are not supported")
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E, 0x20: return OctetSet(byte)
        default: throw NamePatternError(offset: start, reason: "this escape is not supported")
        }
    }

    private mutating func hexadecimalDigit() -> UInt8? {
        guard let byte = peek() else { return nil }
        let digit: UInt8
        switch byte {
        case 0x30...0x39: digit = byte - 0x30
        case 0x41...0x46, 0x61...0x66: digit = (byte | 0x20) - 0x57
        default: return nil
        }
        offset += 1
        return digit
    }

    private func folded(_ set: OctetSet) -> OctetSet {
        guard ignoresCase else { return set }
        var result = set
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
            let capital = letter & ~0x20
            if set.contains(letter) { result.insert(capital) }
            if set.contains(capital) { result.insert(letter) }
        }
        return result
    }

    private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    private func error(_ reason: String) -> NamePatternError { NamePatternError(offset: offset, reason: reason) }
}
