extension UInt8 {
    static let carriageReturn: UInt8 = 0x0D
    static let lineFeed: UInt8 = 0x0A
    static let space: UInt8 = 0x20
    static let colon: UInt8 = 0x3A

    /// Whether the byte may stand in a token (RFC 9110 §5.6.2).
    @inline(__always)
    var isTokenOctet: Bool {
        let mask: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 0x80 && mask >> UInt64(self & 63) & 1 == 1
    }
}
