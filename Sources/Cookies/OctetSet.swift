/// A set of octets.
struct OctetSet: Hashable, Sendable {
    private var words = SIMD4<UInt64>(repeating: 0)

    static let none = OctetSet()
    static let all = OctetSet.none.inverted
    static let digits = OctetSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let words = OctetSet(UInt8(ascii: "a")...UInt8(ascii: "z"))
        .union(OctetSet(UInt8(ascii: "A")...UInt8(ascii: "Z"))).union(.digits).union(OctetSet(UInt8(ascii: "_")))
    static let spaces = OctetSet(0x20).union(OctetSet(0x09))

    init() {}

    init(_ octet: UInt8) { insert(octet) }

    init(_ range: ClosedRange<UInt8>) {
        for octet in range { insert(octet) }
    }

    func contains(_ octet: UInt8) -> Bool { words[Int(octet >> 6)] >> UInt64(octet & 63) & 1 == 1 }

    mutating func insert(_ octet: UInt8) { words[Int(octet >> 6)] |= 1 << UInt64(octet & 63) }

    mutating func formUnion(_ other: OctetSet) { words |= other.words }

    func union(_ other: OctetSet) -> OctetSet {
        var result = self
        result.formUnion(other)
        return result
    }

    var inverted: OctetSet {
        var result = self
        result.words = ~words
        return result
    }

    /// The member when there is exactly one.
    var only: UInt8? {
        let members = (0...UInt8.max).filter(contains)
        return members.count == 1 ? members[0] : nil
    }
}
