import Foundation
import Yams

/// Reads YAML nodes as what a rules file may hold, and collects everything that is wrong with them.
///
/// Each function returns nil after it reported why, so that a caller goes on with its default and one run finds several
/// errors.
final class RulesReader {
    let lines: SourceLines
    let renamedKeys: [String: String]
    private(set) var diagnostics: [RulesDiagnostic] = []
    private var seen: Set<RulesDiagnostic> = []

    /// The folder that paths start from.
    var directory: String { URL(fileURLWithPath: lines.file).deletingLastPathComponent().relativePath }

    init(lines: SourceLines, renamedKeys: [String: String]) {
        self.lines = lines
        self.renamedKeys = renamedKeys
    }

    /// Notes a finding at a node, or `offset` scalars into its text.
    func report(
        _ message: String, at node: Node, offset: Int? = nil, expected: String? = nil, didYouMean: String? = nil,
        severity: RulesDiagnostic.Severity = .error
    ) {
        let line = node.mark?.line ?? 1
        var column = node.mark?.column ?? 1
        var width = 1
        if case .scalar(let scalar) = node {
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            let isBlock = scalar.style == .literal || scalar.style == .folded
            let length = scalar.string.unicodeScalars.count
            if let offset, !isBlock {
                column += offset + (isQuoted ? 1 : 0)
            } else if !isBlock {
                width = length + (isQuoted ? 2 : 0)
            }
        }
        var found = lines.diagnostic(message, line: line, column: column, width: width)
        found.expected = expected
        found.didYouMean = didYouMean
        found.severity = severity
        add(found)
    }

    /// Notes a finding, once: what several sites share is looked at for each of them.
    func add(_ found: RulesDiagnostic) {
        if seen.insert(found).inserted { diagnostics.append(found) }
    }

    /// Whether a finding is about a key, or about one that was meant to be it.
    func hasReported(key: String) -> Bool {
        diagnostics.contains { $0.message.hasPrefix(key) || $0.didYouMean == key }
    }

    /// The keys and values of a mapping with free keys, each key once; a null is an empty mapping.
    func pairs(_ node: Node, _ what: String) -> [Pair]? {
        guard let mapping = node.mapping else {
            if isNull(node) { return [] }
            report("\(what) must be a mapping, not \(describe(node))", at: node, expected: "`key: value` lines")
            return nil
        }
        var pairs: [Pair] = []
        var places: [String: Int] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                report("a key must be text, not \(describe(key))", at: key)
                continue
            }
            let name = renamedKeys[scalar.string] ?? scalar.string
            let line = key.mark?.line ?? 1
            if let first = places[name] {
                report("`\(name)` is there twice in this mapping: the first is in line \(first)", at: key)
                continue
            }
            places[name] = line
            pairs.append(Pair(name: name, key: key, value: value))
        }
        return pairs
    }

    /// The values of a mapping with fixed keys; an unknown key is an error.
    func section(_ node: Node, _ section: RulesSection, _ what: String) -> Section? {
        guard let mapping = node.mapping, !mapping.isEmpty else {
            if node.mapping != nil || isNull(node) { return Section(node: node) }
            report(
                "\(what) must be a mapping, not \(describe(node))", at: node,
                expected: list(section.keys, "a mapping with the keys", "and"))
            return nil
        }
        var result = Section(node: node)
        let known = section.keys
        for pair in pairs(node, what) ?? [] {
            if known.contains(pair.name) {
                result.pairs[pair.name] = pair
            } else {
                report(
                    "unknown key `\(pair.name)` in \(what)", at: pair.key, expected: list(known, "one of", "or"),
                    didYouMean: suggestion(for: pair.name, among: known))
            }
        }
        return result
    }

    /// The items of a sequence, or the node itself where one item needs no brackets; a null is an empty sequence.
    func items(_ node: Node) -> [Node] {
        if let sequence = node.sequence { return Array(sequence) }
        return isNull(node) ? [] : [node]
    }

    /// A key and a value of a mapping.
    struct Pair {
        let name: String
        let key: Node
        let value: Node
    }

    /// A mapping with fixed keys.
    struct Section {
        let node: Node
        var pairs: [String: Pair] = [:]

        subscript(key: String) -> Node? { pairs[key]?.value }
        func key(_ key: String) -> Node? { pairs[key]?.key }
    }
}

/// `a`, `b` or `c` after a lead.
func list(_ words: some Collection<String>, _ lead: String, _ conjunction: String) -> String {
    let quoted = words.map { "`\($0)`" }
    guard let last = quoted.last else { return lead }
    let before = quoted.dropLast()
    let joined = before.isEmpty ? last : before.joined(separator: ", ") + " \(conjunction) \(last)"
    return lead.isEmpty ? joined : "\(lead) \(joined)"
}
