import Bytes

/// A SHA-256 digest (FIPS 180-4), or as many random octets.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    /// 32 octets, most significant first.
    public let octets: [UInt8]

    /// The digest of a message.
    public init(of message: some Sequence<UInt8>) { octets = sha256(Array(message)) }

    /// The digest of texts, each led by its length so that no two different lists read alike.
    public init(ofParts parts: [String]) { self.init(of: LengthPrefixed.text(parts).utf8) }

    /// Takes 32 octets; nil for any other number of them.
    public init?(octets: [UInt8]) {
        guard octets.count == 32 else { return nil }
        self.octets = octets
    }

    /// Reads 64 lower-case hexadecimal digits.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 64 else { return nil }
        var octets: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(digits[place]), let low = Self.value(digits[place + 1]) else { return nil }
            octets.append(high << 4 | low)
        }
        self.octets = octets
    }

    /// Random octets of the operating system's generator; nil when that fails.
    public static func random() -> Digest? { randomOctets(32).flatMap(Digest.init(octets:)) }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: octets.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}

/// Lists of texts as one text: each is led by the number of its octets and a colon.
enum LengthPrefixed {
    static func text(_ parts: [String]) -> String {
        parts.reduce(into: "") { text, part in text += "\(part.utf8.count):\(part)" }
    }

    /// The parts of a text that was made so; nil for any other.
    static func parts(_ text: String) -> [String]? {
        var parts: [String] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCIIDigit }
            guard (1...9).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0"),
                let length = Int(String(decoding: digits, as: UTF8.self))
            else { return nil }
            rest = rest.dropFirst(digits.count)
            guard rest.popFirst() == UInt8(ascii: ":"), rest.count >= length,
                let part = String(validating: rest.prefix(length), as: UTF8.self)
            else { return nil }
            parts.append(part)
            rest = rest.dropFirst(length)
        }
        return parts
    }
}
