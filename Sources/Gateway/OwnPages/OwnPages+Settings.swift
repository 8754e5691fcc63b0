import Bytes
import Consent
import Cookies
import Rules

extension OwnPages {
    /// The second layer as a page that needs no script (spec: "Second layer").
    func settingsPage(for request: OwnRequest) -> OwnAnswer {
        let query = FormFields.parse(request.query.utf8)
        let text = text(for: request, language: query.first { $0.name.hasBytes(of: "lang") }?.value)
        let asked = query.first { $0.name.hasBytes(of: "return") }.flatMap { ReturnPath($0.value) }
        let page = asked ?? OwnOrigin(of: request).page(before: request) ?? .root
        let body = SettingsPage(site: site, text: text, consent: request.consent, returnPath: page).body
        return htmlPage(status: 200, text: text, title: text.settingsTitle, body: body)
    }

    /// A page that says that nothing was stored, with the ways on from there.
    func failurePage(status: Int, text: InterfaceText, returnPath: ReturnPath) -> OwnAnswer {
        let way = "\(BannerMarkup.settingsPath)?lang=\(text.language)&return=\(returnPath.percentEncoded)"
        return htmlPage(
            status: status, text: text, title: text.settingsTitle,
            body: "<h1>\(text.settingsTitle.escapedForHTML)</h1><p>\(text.failedText.escapedForHTML)</p>"
                + #"<p><a href="\#(way.escapedForHTML)">\#(text.settings.escapedForHTML)</a></p>"#
                + #"<p><a href="\#(returnPath.text.escapedForHTML)">\#(text.back.escapedForHTML)</a></p>"#)
    }

    private func htmlPage(status: Int, text: InterfaceText, title: String, body: String) -> OwnAnswer {
        let page =
            "<!doctype html>\n<html \(BannerMarkup.languageAttributes(text))><head><meta charset=\"utf-8\">"
            + #"<meta name="viewport" content="width=device-width,initial-scale=1">"#
            + "<title>\(title.escapedForHTML)</title>\(BannerMarkup.link(to: stylesheet))</head>"
            + #"<body class="crumbgate-page"><main id="crumbgate">\#(body)</main></body></html>"# + "\n"
        return OwnAnswer(
            status: status, fields: OwnFields.page(mediaType: "text/html; charset=utf-8").bytes, body: Array(page.utf8))
    }
}

/// The content of the settings page: what can be chosen comes first, then what is always on, with its reason.
private struct SettingsPage {
    let site: Site
    let text: InterfaceText
    let consent: ConsentState
    let returnPath: ReturnPath

    var body: String {
        let categories = site.consent.categories.indices
        let optional = categories.filter { !site.consent.categories[$0].isRequired }
        let required = categories.filter { site.consent.categories[$0].isRequired }
        return BannerMarkup.logo(site)
            + "<h1>\(text.settingsTitle.escapedForHTML)</h1><p>\(text.settingsText.escapedForHTML)</p>" + notice
            + BannerMarkup.formTag(text)
            + #"<input type="hidden" name="return" value="\#(returnPath.text.escapedForHTML)">"#
            + optional.map(optionalCategory).joined()
            + #"<div class="crumbgate-choices">"# + BannerMarkup.button("save", text.save)
            + BannerMarkup.button("accept", text.acceptAll) + BannerMarkup.button("reject", text.rejectAll) + "</div>"
            + #"<section class="crumbgate-category"><h2>\#(text.required.escapedForHTML)</h2>"#
            + "<p>\(text.requiredText.escapedForHTML)</p>" + ownCookie + "</section>"
            + required.map(requiredCategory).joined() + "</form>"
            + #"<p><a href="\#(returnPath.text.escapedForHTML)">\#(text.back.escapedForHTML)</a></p>"#
    }

    private var notice: String {
        switch consent.source {
        case .globalPrivacyControl, .doNotTrack:
            #"<p class="crumbgate-note">\#(text.signalText.escapedForHTML)</p>"#
        case .cookie, .undecided: ""
        }
    }

    /// Ticked only where the visitor's own decision granted it: consent is never assumed (CJEU C-673/17).
    private func optionalCategory(_ index: Int) -> String {
        let isGranted = consent.source == .cookie && consent.granted.contains(index: index)
        return category(index, heading: "h2", state: isGranted ? " checked" : "")
    }

    private func requiredCategory(_ index: Int) -> String {
        category(index, heading: "h3", state: " checked disabled")
    }

    private func category(_ index: Int, heading: String, state: String) -> String {
        let category = site.consent.categories[index]
        let purpose = category.purpose(in: text.language)
        let field = "crumbgate-category-\(category.id)"
        return #"<section class="crumbgate-category\#(category.isRequired ? " crumbgate-locked" : "")">"#
            + #"<\#(heading)><label for="\#(field)">"#
            + #"<input type="checkbox" id="\#(field)" name="category" value="\#(category.id)""#
            + (purpose.isEmpty ? "" : #" aria-describedby="\#(field)-purpose""#) + state
            + "> \(category.name(in: text.language).escapedForHTML)</label></\(heading)>"
            + (purpose.isEmpty ? "" : #"<p id="\#(field)-purpose">\#(purpose.escapedForHTML)</p>"#)
            + vendors(category.vendors) + cookies(of: index) + "</section>"
    }

    private func vendors(_ vendors: [String]) -> String {
        guard !vendors.isEmpty else { return "" }
        return "<p>\(text.vendors.escapedForHTML): \(vendors.map(bdi).joined(separator: ", "))</p>"
    }

    /// A name of its own direction in the middle of a text.
    private func bdi(_ name: String) -> String { name.isEmpty ? "" : "<bdi>\(name.escapedForHTML)</bdi>" }

    private func cookies(of category: Int) -> String {
        let rules = site.cookieRules.filter { $0.category == category }
        return table(rules.map { rule in (rule.pattern, rule.vendor, rule.cap.map(lifetime) ?? "") })
    }

    /// The cookie that keeps the decision is one more that is always on.
    private var ownCookie: String {
        table([("crumbgate", nil, lifetime(seconds: site.consent.validityDays * 86_400))])
    }

    private func table(_ rows: [(name: String, vendor: String?, lifetime: String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let hasVendors = rows.contains { $0.vendor != nil }
        func cells(_ tag: String, _ contents: [String]) -> String {
            "<tr>" + contents.map { "<\(tag)>\($0)</\(tag.prefix(2))>" }.joined() + "</tr>"
        }
        let titles = [text.cookieName] + (hasVendors ? [text.vendors] : []) + [text.lifetime]
        return "<table><caption>\(text.cookies.escapedForHTML)</caption><thead>"
            + cells(#"th scope="col""#, titles.map(\.escapedForHTML)) + "</thead><tbody>"
            + rows.map { row in
                cells(
                    "td",
                    [#"<code dir="ltr">\#(row.name.escapedForHTML)</code>"#]
                        + (hasVendors ? [bdi(row.vendor ?? "")] : []) + [row.lifetime.escapedForHTML])
            }.joined() + "</tbody></table>"
    }

    /// A lifetime in words; a part of a day counts as a day.
    private func lifetime(seconds: Int) -> String {
        let days = (seconds + 86_399) / 86_400
        switch days {
        case ...0: return text.lifetimeSession
        case 1: return text.lifetimeDay
        default: return text.lifetimeDays.replacing("{count}", with: "\(days)")
        }
    }
}
