import CBrowser
import Rules

/// The files of ours that one site's pages refer to: made once when a policy is loaded, on no event loop.
public struct SiteAssets: Sendable {
    /// The look of the banner, the settings link and the placeholders.
    package let stylesheet: OwnAsset
    /// What the browser does by itself, and before it the site's rules as data.
    package let script: OwnAsset
    /// The look of the dialog and of our own pages.
    package let settingsStylesheet: OwnAsset
    /// What the script asks for when it is needed: the dialog, texts, and what is known of cookies.
    package let settingsScript: OwnAsset

    /// What settings.js uses of the files before it.
    private static let shared =
        "part, root, makeRules, inLanguage, hasPlaceholder, MARK, PREFIX, later, take, optional, "
        + "loading, ownMarks, nonce, idsOf, categoryOfURL, browser, reloadOnce, waitingName, withheldHTML"

    /// Makes the files of a site; the script counts decisions that its history still covers.
    public init(site: Site, history: SiteHistory = .none) {
        func style(_ part: String, _ text: String) -> OwnAsset {
            OwnAsset(
                name: "banner.css", part: part, mediaType: "text/css; charset=utf-8", text: StyleText.squeezed(text))
        }
        func script(_ part: String, _ text: String) -> OwnAsset {
            OwnAsset(name: "banner.js", part: part, mediaType: "text/javascript; charset=utf-8", text: text)
        }
        let policy = BrowserPolicy(site: site, history: history)
        let theme = site.consentSettings.theme
        let logo = theme.logo == nil ? "" : BrowserFile.logoStyle.text
        let places = site.consentSettings.bannerPosition == .bottom ? "" : BrowserFile.placesStyle.text
        stylesheet = style("", places + BrowserFile.style.text + logo + theme.stylesheet)
        settingsStylesheet = style("settings", BrowserFile.settingsStyle.text)
        settingsScript = script(
            "settings",
            "const details=\(policy.details(style: settingsStylesheet.url));\n"
                + ScriptText.squeezed(
                    "export default ([\(Self.shared)]) => {\n\(BrowserFile.settingsScript.text)};\n"))
        let mode = site.consentSettings.googleConsentMode == nil ? BrowserFile.noConsentMode : .consentMode
        self.script = script(
            "",
            "(()=>{\"use strict\";const policy=\(policy.text(more: settingsScript.url));\n"
                + ScriptText.squeezed(
                    mode.text + BrowserFile.script.text + "const shared = () => [\(Self.shared)];\n") + "})();\n")
    }

    /// The stylesheet that a request's query names.
    func stylesheet(named query: String) -> OwnAsset {
        settingsStylesheet.isNamed(by: query) ? settingsStylesheet : stylesheet
    }

    /// The script that a request's query names.
    func script(named query: String) -> OwnAsset { settingsScript.isNamed(by: query) ? settingsScript : script }
}

/// A file of `Sources/Browser`, as it is in the binary.
private enum BrowserFile {
    case style, placesStyle, logoStyle, settingsStyle, script, consentMode, noConsentMode, settingsScript

    var text: String {
        var count = 0
        let start =
            switch self {
            case .style: unsafe crumbgate_browser_style(&count)
            case .placesStyle: unsafe crumbgate_browser_places_style(&count)
            case .logoStyle: unsafe crumbgate_browser_logo_style(&count)
            case .settingsStyle: unsafe crumbgate_browser_settings_style(&count)
            case .script: unsafe crumbgate_browser_script(&count)
            case .consentMode: unsafe crumbgate_browser_consent_mode(&count)
            case .noConsentMode: unsafe crumbgate_browser_no_consent_mode(&count)
            case .settingsScript: unsafe crumbgate_browser_settings_script(&count)
            }
        // Constants of the binary: `count` bytes, for as long as the process lives.
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
