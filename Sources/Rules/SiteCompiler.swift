import Consent
import Cookies
import Location
import Yams

extension SiteDecoder {
    /// The site of a draft, or nil after the reader was told what is missing.
    func site(_ draft: SiteDraft, at node: Node, index: Int) -> Site? {
        var draft = draft
        guard let origin = draft.origin?.server else {
            // An origin that is there but wrong has been reported already.
            if !reader.hasReported(key: "origin") {
                reader.report(
                    "`origin` is missing", at: node,
                    expected: "the shop's own server: `origin: http://127.0.0.1:9000`")
            }
            return nil
        }
        let isConsole = console.map(origin.leads) ?? false
        if isConsole { becomeConsole(&draft, at: draft.origin?.node ?? node) }
        let name = draft.name ?? draft.hosts.first.map(plainName) ?? "shop"
        let categories = draft.categories
        checkCategories(categories, at: node)
        guard categories.count <= ConsentScheme.maximumCategories else { return nil }
        let scheme = ConsentScheme(
            site: name, categories: categories.map { $0.compiled(defaultLanguage: draft.language) },
            validityDays: draft.validityDays)
        if let days = draft.receiptRetentionDays, days < draft.validityDays {
            reader.report(
                "receipts would be gone after \(days) days, while decisions are valid for \(draft.validityDays)",
                at: draft.receiptRetentionNode ?? node, expected: "a `receipt_retention` no shorter than `validity`")
        }
        var rules: [CookieRule] = []
        var treatments: [CookieTreatment] = []
        var patterns: [(NamePattern, payload: UInt32)] = []
        var hostRules: [HostRule] = []
        var snippetRules: [SnippetRule] = []
        for (bit, category) in categories.enumerated() {
            for cookie in category.cookies {
                let (cap, hardening) = cookie.options.over(draft.cookieDefaults)
                patterns.append((cookie.pattern, payload: UInt32(rules.count)))
                treatments.append(
                    CookieTreatment(
                        rule: Int32(rules.count), category: UInt8(bit), hardening: hardening, cap: cap))
                rules.append(
                    CookieRule(
                        pattern: cookie.text, category: bit, vendor: cookie.vendor, cap: cap, hardening: hardening,
                        sourceLine: cookie.node.mark?.line ?? 0))
            }
            for host in category.hosts {
                hostRules.append(
                    HostRule(
                        pattern: host.text, host: host.host, port: host.port, path: host.path, category: bit,
                        vendor: host.vendor, sourceLine: host.node.mark?.line ?? 0))
            }
        }
        for (bit, category) in categories.enumerated() {
            for snippet in category.snippets {
                snippetRules.append(
                    SnippetRule(text: snippet.text, category: bit, sourceLine: snippet.node.mark?.line ?? 0))
            }
        }
        let (cap, hardening) = CookieDraft.Options().over(draft.cookieDefaults)
        let analytics = categories.firstIndex { $0.id == "analytics" }
        if analytics == nil, draft.measurement.profile == .consent {
            reader.report(
                "there is no category `analytics`, whose consent `profile: consent` asks for: nobody is measured in full",
                at: draft.measurement.profileNode ?? node, expected: "that category, or `profile: exempt` or `off`",
                severity: .warning)
        }
        if draft.measurement.afterRetention == .months, draft.measurement.retentionDays < 62 {
            reader.report(
                "`after_retention: months` folds all days of a month at once, with its first day",
                at: draft.measurement.afterRetentionNode ?? node, expected: "a `retention` of 62d or more")
        }
        if draft.measurement.profile == .exempt, draft.measurement.afterRetention != .delete {
            reader.report(
                "`profile: exempt` keeps figures for 25 months at most, and `after_retention: months` keeps sums of them",
                at: draft.measurement.afterRetentionNode ?? node, expected: "`after_retention: delete`")
        }
        let consentMode = googleConsentMode(draft.googleConsentMode, among: categories)
        let known = knownRules.rules(
            draft.knownServices, in: bits(of: categories), cap: cap, hardening: hardening
        ).inForce(under: consentMode)
        // The operator's rule for the same text wins, as everywhere.
        let own = Set(snippetRules.map(\.text))
        let shipped = known.snippets
            .filter { SnippetRules.lengths.contains($0.text.utf8.count) && !own.contains($0.text) }
            .map { SnippetRule(text: $0.text, category: $0.category, sourceLine: 0, service: $0.service) }
        if let (node, _) = draft.originTLS, origin.tls == nil {
            reader.report(
                "site `\(name)` does not speak TLS with its origin", at: node,
                expected: "`origin: https://…`, or no `origin_tls`")
        }
        guard let precision = AddressPrecision(ipv4Bits: draft.ipv4Bits, ipv6Bits: draft.ipv6Bits) else { return nil }
        return Site(
            index: index, name: name, hosts: draft.hosts,
            origin: OriginServer(
                host: origin.host, port: origin.port, preservesHost: draft.preservesHost,
                tls: origin.tls.map { draft.originTLS?.settings ?? $0 }),
            consent: scheme,
            consentSettings: ConsentSettings(
                gpcDenies: denied(draft.gpc, "gpc", among: categories),
                dntDenies: denied(draft.dnt, "dnt", among: categories), texts: texts(draft),
                bannerPosition: draft.bannerPosition, settingsLink: draft.settingsLink,
                theme: ThemeDecoder(reader: reader).theme(draft.theme),
                receiptRetentionDays: draft.receiptRetentionDays
                    ?? draft.validityDays + ConsentSettings.receiptRetentionBeyondValidity,
                googleConsentMode: consentMode),
            cookies: NameClassifier(patterns), cookieTreatments: treatments, cookieRules: rules,
            unknownCookies: draft.unknownCookies,
            unknownTreatment: CookieTreatment(rule: -1, category: 255, hardening: hardening, cap: cap),
            hostRules: HostRules(consentMode?.rulesInForce(hostRules) ?? hostRules),
            known: known, snippetRules: SnippetRules(snippetRules + shipped), analyticsCategory: analytics,
            addressPrecision: precision,
            fullAddressRoutes: PathTable(draft.fullAddressRoutes.map { ($0, payload: 0) }),
            measurement: draft.measurement.compiled, transportSecurity: draft.transportSecurity?.settings,
            isConsole: isConsole)
    }

