import CBytes

extension RawSpan {
    /// The sixteen bytes at `offset`, bounds-checked: for scanners that look for more than one byte at a time.
    @inlinable
    @inline(__always)
    public func block(at offset: Int) -> SIMD16<UInt8> {
        // Bounds-checked by the load; every bit pattern is a valid SIMD16<UInt8>.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
    }

    /// The eight bytes at `offset`, the first one lowest, bounds-checked.
    @inlinable
    @inline(__always)
    public func word(at offset: Int) -> UInt64 {
        // Bounds-checked by the load; every bit pattern is a valid UInt64.
        UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The four bytes at `offset`, the first one lowest, bounds-checked.
    @inlinable
    @inline(__always)
    public func halfWord(at offset: Int) -> UInt32 {
        // Bounds-checked by the load; every bit pattern is a valid UInt32.
        UInt32(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

extension RawSpan {
    /// A name of one to eight bytes as a number, the first byte lowest, ASCII capitals made small and zeros above.
    @inlinable
    @inline(__always)
    public func smallName(from start: Int, to end: Int) -> UInt64 {
        let bits = UInt64(truncatingIfNeeded: 64 &- 8 &* (end &- start))
        if start &+ 8 <= byteCount { return (word(at: start).lowercasedASCII &<< bits) &>> bits }
        if byteCount >= 8, end == byteCount { return word(at: end &- 8).lowercasedASCII &>> bits }
        var name: UInt64 = 0
        for offset in start..<end { name |= UInt64(self[offset].lowercasedASCII) &<< UInt64(8 &* (offset &- start)) }
        return name
    }
}

extension UInt64 {
    /// Each of the eight bytes as `UInt8.lowercasedASCII` has it.
    @inlinable
    @inline(__always)
    public var lowercasedASCII: UInt64 {
        // Per byte below 0x80: bit 7 of the first sum tells >= "A", of the second > "Z".
        let heptets = self & 0x7F7F_7F7F_7F7F_7F7F
        let fromA = heptets &+ 0x3F3F_3F3F_3F3F_3F3F
        let beyondZ = heptets &+ 0x2525_2525_2525_2525
        let capitals = fromA & ~beyondZ & ~self & 0x8080_8080_8080_8080
        return self | capitals &>> 2
    }
}

extension SIMDMask<SIMD16<Int8>> {
    /// A bit for each lane, the first one lowest.
    @inlinable
    @inline(__always)
    public var bits: UInt32 {
        // Two values of the same size; a set lane is -1, a clear one 0.
        crumbgate_bits(unsafe unsafeBitCast(self, to: SIMD16<Int8>.self))
    }

    /// The lowest lane that is set, or 16 when none is.
    @inlinable
    @inline(__always)
    public var firstLane: Int { (bits | 0x1_0000).trailingZeroBitCount }
}
