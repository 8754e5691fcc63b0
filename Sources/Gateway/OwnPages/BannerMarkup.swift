import Consent
import Rules

/// The markup that the shop's pages are given.
///
/// Light DOM with stable ids, so that software that answers for its user can find the buttons. All three have one
/// class, so they look alike; no box is ticked, and nothing but a button decides.
enum BannerMarkup {
    static let consentPath = "/.crumbgate/consent"
    static let settingsPath = "/.crumbgate/settings"

    static func link(to asset: OwnAsset) -> String { #"<link rel="stylesheet" href="\#(asset.url)"/>"# }

    /// The first layer, and hidden beside it the link, for the script to swap where a shared cache brought the page.
    static func banner(_ site: Site, text: InterfaceText, asked: AskedFields) -> [UInt8] {
        let settings = site.consentSettings
        let position = settings.bannerPosition.rawValue
        return Array(
            (rootTag(text, attributes: #" data-revision="\#(asked.covered)""#)
                + #"<section id="crumbgate-banner" class="\#(position)" aria-label="\#(text.bannerLabel.escapedForHTML)">"#
                + logo(site) + "<h2>\(text.bannerTitle.escapedForHTML)</h2><p>\(text.bannerText.escapedForHTML)</p>"
                + formTag(text, asked: asked) + #"<div class="crumbgate-choices">"#
                + button("accept", text.acceptAll) + button("reject", text.rejectAll)
                + button("settings", text.settings) + "</div></form></section>"
                + settingsLink(settings, text: text, isHidden: true) + "</div>").utf8)
    }

    /// The shop's own picture, of a size that is known before it is there.
    static func logo(_ site: Site) -> String {
        guard let logo = site.consentSettings.theme.logo else { return "" }
        return #"<img id="crumbgate-logo" src="\#(logo.path.escapedForHTML)" "#
            + #"alt="\#(logo.alternative.escapedForHTML)"/>"#
    }

    /// The way back to the settings for those who decided; nothing where the shop has its own.
    static func link(_ settings: ConsentSettings, text: InterfaceText) -> [UInt8] {
        let link = settingsLink(settings, text: text, isHidden: false)
        return link.isEmpty ? [] : Array((rootTag(text, attributes: "") + link + "</div>").utf8)
    }

    private static func settingsLink(_ settings: ConsentSettings, text: InterfaceText, isHidden: Bool) -> String {
        guard settings.settingsLink != .none else { return "" }
        return #"<a id="crumbgate-link" class="\#(settings.settingsLink.rawValue)" rel="nofollow" "#
            + #"href="\#(settingsPath)?lang=\#(text.language.escapedForHTML)"\#(isHidden ? " hidden=\"\"" : "")>"#
            + "\(text.settingsLink.escapedForHTML)</a>"
    }

    private static func rootTag(_ text: InterfaceText, attributes: String) -> String {
        #"<div id="crumbgate" \#(languageAttributes(text))\#(attributes)>"#
    }

    static func languageAttributes(_ text: InterfaceText) -> String {
        #"lang="\#(text.language.escapedForHTML)" dir="\#(text.direction.rawValue)""#
    }

    static func formTag(_ text: InterfaceText, asked: AskedFields) -> String {
        #"<form method="post" action="\#(consentPath)">"#
            + #"<input type="hidden" name="lang" value="\#(text.language.escapedForHTML)"/>"# + asked.inputs
    }

    static func button(_ choice: String, _ label: String) -> String {
        #"<button id="crumbgate-\#(choice)" name="choice" value="\#(choice)">\#(label.escapedForHTML)</button>"#
    }
}
