import Bytes

/// A block of addresses in CIDR notation, as in `trusted_proxies` (RFC 4632 §3.1).
@frozen
public struct AddressBlock: Hashable, Sendable {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64
    @usableFromInline let highMask: UInt64
    @usableFromInline let lowMask: UInt64
    @usableFromInline let isIPv6: Bool
    /// The number of leading bits that its addresses share.
    public let prefixLength: Int

    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; nil when it is neither or has bits beyond its prefix.
    public init?(_ text: RawSpan) {
        let slash = text.firstIndex(of: UInt8(ascii: "/"))
        let addressText = text.extracting(0..<(slash ?? text.byteCount))
        let isIPv6 = addressText.firstIndex(of: UInt8(ascii: ":")) != nil
        let address: ClientAddress
        if isIPv6 {
            guard let parsed = parseIPv6(addressText) else { return nil }
            address = parsed
        } else {
            guard let parsed = parseIPv4(addressText) else { return nil }
            address = ClientAddress(ipv4: parsed)
        }
        // A block of IPv4-mapped addresses would read as IPv4 with a prefix beyond 32.
        guard address.isIPv6 == isIPv6 else { return nil }
        var length = isIPv6 ? 128 : 32
        if let slash {
            let digits = text.extracting((slash + 1)...)
            guard digits.byteCount <= 3, let number = digits.decimal, number <= UInt64(length) else { return nil }
            length = Int(number)
        }
        prefixLength = length
        self.isIPv6 = isIPv6
        high = address.high
        low = address.low
        if isIPv6 {
            highMask = length >= 64 ? ~0 : ~(~0 >> UInt64(length))
            lowMask = length <= 64 ? 0 : ~(~0 >> UInt64(length - 64))
        } else {
            highMask = ~0
            lowMask = ~0 << UInt64(32 - length)
        }
        guard high & highMask == high, low & lowMask == low else { return nil }
    }

    /// Reads a block from a string, as rules files hold it.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.rawSpan)
    }
}
