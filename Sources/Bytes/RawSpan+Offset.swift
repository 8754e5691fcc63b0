extension RawSpan {
    /// The offset of the first `byte` at or after `from`, or `byteCount` when there is none; requires that `from` is
    /// within. Thirty-two bytes a step: for scanners that expect some way to go.
    @inlinable
    @inline(__always)
    public func offset(of byte: UInt8, from: Int) -> Int { offset(ofBits: 0xFF, equalTo: byte, from: from) }

    /// The offset of the first byte at or after `from` whose bits in `mask` are those of `value`, or `byteCount` when
    /// there is none; requires that `from` is within.
    @inlinable
    @inline(__always)
    public func offset(ofBits mask: UInt8, equalTo value: UInt8, from: Int) -> Int {
        let count = byteCount
        precondition(from >= 0 && from <= count)
        return unsafe withUnsafeBytes { bytes in
            var offset = from
            guard let base = bytes.baseAddress else { return offset }
            let wanted = SIMD16<UInt8>(repeating: value)
            let bits = SIMD16<UInt8>(repeating: mask)
            // In bounds: `offset` never passes `count`, and every load ends at or before it.
            while offset &+ 32 <= count {
                let low = unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
                let lane = ((low & bits) .== wanted).firstLane
                if lane < 16 { return offset &+ lane }
                let high = unsafe base.loadUnaligned(fromByteOffset: offset &+ 16, as: SIMD16<UInt8>.self)
                let second = ((high & bits) .== wanted).firstLane
                if second < 16 { return offset &+ 16 &+ second }
                offset &+= 32
            }
            while offset < count, unsafe base.load(fromByteOffset: offset, as: UInt8.self) & mask != value {
                offset &+= 1
            }
            return offset
        }
    }
}
