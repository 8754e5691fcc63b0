import Bytes

/// How many leading bits of an address are kept: the rest is zero.
@frozen
public struct AddressPrecision: Hashable, Sendable {
    /// 24 or 16.
    public let ipv4Bits: Int
    /// 48 or 32.
    public let ipv6Bits: Int

    /// A /24 of IPv4 and a /48 of IPv6.
    public static let fine = AddressPrecision(ipv4: 24, ipv6: 48)
    /// A /16 of IPv4 and a /32 of IPv6.
    public static let coarse = AddressPrecision(ipv4: 16, ipv6: 32)

    /// Makes a precision; nil unless IPv4 keeps 24 or 16 bits and IPv6 keeps 48 or 32.
    public init?(ipv4Bits: Int, ipv6Bits: Int) {
        guard ipv4Bits == 24 || ipv4Bits == 16, ipv6Bits == 48 || ipv6Bits == 32 else { return nil }
        self.init(ipv4: ipv4Bits, ipv6: ipv6Bits)
    }

    private init(ipv4: Int, ipv6: Int) {
        ipv4Bits = ipv4
        ipv6Bits = ipv6
    }
}

/// An address whose last bits are gone: the only form of a client address that may be forwarded, logged or stored.
@frozen
public struct TruncatedAddress: Hashable, Sendable {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64
    /// Whether it is the start of an IPv6 block.
    public let isIPv6: Bool

    @usableFromInline
    init(high: UInt64, low: UInt64, isIPv6: Bool) {
        self.high = high
        self.low = low
        self.isIPv6 = isIPv6
    }

    /// The address as two words (and its family), for the keyed hash of a network and for nothing else.
    @inlinable
    package var wordsForNetworkKey: (high: UInt64, low: UInt64) { (isIPv6 ? high : 0xFFFF_FFFF_FFFF_FFFF, low) }

    /// Writes it as `203.0.113.0` or `2001:db8:1::` (RFC 5952 §4).
    public func write(into output: inout ByteBuffer) {
        writeAddress(high: high, low: low, isIPv6: isIPv6, into: &output)
    }
}

extension TruncatedAddress: CustomStringConvertible {
    /// The address as `203.0.113.0` or `2001:db8:1::`.
    public var description: String {
        var output = ByteBuffer(capacity: 40)
        write(into: &output)
        return output.bytes.text
    }
}

extension TruncatedAddress: Codable {
    /// Decodes the text form; throws when it keeps more bits than the finest precision.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        let bytes = Array(text.utf8)
        guard let address = ClientAddress(parsing: bytes.rawSpan), address.truncated(to: .fine).description == text
        else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not a truncated address"))
        }
        self = address.truncated(to: .fine)
    }

    /// Encodes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
