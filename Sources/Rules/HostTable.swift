import Bytes

/// Host patterns (`shop.example` exactly, `*.shop.example` for every host below it), looked up by hash whatever their
/// number: one probe for the host itself, then one per label for the wildcards.
///
/// An exact pattern wins over a wildcard, a longer wildcard over a shorter one. Case and one trailing dot of the host
/// do not count.
public struct HostTable: Sendable {
    struct Entry {
        /// A host, or a dot and a suffix for a wildcard: no host begins with a dot, so one table holds both.
        let key: ByteRange
        let value: UInt32
    }

    private var entries: [Entry] = []
    private var pool: [UInt8] = []
    /// Open addressing; 0 is free, else an entry's index + 1.
    private var slots: [UInt32] = []
    /// Bytes of the longest wildcard's suffix, its dot included; 0 without wildcards.
    private var longestSuffix = 0

    /// Makes the table; of equal patterns the first counts.
    public init(_ patterns: [(pattern: String, value: UInt32)]) {
        guard !patterns.isEmpty else { return }
        var size = 4
        while size < patterns.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for (pattern, value) in patterns {
            let bytes = pattern.utf8.map(\.lowercasedASCII)
            let isWildcard = bytes.first == UInt8(ascii: "*")
            let key = isWildcard ? Array(bytes.dropFirst()) : bytes
            let slot = slot(of: key.rawSpan)
            guard slots[slot] == 0 else { continue }
            let start = pool.count
            pool += key
            entries.append(Entry(key: ByteRange(start, pool.count), value: value))
            slots[slot] = UInt32(entries.count)
            if isWildcard { longestSuffix = max(longestSuffix, key.count) }
        }
    }

    /// Whether it holds no pattern.
    public var isEmpty: Bool { entries.isEmpty }

    /// The value of the most specific pattern that matches a host (no port).
    public func value(for host: RawSpan) -> UInt32? {
        let dot = UInt8(ascii: ".")
        // No name of the DNS is longer (RFC 1035 §2.3.4); it bounds what a hostile field costs.
        guard !isEmpty, host.byteCount > 0, host.byteCount <= 254, host[0] != dot else { return nil }
        let end = host[host.byteCount - 1] == dot ? host.byteCount - 1 : host.byteCount
        let exact = slots[slot(of: host.extracting(0..<end))]
        if exact != 0 { return entries[Int(exact) - 1].value }
        var offset = max(1, end - longestSuffix)
        while offset < end {
            if host[offset] == dot {
                let suffix = slots[slot(of: host.extracting(offset..<end))]
                if suffix != 0 { return entries[Int(suffix) - 1].value }
            }
            offset += 1
        }
        return nil
    }

    /// The slot that holds the key, or the free one where it would be.
    private func slot(of key: RawSpan) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash(key)) & mask
        while slots[slot] != 0 {
            let candidate = entries[Int(slots[slot]) - 1].key
            // At least half of the slots are free, so the search ends.
            if key.equalsIgnoringCase(lowercase: pool.rawSpan[candidate]) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }
}

/// A hash of host bytes that does not tell capitals from small letters: eight bytes a multiplication.
private func hash(_ key: RawSpan) -> UInt64 {
    var hash = UInt64(key.byteCount)
    var word: UInt64 = 0
    for offset in 0..<key.byteCount {
        word = word << 8 | UInt64(key[offset] | 0x20)
        if offset & 7 == 7 {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
            word = 0
        }
    }
    hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
    return hash ^ (hash >> 32)
}
