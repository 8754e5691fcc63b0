/// The deterministic automaton of several regular expressions, made by subset construction.
struct NameRegexGroup {
    struct Member {
        let order: UInt32
        let regex: NameRegex
    }

    /// The class of each octet: octets of one class are alike to every expression.
    private(set) var classes = [UInt8](repeating: 0, count: 256)
    private(set) var classCount = 1
    /// States × classes; state 0 is dead, state 1 the start.
    private(set) var transitions: [UInt16] = []
    /// Per state the lowest order of the expressions that match there.
    private(set) var accepts: [UInt32] = []

    // All positions of all members, numbered through.
    private var octets: [OctetSet] = []
    private var follow: [[Int32]] = []
    private var orders: [UInt32] = []

    /// Nil when the automaton would have more than about four states per position, or take long to make.
    init?(_ members: [Member]) {
        var first: [Int32] = []
        for member in members {
            let base = octets.count
            let automaton = member.regex.automaton
            automaton.first.forEach { first.append(Int32(base + $0)) }
            for position in automaton.positions {
                octets.append(position.octets)
                var next: [Int32] = []
                position.follow.forEach { next.append(Int32(base + $0)) }
                follow.append(next)
                orders.append(position.isLast ? member.order : NameRegexTable.none)
            }
        }
        classify()
        guard determinize(from: first, limit: min(octets.count * 4 + 64, Int(UInt16.max))) else { return nil }
    }

    /// Splits the octets until no set tells two of a class apart.
    private mutating func classify() {
        for set in Set(octets) {
            var renamed: [Int: UInt8] = [:]
            for octet in 0..<256 {
                let key = Int(classes[octet]) << 1 | (set.contains(UInt8(octet)) ? 1 : 0)
                // There are no more classes than octets, so numbers fit.
                let name = renamed[key] ?? UInt8(renamed.count)
                renamed[key] = name
                classes[octet] = name
            }
            classCount = renamed.count
        }
    }

    private mutating func determinize(from first: [Int32], limit: Int) -> Bool {
        var representatives = [UInt8](repeating: 0, count: classCount)
        for octet in 0..<256 { representatives[Int(classes[octet])] = UInt8(octet) }
        var numbers: [[Int32]: UInt16] = [:]
        // What may come next in each state; the dead state has nothing, the start has every member's beginning.
        var next: [[Int32]] = [[], first]
        accepts = [NameRegexTable.none, NameRegexTable.none]
        transitions = Array(repeating: 0, count: classCount)
        var state = 1
        var effort = 0
        while state < next.count {
            let candidates = next[state]
            effort += candidates.count * classCount
            if effort > 512 * octets.count + 100_000 { return false }
            next[state] = []
            for octetClass in 0..<classCount {
                let octet = representatives[octetClass]
                let reached = candidates.filter { octets[Int($0)].contains(octet) }
                if reached.isEmpty {
                    transitions.append(0)
                    continue
                }
                if let number = numbers[reached] {
                    transitions.append(number)
                    continue
                }
                if next.count >= limit { return false }
                numbers[reached] = UInt16(next.count)
                transitions.append(UInt16(next.count))
                accepts.append(reached.reduce(NameRegexTable.none) { min($0, orders[Int($1)]) })
                next.append(
                    reached.count == 1 ? follow[Int(reached[0])] : Set(reached.flatMap { follow[Int($0)] }).sorted())
            }
            state += 1
        }
        return true
    }
}
