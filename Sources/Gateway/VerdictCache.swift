import Bytes
import Consent

/// Consent cookies that were lately found right: a browser sends the same one with every request of a page, and its
/// MAC need not be computed for each.
///
/// One per event loop, of fixed size. Only valid cookies are kept, so that whoever makes them up displaces nothing;
/// a verdict holds for the rules and the day it was reached under.
struct VerdictCache: ~Copyable {
    /// The longest value that is kept, in bytes.
    static let maximumLength = 128
    private static let slotBits = 6

    private var entries = UniqueArray(repeating: Entry(), count: 1 << slotBits)

    private struct Entry: BitwiseCopyable {
        /// 0 in an empty entry.
        var length = 0
        var words = InlineArray<16, UInt64>(repeating: 0)
        var site = UInt32.max
        var today = Int32.min
        var verdict = ConsentCookieVerdict.invalid
    }

    /// The verdict on `value`, from an earlier request where it is the same value under the same rules and day.
    ///
    /// - Parameters:
    ///   - site: tells the sites of all sets of rules in force apart.
    ///   - verify: reaches the verdict.
    mutating func verdict(
        on value: RawSpan, site: UInt32, today: Int32, verify: (RawSpan) -> ConsentCookieVerdict
    ) -> ConsentCookieVerdict {
        guard value.byteCount >= 8, value.byteCount <= Self.maximumLength else { return verify(value) }
        // The end of the value is its MAC, which spreads evenly.
        let end = value.word(at: value.byteCount &- 8)
        let slot = Int(truncatingIfNeeded: (end &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(64 &- Self.slotBits))
        if entries[slot].length == value.byteCount, entries[slot].site == site, entries[slot].today == today {
            // All of it is compared, wherever it differs: time must not tell a part of somebody's MAC.
            var difference = entries[slot].words[15] ^ end
            var word = 0
            while word &* 8 &+ 8 <= value.byteCount {
                difference |= entries[slot].words[word] ^ value.word(at: word &* 8)
                word &+= 1
            }
            if difference == 0 { return entries[slot].verdict }
        }
        let verdict = verify(value)
        guard case .valid = verdict else { return verdict }
        var entry = Entry(length: value.byteCount, site: site, today: today, verdict: verdict)
        var word = 0
        while word &* 8 &+ 8 <= value.byteCount {
            entry.words[word] = value.word(at: word &* 8)
            word &+= 1
        }
        entry.words[15] = end
        entries[slot] = entry
        return verdict
    }

    /// Forgets everything: the rules have changed.
    mutating func clear() {
        for slot in 0..<entries.count { entries[slot] = Entry() }
    }
}
