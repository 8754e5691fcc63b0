import Bytes

extension FieldID {
    /// The identifier of a field name, compared without ASCII case; `.other` when it is not a known one.
    ///
    /// A name that is found is a token (RFC 9110 §5.6.2), so a parser need not check its bytes again.
    public static func lookup(_ name: RawSpan) -> FieldID { table.lookup(name) }

    private static let table = FieldTable()
}

/// An open-addressing hash table of the known names, a tenth full, so that most look-ups touch one slot.
///
/// Small on purpose (4 KiB), and held by whoever looks up a lot: a global one is asked each time whether it exists.
struct FieldTable: ~Copyable, Sendable {
    private static let size = 1024
    private static let longest = 40
    private var slots = UniqueArray(repeating: FieldID.other, count: size)
    private var keys = UniqueArray(repeating: FieldKey(), count: 256)

    init() {
        for id in FieldID.allCases where id != .other {
            let name = staticBytes(id.name)
            precondition(name.byteCount > 1 && name.byteCount <= Self.longest)
            let key = FieldKey(name, from: 0, to: name.byteCount)
            keys[Int(id.rawValue)] = key
            var slot = key.slot
            while slots[slot] != .other { slot = (slot + 1) & (Self.size - 1) }
            slots[slot] = id
        }
    }

    func lookup(_ name: RawSpan) -> FieldID { lookup(name, from: 0, to: name.byteCount) }

    /// The identifier of the name between two offsets of `bytes`.
    @inline(__always)
    func lookup(_ bytes: RawSpan, from start: Int, to end: Int) -> FieldID {
        guard end &- start > 1, end &- start <= Self.longest else { return .other }
        let key = FieldKey(bytes, from: start, to: end)
        var slot = key.slot
        while true {
            let id = slots[slot]
            if id == .other { return .other }
            if keys[Int(id.rawValue)].matches(key) {
                if key.length <= 16 || bytes.extracting(start..<end).middleEquals(staticBytes(id.name)) { return id }
            }
            slot = (slot &+ 1) & (Self.size &- 1)
        }
    }
}

/// A name's length and its first and last eight bytes in lowercase: all of a name of at most 16 bytes.
struct FieldKey: BitwiseCopyable {
    var length = 0
    // Of a shorter name both are all of it.
    var first: UInt64 = 0
    var last: UInt64 = 0

    init() {}

    /// The key of the name between two offsets.
    @inline(__always)
    init(_ bytes: RawSpan, from start: Int, to end: Int) {
        length = end &- start
        if end >= 8, start &+ 8 <= bytes.byteCount {
            // Without a branch on the length, which no processor could foretell.
            let surplus = UInt64(truncatingIfNeeded: 64 &- 8 &* min(length, 8))
            first = ((bytes.word(at: start) &<< surplus) &>> surplus).lowercasedASCII
            last = (bytes.word(at: end &- 8) &>> surplus).lowercasedASCII
        } else {
            for offset in start..<min(end, start &+ 8) {
                first |= UInt64(bytes[offset].lowercasedASCII) &<< UInt64(8 &* (offset &- start))
            }
            let tail = max(start, end &- 8)
            for offset in tail..<end { last |= UInt64(bytes[offset].lowercasedASCII) &<< UInt64(8 &* (offset &- tail)) }
        }
    }

    @inline(__always)
    var slot: Int {
        let mixed = (first ^ last << 7 ^ last >> 57 ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 54)
    }

    @inline(__always)
    func matches(_ other: FieldKey) -> Bool {
        length == other.length && first == other.first && last == other.last
    }
}

extension RawSpan {
    /// Whether what stands between the first and the last eight bytes is that of `lowercase`, of the same length.
    fileprivate func middleEquals(_ lowercase: RawSpan) -> Bool {
        var offset = 8
        while offset &+ 8 < byteCount {
            if word(at: offset).lowercasedASCII != lowercase.word(at: offset) { return false }
            offset &+= 8
        }
        return true
    }
}
