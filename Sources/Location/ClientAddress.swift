import Bytes

/// The address of a user agent, known only while its request is handled.
///
/// Personal data: it cannot be encoded, and its description says nothing. What may be kept is a `TruncatedAddress` or a
/// `Place`. IPv4-mapped IPv6 addresses (RFC 4291 §2.5.5.2) are IPv4 addresses here, so that one user agent is one address.
@frozen
public struct ClientAddress: Hashable, Sendable {
    /// The address as a number; an IPv4 address fills the lower 32 bits of `low`.
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64
    /// Whether it is an IPv6 address that does not stand for an IPv4 one.
    public let isIPv6: Bool

    /// Makes an IPv4 address of its number, first octet highest.
    @inlinable
    public init(ipv4: UInt32) {
        self.init(high: 0, low: UInt64(ipv4), isIPv6: false)
    }

    /// Makes an IPv6 address of its two halves, first octet highest; an IPv4-mapped one becomes IPv4.
    @inlinable
    public init(ipv6High: UInt64, low: UInt64) {
        if ipv6High == 0, low >> 32 == 0xFFFF {
            self.init(ipv4: UInt32(truncatingIfNeeded: low))
        } else {
            self.init(high: ipv6High, low: low, isIPv6: true)
        }
    }

    @inlinable
    init(high: UInt64, low: UInt64, isIPv6: Bool) {
        self.high = high
        self.low = low
        self.isIPv6 = isIPv6
    }

    /// Makes an IPv6 address of its 16 octets in network order; nil when there are not 16.
    @inlinable
    public init?(ipv6 octets: RawSpan) {
        guard octets.byteCount == 16 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for offset in 0..<8 { high = high << 8 | UInt64(octets[offset]) }
        for offset in 8..<16 { low = low << 8 | UInt64(octets[offset]) }
        self.init(ipv6High: high, low: low)
    }

    /// Reads an address as peers and forwarded fields write it: `192.0.2.1`, `192.0.2.1:8080`, `2001:db8::1`,
    /// `[2001:db8::1]`, `[2001:db8::1]:8080` (RFC 7239 §6, RFC 4291 §2.2). Zone identifiers are refused.
    public init?(parsing text: RawSpan) {
        guard text.byteCount >= 2, text.byteCount <= 64 else { return nil }
        if text[0] == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            guard let address = parseIPv6(text.extracting(1..<close)) else { return nil }
            guard isPort(text.extracting((close + 1)...), mayBeAbsent: true) else { return nil }
            self = address
            return
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
            guard let address = parseIPv4(text) else { return nil }
            self.init(ipv4: address)
            return
        }
        if let address = parseIPv4(text.extracting(0..<colon)), isPort(text.extracting(colon...), mayBeAbsent: false) {
            self.init(ipv4: address)
            return
        }
        guard let address = parseIPv6(text) else { return nil }
        self = address
    }

    /// Cuts the address down to what may be forwarded and kept.
    @inlinable
    public func truncated(to precision: AddressPrecision) -> TruncatedAddress {
        isIPv6
            ? TruncatedAddress(high: high & (~0 << UInt64(64 - precision.ipv6Bits)), low: 0, isIPv6: true)
            : TruncatedAddress(high: 0, low: low & (~0 << UInt64(32 - precision.ipv4Bits)), isIPv6: false)
    }

    /// Whether the block holds the address.
    @inlinable
    public func isContained(in block: AddressBlock) -> Bool {
        isIPv6 == block.isIPv6 && high & block.highMask == block.high && low & block.lowMask == block.low
    }

    /// Writes the whole address, for the origin server of a route listed under `full_address_routes` and for nothing else.
    public func writeFull(into output: inout ByteBuffer) {
        writeAddress(high: high, low: low, isIPv6: isIPv6, into: &output)
    }

    /// The address as two words (and its family), for the keyed hash that makes a visitor key and for nothing else.
    @inlinable
    package var wordsForVisitorKey: (high: UInt64, low: UInt64) { (isIPv6 ? high : 0xFFFF_FFFF_FFFF_FFFF, low) }

    /// The octets in network order, the first four of them for IPv4: for the place lookup and for nothing else.
    var octetsForLookup: InlineArray<16, UInt8> {
        var octets = InlineArray<16, UInt8>(repeating: 0)
        if isIPv6 {
            for index in 0..<8 {
                octets[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                octets[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
        } else {
            for index in 0..<4 { octets[index] = UInt8(truncatingIfNeeded: low >> UInt64(24 - 8 * index)) }
        }
        return octets
    }
}

extension ClientAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same words: a client address is not to be written anywhere.
    public var description: String { "(client address)" }
    /// Always the same words: a client address is not to be written anywhere.
    public var debugDescription: String { description }
    /// A mirror without children, so that `dump` and test failures show nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
