import Bytes
import Consent

/// What Google's tags are told of a visitor's choice (Google Consent Mode v2), when the rules ask for it.
public struct GoogleConsentMode: Sendable {
    /// Whether the tags wait for consent.
    public enum Mode: String, Sendable, CaseIterable {
        /// They are withheld as all others, and told when they come.
        case basic
        /// They load before consent, and keep to what they are told.
        case advanced
    }

    /// What a tag asks about; all seven are in every call.
    public enum Signal: String, Sendable, CaseIterable {
        case adStorage = "ad_storage"
        case adUserData = "ad_user_data"
        case adPersonalization = "ad_personalization"
        case analyticsStorage = "analytics_storage"
        case functionalityStorage = "functionality_storage"
        case personalizationStorage = "personalization_storage"
        case securityStorage = "security_storage"
    }

    /// Whether the tags wait for consent.
    public let mode: Mode
    /// The categories that all have to be granted for a signal; a signal without one is denied.
    public let categories: [Signal: CategorySet]
    /// How long the tags wait for an update, in milliseconds.
    public let waitForUpdate: Int
    /// The regions (ISO 3166-2) that the default is for; empty for all of the world.
    public let regions: [String]
    /// Whether identifiers are left out of requests to advertising hosts while `ad_storage` is denied.
    public let redactsAdsData: Bool
    /// Whether links hand on what would be in a cookie.
    public let passesThroughURL: Bool
    /// The hosts that are Google's own, which `advanced` lets load before consent.
    let tagHosts: HostRules

    init(
        mode: Mode, categories: [Signal: CategorySet], waitForUpdate: Int, regions: [String], redactsAdsData: Bool,
        passesThroughURL: Bool, tagHosts: HostRules
    ) {
        self.mode = mode
        self.categories = categories
        self.waitForUpdate = waitForUpdate
        self.regions = regions
        self.redactsAdsData = redactsAdsData
        self.passesThroughURL = passesThroughURL
        self.tagHosts = tagHosts
    }

    /// The host rules that stay in force: with `advanced` those that withhold Google's own tags do not.
    func rulesInForce(_ rules: [HostRule]) -> [HostRule] {
        guard mode == .advanced else { return rules }
        return rules.filter { rule in
            // A rule for all hosts below one is asked about by one of them, and a path by its beginning.
            let host = Array((rule.host.hasPrefix("*") ? "x" + String(rule.host.dropFirst()) : rule.host).utf8)
            let path = Array((rule.path ?? "/").utf8.filter { $0 != 0x2A })
            return tagHosts.rule(forHost: host.rawSpan, port: rule.port ?? 443, path: path.rawSpan) == nil
        }
    }

    /// Where Google serves and collects for its tags.
    static let shippedTagHosts = [
        "www.googletagmanager.com", "*.googletagmanager.com", "www.google-analytics.com", "*.google-analytics.com",
        "*.analytics.google.com", "analytics.google.com", "*.g.doubleclick.net", "www.googleadservices.com",
        "pagead2.googlesyndication.com", "www.google.com/pagead/*", "www.google.com/ccm/*",
    ]

    /// The categories for signals, unless the rules say otherwise.
    static let shippedCategories: [(category: String, signals: [Signal])] = [
        ("analytics", [.analyticsStorage]), ("remarketing", [.adStorage, .adUserData, .adPersonalization]),
        ("personalisation", [.functionalityStorage, .personalizationStorage]), ("security", [.securityStorage]),
    ]
}
