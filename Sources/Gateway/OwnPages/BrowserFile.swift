import CBrowser
import Rules

/// A file of `Sources/Browser`, which the compiler put into the binary.
enum BrowserFile {
    case stylesheet
    case script

    /// Its text.
    var text: String {
        var count = 0
        let start =
            switch self {
            case .stylesheet: unsafe crumbgate_browser_stylesheet(&count)
            case .script: unsafe crumbgate_browser_script(&count)
            }
        // The bytes are constants of the binary: `count` of them, for as long as the process lives.
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
}

extension OwnAsset {
    /// The look of the banner, the settings link and the settings page.
    package static func stylesheet(_ theme: Theme) -> OwnAsset {
        OwnAsset(
            name: "banner.css", mediaType: "text/css; charset=utf-8",
            text: BrowserFile.stylesheet.text + theme.stylesheet)
    }

    /// What the browser does by itself: the banner works without it.
    package static let script = OwnAsset(
        name: "banner.js", mediaType: "text/javascript; charset=utf-8", text: BrowserFile.script.text)
}
