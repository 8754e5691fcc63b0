extension RawSpan {
    /// A fast 64-bit hash of the bytes for tables that are built once from trusted keys; not keyed, not stable across
    /// versions.
    @inlinable
    public var tableHash: UInt64 {
        var state = UInt64(truncatingIfNeeded: byteCount) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset &+ 8 <= byteCount {
            // In bounds by the loop's condition; every bit pattern is a valid UInt64.
            let word = unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = mixed(state ^ word)
            offset &+= 8
        }
        if offset == byteCount { return state }
        return mixed(state ^ tail(from: offset))
    }
}

extension RawSpan {
    /// One to seven bytes that end the span as a number, zeros above: no other such tail of the same length has it.
    @inlinable
    @inline(__always)
    func tail(from offset: Int) -> UInt64 {
        let count = byteCount &- offset
        if byteCount >= 8 { return word(at: byteCount &- 8) &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count) }
        if count >= 4 { return UInt64(halfWord(at: offset)) | UInt64(halfWord(at: byteCount &- 4)) &<< 32 }
        return UInt64(self[offset]) | UInt64(self[offset &+ count / 2]) &<< 8 | UInt64(self[byteCount &- 1]) &<< 16
    }
}

/// Folds the 128-bit product with an odd constant.
@usableFromInline
@inline(__always)
func mixed(_ value: UInt64) -> UInt64 {
    let (high, low) = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return high ^ low
}
