import Consent
import Location
import Yams

/// Reads what a rules file says of a site, and makes the site when it is complete.
struct SiteDecoder {
    let reader: RulesReader
    /// Where the console is, and whether some listener speaks TLS: what leads there is not for plain connections.
    var console: Listener?
    var isSecure = false
    let knownRules = KnownRulesCache()

    /// Reads the keys of a site into a draft; what they do not say stays.
    func read(_ section: RulesReader.Section, into draft: inout SiteDraft) {
        if let node = section["name"] { draft.name = siteName(node) }
        if let node = section["hosts"] {
            draft.hosts = []
            for item in reader.items(node) {
                guard let host = reader.siteHost(item) else { continue }
                if draft.hosts.contains(host) { reader.report("`\(host)` is there twice", at: item) }
                draft.hosts.append(host)
            }
        }
        if let node = section["preserve_host"] {
            draft.preservesHost = reader.boolean(node, "preserve_host") ?? draft.preservesHost
        }
        if let node = section["origin"] ?? draft.origin?.node {
            draft.origin = reader.origin(node, preservesHost: draft.preservesHost).map { (node, $0) }
        }
        if let node = section["strict_transport_security"] {
            draft.transportSecurity = reader.transportSecurity(node).map { (node, $0) }
        }
        if let node = section["origin_tls"] { readOriginTLS(node, into: &draft) }
        if let node = section["categories"] {
            CategoryDecoder(reader: reader).read(node, into: &draft.categories)
        }
        if let node = section["cookies"] { readCookies(node, into: &draft) }
        if let node = section["known_services"] {
            draft.knownServices = reader.knownServices(node) ?? draft.knownServices
        }
        if let node = section["consent"] { readConsent(node, into: &draft) }
        if let node = section["signals"] { readSignals(node, into: &draft) }
        if let node = section["address_precision"] { readPrecision(node, into: &draft) }
        if let node = section["full_address_routes"] {
            draft.fullAddressRoutes = reader.items(node).compactMap { reader.pathPattern($0, "a route") }
        }
        if let node = section["measurement"] {
            MeasurementDecoder(reader: reader).read(node, into: &draft.measurement)
        }
    }

    private func readOriginTLS(_ node: Node, into draft: inout SiteDraft) {
        guard let section = reader.section(node, .originTLS, "origin_tls") else { return }
        var settings = OriginTLS()
        let files = CertificateReader(reader: reader)
        if let node = section["server_name"] {
            settings.serverName = reader.siteHost(node)
            if settings.serverName?.hasPrefix("*") == true {
                reader.report("server_name: one host, not a pattern", at: node)
            }
        }
        if let node = section["authorities"] { settings.authorities = files.authorities(node) }
        if section["certificate"] != nil || section["key"] != nil {
            settings.identity = files.certificate(section, at: node)?.files
        }
        if let node = section["verify"] {
            settings.isVerified = reader.boolean(node, "verify") ?? true
            if !settings.isVerified {
                reader.report(
                    "whoever is between here and the shop can read and change everything", at: node,
                    expected: "`authorities`: a file with the certificate that signed the shop's", severity: .warning)
            }
        }
        draft.originTLS = (node, settings)
    }

