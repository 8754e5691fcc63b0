import Bytes
import Consent
import HTMLRewriting
import Rules

/// The markup that stands in for a frame, in one language, in the pieces between what differs from frame to frame.
struct PlaceholderPieces {
    let attributes: [UInt8]
    /// The title before and behind the name of the vendor.
    let title: ([UInt8], [UInt8])
    let text: [UInt8]
    /// The link's text before and behind the host.
    let link: ([UInt8], [UInt8])
    let show: [UInt8]

    init(_ text: InterfaceText) {
        func halves(_ text: String, _ name: String) -> ([UInt8], [UInt8]) {
            let parts = text.components(around: name)
            return (Array(parts.0.escapedForHTML.utf8), Array(parts.1.escapedForHTML.utf8))
        }
        attributes = Array(BannerMarkup.languageAttributes(text).utf8)
        title = halves(text.placeholderTitle, "{vendor}")
        self.text = Array(text.placeholderText.escapedForHTML.utf8)
        link = halves(text.placeholderLink, "{host}")
        show = Array(text.placeholderShow.escapedForHTML.utf8)
    }
}

/// What a gate writes into the pages of one site; made once, when the policy is loaded.
final class GateMarkup {
    /// Changes with everything that decides what is withheld from pages.
    let revision: UInt32
    private let placeholders: [PlaceholderPieces]
    private let categoryIDs: [[UInt8]]
    /// By rule for hosts: the company behind it, else its host.
    private let vendors: [[UInt8]]
    private let hosts: [[UInt8]]
    /// By rule for hosts, then by rule for scripts.
    private let names: [[UInt8]]
    /// The authority of the page in hand.
    private(set) var authority: [UInt8] = []

    init(site: Site, texts: [InterfaceText]) {
        placeholders = texts.map(PlaceholderPieces.init)
        categoryIDs = site.consent.categories.map { Array($0.id.utf8) }
        let rules = site.hostRules.rules + site.known.hostRules.rules
        func host(_ rule: HostRule) -> String { rule.host.hasPrefix("*.") ? String(rule.host.dropFirst(2)) : rule.host }
        hosts = rules.map { Array(host($0).utf8) }
        vendors = rules.map { Array(($0.vendor ?? host($0)).escapedForHTML.utf8) }
        let snippets = site.snippetRules.rules
        names = rules.map { Array($0.pattern.utf8) } + snippets.map { Array($0.text.utf8) }
        let categories = rules.map(\.category) + snippets.map(\.category)
        var text: [UInt8] = []
        for (name, category) in zip(names, categories) { text += name + [0, UInt8(category), 0] }
        for (vendor, pieces) in zip(vendors, placeholders) { text += vendor + pieces.text }
        let hash = text.rawSpan.tableHash
        revision = names.isEmpty ? 0 : UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }

    /// Notes which host the page in hand is of; most pages are of the one before.
    func begin(_ text: borrowing ByteBuffer, authority range: ByteRange) {
        let authority = text.bytes[range]
        if !authority.equals(self.authority.rawSpan) { self.authority = authority.array }
    }

    /// Appends the ids of categories, with a space between two.
    func writeCategories(_ categories: UInt64, into output: inout ByteBuffer) {
        var isFirst = true
        for index in 0..<categoryIDs.count where categories >> UInt64(index) & 1 == 1 {
            if !isFirst { output.append(" ") }
            output.append(categoryIDs[index])
            isFirst = false
        }
    }

    /// Appends what stands in for a frame.
    ///
    /// An empty canvas keeps the frame's room: its attributes need no leave of a page's style policy.
    func writePlaceholder(_ place: FramePlace, url: RawSpan, language: Int, into output: inout ByteBuffer) {
        let pieces = placeholders[language]
        let number = Int(place.rule.number)
        let isHostRule = number < vendors.count
        let width = place.width
        output.append("<span class=\"crumbgate-placeholder")
        if case .percent = width { output.append(" crumbgate-wide") }
        output.append("\" data-crumbgate-for=\"")
        writeCategories(place.categories, into: &output)
        output.append("\" ")
        output.append(pieces.attributes)
        output.append("><canvas aria-hidden=\"true\" width=\"")
        if case .pixels(let pixels) = width { output.append(decimal: pixels) } else { output.append("300") }
        output.append("\" height=\"")
        if case .pixels(let pixels) = place.height { output.append(decimal: pixels) } else { output.append("150") }
        output.append("\"></canvas><span><strong>")
        output.append(pieces.title.0)
        if isHostRule { output.append(vendors[number]) } else { writeCategories(place.categories, into: &output) }
        output.append(pieces.title.1)
        output.append("</strong> <span>")
        output.append(pieces.text)
        output.append("</span> ")
        if url.byteCount > 0, isHostRule {
            output.append("<a href=\"")
            output.append(attributeValue: url, keepsReferences: true)
            output.append("\" rel=\"noreferrer noopener\" target=\"_blank\">")
            output.append(pieces.link.0)
            output.append(hosts[number])
            output.append(pieces.link.1)
            output.append("</a> ")
        }
        output.append("<button type=\"button\" data-crumbgate-show=\"")
        writeCategories(place.categories, into: &output)
        output.append("\">")
        output.append(pieces.show)
        output.append("</button></span></span>")
    }

    /// The name under which a withheld rule is counted.
    func name(ofRule rule: WithheldRule) -> [UInt8] { names[Int(rule.number)] }
}

extension String {
    /// What is before and behind a mark; all of it and nothing without one.
    fileprivate func components(around mark: String) -> (String, String) {
        guard let range = firstRange(of: mark) else { return (self, "") }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
