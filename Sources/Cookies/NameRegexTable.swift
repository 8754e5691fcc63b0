import Bytes

/// Regular expressions in their order, compiled together: one table step per octet stands for many expressions.
///
/// Expressions are put into groups by their text, each group becomes one deterministic automaton, and a name visits
/// only the groups that its first octet can begin. A group whose automaton would grow out of proportion is split; an
/// expression that does so alone is walked as a `PositionAutomaton`.
struct NameRegexTable: Sendable {
    /// By the expressions' order.
    private var payloads: [UInt32] = []
    private var groups: [Group] = []
    /// Per group 256 octet classes.
    private var classes: [UInt8] = []
    /// Per group states × classes; state 0 is dead, state 1 the start.
    private var transitions: [UInt16] = []
    /// Per group and state the first expression that matches there.
    private var accepts: [UInt32] = []
    /// The groups that octet *n* can begin: `candidates[bounds[n]..<bounds[n + 1]]`.
    private var bounds = [UInt32](repeating: 0, count: 257)
    private var candidates: [UInt32] = []
    /// Expressions that are walked one by one, ascending.
    private var walked: [(order: UInt32, regex: NameRegex)] = []
    private var emptyNameMatch = NameRegexTable.none

    private struct Group {
        var classes: Int
        var classCount: Int
        var transitions: Int
        var accepts: Int
    }

    static let none = UInt32.max
    private static let positionsPerGroup = 16_000

    init(_ expressions: [(regex: NameRegex, payload: UInt32)]) {
        payloads = expressions.map(\.payload)
        if let order = expressions.firstIndex(where: { $0.regex.automaton.acceptsEmpty }) {
            emptyNameMatch = UInt32(order)
        }
        let members = expressions.enumerated().map {
            NameRegexGroup.Member(order: UInt32($0.offset), regex: $0.element.regex)
        }
        .sorted { $0.regex.source < $1.regex.source }
        var open: [NameRegexGroup.Member] = []
        var positions = 0
        for member in members {
            let count = member.regex.automaton.positions.count
            if positions + count > Self.positionsPerGroup {
                compile(open)
                open = []
                positions = 0
            }
            open.append(member)
            positions += count
        }
        compile(open)
        walked.sort { $0.order < $1.order }
        index()
    }

    /// The payload of the first expression that matches the whole name.
    func first(matching name: RawSpan) -> UInt32? {
        if payloads.isEmpty { return nil }
        var found = Self.none
        if name.byteCount == 0 {
            found = emptyNameMatch
        } else {
            let octet = Int(name[0])
            for candidate in Int(bounds[octet])..<Int(bounds[octet + 1]) {
                found = min(found, match(name, groups[Int(candidates[candidate])]))
            }
            for expression in walked where expression.order < found && expression.regex.matches(name) {
                found = expression.order
            }
        }
        return found == Self.none ? nil : payloads[Int(found)]
    }

    private func match(_ name: RawSpan, _ group: Group) -> UInt32 {
        var state = 1
        for offset in 0..<name.byteCount {
            let octetClass = Int(classes[group.classes &+ Int(name[offset])])
            state = Int(transitions[group.transitions &+ state &* group.classCount &+ octetClass])
            if state == 0 { return Self.none }
        }
        return accepts[group.accepts &+ state]
    }

    private mutating func compile(_ members: [NameRegexGroup.Member]) {
        guard let first = members.first else { return }
        if let compiled = NameRegexGroup(members) {
            groups.append(
                Group(
                    classes: classes.count, classCount: compiled.classCount, transitions: transitions.count,
                    accepts: accepts.count))
            classes += compiled.classes
            transitions += compiled.transitions
            accepts += compiled.accepts
        } else if members.count == 1 {
            walked.append((first.order, first.regex))
        } else {
            compile(Array(members.prefix(members.count / 2)))
            compile(Array(members.dropFirst(members.count / 2)))
        }
    }

    private mutating func index() {
        for octet in 0..<256 {
            for (number, group) in groups.enumerated() {
                let octetClass = Int(classes[group.classes + octet])
                if transitions[group.transitions + group.classCount + octetClass] != 0 {
                    candidates.append(UInt32(number))
                }
            }
            bounds[octet + 1] = UInt32(candidates.count)
        }
    }
}