    /// The categories' places, by id.
    private func bits(of categories: [CategoryDraft]) -> [String: Int] {
        Dictionary(categories.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reports what only the whole of the categories shows.
    private func checkCategories(_ categories: [CategoryDraft], at node: Node) {
        let most = ConsentScheme.maximumCategories
        if categories.count > most {
            reader.report(
                "there are \(categories.count) categories", at: categories[most].node ?? node,
                expected: "\(most) at most")
        }
        var cookies: [String: Int] = [:]
        var hosts: [String: Int] = [:]
        var snippets: [String: Int] = [:]
        for category in categories {
            if category.purpose.isEmpty, category.cookies.isEmpty, category.hosts.isEmpty, category.snippets.isEmpty,
                let node = category.node
            {
                reader.report(
                    "category `\(category.id)` has neither a purpose nor a cookie or host", at: node,
                    expected:
                        "a `purpose` that visitors can read, or the `cookies`, `hosts` or `snippets` it stands for",
                    didYouMean: suggestion(
                        for: category.id, among: shippedCategories.map(\.id).filter { $0 != category.id }))
            }
            for cookie in category.cookies {
                checkTwice(cookie.text, "cookie", at: cookie.node, among: &cookies)
            }
            for host in category.hosts {
                checkTwice(host.text.lowercased(), "host", at: host.node, among: &hosts)
            }
            for snippet in category.snippets {
                checkTwice(snippet.text, "snippet", at: snippet.node, among: &snippets)
            }
        }
    }

    private func checkTwice(_ text: String, _ what: String, at node: Node, among seen: inout [String: Int]) {
        let line = node.mark?.line ?? 0
        if let first = seen[text] {
            reader.report("the \(what) `\(text)` already has a rule in line \(first)", at: node)
        } else {
            seen[text] = line
        }
    }

    /// The texts of a site, those in its default language first.
    private func texts(_ draft: SiteDraft) -> [InterfaceText] {
        guard let first = draft.texts[draft.language] else {
            if let node = draft.languageNode {
                let known = draft.texts.keys.sorted()
                reader.report(
                    "there are no texts in `\(draft.language)`", at: node,
                    expected: list(known, "one of", "or") + ", or `texts` in that language")
            }
            return []
        }
        return [first]
            + draft.texts.values.filter { $0.language != first.language }.sorted { $0.language < $1.language }
    }

    /// The categories that a signal denies, or nil when it is not honoured.
    private func denied(_ signal: SignalDraft, _ what: String, among categories: [CategoryDraft]) -> CategorySet? {
        var bits: UInt64 = 0
        switch signal {
        case .ignored: return nil
        case .shipped:
            for (bit, category) in categories.enumerated()
            where !category.isRequired && ["analytics", "remarketing", "social"].contains(category.id) {
                bits |= 1 << UInt64(bit)
            }
        case .denies(let names):
            for (id, node) in names {
                guard let bit = categories.firstIndex(where: { $0.id == id }) else {
                    let known = categories.filter { !$0.isRequired }.map(\.id)
                    reader.report(
                        "\(what) denies `\(id.prefix(80))`, which is not a category", at: node,
                        expected: list(known, "one of", "or"), didYouMean: suggestion(for: id, among: known))
                    continue
                }
                if categories[bit].isRequired {
                    reader.report(
                        "\(what) cannot deny `\(id)`, which is required", at: node, expected: "an optional category")
                }
                bits |= 1 << UInt64(bit)
            }
        }
        return CategorySet(rawValue: bits)
    }
}

/// A host pattern as a site's name.
private func plainName(_ host: String) -> String {
    host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
}

extension MeasurementDraft {
    var compiled: MeasurementSettings {
        var pagesOfGoals: [(pattern: String, payload: UInt32)] = []
        var postsOfGoals: [(pattern: String, payload: UInt32)] = []
        for (index, goal) in goals.enumerated() {
            for trigger in goal.triggers {
                switch trigger {
                case .page(let pattern): pagesOfGoals.append((pattern, UInt32(index)))
                case .post(let pattern): postsOfGoals.append((pattern, UInt32(index)))
                }
            }
        }
        return MeasurementSettings(
            profile: profile, threshold: threshold, gate: gate, timeZone: timeZone, retentionDays: retentionDays,
            afterRetention: afterRetention,
            pageTable: PathTable(pages.enumerated().map { ($1.pattern, payload: UInt32($0)) }), pages: pages,
            goals: goals,
            goalPages: PathTable(pagesOfGoals), goalPosts: PathTable(postsOfGoals),
            queryParameters: query.map { Array($0.utf8) },
            campaignParameters: utm.map { Array($0.utf8) }, campaigns: campaigns,
            searchParameters: search.map { Array($0.utf8) }, downloads: downloads)
    }
}
