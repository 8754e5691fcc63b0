import Bytes

extension RawSpan {
    /// The offset of the first occurrence of `needle` at or after `from`, or nil.
    func find(_ needle: RawSpan, from: Int = 0) -> Int? {
        let count = needle.byteCount
        guard count > 0, count <= byteCount else { return nil }
        var offset = from
        while let start = firstIndex(of: needle[0], from: offset) {
            if start &+ count > byteCount { return nil }
            if extracting(start..<(start &+ count)).equals(needle) { return start }
            offset = start &+ 1
        }
        return nil
    }

    /// The offset of the first occurrence of `needle`, or nil.
    func find(_ needle: StaticString) -> Int? { find(staticBytes(needle)) }

    /// Whether `needle` occurs.
    func contains(_ needle: StaticString) -> Bool { find(staticBytes(needle)) != nil }

    /// Whether the bytes end with those of `suffix`.
    func ends(with suffix: RawSpan) -> Bool {
        byteCount >= suffix.byteCount && extracting((byteCount - suffix.byteCount)...).equals(suffix)
    }
}
