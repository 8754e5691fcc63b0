import CBrowser
import Rules

/// The files of ours that one site's pages refer to: made once when a policy is loaded, on no event loop.
public struct SiteAssets: Sendable {
    /// The look of the banner, the settings link and the settings page.
    package let stylesheet: OwnAsset
    /// What the browser does by itself, and before it the site's rules as data.
    package let script: OwnAsset

    /// Makes the files of a site; the script counts decisions that its history still covers.
    public init(site: Site, history: SiteHistory = .none) {
        var count = 0
        // The bytes are constants of the binary: `count` of them, for as long as the process lives.
        let style = unsafe UnsafeBufferPointer(start: crumbgate_browser_stylesheet(&count), count: count)
        stylesheet = OwnAsset(
            name: "banner.css", mediaType: "text/css; charset=utf-8",
            text: BrowserText.squeezed(stylesheet: unsafe String(decoding: style, as: UTF8.self))
                + site.consentSettings.theme.stylesheet)
        let code = unsafe UnsafeBufferPointer(start: crumbgate_browser_script(&count), count: count)
        let script = BrowserText.squeezed(script: unsafe String(decoding: code, as: UTF8.self))
        self.script = OwnAsset(
            name: "banner.js", mediaType: "text/javascript; charset=utf-8",
            text: "(()=>{\"use strict\";const policy="
                + BrowserPolicy(site: site, history: history).json + ";\n\(script)})();\n")
    }
}
