extension RawSpan {
    /// The offset of the first `byte` at or after `from`, or nil; sixteen bytes a step.
    @inlinable
    public func firstIndex(of byte: UInt8, from: Int = 0) -> Int? {
        var offset = from
        let wanted = SIMD16<UInt8>(repeating: byte)
        while offset &+ 16 <= byteCount {
            let lane = (block(at: offset) .== wanted).firstLane
            if lane < 16 { return offset &+ lane }
            offset &+= 16
        }
        while offset < byteCount {
            if self[offset] == byte { return offset }
            offset &+= 1
        }
        return nil
    }

    /// The offset of the first `a` or `b` at or after `from`, or nil; sixteen bytes a step.
    @inlinable
    public func firstIndex(of a: UInt8, or b: UInt8, from: Int = 0) -> Int? {
        var offset = from
        let first = SIMD16<UInt8>(repeating: a)
        let second = SIMD16<UInt8>(repeating: b)
        while offset &+ 16 <= byteCount {
            let block = block(at: offset)
            let lane = (block .== first .| block .== second).firstLane
            if lane < 16 { return offset &+ lane }
            offset &+= 16
        }
        while offset < byteCount {
            let byte = self[offset]
            if byte == a || byte == b { return offset }
            offset &+= 1
        }
        return nil
    }

    /// Whether there is a control character other than HTAB: 0x00-0x08, 0x0A-0x1F or 0x7F.
    @inlinable
    public var containsControl: Bool {
        var offset = 0
        if byteCount >= 16 {
            var found = SIMDMask<SIMD16<Int8>>(repeating: false)
            while offset &+ 16 <= byteCount {
                found .|= isControl(block(at: offset))
                offset &+= 16
            }
            // The last block overlaps the one before it.
            found .|= isControl(block(at: byteCount &- 16))
            return found.firstLane < 16
        }
        while offset < byteCount {
            let byte = self[offset]
            if (byte < 0x20 && byte != 0x09) || byte == 0x7F { return true }
            offset &+= 1
        }
        return false
    }
}

@usableFromInline
@inline(__always)
func isControl(_ block: SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>> {
    (block .< SIMD16(repeating: 0x20) .& block .!= SIMD16(repeating: 0x09)) .| block .== SIMD16(repeating: 0x7F)
}
