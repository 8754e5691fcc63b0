import Bytes

/// The position (Glushkov) automaton of a regular expression: one state per character or set, no empty moves.
///
/// Matching walks all states at once as a bit set, so it takes at most positions × octets steps and no memory.
struct PositionAutomaton: Sendable {
    private(set) var positions: [Position] = []
    /// Where a match may begin.
    private(set) var first = PositionSet()
    /// Whether the empty name matches.
    private(set) var acceptsEmpty = false

    struct Position: Sendable {
        let octets: OctetSet
        /// What may come next.
        var follow = PositionSet()
        /// Whether the name may end here.
        var isLast = false
    }

    /// Builds the automaton; `end` is the offset that the error of a too large expression names.
    init(_ tree: NameRegexTree, end: Int) throws(NamePatternError) {
        var steps = 0
        let part = try add(tree, end: end, steps: &steps)
        first = part.first
        acceptsEmpty = part.isNullable
        part.last.forEach { positions[$0].isLast = true }
    }

    func matches(_ name: RawSpan) -> Bool {
        if name.byteCount == 0 { return acceptsEmpty }
        var candidates = first
        var isMatch = false
        for offset in 0..<name.byteCount {
            let octet = name[offset]
            var next = PositionSet()
            isMatch = false
            var isAlive = false
            candidates.forEach { position in
                guard positions[position].octets.contains(octet) else { return }
                next.formUnion(positions[position].follow)
                isMatch = isMatch || positions[position].isLast
                isAlive = true
            }
            if !isAlive { return false }
            candidates = next
        }
        return isMatch
    }

    /// The positions of a part of the expression.
    private struct Part {
        var isNullable: Bool
        var first = PositionSet()
        var last = PositionSet()
    }

    private mutating func add(_ tree: NameRegexTree, end: Int, steps: inout Int) throws(NamePatternError) -> Part {
        steps += 1
        guard steps < 20_000, positions.count <= NameRegex.maximumPositions else { throw Self.tooLarge(end) }
        switch tree {
        case .empty: return Part(isNullable: true)
        case .set(let octets):
            guard positions.count < NameRegex.maximumPositions else { throw Self.tooLarge(end) }
            let own = PositionSet(positions.count)
            positions.append(Position(octets: octets))
            return Part(isNullable: false, first: own, last: own)
        case .sequence(let items):
            var whole = Part(isNullable: true)
            for item in items { join(&whole, try add(item, end: end, steps: &steps)) }
            return whole
        case .alternatives(let branches):
            var whole = Part(isNullable: false)
            for branch in branches {
                let part = try add(branch, end: end, steps: &steps)
                whole.isNullable = whole.isNullable || part.isNullable
                whole.first.formUnion(part.first)
                whole.last.formUnion(part.last)
            }
            return whole
        case .repeated(let item, let minimum, let maximum):
            var whole = Part(isNullable: true)
            // With an end: minimum copies, then optional ones. Without: the last copy loops.
            for copy in 0..<(maximum ?? max(minimum, 1)) {
                var part = try add(item, end: end, steps: &steps)
                if maximum == nil, copy == max(minimum, 1) - 1 { link(part.last, to: part.first) }
                if copy >= minimum { part.isNullable = true }
                join(&whole, part)
            }
            return whole
        }
    }

    private mutating func join(_ whole: inout Part, _ part: Part) {
        link(whole.last, to: part.first)
        if whole.isNullable { whole.first.formUnion(part.first) }
        if part.isNullable { whole.last.formUnion(part.last) } else { whole.last = part.last }
        whole.isNullable = whole.isNullable && part.isNullable
    }

    private mutating func link(_ last: PositionSet, to first: PositionSet) {
        last.forEach { positions[$0].follow.formUnion(first) }
    }

    private static func tooLarge(_ end: Int) -> NamePatternError {
        NamePatternError(
            offset: end,
            reason: "the expression is too large: at most \(NameRegex.maximumPositions) characters and sets")
    }
}

/// A set of positions below 512, kept in place.
struct PositionSet: Sendable {
    private var words = SIMD8<UInt64>(repeating: 0)

    init() {}

    init(_ position: Int) { words[position >> 6] |= 1 << UInt64(position & 63) }

    mutating func formUnion(_ other: PositionSet) { words |= other.words }

    @inline(__always)
    func forEach(_ body: (Int) -> Void) {
        for index in 0..<8 {
            var word = words[index]
            while word != 0 {
                body(index << 6 | word.trailingZeroBitCount)
                word &= word &- 1
            }
        }
    }
}
