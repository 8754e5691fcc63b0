/// A rule's pattern for cookie names, compared octet by octet and with regard to case.
public enum NamePattern: Hashable, Sendable {
    /// `name`: this name only.
    case exact([UInt8])
    /// `prefix*`: every name that begins so.
    case prefix([UInt8])
    /// `/regex/`: every name that the expression matches as a whole.
    case regex(NameRegex)

    /// Parses a pattern as rules write it.
    ///
    /// `*` stands at the end only, and after at least one character. Between slashes stands a `NameRegex`.
    public init(parsing text: String) throws(NamePatternError) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else {
            throw NamePatternError(offset: 0, reason: "a cookie name has at least one character")
        }
        if first == UInt8(ascii: "/") {
            guard bytes.count >= 2, last == UInt8(ascii: "/") else {
                throw NamePatternError(offset: bytes.count, reason: "a regular expression ends with '/'")
            }
            let source = String(text.dropFirst().dropLast())
            do throws(NamePatternError) {
                self = .regex(try NameRegex(source))
            } catch {
                throw NamePatternError(offset: error.offset + 1, reason: error.reason)
            }
            return
        }
        let isPrefix = last == UInt8(ascii: "*")
        let name = isPrefix ? Array(bytes.dropLast()) : bytes
        if name.isEmpty {
            throw NamePatternError(offset: 0, reason: "a prefix has at least one character before '*'")
        }
        for (offset, byte) in name.enumerated() {
            if let reason = Self.objection(to: byte) { throw NamePatternError(offset: offset, reason: reason) }
        }
        if first == 0x20 { throw NamePatternError(offset: 0, reason: "a cookie name does not begin with a space") }
        if !isPrefix && last == 0x20 {
            throw NamePatternError(offset: bytes.count - 1, reason: "a cookie name does not end with a space")
        }
        self = isPrefix ? .prefix(name) : .exact(name)
    }

    private static func objection(to byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "*"): "'*' stands at the end only; write a regular expression between slashes instead"
        case UInt8(ascii: ";"), UInt8(ascii: "="): "a cookie name holds neither ';' nor '='"
        case 0x00...0x1F, 0x7F: "a cookie name holds no control character"
        default: nil
        }
    }
}

/// What is wrong with a pattern.
public struct NamePatternError: Error, Hashable, Sendable {
    /// Where, in UTF-8 octets from the start of the text.
    public let offset: Int
    /// One clause in lower case without a full stop.
    public let reason: String

    init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}
