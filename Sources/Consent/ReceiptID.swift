import Bytes

/// The random 128 bits under which a proof of consent is kept.
///
/// Its text form is 22 octets of base64url without padding (RFC 4648 §5).
public struct ReceiptID: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// Octets of the text form.
    public static let textLength = 22

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new id from the operating system's generator; nil when that fails.
    ///
    /// None begins with `-`: a command line would take its text for an option.
    public static func random() -> ReceiptID? {
        while let octets = randomOctets(16) {
            let id = ReceiptID(
                high: octets.prefix(8).reduce(0) { $0 << 8 | UInt64($1) },
                low: octets.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
            if id.high >> 58 != dash { return id }
        }
        return nil
    }

    /// What `-` stands for (RFC 4648 §5).
    private static let dash: UInt64 = 62

    /// The id that a text form spells, and no other text does.
    public init?(_ text: RawSpan) {
        guard text.byteCount == Self.textLength else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        // 21 characters of six bits and one of two bits, whose other four are zero.
        for offset in 0..<21 {
            guard let bits = base64Bits(text[offset]) else { return nil }
            high = high << 6 | low >> 58
            low = low << 6 | UInt64(bits)
        }
        guard let bits = base64Bits(text[21]), bits & 15 == 0 else { return nil }
        self.high = high << 2 | low >> 62
        self.low = low << 2 | UInt64(bits >> 4)
    }

    /// The octets, most significant first.
    subscript(index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64((7 - index & 7) * 8))
    }

    /// Appends the text form.
    public func write(into output: inout ByteBuffer) {
        for offset in 0..<Self.textLength { output.append(base64Digit(offset) { self[$0] }) }
    }

    /// The text form.
    public var description: String {
        String(decoding: (0..<Self.textLength).map { offset in base64Digit(offset) { self[$0] } }, as: UTF8.self)
    }
}

/// Character `offset` of the base64url form of 16 octets.
@inline(__always)
func base64Digit(_ offset: Int, _ octet: (Int) -> UInt8) -> UInt8 {
    let bit = offset * 6
    let index = bit / 8
    let pair = UInt16(octet(index)) << 8 | (index < 15 ? UInt16(octet(index + 1)) : 0)
    let digits = staticBytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return digits[Int(pair >> UInt16(10 - bit % 8) & 63)]
}

private func base64Bits(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "-"): 62
    case UInt8(ascii: "_"): 63
    default: nil
    }
}
