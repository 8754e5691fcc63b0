import Measurement

/// A part of a report that can be asked for by name.
///
/// The raw value is its name on the command line, in CSV and in JSON.
public enum ReportSection: String, CaseIterable, Hashable, Sendable {
    case summary
    case days
    case pages
    case entries
    case exits
    case paths
    case sources
    case channels
    case campaigns
    case places
    case browsers
    case systems
    case devices
    case hours
    case weekdays
    /// Hours of each day of the week: the day is a row's key, the hour its second word.
    case week
    case lengths
    case depths
    case conversions
    case consent
    /// Answers by language: a row per language, with its rate.
    case languages
    case cookies
    case unknown
    case hosts
    case bots
    case reasons
    case missing
    case downloads
    case outbound
    case searches

    /// Reads `pages,sources`; throws the first word that is not the name of a section.
    public static func list(_ text: String) throws(UnknownSection) -> [ReportSection] {
        var sections: [ReportSection] = []
        for word in text.split(separator: ",") {
            let name = word.drop { $0 == " " }.prefix { $0 != " " }
            guard let section = ReportSection(rawValue: String(name)) else { throw UnknownSection(name: String(name)) }
            if !sections.contains(section) { sections.append(section) }
        }
        if sections.isEmpty { throw UnknownSection(name: text) }
        return sections
    }

    /// A word that is not the name of a section.
    public struct UnknownSection: Error, Hashable, Sendable, CustomStringConvertible {
        /// The word.
        public let name: String
        /// A sentence for the operator.
        public var description: String {
            "'\(name)' is not a part of a report: choose from "
                + ReportSection.allCases.map(\.rawValue).joined(separator: ", ")
        }
    }

    /// The table it shows; nil for `summary` and `days`, which show the totals, and `week`, which parts the days' hours.
    var dimension: Dimension? {
        switch self {
        case .summary, .days, .week: nil
        case .pages: .page
        case .entries: .entryPage
        case .exits: .exitPage
        case .paths: .pagePair
        case .sources: .source
        case .channels: .channel
        case .campaigns: .campaign
        case .places: .place
        case .browsers: .browser
        case .systems: .operatingSystem
        case .devices: .device
        case .hours: .hour
        case .weekdays: .weekday
        case .lengths: .visitLength
        case .depths: .pagesPerVisit
        case .conversions: .conversion
        case .consent: .consentOutcome
        case .languages: .answerLanguage
        case .cookies: .withheldCookie
        case .unknown: .unknownCookie
        case .hosts: .blockedHost
        case .bots: .bot
        case .reasons: .botReason
        case .missing: .missingPage
        case .downloads: .download
        case .outbound: .outbound
        case .searches: .search
        }
    }

    /// Its columns; rows are sorted by the first and their bars show it.
    public var metrics: [Metric] {
        switch self {
        case .summary:
            [
                .pageViews, .visits, .visitors, .pagesPerVisit, .bounceRate, .conversions, .conversionRate,
                .conversionsPerVisitor,
            ]
        case .days: [.pageViews, .visits, .visitors]
        case .pages: [.pageViews, .visitors]
        case .entries: [.entries, .bounceRate]
        case .exits: [.exits]
        case .paths, .consent, .cookies, .unknown, .hosts, .bots, .reasons, .missing, .downloads, .outbound, .searches:
            [.count]
        case .languages: [.consentRate, .count]
        case .sources, .channels, .campaigns: [.visits, .visitors, .bounceRate, .conversionRate]
        case .places, .browsers, .systems, .devices: [.visits, .visitors, .bounceRate]
        case .hours, .weekdays, .week: [.pageViews, .visits]
        case .lengths, .depths: [.visits]
        case .conversions: [.conversions]
        }
    }

    /// What its columns are made of.
    var measures: [Measure] {
        Measure.allCases.filter { measure in metrics.contains { $0.measures.contains(measure) } }
    }

    /// Whether its rows have an order of their own, and all of them are shown.
    var isInNaturalOrder: Bool {
        switch self {
        case .days, .hours, .weekdays, .week, .lengths, .depths: true
        case .summary, .pages, .entries, .exits, .paths, .sources, .channels, .campaigns, .places, .browsers, .systems,
            .devices, .conversions, .consent, .languages, .cookies, .unknown, .hosts, .bots, .reasons, .missing,
            .downloads, .outbound, .searches:
            false
        }
    }

    /// Its heading.
    public var title: String {
        switch self {
        case .summary: "Summary"
        case .days: "Days"
        case .pages: "Pages"
        case .entries: "Entry pages"
        case .exits: "Exit pages"
        case .paths: "Paths, page to page"
        case .sources: "Sources"
        case .channels: "Channels"
        case .campaigns: "Campaigns"
        case .places: "Places"
        case .browsers: "Browsers"
        case .systems: "Operating systems"
        case .devices: "Devices"
        case .hours: "Hours of the day"
        case .weekdays: "Days of the week"
        case .week: "Hours of the week"
        case .lengths: "Length of visits"
        case .depths: "Pages per visit"
        case .conversions: "Conversions"
        case .consent: "Answers to the banner"
        case .languages: "Consent by language"
        case .cookies: "Cookies withheld"
        case .unknown: "Cookies without a rule"
        case .hosts: "Hosts blocked"
        case .bots: "Robots, left out above"
        case .reasons: "Robots, and why they are taken for some"
        case .missing: "Pages not found"
        case .downloads: "Downloads"
        case .outbound: "Led on to other hosts"
        case .searches: "Searched for"
        }
    }

    /// The heading of the column of its rows' names.
    var rowTitle: String {
        switch self {
        case .summary: ""
        case .days, .weekdays: "Day"
        case .pages, .entries, .exits, .missing: "Page"
        case .paths: "From → to"
        case .sources: "Source"
        case .channels: "Channel"
        case .campaigns: "Campaign"
        case .places: "Place"
        case .browsers: "Browser"
        case .systems: "System"
        case .devices: "Device"
        case .hours: "Hour"
        case .week: "Day → hour"
        case .lengths: "Seconds"
        case .depths: "Pages"
        case .conversions: "Goal"
        case .consent: "Answer"
        case .languages: "Language"
        case .cookies, .unknown: "Cookie"
        case .hosts, .outbound: "Host"
        case .bots: "Robot"
        case .reasons: "Reason"
        case .downloads: "File"
        case .searches: "Words"
        }
    }

    /// What a row's key says to a reader.
    func label(_ key: String) -> String {
        switch self {
        case .hours: Int(key).map { "\(padded($0, to: 2)):00" } ?? key
        case .weekdays: Int(key).flatMap { (1...7).contains($0) ? Day.weekdays[$0 - 1] : nil } ?? key
        case .lengths: key == ReleasedCell.otherKey ? key : "\(key) s"
        case .depths: key == ReleasedCell.otherKey ? key : key == "1" ? "1 page" : "\(key) pages"
        case .week: Int(key).flatMap { (1...7).contains($0) ? Day.weekdays[$0 - 1] : nil } ?? key
        case .summary, .days, .pages, .entries, .exits, .paths, .sources, .channels, .campaigns, .places, .browsers,
            .systems, .devices, .conversions, .consent, .languages, .cookies, .unknown, .hosts, .bots, .reasons,
            .missing, .downloads, .outbound, .searches:
            key
        }
    }
}
