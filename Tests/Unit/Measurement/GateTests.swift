import Measurement
import Testing

@Suite("Gate")
struct GateTests {
    static func row(_ visitors: some Sequence<Int>, count: Int? = nil, isNamed: Bool = true) -> Gate.Row {
        let evidence = Set(visitors.map { UInt64($0) })
        return Gate.Row(count: count ?? evidence.count, evidence: evidence, isNamed: isNamed)
    }

    @Test("Rows of k and more stand for themselves; the rest is shown as one if it is not small either")
    func threshold() {
        #expect(Gate.threshold([], k: 10) == .init(visible: [], folded: [], other: nil))
        #expect(Gate.threshold([Self.row(0..<10)], k: 10) == .init(visible: [0], folded: [], other: nil))
        #expect(Gate.threshold([Self.row(0..<9)], k: 10) == .init(visible: [], folded: [0], other: nil))
        let many = Gate.threshold([Self.row(0..<20), Self.row(20..<26), Self.row(26..<32)], k: 10)
        #expect(many == .init(visible: [0], folded: [1, 2], other: 12))
    }

    @Test("A small rest takes the smallest visible row with it")
    func complement() {
        let rows = [Self.row(0..<30), Self.row(30..<42), Self.row(42..<45)]
        #expect(Gate.threshold(rows, k: 10) == .init(visible: [0], folded: [2, 1], other: 15))
        #expect(Gate.threshold([Self.row(0..<30), Self.row(30..<31)], k: 10).visible.isEmpty)
    }

    @Test("Rows that their sum would tell take the smallest visible row with them, where visitors are counted")
    func tight() {
        let rows = [Self.row(0..<30), Self.row(30..<39), Self.row(40..<49), Self.row(50..<70)]
        #expect(Gate.threshold(rows, k: 10) == .init(visible: [0], folded: [1, 2, 3], other: 38))
        #expect(Gate.threshold(rows, k: 10, counting: .occurrences).visible == [0, 3])
    }

    @Test("Many page views of few visitors stay small, and so do the same visitors in several rows")
    func distinct() {
        let rows = [Self.row(0..<20), Self.row(100..<106), Self.row(100..<106, count: 500)]
        let verdict = Gate.threshold(rows, k: 10)
        #expect(verdict.visible.isEmpty)
        #expect(verdict.other == 526)
    }

    @Test("A row without a name is never shown by itself")
    func unnamed() {
        let rows = [Self.row(0..<20), Self.row(20..<50, isNamed: false)]
        #expect(Gate.threshold(rows, k: 10) == .init(visible: [0], folded: [1], other: 30))
    }

    /// Whether somebody who knows the table's total learns of a group of fewer than k.
    static func isolates(_ rows: [Gate.Row], _ verdict: Gate.Verdict, k: Int) -> Bool {
        for index in verdict.visible where rows[index].evidence.count < k { return true }
        let hidden = rows.indices.filter { !verdict.visible.contains($0) && rows[$0].count > 0 }
        let group = hidden.reduce(into: Set<UInt64>()) { $0.formUnion(rows[$1].evidence) }
        // With no row visible the total alone is known, and it is gated by itself.
        return !group.isEmpty && group.count < k && !verdict.visible.isEmpty
    }

    @Test("No random table gives a small group away; a gate without complementary suppression does")
    func property() {
        var random = Xorshift(seed: 42)
        var caught = 0
        for _ in 0..<3000 {
            let k = Int.random(in: 2...12, using: &random)
            let isPartition = Bool.random(using: &random)
            var next = 0
            let rows = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                let size = Int.random(in: 0...(2 * k), using: &random)
                defer { next += size }
                return isPartition
                    ? Self.row(next..<(next + size))
                    : Self.row((0..<size).map { _ in Int.random(in: 0..<40, using: &random) }, count: size * 3)
            }
            let verdict = Gate.threshold(rows, k: k)
            #expect(!Self.isolates(rows, verdict, k: k))
            let folded = verdict.folded.reduce(0) { $0 + rows[$1].count }
            #expect(verdict.other == nil || verdict.other == folded)
            #expect(Set(verdict.visible + verdict.folded) == Set(rows.indices.filter { rows[$0].count > 0 }))
            let careless = Gate.threshold(rows, k: k, with: .all(but: .complement))
            if Self.isolates(rows, careless, k: k) { caught += 1 }
        }
        #expect(caught > 300)
    }
}

/// A small generator with a seed, so that a failure can be had again.
struct Xorshift: RandomNumberGenerator, Sendable {
    var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
