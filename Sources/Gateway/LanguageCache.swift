import Bytes

/// What an `Accept-Language` asked for when it was last seen: few are in use, and a browser always sends its own.
///
/// One per event loop, of fixed size.
struct LanguageCache: ~Copyable {
    /// The longest value that is kept, in bytes.
    static let maximumLength = 64
    private static let slotBits = 4

    private var entries = UniqueArray(repeating: Entry(), count: 1 << slotBits)

    private struct Entry: BitwiseCopyable {
        /// 0 in an empty entry.
        var length = 0
        var words = InlineArray<8, UInt64>(repeating: 0)
        var site = UInt32.max
        var preference: UInt8 = 0
    }

    /// What `pages` would say of the value.
    ///
    /// - Parameter site: tells the sites of all sets of rules in force apart.
    mutating func preference(_ value: RawSpan, route site: UInt32, pages: OwnPages) -> UInt8 {
        guard !value.isEmpty, value.byteCount <= Self.maximumLength else {
            return pages.preference(acceptLanguage: value)
        }
        let slot = Int(truncatingIfNeeded: value.tableHash & (1 << UInt64(Self.slotBits) - 1))
        if entries[slot].length == value.byteCount, entries[slot].site == site {
            var difference: UInt64 = 0
            for word in 0..<(value.byteCount + 7) / 8 { difference |= entries[slot].words[word] ^ value.padded(word) }
            if difference == 0 { return entries[slot].preference }
        }
        var entry = Entry(length: value.byteCount, site: site, preference: pages.preference(acceptLanguage: value))
        for word in 0..<(value.byteCount + 7) / 8 { entry.words[word] = value.padded(word) }
        entries[slot] = entry
        return entry.preference
    }

    /// Forgets everything: the rules have changed.
    mutating func clear() {
        for slot in 0..<entries.count { entries[slot] = Entry() }
    }
}

extension RawSpan {
    /// Eight bytes as a number, those beyond the end as zeros.
    fileprivate func padded(_ word: Int) -> UInt64 {
        if word &* 8 &+ 8 <= byteCount { return self.word(at: word &* 8) }
        var result: UInt64 = 0
        for offset in word &* 8..<byteCount { result = result &<< 8 | UInt64(self[offset]) }
        return result
    }
}
