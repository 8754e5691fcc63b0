import Bytes

/// What is measured of one site: the rules file's answer, given to `MeasurementService.configure`.
public struct SiteMeasurement: Sendable {
    /// The name under which its cells are released.
    public var name: String
    /// Who is measured.
    public var profile: MeasuredSite.Profile
    /// The least number of visitors behind a released figure, 2 to 255.
    public var threshold: Int
    /// By which rule figures are released; a window keeps the rule it was opened under.
    public var rule: ReleaseRule
    /// Seconds that the site's clock is ahead of UTC now.
    public var offset: Int
    /// Its own hosts, `shop.example` or `*.shop.example`: a visit that begins with a link from them is internal.
    public var hosts: [String]
    /// How paths become pages, the most specific pattern first in effect.
    public var pages: [PagePattern]
    /// What counts as a conversion.
    public var goals: [GoalPattern]
    /// Query parameters that belong to a page's name.
    public var queryParameters: [[UInt8]]
    /// Query parameters that name a campaign, for instance `utm_campaign`.
    public var campaignParameters: [[UInt8]]
    /// Query parameters of the site's own search; their values are counted in full measurement only.
    public var searchParameters: [[UInt8]]
    /// Ends of paths of files to be kept, `pdf`, in lowercase.
    public var downloads: [[UInt8]]
    /// What browsers, bots and sources are told by; the same for all sites.
    package var lists: TrafficLists = .shipped
    /// Values of campaign parameters that are shown, `may-sale` or `spring-*`, in any case; others count as unlisted.
    public var campaigns: [String]

    /// The paths under a pattern (`/cart` exactly, `/help/*` and all below) and the page they are counted as.
    public struct PagePattern: Hashable, Sendable {
        /// `/path` or `/prefix*`.
        public var pattern: String
        /// The one page they are counted as; nil when each path is a page of its own that is not collapsed.
        public var page: String?

        /// Makes a pattern.
        public init(_ pattern: String, page: String?) {
            self.pattern = pattern
            self.page = page
        }
    }

    /// A goal and what reaches it.
    public struct GoalPattern: Hashable, Sendable {
        /// What reaches a goal.
        public enum Trigger: Hashable, Sendable { case pageView, post }
        /// The name in reports.
        public var name: String
        /// `/path` or `/prefix*`.
        public var pattern: String
        /// What reaches it: a page view, or a POST that the origin answers with 303.
        public var trigger: Trigger

        /// Makes a goal.
        public init(_ name: String, pattern: String, trigger: Trigger) {
            self.name = name
            self.pattern = pattern
            self.trigger = trigger
        }
    }

    /// Makes the settings of a site with the defaults of a rules file.
    public init(
        name: String, profile: MeasuredSite.Profile = .consent, threshold: Int = 10,
        rule: ReleaseRule = .threshold, offset: Int = 0, hosts: [String] = [], pages: [PagePattern] = [],
        goals: [GoalPattern] = [], queryParameters: [[UInt8]] = [],
        campaignParameters: [[UInt8]] = [Array("utm_campaign".utf8)], campaigns: [String] = [],
        searchParameters: [[UInt8]] = [], downloads: [[UInt8]] = []
    ) {
        self.name = name
        self.profile = profile
        self.threshold = min(max(2, threshold), 255)
        self.rule = rule
        self.offset = offset
        self.hosts = hosts
        self.pages = pages
        self.goals = goals
        self.queryParameters = queryParameters
        self.campaignParameters = campaignParameters
        self.campaigns = campaigns
        self.searchParameters = searchParameters
        self.downloads = downloads
    }
}

extension SiteMeasurement {
    /// Whether a path ends like that of a file to be kept.
    public func isDownload(_ target: RawSpan) -> Bool {
        if downloads.isEmpty { return false }
        let path = target.extracting(0..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.byteCount))
        var dot = path.byteCount
        while dot > 0, path[dot - 1] != UInt8(ascii: "."), path[dot - 1] != UInt8(ascii: "/") { dot -= 1 }
        guard dot > 0, path[dot - 1] == UInt8(ascii: ".") else { return false }
        let ending = path.extracting(dot...)
        return downloads.contains { ending.equalsIgnoringCase(lowercase: $0.rawSpan) }
    }
}

/// A path pattern: exact, or a prefix when it ends in `*`.
struct PathPattern: Sendable {
    let bytes: [UInt8]
    let isPrefix: Bool

    init(_ text: String) {
        let all = Array(text.utf8)
        isPrefix = all.last == UInt8(ascii: "*")
        bytes = isPrefix ? Array(all.dropLast()) : all
    }

    /// Whether the path, without query, falls under the pattern.
    func matches(_ path: RawSpan) -> Bool {
        isPrefix ? path.starts(with: bytes.rawSpan) : path.equals(bytes.rawSpan)
    }

    /// Exact before prefix, longer before shorter.
    static func isMoreSpecific(_ a: PathPattern, _ b: PathPattern) -> Bool {
        a.isPrefix != b.isPrefix ? !a.isPrefix : a.bytes.count > b.bytes.count
    }
}
