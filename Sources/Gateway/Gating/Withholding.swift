import Bytes
import Consent
import HTMLRewriting
import Rules

/// What is withheld from the page of one exchange: the site's rules for third parties, and the categories that are not
/// granted.
struct Withholding {
    let site: Site
    /// Bit *n* for the category with index *n*; none when nothing is withheld.
    let categories: UInt64

    /// - Parameter granted: the required categories alone for a page that everybody gets.
    init(context: borrowing SiteContext, granted: CategorySet) {
        site = context.site
        categories = context.gatedCategories & ~granted.rawValue
    }

    /// Whether everything may be loaded.
    var isEmpty: Bool { categories == 0 }

    /// Whether a rule's category is not granted.
    func withholds(_ rule: HostRule) -> Bool { categories >> UInt64(rule.category) & 1 == 1 }

    /// The rule that withholds a URL.
    func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule? {
        if host.hasNonASCII {
            return rule(forASCIIHost: HostSpelling.ascii(host).rawSpan, port: port, path: path)
        }
        return rule(forASCIIHost: host, port: port, path: path)
    }

    private func rule(forASCIIHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule? {
        // The operator's rule, however unspecific, goes before a shipped one.
        let number: Int
        let category: Int
        if let rule = site.hostRules.rule(forHost: host, port: port, path: path) {
            number = rule
            category = site.hostRules.rules[rule].category
        } else if let rule = site.known.hostRules.rule(forHost: host, port: port, path: path) {
            number = site.hostRules.rules.count + rule
            category = site.known.hostRules.rules[rule].category
        } else {
            return nil
        }
        guard categories >> UInt64(category) & 1 == 1 else { return nil }
        return WithheldRule(number: UInt32(number), category: UInt8(category))
    }

    /// The rule that withholds an inline script; numbered behind those for hosts, as shipped ones are behind others.
    func rule(forScript text: RawSpan) -> WithheldRule? {
        guard let rule = site.snippetRules.rule(in: text, categories: categories) else { return nil }
        let number = site.hostRules.rules.count + site.known.hostRules.rules.count + rule
        return WithheldRule(number: UInt32(number), category: UInt8(site.snippetRules.rules[rule].category))
    }
}

extension Site {
    /// The optional categories that have a rule for hosts or scripts.
    var gatedCategories: UInt64 {
        var gated: UInt64 = 0
        for rule in hostRules.rules { gated |= 1 << UInt64(rule.category) }
        for rule in known.hostRules.rules { gated |= 1 << UInt64(rule.category) }
        for rule in snippetRules.rules { gated |= 1 << UInt64(rule.category) }
        return gated & ~consent.required.rawValue
    }
}

extension Insertions: ElementGate {
    var isSecure: Bool { isPageSecure }
    var withheldCategories: UInt64 { withholding.categories }

    func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule? {
        withholding.rule(forHost: host, port: port, path: path)
    }

    func mayWithhold(host: RawSpan) -> Bool {
        if host.hasNonASCII { return true }
        let site = withholding.site
        return site.hostRules.names(host: host) || site.known.hostRules.names(host: host)
    }

    func rule(forScript text: RawSpan) -> WithheldRule? { withholding.rule(forScript: text) }

    func writeCategories(_ categories: UInt64, into output: inout ByteBuffer) {
        gate.writeCategories(categories, into: &output)
    }

    func writePlaceholder(
        _ place: FramePlace, url: RawSpan, document: borrowing DocumentRewriter, into output: inout ByteBuffer
    ) {
        let language = pages.language(ofPage: document.language, preference: languagePreference)
        gate.writePlaceholder(place, url: url, language: language, into: &output)
    }

    func writeClosingMarkup(into output: inout ByteBuffer) {
        output.append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
        ClosedPolicy.write(withholding, into: &output)
        output.append("\">")
    }

    func writePolicy(_ policy: RawSpan, into output: inout ByteBuffer) {
        let authority = gate.authority
        ContentSecurityPolicy.extend(policy, authority: authority.rawSpan, isSecure: isPageSecure, into: &output)
    }
}
