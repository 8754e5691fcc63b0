import Consent
import Cookies
import Location
import Yams

/// What a rules file says of a site, before it is known to be complete.
struct SiteDraft {
    var name: String?
    var hosts: [String] = []
    var origin: (node: Node, server: OriginServer)?
    var preservesHost = true
    var transportSecurity: (node: Node, settings: TransportSecurity)?
    var originTLS: (node: Node, settings: OriginTLS)?
    var categories = shippedCategories
    var unknownCookies = UnknownCookies.withhold
    var cookieDefaults = CookieDraft.Options()
    var knownServices = KnownSelection.all(except: [])
    var validityDays = 182
    /// Nil for the validity and six months.
    var receiptRetentionDays: Int?
    var receiptRetentionNode: Node?
    var language = "en"
    var bannerPosition = ConsentSettings.BannerPosition.bottom
    var settingsLink = ConsentSettings.SettingsLink.bottomLeft
    var theme = ThemeDraft()
    var languageNode: Node?
    /// By language.
    var texts: [String: InterfaceText] = Dictionary(
        uniqueKeysWithValues: InterfaceText.shipped.map { ($0.language, $0) })
    var gpc = SignalDraft.shipped
    var dnt = SignalDraft.ignored
    var googleConsentMode: GoogleConsentModeDraft?
    var ipv4Bits = 24
    var ipv6Bits = 48
    var fullAddressRoutes: [String] = []
    var measurement = MeasurementDraft()
}

/// What a rules file says of a category.
struct CategoryDraft {
    let id: String
    /// Its key in the file; nil for a shipped category that the file does not mention.
    var node: Node?
    var isRequired = false
    /// By language tag; the empty tag stands for the site's default language.
    var name: [String: String]
    /// By language tag, as `name`.
    var purpose: [String: String]
    var vendors: [String] = []
    var cookies: [CookieDraft] = []
    var hosts: [HostDraft] = []
    var snippets: [SnippetDraft] = []
}

/// What a rules file says of a cookie.
struct CookieDraft {
    struct Options {
        var cap: Int?
        var secure: Bool?
        var httpOnly: Bool?
        var sameSite: SameSite?

        /// These, and from `defaults` what these do not say.
        func over(_ defaults: Options) -> (cap: Int?, hardening: CookieHardening) {
            var hardening: CookieHardening = []
            if secure ?? defaults.secure ?? false { hardening.insert(.secure) }
            if httpOnly ?? defaults.httpOnly ?? false { hardening.insert(.httpOnly) }
            if sameSite ?? defaults.sameSite ?? .keep == .lax { hardening.insert(.sameSiteLax) }
            return (cap ?? defaults.cap, hardening)
        }
    }

    enum SameSite: String, CaseIterable { case keep, lax }

    let node: Node
    let pattern: NamePattern
    let text: String
    var vendor: String?
    var options = Options()
}

/// What a rules file says of a third-party host.
struct HostDraft {
    let node: Node
    let text: String
    let host: String
    let port: UInt16?
    let path: String?
    var vendor: String?
}

/// What a rules file says of inline scripts.
struct SnippetDraft {
    let node: Node
    let text: String
}

/// What a rules file says of a signal that the browser sends.
enum SignalDraft {
    case ignored
    /// Denies the shipped list, as far as those categories exist and are optional.
    case shipped
    case denies([(id: String, node: Node)])
}

/// What a rules file says of measurement.
struct MeasurementDraft {
    var profile = MeasurementSettings.Profile.consent
    var profileNode: Node?
    var threshold = 10
    var gate = MeasurementSettings.Gate.threshold
    var timeZone = "UTC"
    var retentionDays = 760
    var afterRetention = MeasurementSettings.AfterRetention.delete
    var afterRetentionNode: Node?
    var pages: [PageRule] = []
    var query: [String] = []
    var utm = ["utm_source", "utm_medium", "utm_campaign"]
    var campaigns: [String] = []
    var search: [String] = []
    var downloads = [
        "7z", "apk", "csv", "dmg", "doc", "docx", "epub", "exe", "gz", "ics", "msi", "odt",
        "ods", "pdf", "ppt", "pptx", "rar", "tar", "tgz", "vcf", "xls", "xlsx", "zip",
    ]
    var goals: [Goal] = []
}
