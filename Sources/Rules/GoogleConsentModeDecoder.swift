import Consent
import Yams

/// What a rules file says of Google Consent Mode, before the categories are known.
struct GoogleConsentModeDraft {
    var mode = GoogleConsentMode.Mode.basic
    /// Nil for the shipped ones.
    var signals: [(category: String, node: Node, signals: [GoogleConsentMode.Signal])]?
    var waitForUpdate = 500
    var regions: [String] = []
    var redactsAdsData = false
    var passesThroughURL = false
    /// Nil for the shipped ones.
    var tagHosts: [HostDraft]?
}

extension SiteDecoder {
    /// Reads `google_consent_mode`: `true`, `false`, or a mapping.
    func readGoogleConsentMode(_ node: Node, into draft: inout GoogleConsentModeDraft?) {
        guard case .mapping = node else {
            if let isOn = reader.boolean(node, "google_consent_mode") { draft = isOn ? GoogleConsentModeDraft() : nil }
            return
        }
        guard let section = reader.section(node, .googleConsentMode, "google_consent_mode") else { return }
        var mode = draft ?? GoogleConsentModeDraft()
        if let node = section["mode"] {
            mode.mode = reader.word(node, "mode", GoogleConsentMode.Mode.self) ?? mode.mode
        }
        if let node = section["signals"] {
            mode.signals = (reader.pairs(node, "signals") ?? []).map { pair in
                let signals = reader.items(pair.value).compactMap {
                    reader.word($0, "a signal", GoogleConsentMode.Signal.self)
                }
                return (pair.name, pair.key, signals)
            }
        }
        if let node = section["wait_for_update"] {
            mode.waitForUpdate = reader.duration(node, "wait_for_update", in: 0...10_000) ?? mode.waitForUpdate
        }
        if let node = section["region"] { mode.regions = reader.items(node).compactMap(region) }
        if let node = section["ads_data_redaction"] {
            mode.redactsAdsData = reader.boolean(node, "ads_data_redaction") ?? mode.redactsAdsData
        }
        if let node = section["url_passthrough"] {
            mode.passesThroughURL = reader.boolean(node, "url_passthrough") ?? mode.passesThroughURL
        }
        if let node = section["tag_hosts"] {
            mode.tagHosts = reader.items(node).compactMap { item in
                reader.thirdPartyHost(item).map {
                    HostDraft(node: item, text: item.string ?? "", host: $0.host, port: $0.port, path: $0.path)
                }
            }
        }
        draft = mode
    }

    private func region(_ node: Node) -> String? {
        guard let text = reader.text(node, "a region") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isCode =
            parts[0].utf8.count == 2 && parts.count <= 2 && (parts.count == 1 || (1...3).contains(parts[1].utf8.count))
        if isCode, text.unicodeScalars.allSatisfy({ ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "-" })
        {
            return text
        }
        reader.report(
            "a region cannot be `\(text.prefix(80))`", at: node,
            expected: "a country or a part of one as ISO 3166-2 writes them: `DE`, `US-CA`")
        return nil
    }

    /// The mode with its categories found.
    func googleConsentMode(_ draft: GoogleConsentModeDraft?, among categories: [CategoryDraft]) -> GoogleConsentMode? {
        guard let draft else { return nil }
        var sets: [GoogleConsentMode.Signal: CategorySet] = [:]
        func add(_ bit: Int, _ signals: [GoogleConsentMode.Signal]) {
            for signal in signals { sets[signal, default: []].insert(CategorySet(index: bit)) }
        }
        if let signals = draft.signals {
            for (category, node, signals) in signals {
                guard let bit = categories.firstIndex(where: { $0.id == category }) else {
                    let known = categories.map(\.id)
                    reader.report(
                        "`\(category.prefix(80))` is not a category", at: node, expected: list(known, "one of", "or"),
                        didYouMean: suggestion(for: category, among: known))
                    continue
                }
                add(bit, signals)
            }
        } else {
            for (category, signals) in GoogleConsentMode.shippedCategories {
                if let bit = categories.firstIndex(where: { $0.id == category }) { add(bit, signals) }
            }
        }
        let hosts =
            draft.tagHosts?.map { ($0.text, $0.host, $0.port, $0.path) }
            ?? GoogleConsentMode.shippedTagHosts.map { text in
                let slash = text.firstIndex(of: "/") ?? text.endIndex
                return (text, String(text[..<slash]), nil, slash == text.endIndex ? nil : String(text[slash...]))
            }
        return GoogleConsentMode(
            mode: draft.mode, categories: sets, waitForUpdate: draft.waitForUpdate, regions: draft.regions,
            redactsAdsData: draft.redactsAdsData, passesThroughURL: draft.passesThroughURL,
            tagHosts: HostRules(
                hosts.map { text, host, port, path in
                    HostRule(
                        pattern: text, host: host, port: port, path: path, category: 0, vendor: nil, sourceLine: 0)
                }))
    }
}
