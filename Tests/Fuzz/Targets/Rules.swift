import Bytes
import Consent
import Rules

/// A rules file: a policy, or findings each of which has its place in the file; in both cases the same twice.
func fuzzRules(_ bytes: [UInt8]) {
    let first = Parsed(bytes)
    expect(first.findings == Parsed(bytes).findings, "two runs differ")
    let lines = lineLengths(bytes)
    for finding in first.findings {
        expect((0...lines.count).contains(finding.line), "line \(finding.line) of \(lines.count)")
        expect(!finding.message.isEmpty && finding.rendered.hasPrefix("rules.yaml"), "message")
        guard finding.line > 0 else { continue }
        let length = lines[finding.line - 1]
        expect(finding.source.unicodeScalars.count == length, "source of line \(finding.line)")
        expect((1...length + 1).contains(finding.column), "column \(finding.column) of \(length)")
        expect(finding.width >= 1 && finding.column + finding.width <= length + 2, "width \(finding.width)")
    }
    guard let policy = first.policy else {
        expect(first.findings.contains { $0.severity == .error }, "refused without an error")
        return
    }
    expect(!first.findings.contains { $0.severity == .error }, "an error that is a warning")
    use(policy, Array(bytes.prefix(64)))
}

/// Asks a policy all that an exchange does.
private func use(_ policy: Policy, _ word: [UInt8]) {
    expect(!policy.sites.isEmpty && !policy.listeners.isEmpty, "a site and a listener")
    for authority in [word, Array("www.shop.example:8080".utf8), Array("[::1]:80".utf8)] {
        let index = policy.siteIndex(forAuthority: authority.rawSpan)
        expect(index.map { policy.sites.indices.contains($0) } ?? true, "site")
    }
    for (index, site) in policy.sites.enumerated() {
        expect(site.index == index && !site.origin.host.isEmpty && site.origin.port > 0, "origin")
        let all = site.consent.all
        expect(site.consent.required.isSubset(of: all), "required categories")
        expect(site.analyticsCategory.map { all.contains(index: $0) } ?? true, "analytics")
        for denied in [site.consentSettings.gpcDenies, site.consentSettings.dntDenies] {
            expect(denied?.isSubset(of: all) ?? true, "signals")
        }
        for treatment in site.cookieTreatments where !treatment.isUnknown {
            expect(site.cookieRules.indices.contains(Int(treatment.rule)), "cookie rule")
            expect(all.contains(index: Int(treatment.category)), "cookie category")
            expect(treatment.cap ?? 0 >= 0, "cap")
        }
        for name in [word, Array("_ga".utf8), Array("session".utf8)] {
            let granted = site.fate(ofCookie: name.rawSpan, granted: all)
            expect(granted.treatment.isUnknown || granted.isForwarded, "withheld in spite of consent")
            let refused = site.fate(ofCookie: name.rawSpan, granted: site.consent.required)
            if !refused.treatment.isUnknown {
                let isRequired = site.consent.required.contains(index: Int(refused.treatment.category))
                expect(refused.isForwarded == isRequired, "refused")
            }
            _ = site.hostRules.rule(forHost: name.rawSpan, port: 443, path: word.rawSpan)
        }
        _ = site.fullAddressRoutes.match(word.rawSpan)
        _ = site.measurement.pageTable.match(word.rawSpan)
        for rule in site.hostRules.rules { expect(all.contains(index: rule.category), "host category") }
        let text = String(decoding: word, as: UTF8.self)
        for granted in [all, site.consent.required] {
            let cookie = Explanation(ofCookie: text, site: site, granted: granted, policy: policy)
            expect(!cookie.description.isEmpty, "explanation")
            _ = Explanation(ofSetCookie: text, site: site, granted: granted, policy: policy, now: 0).description
            _ = Explanation(ofURL: text, site: site, granted: granted, policy: policy)?.description
        }
    }
}

private struct Parsed {
    var policy: Policy?
    var findings: [RulesDiagnostic]

    init(_ bytes: [UInt8]) {
        do throws(RulesError) {
            let policy = try Policy.parse(bytes, sourceFile: "rules.yaml")
            self.policy = policy
            findings = policy.warnings
        } catch {
            findings = error.diagnostics
        }
    }
}

/// How many scalars each line has, by YAML's line breaks.
private func lineLengths(_ bytes: [UInt8]) -> [Int] {
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    var lengths = [0]
    var previous: Unicode.Scalar = " "
    for scalar in String(decoding: content, as: UTF8.self).unicodeScalars {
        switch scalar {
        case "\n" where previous == "\r": break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lengths.append(0)
        default: lengths[lengths.count - 1] += 1
        }
        previous = scalar
    }
    return lengths
}
