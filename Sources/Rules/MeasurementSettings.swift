import Bytes

/// What is counted for a site.
public struct MeasurementSettings: Sendable {
    /// The legal footing of the counts (docs/rules.md, `measurement.profile`).
    public enum Profile: String, Sendable, CaseIterable {
        /// Visitors who granted `analytics` in full, everybody else in the totals only.
        case consent
        /// Audience measurement that needs no consent, in the dimensions the authorities allow.
        case exempt
        /// Nothing is counted.
        case off
    }

    /// By which rule figures are let out (docs/privacy.md).
    public enum Gate: Hashable, Sendable {
        /// How much noise there is.
        public enum Level: String, Sendable, CaseIterable { case standard, strict }

        /// Enough distinct visitors behind each figure.
        case threshold
        /// Likewise, and noise in each figure: differential privacy.
        case noise(Level)
    }

    /// What becomes of daily figures past their retention.
    public enum AfterRetention: String, Sendable, CaseIterable {
        /// They are deleted.
        case delete
        /// The sums of their months stay.
        case months
    }

    /// The legal footing.
    public let profile: Profile
    /// A released cell was fed by at least so many distinct visitors.
    public let threshold: Int
    /// The rule by which figures are let out.
    public let gate: Gate
    /// The IANA name of the zone whose midnight ends a day.
    public let timeZone: String
    /// Days that daily cells are kept.
    public let retentionDays: Int
    /// What becomes of them then.
    public let afterRetention: AfterRetention
    /// Payload: an index into `pages`.
    public let pageTable: PathTable
    /// Page patterns as written.
    public let pages: [PageRule]
    /// The conversions that are counted.
    public let goals: [Goal]
    /// GET of a page that reaches a goal; payload: an index into `goals`.
    public let goalPages: PathTable
    /// POST that the origin answers with 303 and that reaches a goal; payload: an index into `goals`.
    public let goalPosts: PathTable
    /// Query parameters that belong to a page's identity; all others are dropped.
    public let queryParameters: [[UInt8]]
    /// Campaign parameters that are read.
    public let campaignParameters: [[UInt8]]
    /// Their values that are shown, `word` or `prefix*`; all others count as unlisted.
    public let campaigns: [String]
    /// Query parameters of the site's own search.
    public let searchParameters: [[UInt8]]
    /// Ends of paths of files to be kept, without the dot, in lowercase.
    public let downloads: [String]

    package init(
        profile: Profile, threshold: Int, gate: Gate, timeZone: String, retentionDays: Int,
        afterRetention: AfterRetention, pageTable: PathTable,
        pages: [PageRule], goals: [Goal], goalPages: PathTable, goalPosts: PathTable, queryParameters: [[UInt8]],
        campaignParameters: [[UInt8]], campaigns: [String], searchParameters: [[UInt8]],
        downloads: [String]
    ) {
        self.profile = profile
        self.threshold = threshold
        self.gate = gate
        self.timeZone = timeZone
        self.retentionDays = retentionDays
        self.afterRetention = afterRetention
        self.pageTable = pageTable
        self.pages = pages
        self.goals = goals
        self.goalPages = goalPages
        self.goalPosts = goalPosts
        self.queryParameters = queryParameters
        self.campaignParameters = campaignParameters
        self.campaigns = campaigns
        self.searchParameters = searchParameters
        self.downloads = downloads
    }

    /// Whether anything is counted.
    public var isEnabled: Bool { profile != .off }
}

/// How the paths under a pattern appear in reports.
public struct PageRule: Hashable, Sendable {
    /// The path pattern as written.
    public let pattern: String
    /// The one page that all its paths are counted as; nil when each path is a page of its own, never collapsed.
    public let page: String?

    package init(pattern: String, page: String?) {
        self.pattern = pattern
        self.page = page
    }
}

/// A conversion: something visitors do that the shop lives on.
public struct Goal: Hashable, Sendable {
    /// What reaches a goal.
    public enum Trigger: Hashable, Sendable {
        /// A page view of the pattern.
        case page(String)
        /// A POST to the pattern that the origin answers with 303.
        case post(String)
    }

    /// The name in reports.
    public let name: String
    /// What reaches it: any of them.
    public let triggers: [Trigger]

    package init(name: String, triggers: [Trigger]) {
        self.name = name
        self.triggers = triggers
    }
}
