import Consent
import Location

/// The conditions under which authorities exempt audience measurement from consent, each as the rules make it: an aid
/// for an operator's own assessment (docs/consent-law.md), by nobody certified.
public struct SelfAssessment: Sendable {
    /// How a condition stands.
    public enum State: String, Hashable, Sendable {
        /// The configuration makes it so.
        case met = "true"
        /// The configuration makes it not so.
        case unmet = "false"
        /// Nothing here can tell.
        case unknown = "yours"
    }

    /// One condition.
    public struct Condition: Hashable, Sendable {
        /// What has to be so.
        public let text: String
        /// Whether it is.
        public let state: State
        /// What makes it so, or what would.
        public let reason: String
    }

    /// The conditions, those that can be told from the rules first.
    public let conditions: [Condition]

    /// Whether nothing that the rules say is against a condition.
    public var isUncontradicted: Bool { conditions.allSatisfy { $0.state != .unmet } }

    /// Assesses a site of a policy that counts without consent; nil for every other profile.
    public init?(_ site: Site, of policy: Policy) {
        guard site.measurement.profile == .exempt else { return nil }
        let measurement = site.measurement
        var conditions: [Condition] = []
        func add(_ text: String, _ isMet: Bool?, _ reason: String) {
            conditions.append(
                Condition(text: text, state: isMet.map { $0 ? .met : .unmet } ?? .unknown, reason: reason))
        }
        add(
            "Visitors are told and can object", true,
            "notice and switch are on the settings page, in \(site.consentSettings.texts.count) languages, without "
                + "JavaScript; an objection holds from the next request, in a cookie that is the same for everybody")
        add(
            "The way there is on every page", site.consentSettings.settingsLink == .none ? nil : true,
            site.consentSettings.settingsLink == .none
                ? "`settings_link: none`: your pages need a link with `data-crumbgate=\"settings\"`"
                : "the link to the settings, `settings_link: \(site.consentSettings.settingsLink.rawValue)`")
        add(
            "Nothing is stored on or read from the device to count", true,
            "no cookie; a visit is recognised by a keyed hash in memory")
        add(
            "Nobody is followed over days or to other sites", true,
            "the key is of this site and this day, and destroyed half an hour after midnight (\(measurement.timeZone))")
        add(
            "Addresses are not kept, places are coarse", true,
            "the address is gone with the response; `location.detail: \(policy.location.detail.rawValue)` at the finest"
        )
        add(
            "Pages and days only, of those who did not agree", true,
            "no hours, campaigns, conversions or search words of theirs, and no two tables are combined")
        let isNoisy = measurement.gate != .threshold
        add(
            "Statistics in which nobody can be told apart", isNoisy || measurement.threshold >= 5,
            isNoisy
                ? "`gate: { mode: dp }`: noise in every figure, from at least \(measurement.threshold) visitors"
                : "`threshold: \(measurement.threshold)`: every figure is of so many visitors at least"
                    + (measurement.threshold >= 5 ? "" : "; 5 or more are needed to hide anybody"))
        add(
            "Figures are kept for 25 months at most",
            measurement.retentionDays <= 762 && measurement.afterRetention == .delete,
            "`retention: \(measurement.retentionDays)d`, then `after_retention: \(measurement.afterRetention.rawValue)`"
        )
        let analytics = site.analyticsCategory.map { site.consent.categories[$0] }
        add(
            "No other measuring runs without consent", analytics.map { !$0.isRequired } ?? true,
            analytics.map {
                $0.isRequired
                    ? "`analytics` is `required: true`: what its rules name is never asked about"
                    : "`analytics` waits for consent"
            } ?? "there is no category `analytics`: everything of that kind waits or is withheld")
        let routes = site.fullAddressRoutes.isEmpty
        add(
            "The shop gets no full addresses to measure by", routes ? true : nil,
            routes
                ? "it gets truncated ones on every route"
                : "it gets them on the `full_address_routes`: they must serve something else")
        add("The figures serve this shop alone", nil, "Crumbgate sends them nowhere; see to it that you do not either")
        add("They are not combined with other data", nil, "orders, accounts, the shop's own log files")
        add("The privacy notice tells of it", nil, "what is counted, why, on which legal basis, and how to object")
        add(
            "The law of your visitors' country has the exemption", nil,
            "France, Spain and the United Kingdom have one, Germany has none (docs/consent-law.md)")
        self.conditions = conditions
    }

    /// The conditions as lines for people; ends without a line break.
    public var text: String {
        var lines = [
            "counting without consent: a checklist for your own assessment, certified by nobody (docs/consent-law.md)"
        ]
        for condition in conditions {
            let state =
                condition.state.rawValue + String(repeating: " ", count: 5 - condition.state.rawValue.utf8.count)
            lines.append("  \(state)  \(condition.text): \(condition.reason)")
        }
        return lines.joined(separator: "\n")
    }
}
