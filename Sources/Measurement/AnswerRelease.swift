/// The languages that visitors may be asked in, and what a table of them tells.
package enum AnswerLanguage {
    /// Those that the interface speaks, as it calls them: with noise each has its rows, whether anybody came or not.
    package static let codes = ["ar", "da", "de", "en", "es", "fi", "fr", "it", "nl", "pl", "pt", "sv"]
    /// What an answer comes to.
    package static let answers = ["agreed", "refused"]
}

/// Answers to the banner through the gate, without noise: what was granted, and the same answers by language.
///
/// Both divide the same answers, so both are shown within what is shown of agreement and of refusal as such, as sources
/// and campaigns are within channels. A language is shown with both of its figures or none, so that a rate of several
/// days is never one of some days' agreement and other days' refusal.
struct AnswerRelease {
    /// The name of a row, without what it counts.
    struct Name: Hashable {
        var dimension: Dimension
        var key: String
        var key2: String?
    }

    private let table: CellTable
    private(set) var cells: [Name: Int] = [:]

    /// Gates the rows of both tables.
    init(_ table: CellTable, _ outcomes: [Int], _ languages: [Int]) {
        self.table = table
        let answers = Dictionary(grouping: outcomes) { Self.answer(table.name(of: Int32($0))) }.sorted {
            $0.key < $1.key
        }
        let verdict = Gate.threshold(
            answers.map { joined($0.value) }, k: table.k, counting: .occurrences)
        var shown: [String: [String: Int]] = [:]
        var rest: [String: Int] = [:]
        for index in verdict.visible {
            let (answer, outcomes) = answers[index]
            divide(outcomes, of: answer)
            let own = languages.filter { table.name(of: Int32($0)).hasSuffix(" " + answer) }
            // Answers that a process of an older version counted have no language: what they are would be a difference.
            guard !own.isEmpty, joined(own).count == joined(outcomes).count else { continue }
            let visible = gate(own)
            shown[answer] = visible.rows
            rest[answer] = visible.other
        }
        if let other = verdict.other { cells[Name(dimension: .consentOutcome, key: ReleasedCell.otherKey)] = other }
        guard let agreed = shown["agreed"], let refused = shown["refused"] else { return }
        for answer in AnswerLanguage.answers {
            for (name, count) in shown[answer] ?? [:] {
                let language = String(name.dropLast(answer.utf8.count + 1))
                if agreed[language + " agreed"] != nil, refused[language + " refused"] != nil {
                    cells[Name(dimension: .answerLanguage, key: language, key2: answer)] = count
                } else {
                    rest[answer, default: 0] += count
                }
            }
            if let rest = rest[answer] {
                cells[Name(dimension: .answerLanguage, key: ReleasedCell.otherKey, key2: answer)] = rest
            }
        }
    }

    /// What was granted by those who agreed; the others have answered with one word.
    private mutating func divide(_ outcomes: [Int], of answer: String) {
        let visible = gate(outcomes)
        for (name, count) in visible.rows { cells[Name(dimension: .consentOutcome, key: name)] = count }
        if let other = visible.other { cells[Name(dimension: .consentOutcome, key: answer)] = other }
    }

    private func gate(_ rows: [Int]) -> (rows: [String: Int], other: Int?) {
        let verdict = Gate.threshold(rows.map { joined([$0]) }, k: table.k, counting: .occurrences)
        let visible = verdict.visible.map { (table.name(of: Int32(rows[$0])), table.cells[rows[$0]].count) }
        return (Dictionary(visible, uniquingKeysWith: +), verdict.other)
    }

    /// Rows as one: how much, and who fed any of it. With fewer than k of each, all are known; else there are enough.
    private func joined(_ rows: [Int]) -> Gate.Row {
        var row = Gate.Row(count: 0, evidence: [])
        for index in rows {
            row.count += table.cells[index].count
            row.evidence.formUnion(table.evidence(of: index))
            if table.cells[index].isOverflow { row.isNamed = false }
        }
        return row
    }

    /// What an outcome comes to: whoever came and did not answer is no answer.
    private static func answer(_ outcome: String) -> String {
        outcome == "accepted" || outcome == "partial" ? "agreed" : outcome
    }
}
