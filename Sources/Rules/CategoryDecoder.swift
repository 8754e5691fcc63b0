import Consent
import Cookies
import Yams

/// Reads the categories of a site with their cookies and hosts.
struct CategoryDecoder {
    let reader: RulesReader

    /// Changes, removes and adds categories as a mapping of the file says.
    func read(_ node: Node, into categories: inout [CategoryDraft]) {
        for pair in reader.pairs(node, "categories") ?? [] {
            guard Category.isValidID(pair.name) else {
                reader.report(
                    "a category cannot be called `\(pair.name.prefix(80))`", at: pair.key,
                    expected: "a lowercase letter, then up to 31 lowercase letters, digits, `-` or `_`")
                continue
            }
            let index = categories.firstIndex { $0.id == pair.name }
            if reader.isFalse(pair.value) {
                if let index {
                    categories.remove(at: index)
                } else {
                    reader.report(
                        "there is no category `\(pair.name)` to remove", at: pair.key,
                        didYouMean: suggestion(for: pair.name, among: categories.map(\.id)))
                }
                continue
            }
            var draft = index.map { categories[$0] } ?? CategoryDraft(id: pair.name, name: [:], purpose: [:])
            draft.node = pair.key
            read(pair.value, into: &draft)
            if index == nil, draft.name.isEmpty { warn(ofNewCategory: pair.name, at: pair.key) }
            if let index { categories[index] = draft } else { categories.append(draft) }
        }
    }

    /// A category without a name of its own, and named almost like a shipped one, was most likely meant to be that one.
    private func warn(ofNewCategory id: String, at node: Node) {
        guard let meant = suggestion(for: id, among: ShippedCategory.allCases.map(\.id)) else { return }
        reader.report(
            "`\(id)` is a new category, beside `\(meant)`", at: node,
            expected: "`name` where it is meant to be one of its own", didYouMean: meant, severity: .warning)
    }

    private func read(_ node: Node, into draft: inout CategoryDraft) {
        guard let section = reader.section(node, .category, "category `\(draft.id)`") else { return }
        if let node = section["name"] { read(node, "name", into: &draft.name) }
        if let node = section["purpose"] { read(node, "purpose", into: &draft.purpose) }
        if let node = section["required"] { draft.isRequired = reader.boolean(node, "required") ?? draft.isRequired }
        if let node = section["vendors"] {
            draft.vendors = reader.items(node).compactMap { reader.text($0, "a vendor") }
        }
        if let node = section["cookies"] { draft.cookies = reader.items(node).compactMap(cookie) }
        if let node = section["hosts"] { draft.hosts = reader.items(node).compactMap(host) }
        if let node = section["snippets"] { draft.snippets = reader.items(node).compactMap(snippet) }
    }

    /// The lifetime and attributes that a cookie rule or the site's defaults ask for.
    func readOptions(_ section: RulesReader.Section, into options: inout CookieDraft.Options) {
        if let node = section["lifetime"] {
            options.cap = lifetime(node)
        }
        if let node = section["secure"] { options.secure = reader.boolean(node, "secure") }
        if let node = section["http_only"] { options.httpOnly = reader.boolean(node, "http_only") }
        if let node = section["same_site"] {
            options.sameSite = reader.word(node, "same_site", CookieDraft.SameSite.self)
        }
    }

    /// Seconds; 0 for a cookie that ends with the browser's session.
    private func lifetime(_ node: Node) -> Int? {
        if node.string == "session" { return 0 }
        // User agents cap a lifetime at 400 days themselves (RFC 6265bis §5.5).
        return reader.duration(node, "lifetime", in: 60_000...(400 * 86_400_000), or: "`session`").map { $0 / 1000 }
    }

    /// One text that takes the place of those in all languages, or one per language tag that takes the place of its own.
    private func read(_ node: Node, _ what: String, into texts: inout [String: String]) {
        guard case .mapping = node else {
            if let text = reader.text(node, what) { texts = ["": text] }
            return
        }
        for pair in reader.pairs(node, what) ?? [] {
            guard let tag = reader.languageTag(pair.key) else { continue }
            texts[tag] = reader.text(pair.value, "the \(what) in `\(tag)`")
        }
    }

    private func cookie(_ node: Node) -> CookieDraft? {
        guard case .mapping = node else {
            return pattern(node).map { CookieDraft(node: node, pattern: $0.0, text: $0.1) }
        }
        guard let section = reader.section(node, .cookie, "a cookie") else { return nil }
        guard let name = section["name"] else {
            reader.report(
                "a cookie without `name`", at: node, expected: "`name`: the cookie's name, `prefix*` or `/regex/`")
            return nil
        }
        guard let (pattern, text) = pattern(name) else { return nil }
        var draft = CookieDraft(node: name, pattern: pattern, text: text)
        if let node = section["vendor"] { draft.vendor = reader.text(node, "vendor") }
        readOptions(section, into: &draft.options)
        return draft
    }

    private func pattern(_ node: Node) -> (NamePattern, String)? {
        guard let text = reader.text(node, "a cookie") else { return nil }
        if text == "crumbgate" || text == "__Host-crumbgate" {
            reader.report("`\(text)` is the consent cookie itself and needs no rule", at: node)
            return nil
        }
        do throws(NamePatternError) {
            return (try NamePattern(parsing: text), text)
        } catch {
            let before = String(decoding: text.utf8.prefix(error.offset), as: UTF8.self).unicodeScalars.count
            reader.report(
                "a cookie's name: \(error.reason)", at: node, offset: before,
                expected: "a name, `prefix*`, or a regular expression between slashes: \"/_pk_(id|ses)\\\\..*/\"")
            return nil
        }
    }

    private func snippet(_ node: Node) -> SnippetDraft? {
        guard let text = reader.text(node, "a snippet") else { return nil }
        let lengths = SnippetRules.lengths
        guard lengths.contains(text.utf8.count) else {
            reader.report(
                "a snippet of \(text.utf8.count) bytes", at: node,
                expected:
                    "\(lengths.lowerBound) to \(lengths.upperBound) bytes that stand in the script and in no other: `fbq('init'`"
            )
            return nil
        }
        return SnippetDraft(node: node, text: text)
    }

    private func host(_ node: Node) -> HostDraft? {
        guard case .mapping = node else {
            return reader.thirdPartyHost(node).map {
                HostDraft(node: node, text: node.string ?? "", host: $0.host, port: $0.port, path: $0.path)
            }
        }
        guard let section = reader.section(node, .host, "a host") else { return nil }
        guard let name = section["host"] else {
            reader.report("a host rule without `host`", at: node, expected: "`host`: the third party's host")
            return nil
        }
        guard let parsed = reader.thirdPartyHost(name) else { return nil }
        var draft = HostDraft(
            node: name, text: name.string ?? "", host: parsed.host, port: parsed.port, path: parsed.path)
        if let node = section["vendor"] { draft.vendor = reader.text(node, "vendor") }
        return draft
    }
}
