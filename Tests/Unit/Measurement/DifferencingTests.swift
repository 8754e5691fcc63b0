import Measurement
import Testing

/// Attack 5 of the threat model: from what is shown of a table, all tables are found that the same would be shown of.
/// A group of visitors that has the same size in all of them is known to whoever makes the effort.
@Suite("Differencing by exhaustive search")
struct DifferencingTests {
    typealias Rule = ([Gate.Row], Int) -> Gate.Verdict

    /// What is shown: the visible rows' counts, and last that of the others together.
    static func view(_ counts: [Int], k: Int, _ rule: Rule) -> [Int?] {
        var next: UInt64 = 1
        let rows = counts.map { count in
            defer { next += UInt64(count) }
            return Gate.Row(count: count, evidence: Set(next..<(next + UInt64(count))))
        }
        let verdict = rule(rows, k)
        return counts.indices.map { verdict.visible.contains($0) ? counts[$0] : nil } + [verdict.other]
    }

    /// All that may be shown of a table: the order of its rows, which decides between equal ones, is not known.
    static func views(_ counts: [Int], k: Int, _ rule: Rule) -> Set<[Int?]> {
        var views: Set<[Int?]> = []
        func permute(_ order: [Int], _ rest: [Int]) {
            for row in rest { permute(order + [row], rest.filter { $0 != row }) }
            guard rest.isEmpty else { return }
            let shown = view(order.map { counts[$0] }, k: k, rule)
            var sorted = shown
            for (place, row) in order.enumerated() { sorted[row] = shown[place] }
            views.insert(sorted)
        }
        permute([], Array(counts.indices))
        return views
    }

    /// The size of a group of fewer than k that can be told, by somebody who knows that no hidden row has fewer than
    /// `least`; nil when there is none.
    static func toldGroup(_ counts: [Int], k: Int, least: Int, _ rule: Rule) -> Int? {
        let shown = view(counts, k: k, rule)
        // Without a row of its own a table shows its total, which is shown anyway.
        guard let other = shown.last ?? nil, shown.dropLast().contains(where: { $0 != nil }) else { return nil }
        let hidden = counts.indices.filter { shown[$0] == nil }
        var solutions: [[Int]] = []
        func search(_ values: [Int], left: Int) {
            if values.count < hidden.count - 1 {
                if left < least { return }
                for value in least...left { search(values + [value], left: left - value) }
                return
            }
            guard left >= least else { return }
            var trial = counts
            for (row, value) in zip(hidden, values + [left]) { trial[row] = value }
            if views(trial, k: k, rule).contains(shown) { solutions.append(values + [left]) }
        }
        search([], left: other)
        for group in 1..<(1 << hidden.count) {
            let sizes = Set(
                solutions.map { values in
                    values.indices.reduce(0) { $0 + (group >> $1 & 1 == 1 ? values[$1] : 0) }
                })
            if sizes.count == 1, let size = sizes.first, size > 0, size < k { return size }
        }
        return nil
    }

    /// Small tables of every kind in which a group can be told.
    static func leaks(_ rule: Rule) -> [[Int]] {
        var found: [[Int]] = []
        func search(_ counts: [Int], rows: Int, k: Int, most: Int) {
            if counts.count < rows {
                for count in 0...most { search(counts + [count], rows: rows, k: k, most: most) }
                return
            }
            // Of a table whose rows are known beforehand, and of one whose rows are known to be there.
            for least in 0...1 where least == 0 || !counts.contains(0) {
                if toldGroup(counts, k: k, least: least, rule) != nil { found.append(counts) }
            }
        }
        for k in 2...4 { for rows in 1...3 { search([], rows: rows, k: k, most: 2 * k + 1) } }
        for k in 2...3 { search([], rows: 4, k: k, most: k + 1) }
        return found
    }

    @Test("No group below k can be told from a table, also by somebody who knows the gate's rule")
    func search() {
        #expect(Self.leaks { Gate.threshold($0, k: $1) } == [])
    }

    @Test("The search finds what the same gate tells with one protection less")
    func sabotage() {
        #expect(Self.leaks { Gate.threshold($0, k: $1, with: .all(but: .complement)) }.count > 100)
        // With a complement where the sum is small only: three rows of k − 1 are told by their sum.
        let tight = Self.leaks { Gate.threshold($0, k: $1, with: .all(but: .ambiguity)) }
        #expect(tight.contains([3, 2, 2, 2]) && tight.contains([3, 1, 1, 1]))
    }
}
