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

extension SIMDMask<SIMD16<Int8>> {
    /// The lowest lane that is set, or 16 when none is.
    @inlinable
    @inline(__always)
    public var firstLane: Int {
        // Two values of the same size; a set lane is 0xFF, a clear one 0.
        let halves = unsafe unsafeBitCast(self, to: SIMD2<UInt64>.self)
        if halves.x != 0 { return halves.x.trailingZeroBitCount / 8 }
        return 8 &+ halves.y.trailingZeroBitCount / 8
    }
}
