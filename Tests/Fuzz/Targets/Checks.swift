import Bytes

/// Ends the run as a finding unless `condition` holds.
@inline(__always)
func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}

/// Choices that follow from an input alone, so that the same input does the same in every run (SplitMix64).
struct Choices: RandomNumberGenerator {
    private var state: UInt64

    init(_ bytes: [UInt8]) {
        state = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Offsets to cut `count` bytes at, in order: all of them in a quarter of the cases, else a few.
    mutating func cuts(of count: Int) -> [Int] {
        if Int.random(in: 0..<4, using: &self) == 0, count <= 512 { return Array(0...count) }
        var cuts: [Int] = []
        for _ in 0..<Int.random(in: 1...4, using: &self) { cuts.append(Int.random(in: 0...count, using: &self)) }
        return cuts.sorted()
    }

    /// The bytes in pieces.
    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        for cut in cuts(of: bytes.count) + [bytes.count] {
            pieces.append(Array(bytes[start..<cut]))
            start = cut
        }
        return pieces
    }
}

extension [UInt8] {
    /// A copy of a part.
    func part(_ range: ByteRange) -> [UInt8] { Array(self[range.range]) }

    /// As text for a message.
    var shown: String { String(decoding: self, as: UTF8.self).debugDescription }

    var lowercased: [UInt8] { map(\.lowercasedASCII) }

    /// Without spaces and tabs at the ends.
    var trimmed: [UInt8] {
        var rest = self[...]
        while let first = rest.first, first.isOptionalWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isOptionalWhitespace { rest.removeLast() }
        return Array(rest)
    }

    /// Cut at each `separator`: always at least one part.
    func separated(by separator: UInt8) -> [[UInt8]] {
        split(separator: separator, omittingEmptySubsequences: false).map(Array.init)
    }
}
