import Bytes
import Consent
import HTTPWire
import Rules

/// What Crumbgate itself shows of one site: the markup in the shop's pages and the answers of its own paths.
///
/// The markup is made once, when the policy is loaded, in each language; an exchange copies bytes.
package final class OwnPages {
    let site: Site
    let history: SiteHistory
    let shown: ShownTexts
    /// Every text that forms in browsers may have been made with, by its name in them.
    let knownTexts: [String: Digest]
    let texts: [InterfaceText]
    /// Changes with everything that documents are given.
    package let revision: UInt32
    /// The look of this site.
    package var stylesheet: OwnAsset { assets.stylesheet }
    private let languages: LanguageSet
    private let banners: [[UInt8]]
    private let links: [[UInt8]]
    package let assets: SiteAssets
    /// The script's tag up to the place of a nonce, and what follows it.
    private let scriptTag: [UInt8]
    private let afterScriptTag: [UInt8]

    /// Makes the pages of a site; `assets` are its files where they have been made before.
    package init(site: Site, history: SiteHistory = .none, assets: SiteAssets? = nil) {
        self.site = site
        self.history = history
        let assets = assets ?? SiteAssets(site: site, history: history)
        self.assets = assets
        let settings = site.consentSettings
        texts = settings.texts.isEmpty ? [.english] : settings.texts
        languages = LanguageSet(texts.map(\.language), default: texts[0].language)
        // The script comes first, and stylesheets in front of it would hold it up.
        scriptTag = Array(#"<script src="\#(assets.script.url)""#.utf8)
        afterScriptTag = Array(("></script>" + BannerMarkup.link(to: assets.stylesheet)).utf8)
        let isAnyOptional = !site.consent.optional.isEmpty
        links = texts.map { BannerMarkup.link(settings, text: $0) }
        // A site that has nothing to ask for asks nobody.
        let shown = ShownTexts(history.shown) ?? ShownTexts(site: site)
        self.shown = shown
        banners =
            isAnyOptional
            ? zip(texts, shown.banners).map { text, words in
                BannerMarkup.banner(site, text: text, asked: AskedFields(site, text: words, history: history))
            } : links
        knownTexts = Dictionary(
            (shown.all.map(\.digest) + history.texts).map { (ShownText.name(of: $0), $0) },
            uniquingKeysWith: { first, _ in first })
        let all = ([scriptTag, afterScriptTag] + banners + links).flatMap { $0 }
        let hash = all.rawSpan.tableHash
        revision = UInt32(truncatingIfNeeded: hash ^ hash >> 32) ^ site.consent.revision
    }

    /// The language that the user agent prefers, for `language(ofPage:preference:)`; 0 is no preference.
    package func preference(acceptLanguage: RawSpan) -> UInt8 {
        if acceptLanguage.isEmpty { return 0 }
        return UInt8(clamping: languages.choose(page: nil, acceptLanguage: acceptLanguage) + 1)
    }

    /// The index of the interface language for a page: its own `lang`, else the preference, else the site's default.
    package func language(ofPage language: RawSpan, preference: UInt8) -> Int {
        if !language.isEmpty, let index = languages.index(of: language) { return index }
        let index = Int(preference) - 1
        return texts.indices.contains(index) ? index : languages.defaultIndex
    }

    /// Appends what goes right after `<head>`: the script, in front of every other of the page, and the stylesheet.
    ///
    /// - Parameter nonce: what the page's own policy asks of scripts, as `ContentSecurityPolicy.nonce(of:)` found it;
    ///   empty for most pages.
    package func writeHead(nonce: borrowing [UInt8], into output: inout ByteBuffer) {
        output.append(scriptTag)
        if !nonce.isEmpty {
            output.append(" nonce=\"")
            output.append(nonce)
            output.append("\"")
        }
        output.append(afterScriptTag)
    }

    /// Right after `<body>`, for visitors who have not decided.
    package func bannerMarkup(_ language: Int) -> [UInt8] { banners[language] }

    /// Right after `<body>`, for those who have: the way back to the settings.
    package func linkMarkup(_ language: Int) -> [UInt8] { links[language] }

    /// The answer to a request to one of our own paths; `signer` signs decisions.
    package func answer(to request: OwnRequest, signer: ConsentSigner, at now: Moment) -> OwnAnswer {
        switch request.path {
        case .consent: return decide(request, signer: signer, at: now)
        case .settings:
            guard request.method == .get || request.method == .head else { return .notAllowed("GET, HEAD") }
            return settingsPage(for: request)
        case .receipt: return record(request)
        case .objection: return object(request)
        case .declaration:
            guard request.method == .get || request.method == .head else { return .notAllowed("GET, HEAD") }
            return declarationPage(for: request)
        case .stylesheet: return assets.stylesheet(named: request.query).answer(to: request)
        case .script: return assets.script(named: request.query).answer(to: request)
        case .globalPrivacyControl:
            guard request.method == .get || request.method == .head else { return .notAllowed("GET, HEAD") }
            return globalPrivacyControl
        case .unknown: return .plain(status: 404, "There is nothing at this address.")
        }
    }

    /// The text for a page of ours: in the language that led there, else the one the user agent prefers.
    func text(for request: OwnRequest, language: String?) -> InterfaceText {
        if let language, let index = languages.index(of: language) { return texts[index] }
        let field = Array((request.acceptLanguage ?? "").utf8)
        return texts[self.language(ofPage: RawSpan(), preference: preference(acceptLanguage: field.rawSpan))]
    }

    /// The statement that the site abides by the signal (W3C Global Privacy Control §4, "GPC support resource").
    private var globalPrivacyControl: OwnAnswer {
        guard site.consentSettings.gpcDenies != nil else {
            return .plain(status: 404, "There is nothing at this address.")
        }
        // The day on which this meaning of the signal was built in.
        return .json(status: 200, #"{"gpc":true,"lastUpdate":"2026-11-21"}"#)
    }
}
