/// Decides which rows of a table may be shown: the one place where counts become figures.
///
/// The table's rows together may be known from elsewhere (a total), so what is left out must not be small either:
/// secondary suppression as for statistical tables (Hundepool et al., "Statistical Disclosure Control", 2012, ch. 4).
public enum Gate {
    /// One row: how much was counted, and the keys of at most k distinct who fed it.
    public struct Row: Sendable {
        /// What was counted.
        public var count: Int
        /// Distinct keys, all of them while there are fewer than k.
        public var evidence: Set<UInt64>
        /// Whether it may be shown by itself at all.
        public var isNamed: Bool

        /// Makes a row.
        public init(count: Int, evidence: Set<UInt64>, isNamed: Bool = true) {
            self.count = count
            self.evidence = evidence
            self.isNamed = isNamed
        }
    }

    /// What a table's counts are.
    public enum Counting: Sendable {
        /// Each visitor adds one to one row.
        case visitors
        /// Whoever feeds a row may add any number to it.
        case occurrences
    }

    /// What may be shown of a table.
    public struct Verdict: Equatable, Sendable {
        /// Positions of the rows that stand for themselves.
        public var visible: [Int]
        /// Positions of the rows that are shown as one; or not at all, when `other` is nil.
        public var folded: [Int]
        /// The count of the folded rows together; nil when they may not be shown even so, or there are none.
        public var other: Int?

        /// Makes a verdict.
        public init(visible: [Int], folded: [Int], other: Int?) {
            self.visible = visible
            self.folded = folded
            self.other = other
        }
    }

    /// Applies the threshold: a row is visible when at least `k` distinct fed it; the rest is folded into one that at
    /// least `k` distinct fed too, for which the smallest visible row joins when need be. When all rows together have
    /// fewer than `k`, nothing is shown.
    ///
    /// The smallest visible row joins as well when the sum would tell each folded row. Where visitors are counted, no
    /// group of fewer than `k` can then be worked out, by whoever knows this rule and which rows there are.
    public static func threshold(_ rows: [Row], k: Int, counting: Counting = .visitors) -> Verdict {
        threshold(rows, k: k, counting: counting, with: .all)
    }

    package static func threshold(
        _ rows: [Row], k: Int, counting: Counting = .visitors, with protections: Protections
    ) -> Verdict {
        var visible: [Int] = []
        var folded: [Int] = []
        var evidence: Set<UInt64> = []
        for (index, row) in rows.enumerated() where row.count > 0 {
            if row.isNamed, row.evidence.count >= k || !protections.contains(.threshold) {
                visible.append(index)
            } else {
                folded.append(index)
                if evidence.count < k { evidence.formUnion(row.evidence) }
            }
        }
        if folded.isEmpty { return Verdict(visible: visible, folded: [], other: nil) }
        let isSmall = evidence.count < k && protections.contains(.complement)
        let tells = counting == .visitors && protections.contains(.ambiguity)
        if isSmall || tells && isTight(folded.map { rows[$0].count }, k: k) {
            if let smallest = visible.min(by: { (rows[$0].count, $0) < (rows[$1].count, $1) }) {
                visible.removeAll { $0 == smallest }
                folded.append(smallest)
            } else if isSmall {
                return Verdict(visible: [], folded: folded, other: nil)
            }
        }
        return Verdict(visible: visible, folded: folded, other: folded.reduce(0) { $0 + rows[$1].count })
    }

    /// Whether the sum of folded rows tells each of them to somebody who knows how many there are: it is the least or
    /// the most that so many rows below k can come to.
    private static func isTight(_ counts: [Int], k: Int) -> Bool {
        let sum = counts.reduce(0, +)
        return sum == counts.count || sum == counts.count * (k - 1)
    }
}
