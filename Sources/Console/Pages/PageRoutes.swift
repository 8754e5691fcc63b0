import HTTPTypes
import Hummingbird
import Measurement
import Reports
import Store

/// `/`: the page.
func addPageRoutes(
    to router: Router<ConsoleContext>, desk: Desk, pages: Pages, environment: ConsoleEnvironment,
    published: PublishedTraffic
) {
    router.get("/") { request, _ -> Response in
        guard let person = try request.operator(desk) else { return .seeOther("/login") }
        guard let selection = Selection(request, environment) else {
            return pages.document(
                "problem", title: "No site", for: person,
                ["title": "No site", "message": "The rules have no site to show."], status: .notFound)
        }
        let figures = Figures(directory: environment.stateDirectory)
        let report = try figures.report(selection, comparison: .previous)
        var content = picker(selection, environment, isAdmin: person.isAdmin)
        content["site"] = selection.site.name
        content["period"] = "\(selection.period)"
        var besides: [String: Any] = ["health": health(published.traffic)]
        if let rules = unknownCookies(report) { besides["unknown"] = rules }
        if var consent = consent(report, try figures.answersPerDay(selection)) {
            consent["languages"] = languageTrends(selection.period, try figures.answersPerLanguage(selection))
            besides["consent"] = consent
        }
        content["report"] = report.htmlContent(id: "v", besides: pages.part("besides", besides))
        return pages.document(
            "page", title: "Visits of \(selection.site.name)", for: person, content,
            status: selection.problem == nil ? .ok : .badRequest)
    }
}

/// The form that chooses site and days.
private func picker(_ selection: Selection, _ environment: ConsoleEnvironment, isAdmin: Bool) -> [String: Any] {
    let sites = environment.sites()
    var content: [String: Any] = [
        "hasSites": sites.count > 1,
        "sites": sites.map { ["name": $0.name, "isChosen": $0.name == selection.site.name] as [String: Any] },
        "lengths": Selection.lengths.map { length, name -> [String: Any] in
            [
                "name": name, "isChosen": selection.last == length,
                "query": selection.query(last: length),
            ]
        },
        "from": selection.period.first.description, "to": selection.period.last.description,
        "today": selection.today.description, "isAdmin": isAdmin, "query": selection.query,
    ]
    if let problem = selection.problem { content["error"] = "These days are not shown: \(problem)." }
    return content
}

/// Cookies that no rule names, each with the line that a category needs for it.
private func unknownCookies(_ report: Report) -> [String: Any]? {
    guard let table = report.tables.first(where: { $0.section == .unknown }) else { return nil }
    let rows = table.rows.filter { $0.key != ReleasedCell.otherKey }.prefix(50)
    guard !rows.isEmpty else { return nil }
    return [
        "rows": rows.map { row -> [String: Any] in
            var content: [String: Any] = [
                "name": markup(row.key), "count": Metric.count.figure(in: row.counts)?.text ?? "–",
            ]
            content["line"] = ruleLine(row.key)
            return content
        }
    ]
}

/// The line of a category's `cookies` that means one name and no other; nil where its spelling would mean more, as a
/// stranger's cookie named `*` does.
package func ruleLine(_ name: String) -> String? {
    name.isEmpty || name.contains("*") || name.hasPrefix("/") ? nil : "- " + yamlText(name)
}

/// A cookie's name as a YAML scalar: plain where that is the same in every reader, else in double quotes (YAML 1.2 §7.3.1).
private func yamlText(_ name: String) -> String {
    func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
    let words = ["true", "false", "null", "yes", "no", "on", "off"]
    if let first = name.utf8.first, name.utf8.allSatisfy(isPlain), isLetterOrUnderscore(first),
        !words.contains(name.lowercased())
    {
        return name
    }
    var quoted = "\""
    for scalar in name.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case " "..."~": quoted.unicodeScalars.append(scalar)
        default:
            let digits = String(scalar.value, radix: 16)
            quoted += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
        }
    }
    return quoted + "\""
}

private func isLetterOrUnderscore(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
    default: false
    }
}

/// The share of those who answered that agreed, in all and day by day.
private func consent(_ report: Report, _ answers: [Day: AnswersOfDay]) -> [String: Any]? {
    guard let first = answers.keys.min(), let last = answers.keys.max() else { return nil }
    let days = (first.number...last.number).map { Day(number: $0) }
    let shares = days.map { answers[$0]?.agreed }
    guard shares.contains(where: { $0 != nil }) else { return nil }
    let sum = answers.values.reduce(into: AnswersOfDay()) { $0.add($1) }
    let chart = TimeChart(
        title: "Agreed to something, of 100 who answered", unit: "of 100", labels: days.map(\.shortName),
        values: shares)
    return [
        "chart": chart.svg(id: "consent-trend"),
        "days": zip(days, shares).compactMap { day, share in
            share.map { ["day": day.shortName, "share": "\($0)"] as [String: Any] }
        },
        "figures": [
            ["name": "Agreed to all", "value": sum.share(sum.accepted)],
            ["name": "To a part", "value": sum.share(sum.partial)],
            ["name": "To nothing", "value": sum.share(sum.refused)],
            ["name": "Answers", "value": Figure.count(sum.answers).text],
        ].filter { $0["value"] != "–" } as [[String: String]],
    ]
}

/// The same by the language that visitors were asked in: those with most answers first.
private func languageTrends(
    _ period: ReportPeriod, _ answers: [String: [Day: AnswersOfDay]]
) -> [[String: Any]] {
    let days = (period.first.number...period.last.number).map { Day(number: $0) }
    let sums = answers.mapValues { $0.values.reduce(into: AnswersOfDay()) { $0.add($1) } }
    let languages = sums.filter { AnswerLanguage.codes.contains($0.key) && $0.value.agreed != nil }.sorted { a, b in
        a.value.answers != b.value.answers ? a.value.answers > b.value.answers : a.key < b.key
    }
    return languages.prefix(12).map { language, sum in
        let chart = TimeChart(
            title: "Agreed to something, of 100 who answered in \(language)", unit: "of 100",
            labels: days.map(\.shortName), values: days.map { answers[language]?[$0]?.agreed })
        return [
            "name": language, "share": sum.share(sum.granting), "answers": Figure.count(sum.answers).text,
            "chart": chart.svg(id: "consent-trend-\(language)"),
        ]
    }
}
