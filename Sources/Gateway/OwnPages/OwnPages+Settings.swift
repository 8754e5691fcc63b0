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
        let words = shown.settings.first { $0.language == text.language }
        var content = SettingsPage(
            site: site, text: text, ticked: ticked(for: request), returnPath: page,
            asked: words.map { AskedFields(site, text: $0, history: history) } ?? .none)
        content.notice = notice(for: request, query: query, text: text)
        let body = content.body + objection(of: request, text: text, returnPath: page) + record(of: request, text: text)
        return htmlPage(status: 200, text: text, title: text.settingsTitle, body: body)
    }

    /// What the visitor granted, by a decision that is good or one that is over: consent is never assumed (CJEU
    /// C-673/17), and nothing is ticked that was not granted as it is now.
    private func ticked(for request: OwnRequest) -> CategorySet {
        if request.consent.source == .cookie { return request.consent.granted }
        if case .stale(let granted, _, _) = request.verdict { return granted }
        return []
    }

    private func notice(
        for request: OwnRequest, query: [(name: String, value: String)], text: InterfaceText
    ) -> String {
        func has(_ name: String) -> Bool { query.contains { $0.name.hasBytes(of: name) } }
        var lines: [String] = []
        if let erased = query.first(where: { $0.name.hasBytes(of: "erased") }), request.verdict?.receipt == nil {
            lines.append(erased.value.hasBytes(of: "0") ? text.receiptNone : text.receiptErased)
        }
        var isChanged = has("changed")
        if case .stale(_, _, .policyChanged) = request.verdict { isChanged = true }
        if isChanged { lines.append(text.changedText) }
        switch request.consent.source {
        case .globalPrivacyControl, .doNotTrack: lines.append(text.signalText)
        case .cookie, .undecided: break
        }
        return lines.map { #"<p class="crumbgate-note">\#($0.escapedForHTML)</p>"# }.joined()
    }

    /// The way to one's own record, for those who have one.
    private func record(of request: OwnRequest, text: InterfaceText) -> String {
        guard let id = request.verdict?.receipt else { return "" }
        let language = text.language.escapedForHTML
        let links = ReceiptForm.allCases.map { form in
            #"<a href="\#(Self.recordPath)?format=\#(form.rawValue)&amp;lang=\#(language)" download"#
                + #" aria-label="\#(text.receiptDownload.escapedForHTML), \#(form.rawValue.uppercased())">"#
                + "\(form.rawValue.uppercased())</a>"
        }
        return #"<section id="crumbgate-record" class="crumbgate-category">"#
            + "<h2>\(text.receiptTitle.escapedForHTML)</h2><p>\(text.receiptText.escapedForHTML)</p>"
            + #"<p>\#(text.receiptID.escapedForHTML): <code id="crumbgate-receipt">\#(id)</code></p>"#
            + "<p>\(text.receiptDownload.escapedForHTML): \(links.joined(separator: ", "))</p>"
            + #"<form method="post" action="\#(Self.recordPath)?lang=\#(language)"><div class="crumbgate-choices">"#
            + #"<button id="crumbgate-erase" name="erase" value="1">\#(text.receiptErase.escapedForHTML)</button>"#
            + "</div></form></section>"
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

    func htmlPage(status: Int, text: InterfaceText, title: String, body: String) -> OwnAnswer {
        let page =
            "<!doctype html>\n<html \(BannerMarkup.languageAttributes(text))><head><meta charset=\"utf-8\">"
            + #"<meta name="viewport" content="width=device-width,initial-scale=1">"#
            + "<title>\(title.escapedForHTML)</title>\(BannerMarkup.link(to: assets.stylesheet))"
            + BannerMarkup.link(to: assets.settingsStylesheet) + "</head>"
            + #"<body class="crumbgate-page"><main id="crumbgate">\#(body)</main></body></html>"# + "\n"
        return OwnAnswer(
            status: status, fields: OwnFields.page(mediaType: "text/html; charset=utf-8").bytes, body: Array(page.utf8))
    }
}

/// The content of the settings page: what can be chosen comes first, then what is always on, with its reason.
struct SettingsPage {
    let site: Site
    let text: InterfaceText
    /// The optional categories whose boxes are ticked.
    let ticked: CategorySet
    let returnPath: ReturnPath
    let asked: AskedFields
    /// What is to be said beforehand, as markup.
    var notice = ""

    var body: String {
        let categories = site.consent.categories.indices
        let optional = categories.filter { !site.consent.categories[$0].isRequired }
        let required = categories.filter { site.consent.categories[$0].isRequired }
        return BannerMarkup.logo(site)
            + "<h1>\(text.settingsTitle.escapedForHTML)</h1><p>\(text.settingsText.escapedForHTML)</p>" + notice
            + BannerMarkup.formTag(text, asked: asked)
            + #"<input type="hidden" name="return" value="\#(returnPath.text.escapedForHTML)">"#
            + optional.map(optionalCategory).joined()
            + #"<div class="crumbgate-choices">"# + BannerMarkup.button("save", text.save)
            + BannerMarkup.button("accept", text.acceptAll) + BannerMarkup.button("reject", text.rejectAll) + "</div>"
            + #"<section class="crumbgate-category"><h2>\#(text.required.escapedForHTML)</h2>"#
            + "<p>\(text.requiredText.escapedForHTML)</p>" + ownCookie + "</section>"
            + required.map(requiredCategory).joined() + "</form>"
            + #"<p class="crumbgate-back"><a href="\#(returnPath.text.escapedForHTML)">\#(text.back.escapedForHTML)</a></p>"#
    }

    private func optionalCategory(_ index: Int) -> String {
        category(index, heading: "h2", state: ticked.contains(index: index) ? " checked" : "")
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
        return table(rules.map { rule in (rule.pattern, rule.vendor, rule.cap.map(text.lifetime) ?? "") })
    }

    /// The cookie that keeps the decision is one more that is always on.
    private var ownCookie: String {
        table([("crumbgate", nil, text.lifetime(seconds: site.consent.validityDays * 86_400))])
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
}

extension InterfaceText {
    /// A lifetime in words; a part of a day counts as a day.
    func lifetime(seconds: Int) -> String {
        let days = (seconds + 86_399) / 86_400
        switch days {
        case ...0: return lifetimeSession
        case 1: return lifetimeDay
        default: return lifetimeDays.replacing("{count}", with: "\(days)")
        }
    }
}
