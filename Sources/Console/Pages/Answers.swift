import Measurement
import Reports
import Store

/// How visitors answered the banner on a day, as far as it was released.
struct AnswersOfDay: Sendable {
    var accepted: Int?
    var refused: Int?
    var partial: Int?
    /// Agreed to all or a part, where these are too few to be told apart.
    var undivided: Int?

    /// Those who answered.
    var answers: Int { (granting ?? 0) + (refused ?? 0) }

    /// Those who agreed to something.
    var granting: Int? {
        accepted == nil && partial == nil && undivided == nil
            ? nil : (accepted ?? 0) + (partial ?? 0) + (undivided ?? 0)
    }

    /// How many of a hundred who answered agreed to something; nil when what agreed or what refused was not released.
    var agreed: Int? {
        guard let refused, let granting, answers > 0, refused >= 0 else { return nil }
        return max(0, min(100, (100 * granting + answers / 2) / answers))
    }

    mutating func add(_ other: AnswersOfDay) {
        func sum(_ a: Int?, _ b: Int?) -> Int? { a == nil && b == nil ? nil : (a ?? 0) + (b ?? 0) }
        accepted = sum(accepted, other.accepted)
        refused = sum(refused, other.refused)
        partial = sum(partial, other.partial)
        undivided = sum(undivided, other.undivided)
    }

    /// `62.5 %` of the answers; a dash when it was not released.
    func share(_ part: Int?) -> String {
        guard let part, answers > 0 else { return "–" }
        return Figure.share(Double(part) / Double(answers)).text
    }
}

extension Figures {
    /// The answers day by day.
    func answersPerDay(_ selection: Selection) throws -> [Day: AnswersOfDay] {
        guard let store = try store() else { return [:] }
        let rows = try store.reading { (reading) throws(StoreError) in
            try reading.dailyRows(of: .consentOutcome, site: selection.site.name, days: selection.period.numbers)
        }
        return rows.reduce(into: [:]) { answers, entry in
            let day = Day(number: entry.day)
            switch entry.row.key {
            case "accepted": answers[day, default: AnswersOfDay()].accepted = entry.row.counts[.count]
            case "refused": answers[day, default: AnswersOfDay()].refused = entry.row.counts[.count]
            case "partial": answers[day, default: AnswersOfDay()].partial = entry.row.counts[.count]
            case "agreed": answers[day, default: AnswersOfDay()].undivided = entry.row.counts[.count]
            default: break
            }
        }
    }

    /// The answers day by day, by the language that visitors were asked in.
    func answersPerLanguage(_ selection: Selection) throws -> [String: [Day: AnswersOfDay]] {
        guard let store = try store() else { return [:] }
        let rows = try store.reading { (reading) throws(StoreError) in
            try reading.dailyRows(of: .answerLanguage, site: selection.site.name, days: selection.period.numbers)
        }
        return rows.reduce(into: [:]) { languages, entry in
            if entry.row.key == ReleasedCell.otherKey { return }
            var answers = languages[entry.row.key]?[Day(number: entry.day)] ?? AnswersOfDay()
            if entry.row.key2 == "agreed" {
                answers.undivided = entry.row.counts[.count]
            } else {
                answers.refused = entry.row.counts[.count]
            }
            languages[entry.row.key, default: [:]][Day(number: entry.day)] = answers
        }
    }
}
