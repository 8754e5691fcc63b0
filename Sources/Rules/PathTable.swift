import Bytes

/// Path patterns (`/cart` exactly, `/payment/*` and all below), looked up in one binary search whatever their number.
///
/// An exact pattern wins over a prefix, a longer prefix over a shorter one. Paths are compared as they are on the wire:
/// case-sensitively, without percent-decoding, up to the first `?`.
public struct PathTable: Sendable {
    struct Entry {
        let key: ByteRange
        let payload: UInt32
        /// The entry with the longest pattern that is a proper prefix of this one's, or -1.
        var parent: Int32
        let isPrefix: Bool
    }

    private var entries: [Entry] = []
    private var pool: [UInt8] = []

    /// Makes the table; of equal patterns the first counts.
    public init(_ patterns: [(pattern: String, payload: UInt32)]) {
        appendGroup(patterns)
    }

    init() {}

    /// Whether it holds no pattern.
    public var isEmpty: Bool { entries.isEmpty }

    /// The payload of the most specific pattern that matches a request path, which may carry a query.
    @inlinable
    public func match(_ pathAndQuery: RawSpan) -> UInt32? {
        if isEmpty { return nil }
        return search(pathAndQuery)
    }

    @usableFromInline
    func search(_ pathAndQuery: RawSpan) -> UInt32? {
        search(pathAndQuery, in: 0..<entries.count)
    }

    func search(_ pathAndQuery: RawSpan, in group: Range<Int>) -> UInt32? {
        let end = pathAndQuery.firstIndex(of: UInt8(ascii: "?")) ?? pathAndQuery.byteCount
        let path = pathAndQuery.extracting(0..<end)
        let keys = pool.rawSpan
        // Every pattern that is a prefix of the path sorts at or before it, and what lies between the two shares that
        // prefix: so the last entry not after the path has all of them among itself and its parents.
        var low = group.lowerBound
        var high = group.upperBound
        while low < high {
            let middle = (low + high) / 2
            if isOrdered(keys[entries[middle].key], notAfter: path) { low = middle + 1 } else { high = middle }
        }
        var candidate = low - 1
        while candidate >= group.lowerBound {
            let entry = entries[candidate]
            let key = keys[entry.key]
            if entry.isPrefix ? path.starts(with: key) : path.equals(key) { return entry.payload }
            candidate = Int(entry.parent)
        }
        return nil
    }

    /// Adds patterns that are searched by themselves and returns their range.
    @discardableResult
    mutating func appendGroup(_ patterns: [(pattern: String, payload: UInt32)]) -> Range<Int> {
        struct Draft {
            let key: [UInt8]
            let isPrefix: Bool
            let payload: UInt32
        }
        let drafts = patterns.map { pattern, payload in
            let bytes = Array(pattern.utf8)
            let isPrefix = bytes.last == UInt8(ascii: "*")
            return Draft(key: isPrefix ? bytes.dropLast() : bytes, isPrefix: isPrefix, payload: payload)
        }
        // Of equal keys the exact pattern sorts last, so that a search meets it first; among true equals the first
        // given sorts last for the same reason.
        let order = drafts.indices.sorted { a, b in
            let (x, y) = (drafts[a], drafts[b])
            if x.key != y.key { return x.key.lexicographicallyPrecedes(y.key) }
            if x.isPrefix != y.isPrefix { return x.isPrefix }
            return a > b
        }
        let first = entries.count
        var open: [Int] = []
        for index in order {
            let draft = drafts[index]
            while let last = open.last, !draft.key.starts(with: pool[entries[last].key.range]) { open.removeLast() }
            let start = pool.count
            pool += draft.key
            entries.append(
                Entry(
                    key: ByteRange(start, pool.count), payload: draft.payload, parent: Int32(open.last ?? -1),
                    isPrefix: draft.isPrefix))
            if draft.isPrefix { open.append(entries.count - 1) }
        }
        return first..<entries.count
    }
}

/// Whether `a` sorts before `b` bytewise, or is equal.
private func isOrdered(_ a: RawSpan, notAfter b: RawSpan) -> Bool {
    let shared = min(a.byteCount, b.byteCount)
    for offset in 0..<shared where a[offset] != b[offset] { return a[offset] < b[offset] }
    return a.byteCount <= b.byteCount
}
