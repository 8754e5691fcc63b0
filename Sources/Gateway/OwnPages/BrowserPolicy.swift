import Consent
import Rules

/// A site's rules as the browser's scripts read them: the categories with their cookies and hosts as the rules file
/// spells them, in the order in which the rules count.
struct BrowserPolicy {
    let site: Site
    let history: SiteHistory
    private let knownHosts: KnownHostHashes

    init(site: Site, history: SiteHistory) {
        self.site = site
        self.history = history
        knownHosts = KnownHostHashes(of: site)
    }

    /// What every page has: a JSON text (RFC 8259), which is an expression of JavaScript too.
    ///
    /// - Parameter more: the URL of the script that comes when it is needed.
    func text(more: String) -> String {
        let categories = site.consent.categories.indices.map(category).joined(separator: ",\n")
        let members =
            [
                ("revisions", list(revisions)),
                ("unknown", site.unknownCookies == .withhold ? "false" : "true"),
                ("gpc", ids(site.consentSettings.gpcDenies ?? [])), ("dnt", ids(site.consentSettings.dntDenies ?? [])),
                ("more", more.quotedForJSON),
            ] + (consentMode.map { [("consentMode", $0)] } ?? [])
        return "{" + members.map { "\"\($0)\":\($1),\n" }.joined() + "\"categories\":[\n\(categories)]}"
    }

    private var revisions: [String] {
        history.policy.coveredRevisions(scheme: site.consent).map(PolicyRevision.name(of:))
    }

    /// What only some pages need, and none at once: what is said, and the cookies that are shipped.
    ///
    /// - Parameter style: the URL of the dialog's stylesheet.
    func details(style: String) -> String {
        let categories = site.consent.categories.indices.compactMap { index -> String? in
            let patterns = site.known.cookieRules.filter { $0.category == index }.map(\.pattern)
            return patterns.isEmpty
                ? nil : "{\"id\":\(site.consent.categories[index].id.quotedForJSON),\"cookies\":\(list(patterns))}"
        }
        return "{\"style\":\(style.quotedForJSON),\n\"texts\":\(texts),\n"
            + "\"categories\":[\n\(categories.joined(separator: ",\n"))]}"
    }

    private func category(_ index: Int) -> String {
        let category = site.consent.categories[index]
        let lists = [
            ("cookies", site.cookieRules.filter { $0.category == index }.map(\.pattern)),
            ("hosts", (site.hostRules.rules + knownHosts.others).filter { $0.category == index }.map(\.pattern)),
        ]
        return "{\"id\":\(category.id.quotedForJSON)" + (category.isRequired ? ",\"required\":true" : "")
            + lists.filter { !$1.isEmpty }.map { ",\"\($0)\":\(list($1))" }.joined()
            + (knownHosts.text(ofCategory: index).map { ",\"known\":\"\($0)\"" } ?? "") + "}"
    }

    private var texts: String {
        let keys = [
            "placeholder_title", "placeholder_text", "placeholder_show", "placeholder_link", "close", "saved_text",
            "retry",
        ]
        let languages = site.consentSettings.texts.map { text in
            let members = keys.map { "\($0.quotedForJSON):\((text[$0] ?? "").quotedForJSON)" }
            return "\(text.language.quotedForJSON):{\(members.joined(separator: ","))}"
        }
        return "{\(languages.joined(separator: ",\n"))}"
    }

    private var consentMode: String? {
        guard let mode = site.consentSettings.googleConsentMode else { return nil }
        let signals = GoogleConsentMode.Signal.allCases.map { signal in
            "\(signal.rawValue.quotedForJSON):\(ids(mode.categories[signal] ?? []))"
        }
        return "{\"signals\":{\(signals.joined(separator: ","))},\"wait\":\(mode.waitForUpdate)"
            + (mode.regions.isEmpty ? "" : ",\"region\":\(list(mode.regions))")
            + (mode.redactsAdsData ? ",\"redaction\":true" : "")
            + (mode.passesThroughURL ? ",\"passthrough\":true" : "") + "}"
    }

    private func ids(_ set: CategorySet) -> String {
        let categories = site.consent.categories
        return list(categories.indices.filter { set.contains(index: $0) }.map { categories[$0].id })
    }

    private func list(_ texts: [String]) -> String { "[\(texts.map(\.quotedForJSON).joined(separator: ","))]" }
}

extension StringProtocol {
    /// The text as a JSON string; `<` is escaped so that it could stand in HTML too.
    var quotedForJSON: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "<", "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
