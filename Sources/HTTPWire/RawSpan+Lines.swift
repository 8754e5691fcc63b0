import Bytes

extension RawSpan {
    /// The end of the line from `start`: only CR LF ends one, and no control but HTAB may stand in it.
    @inline(__always)
    func lineEnd(from start: Int) -> LineEnd {
        let offset = firstControl(from: start)
        return offset == byteCount ? .needsMore : lineEnd(at: offset)
    }

    /// What the line's first control character, which stands at `offset`, makes of it.
    @inline(__always)
    func lineEnd(at offset: Int) -> LineEnd {
        switch self[offset] {
        case .carriageReturn:
            if offset &+ 1 == byteCount { return .needsMore }
            if self[offset &+ 1] == .lineFeed { return .at(offset) }
            return .fault(.bareCarriageReturn, at: offset)
        case .lineFeed: return .fault(.bareLineFeed, at: offset)
        case 0: return .fault(.nul, at: offset)
        default: return .fault(.control, at: offset)
        }
    }

    /// The first octet of `range` that may not stand in a request target, or nil.
    ///
    /// RFC 3986 allows less than browsers send (`|`, `{`, `"` and the like in queries); every visible ASCII character
    /// but `#`, which ends a target, is let through for the origin server to judge.
    @inline(__always)
    func firstNonTargetOctet(in range: Range<Int>) -> Int? {
        var offset = range.lowerBound
        while offset &+ 16 <= range.upperBound {
            let bytes = block(at: offset)
            let isRefused = (bytes .<= Octets.space) .| (bytes .>= Octets.delete) .| (bytes .== Octets.numberSign)
            let lane = isRefused.firstLane
            if lane < 16 { return offset &+ lane }
            offset &+= 16
        }
        while offset < range.upperBound {
            let byte = self[offset]
            if byte <= 0x20 || byte >= 0x7F || byte == 0x23 { return offset }
            offset &+= 1
        }
        return nil
    }

    /// The range from `start` to `end` without spaces and tabs at its ends.
    @inline(__always)
    func withoutWhitespace(_ start: Int, _ end: Int) -> ByteRange {
        var low = start
        var high = end
        while low < high, self[low].isOptionalWhitespace { low &+= 1 }
        while low < high, self[high &- 1].isOptionalWhitespace { high &-= 1 }
        return ByteRange(low, high)
    }

    /// Whether all bytes of `range` may stand in a token, and there is one.
    @inline(__always)
    func isToken(_ range: Range<Int>) -> Bool {
        for offset in range where !self[offset].isTokenOctet { return false }
        return !range.isEmpty
    }
}

/// Sixteen times an octet. Comparing two vectors is one instruction; with a scalar on the right the library's generic
/// operator goes lane by lane.
private enum Octets {
    static var space: SIMD16<UInt8> { SIMD16(repeating: 0x20) }
    static var numberSign: SIMD16<UInt8> { SIMD16(repeating: 0x23) }
    static var delete: SIMD16<UInt8> { SIMD16(repeating: 0x7F) }
}
