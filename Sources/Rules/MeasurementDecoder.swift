import Foundation
import Yams

/// Reads what is counted for a site.
struct MeasurementDecoder {
    let reader: RulesReader

    /// Reads the keys of `measurement` into a draft; what they do not say stays.
    func read(_ node: Node, into draft: inout MeasurementDraft) {
        guard let section = reader.section(node, .measurement, "measurement") else { return }
        if let node = section["profile"] {
            // Editors that follow YAML 1.1 read a bare `off` as false and may write it so.
            draft.profile =
                reader.isFalse(node)
                ? .off : reader.word(node, "profile", MeasurementSettings.Profile.self) ?? draft.profile
            draft.profileNode = node
        }
        if let node = section["threshold"] {
            draft.threshold = reader.integer(node, "threshold", in: 1...1000) ?? draft.threshold
            if draft.threshold < 5 {
                reader.report(
                    "a threshold of \(draft.threshold) releases figures about very few visitors", at: node,
                    expected: "10 or more outside of tests", severity: .warning)
            }
        }
        if let node = section["gate"] { draft.gate = gate(node) ?? draft.gate }
        if let node = section["time_zone"], let name = reader.text(node, "time_zone") {
            if TimeZone(identifier: name) != nil, name.contains("/") || name == "UTC" || name == "GMT" {
                draft.timeZone = name
            } else {
                reader.report(
                    "`\(name.prefix(80))` is not a time zone", at: node, expected: "an IANA name: `Europe/Berlin`",
                    didYouMean: suggestion(for: name, among: TimeZone.knownTimeZoneIdentifiers))
            }
        }
        if let node = section["retention"] {
            let range = 86_400_000...(762 * 86_400_000)
            draft.retentionDays =
                reader.duration(node, "retention", in: range).map { $0 / 86_400_000 } ?? draft.retentionDays
        }
        if let node = section["after_retention"] {
            draft.afterRetention =
                reader.word(node, "after_retention", MeasurementSettings.AfterRetention.self) ?? draft.afterRetention
            draft.afterRetentionNode = node
        }
        if let node = section["pages"] { draft.pages = reader.items(node).compactMap(page) }
        if let node = section["query"] { draft.query = parameters(node) }
        if let node = section["utm"] { draft.utm = parameters(node) }
        if let node = section["campaigns"] { draft.campaigns = reader.items(node).compactMap(campaign) }
        if let node = section["search"] { draft.search = parameters(node) }
        if let node = section["downloads"] { draft.downloads = reader.items(node).compactMap(ending) }
        if let node = section["goals"] {
            draft.goals = []
            for item in reader.items(node) {
                guard let (name, trigger, node) = goal(item) else { continue }
                guard let index = draft.goals.firstIndex(where: { $0.name == name }) else {
                    draft.goals.append(Goal(name: name, triggers: [trigger]))
                    continue
                }
                let triggers = draft.goals[index].triggers
                if triggers.contains(trigger) { reader.report("this goal is there twice", at: node) }
                draft.goals[index] = Goal(name: name, triggers: triggers + [trigger])
            }
        }
    }

    private func gate(_ node: Node) -> MeasurementSettings.Gate? {
        enum Mode: String, CaseIterable { case threshold, dp }
        guard let section = reader.section(node, .gate, "gate") else { return nil }
        let level = section["level"].flatMap { reader.word($0, "level", MeasurementSettings.Gate.Level.self) }
        switch section["mode"].flatMap({ reader.word($0, "mode", Mode.self) }) {
        case .dp: return .noise(level ?? .standard)
        case .threshold:
            if let node = section["level"] {
                reader.report("`level` says how much noise there is, and `threshold` has none", at: node)
            }
            return .threshold
        case nil:
            if section["mode"] == nil {
                reader.report("a gate without `mode`", at: node, expected: "`mode: threshold` or `mode: dp`")
            }
            return nil
        }
    }

    private func page(_ node: Node) -> PageRule? {
        enum Count: String, CaseIterable { case one, each }
        guard case .mapping = node else {
            return reader.pathPattern(node, "a page").map { PageRule(pattern: $0, page: $0) }
        }
        guard let section = reader.section(node, .page, "a page") else { return nil }
        guard let path = section["path"] else {
            reader.report("a page without `path`", at: node, expected: "`path`: a path pattern such as `/product/*`")
            return nil
        }
        guard let pattern = reader.pathPattern(path, "path") else { return nil }
        let count = section["count"].flatMap { reader.word($0, "count", Count.self) } ?? .one
        return PageRule(pattern: pattern, page: count == .one ? pattern : nil)
    }

    private func goal(_ node: Node) -> (name: String, trigger: Goal.Trigger, node: Node)? {
        guard let section = reader.section(node, .goal, "a goal") else { return nil }
        guard let nameNode = section["name"] else {
            reader.report("a goal without `name`", at: node, expected: "`name` and either `page` or `post`")
            return nil
        }
        guard let name = reader.text(nameNode, "a goal's name") else { return nil }
        guard name.unicodeScalars.count <= 64 else {
            reader.report("a goal's name is longer than 64", at: nameNode)
            return nil
        }
        switch (section["page"], section["post"]) {
        case (let page?, nil):
            return reader.pathPattern(page, "page").map { (name, .page($0), nameNode) }
        case (nil, let post?):
            return reader.pathPattern(post, "post").map { (name, .post($0), nameNode) }
        case (nil, nil), (_?, _?):
            reader.report(
                "goal `\(name)` needs one trigger", at: nameNode,
                expected: "either `page` (a page view) or `post` (a POST answered with 303)")
            return nil
        }
    }

    /// A value of a link as it is once its encoding is undone.
    private func campaign(_ node: Node) -> String? {
        guard let text = reader.text(node, "a campaign") else { return nil }
        if text == "*" {
            reader.report(
                "`*` shows whatever stands in a link, whoever wrote it", at: node, expected: "the words of your links",
                severity: .warning)
        }
        let word = text.hasSuffix("*") ? text.dropLast() : text[...]
        let isPlain = text.utf8.count <= 60 && !word.unicodeScalars.contains { $0 == "*" || $0.value <= 0x20 }
        if isPlain { return text }
        reader.report(
            "`\(text.prefix(80))` is not a campaign's word", at: node,
            expected: "at most 60 bytes without a space, `may-sale` or `spring-*`")
        return nil
    }

    private func ending(_ node: Node) -> String? {
        guard let text = reader.text(node, "a download") else { return nil }
        let isPlain =
            text.utf8.count <= 16
            && text.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) }
        if isPlain, !text.isEmpty { return text.lowercased() }
        reader.report(
            "`\(text.prefix(80))` is not the end of a file's name", at: node, expected: "letters and digits: `pdf`")
        return nil
    }

    private func parameters(_ node: Node) -> [String] {
        reader.items(node).compactMap { item in
            guard let name = reader.text(item, "a parameter") else { return nil }
            let isPlain = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !Array("&=#?+%".utf8).contains($0) }
            if isPlain { return name }
            reader.report(
                "`\(name.prefix(80))` is not the name of a query parameter", at: item, expected: "a name such as `page`"
            )
            return nil
        }
    }
}