    private func siteName(_ node: Node) -> String? {
        guard let text = reader.text(node, "name") else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
        }
        if isPlain, text.utf8.count <= 64 { return text }
        reader.report(
            "a site's name cannot be `\(text.prefix(80))`", at: node,
            expected: "up to 64 letters, digits, `-`, `_` or `.`: it is what commands and reports call the site")
        return nil
    }

    private func readCookies(_ node: Node, into draft: inout SiteDraft) {
        guard let section = reader.section(node, .cookies, "cookies") else { return }
        if let node = section["unknown"] {
            draft.unknownCookies = reader.word(node, "unknown", UnknownCookies.self) ?? draft.unknownCookies
        }
        CategoryDecoder(reader: reader).readOptions(section, into: &draft.cookieDefaults)
    }

    private func readConsent(_ node: Node, into draft: inout SiteDraft) {
        guard let section = reader.section(node, .consent, "consent") else { return }
        if let node = section["validity"] {
            // Consent is not asked again for the same time whatever it was, and never for longer than 13 months.
            let range = 86_400_000...(ConsentScheme.maximumValidityDays * 86_400_000)
            draft.validityDays =
                reader.duration(node, "validity", in: range).map { $0 / 86_400_000 } ?? draft.validityDays
        }
        if let node = section["receipt_retention"] {
            draft.receiptRetentionDays =
                reader.duration(node, "receipt_retention", in: 86_400_000...(3660 * 86_400_000)).map { $0 / 86_400_000 }
            draft.receiptRetentionNode = node
        }
        if let node = section["language"], let tag = reader.languageTag(node) {
            draft.language = tag
            draft.languageNode = node
        }
        if let node = section["banner"] {
            draft.bannerPosition =
                reader.word(node, "banner", ConsentSettings.BannerPosition.self) ?? draft.bannerPosition
        }
        if let node = section["settings_link"] {
            draft.settingsLink =
                reader.word(node, "settings_link", ConsentSettings.SettingsLink.self) ?? draft.settingsLink
        }
        if let node = section["theme"] { ThemeDecoder(reader: reader).read(node, into: &draft.theme) }
        guard let node = section["texts"] else { return }
        for language in reader.pairs(node, "texts") ?? [] {
            guard let tag = reader.languageTag(language.key) else { continue }
            readTexts(language.value, of: tag, key: language.key, into: &draft)
        }
    }

    private func readTexts(_ node: Node, of tag: String, key: Node, into draft: inout SiteDraft) {
        var text = draft.texts[tag] ?? InterfaceText.shipped(for: tag)
        let isTranslated = draft.texts[tag] != nil || text.language == tag.prefix { $0 != "-" }
        text.language = tag
        var missing = InterfaceText.keys
        for pair in reader.pairs(node, "the texts of `\(tag)`") ?? [] {
            guard InterfaceText.keys.contains(pair.name) else {
                reader.report(
                    "unknown text `\(pair.name)`", at: pair.key, expected: list(InterfaceText.keys, "one of", "or"),
                    didYouMean: suggestion(for: pair.name, among: InterfaceText.keys))
                continue
            }
            missing.removeAll { $0 == pair.name }
            guard let wording = reader.text(pair.value, "the text `\(pair.name)`") else { continue }
            _ = text.replace(pair.name, with: wording)
        }
        if !isTranslated, !missing.isEmpty {
            reader.report(
                "some texts of `\(tag)` are missing and stay English", at: key,
                expected: list(missing, "also", "and"), severity: .warning)
        }
        draft.texts[tag] = text
    }

    private func readSignals(_ node: Node, into draft: inout SiteDraft) {
        guard let section = reader.section(node, .signals, "signals") else { return }
        if let node = section["gpc"] { draft.gpc = signal(node, "gpc") ?? draft.gpc }
        if let node = section["dnt"] { draft.dnt = signal(node, "dnt") ?? draft.dnt }
        if let node = section["google_consent_mode"] {
            readGoogleConsentMode(node, into: &draft.googleConsentMode)
        }
    }

    private func signal(_ node: Node, _ what: String) -> SignalDraft? {
        guard case .mapping = node else { return reader.boolean(node, what).map { $0 ? .shipped : .ignored } }
        guard let section = reader.section(node, .signal, what), let denies = section["denies"] else {
            return .shipped
        }
        return .denies(
            reader.items(denies).compactMap { item in reader.text(item, "a category").map { (id: $0, node: item) } })
    }

    private func readPrecision(_ node: Node, into draft: inout SiteDraft) {
        guard let section = reader.section(node, .addressPrecision, "address_precision") else { return }
        if let node = section["ipv4"] {
            draft.ipv4Bits = reader.integer(node, "ipv4", among: [24, 16]) ?? draft.ipv4Bits
        }
        if let node = section["ipv6"] {
            draft.ipv6Bits = reader.integer(node, "ipv6", among: [48, 32]) ?? draft.ipv6Bits
        }
    }
}

extension RulesReader {
    /// A BCP 47 language tag, in the form that pages and browsers use.
    func languageTag(_ node: Node) -> String? {
        guard let text = text(node, "a language") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isTag = parts.allSatisfy { part in
            (1...8).contains(part.utf8.count) && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
        if isTag, let first = parts.first, (2...3).contains(first.utf8.count), first.allSatisfy(\.isLetter) {
            return text.lowercased()
        }
        report("`\(text.prefix(80))` is not a language", at: node, expected: "a tag such as `en`, `de` or `pt-br`")
        return nil
    }
}
