import Consent
import Rules

extension OwnPages {
    /// All cookies and third parties in one table, which the script also puts into the shop's own pages (spec: "Second
    /// layer").
    func declarationPage(for request: OwnRequest) -> OwnAnswer {
        let query = FormFields.parse(request.query.utf8)
        let text = text(for: request, language: query.first { $0.name.hasBytes(of: "lang") }?.value)
        return htmlPage(
            status: 200, text: text, title: text.declarationTitle,
            body: "<h2>\(text.declarationTitle.escapedForHTML)</h2>" + Declaration(site: site, text: text).table)
    }
}

/// The table of a site's cookies and third parties: a group of rows for each category.
private struct Declaration {
    let site: Site
    let text: InterfaceText

    var table: String {
        let titles = [text.cookieName, text.firstParty + " / " + text.thirdParty, text.vendors, text.lifetime]
        let head = titles.map { #"<th scope="col">\#($0.escapedForHTML)</th>"# }.joined()
        let groups = site.consent.categories.indices.map(group).joined()
        return #"<table class="crumbgate-declaration"><thead><tr>\#(head)</tr></thead>\#(groups)</table>"#
    }

    /// Required categories too, with our own cookie in the first of them; none without an entry.
    private func group(_ index: Int) -> String {
        let category = site.consent.categories[index]
        var rows = site.cookieRules.filter { $0.category == index }.map { rule in
            row(rule.pattern, text.firstParty, rule.vendor, rule.cap.map(text.lifetime) ?? "")
        }
        rows += site.hostRules.rules.filter { $0.category == index }.map { rule in
            row(rule.pattern, text.thirdParty, rule.vendor, "")
        }
        let firstRequired = site.consent.categories.firstIndex(where: \.isRequired) ?? 0
        if index == firstRequired {
            let lifetime = text.lifetime(seconds: site.consent.validityDays * 86_400)
            rows.append(row("crumbgate", text.firstParty, nil, lifetime))
        }
        guard !rows.isEmpty else { return "" }
        let purpose = category.purpose(in: text.language)
        return #"<tbody><tr><th scope="rowgroup" colspan="4">"# + category.name(in: text.language).escapedForHTML
            + (purpose.isEmpty ? "" : "<br>\(purpose.escapedForHTML)") + "</th></tr>" + rows.joined() + "</tbody>"
    }

    private func row(_ name: String, _ party: String, _ vendor: String?, _ lifetime: String) -> String {
        "<tr><td><code>\(name.escapedForHTML)</code></td>"
            + [party, vendor ?? "", lifetime].map { "<td>\($0.escapedForHTML)</td>" }.joined() + "</tr>"
    }
}
