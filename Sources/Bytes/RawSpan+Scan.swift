extension RawSpan {
    /// The offset of the first `byte` at or after `from`, or nil; sixteen bytes a step.
    @inlinable
    public func firstIndex(of byte: UInt8, from: Int = 0) -> Int? {
        let wanted = SIMD16<UInt8>(repeating: byte)
        return firstIndex(from: from, in: { ($0 .== wanted).bits }, isWanted: { $0 == byte })
    }

    /// The offset of the first `a` or `b` at or after `from`, or nil; sixteen bytes a step.
    @inlinable
    public func firstIndex(of a: UInt8, or b: UInt8, from: Int = 0) -> Int? {
        let first = SIMD16<UInt8>(repeating: a)
        let second = SIMD16<UInt8>(repeating: b)
        return firstIndex(
            from: from, in: { ($0 .== first .| $0 .== second).bits }, isWanted: { $0 == a || $0 == b })
    }

    /// The offset of the first byte at or after `from` that both ways of telling, a block's bits and a byte's, want.
    @inlinable
    @inline(__always)
    func firstIndex(
        from: Int, in bits: (SIMD16<UInt8>) -> UInt32, isWanted: (UInt8) -> Bool
    ) -> Int? {
        let count = byteCount
        var offset = from
        while offset &+ 16 <= count {
            let found = bits(block(at: offset))
            if found != 0 { return offset &+ found.trailingZeroBitCount }
            offset &+= 16
        }
        if count >= 16 {
            guard offset < count else { return nil }
            // The last block overlaps what was looked at.
            let found = bits(block(at: count &- 16)) &>> UInt32(truncatingIfNeeded: offset &+ 16 &- count)
            return found == 0 ? nil : offset &+ found.trailingZeroBitCount
        }
        while offset < count {
            if isWanted(self[offset]) { return offset }
            offset &+= 1
        }
        return nil
    }

    /// Whether there is a control character other than HTAB: 0x00-0x08, 0x0A-0x1F or 0x7F.
    @inlinable
    public var containsControl: Bool { firstControl(from: 0) < byteCount }

    /// The offset of the first control character other than HTAB at or after `from`, or `byteCount` when there is none;
    /// requires that `from` is within.
    @inlinable
    @inline(__always)
    public func firstControl(from: Int) -> Int {
        let count = byteCount
        precondition(from >= 0 && from <= count)
        return unsafe withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return count }
            // One more makes a negative number of 0x7F, so that one comparison finds all controls - with HTAB and octets
            // above 0x7F, which are rare enough to be told apart afterwards.
            let one = SIMD16<UInt8>(repeating: 1)
            let bound = SIMD16<Int8>(repeating: 0x21)
            var offset = from
            // In bounds: every load ends at or before `count`.
            while offset &+ 16 <= count {
                let block = unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
                if (SIMD16<Int8>(truncatingIfNeeded: block &+ one) .< bound).firstLane < 16 {
                    let lane = isControl(block).firstLane
                    if lane < 16 { return offset &+ lane }
                }
                offset &+= 16
            }
            if offset < count, count &- 16 >= from {
                // The last block overlaps the one before it, in which there is none.
                offset = count &- 16
                let lane = isControl(unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self))
                    .firstLane
                return min(offset &+ lane, count)
            }
            while offset < count {
                // In bounds by the loop's condition.
                let byte = unsafe base.load(fromByteOffset: offset, as: UInt8.self)
                if byte < 0x20 && byte != 0x09 || byte == 0x7F { break }
                offset &+= 1
            }
            return offset
        }
    }
}

@usableFromInline
@inline(__always)
func isControl(_ block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
    (block .< SIMD16(repeating: 0x20) .& block .!= SIMD16(repeating: 0x09)) .| block .== SIMD16(repeating: 0x7F)
}
