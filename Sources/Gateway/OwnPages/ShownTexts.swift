import Consent
import Rules

/// The words of both layers in each language: what a receipt proves that its visitor was shown.
struct ShownTexts {
    /// By the index of the language.
    let banners: [ShownText]
    let settings: [ShownText]

    init(site: Site) {
        let texts = site.consentSettings.texts.isEmpty ? [.english] : site.consentSettings.texts
        banners = texts.map { text in
            let markup = BannerMarkup.banner(site, text: text, asked: .none)
            return ShownText(layer: .banner, language: text.language, words: Self.words(of: markup))
        }
        settings = texts.map { text in
            let page = SettingsPage(site: site, text: text, ticked: [], returnPath: .root, asked: .none)
            return ShownText(layer: .settings, language: text.language, words: Self.words(of: Array(page.body.utf8)))
        }
    }

    /// Takes what was made before; nil for nothing.
    init?(_ all: [ShownText]) {
        if all.isEmpty { return nil }
        banners = all.filter { $0.layer == .banner }
        settings = all.filter { $0.layer == .settings }
    }

    var all: [ShownText] { banners + settings }

    /// What is between the tags of markup that is ours and so has `<` and `>` around tags only; a line for each piece.
    static func words(of markup: [UInt8]) -> String {
        let pieces = String(decoding: markup, as: UTF8.self).split(separator: "<").flatMap { piece in
            piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false).dropFirst()
        }
        let lines = pieces.map { $0.split { $0 == " " || $0.isNewline }.joined(separator: " ") }.filter { !$0.isEmpty }
        return lines.map { line in
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
                .reduce(line) { $0.replacing($1.0, with: $1.1) }
        }.joined(separator: "\n") + "\n"
    }
}

/// What a form says of the question it asks, so that an answer counts for no other.
struct AskedFields {
    /// The policy revision.
    let revision: String
    /// The name of the words.
    let text: String
    /// The revisions under which a decision is still good, this one first, for our script.
    let covered: String

    /// A form that is looked at for its words only.
    static let none = AskedFields(revision: "", text: "", covered: "")

    private init(revision: String, text: String, covered: String) {
        self.revision = revision
        self.text = text
        self.covered = covered
    }

    init(_ site: Site, text: ShownText, history: SiteHistory) {
        self.init(
            revision: PolicyRevision.name(of: site.consent.revision), text: text.name,
            covered: history.policy.coveredRevisions(scheme: site.consent).map(PolicyRevision.name(of:))
                .joined(separator: " "))
    }

    var inputs: String {
        #"<input type="hidden" name="revision" value="\#(revision)"/>"#
            + #"<input type="hidden" name="text" value="\#(text)"/>"#
    }
}
