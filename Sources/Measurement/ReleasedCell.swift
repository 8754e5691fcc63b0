/// One figure of one closed window that passed the gate: the only thing about visitors that is ever written to disk.
///
/// It holds an integer and public words, nothing derived from a visitor.
public struct ReleasedCell: Hashable, Sendable {
    /// The site's id in the rules file.
    public var site: String
    /// The day since 1970-01-01, in the site's time zone.
    public var day: Int32
    /// The table the figure belongs to.
    public var dimension: Dimension
    /// The row within that table, as `Dimension` describes it; empty for `total`.
    public var key: String
    /// The second word of a pair; nil for every dimension but `pagePair` and `answerLanguage`.
    public var key2: String?
    /// What was counted.
    public var measure: Measure
    /// How many. Noise may have made it negative.
    public var count: Int
    /// The variance of the noise in it, in thousandths; 0 when it is exact.
    public var variance: Int

    /// Makes a cell.
    public init(
        site: String, day: Int32, dimension: Dimension, key: String, key2: String? = nil, measure: Measure, count: Int,
        variance: Int = 0
    ) {
        self.site = site
        self.day = day
        self.dimension = dimension
        self.key = key
        self.key2 = key2
        self.measure = measure
        self.count = count
        self.variance = variance
    }

    /// The row that holds what the gate kept back of a table. No page, host, token or shipped word is spelled like it.
    public static let otherKey = "(other)"
}

extension [ReleasedCell] {
    /// In an order that says nothing of the order of visits.
    func sortedByName() -> [ReleasedCell] {
        sorted { a, b in
            (a.dimension.rawValue, a.measure.rawValue, a.key, a.key2 ?? "")
                < (b.dimension.rawValue, b.measure.rawValue, b.key, b.key2 ?? "")
        }
    }
}

/// The tables of a report: a fixed list, never combined with one another, so that no row describes a person.
///
/// The raw value is the word in the store and in exports.
public enum Dimension: String, CaseIterable, Hashable, Sendable, Codable {
    /// The whole site; the key is empty. All measures but `entries`, `exits` and `count`.
    case total
    /// Page views by normalised page: `pageViews`, `visitors`.
    case page
    /// Visits by first page: `entries`, `bounces`.
    case entryPage
    /// Visits by last page: `exits`.
    case exitPage
    /// Visits by referring host, `(direct)` without one.
    case source
    /// Visits by channel.
    case channel
    /// Visits by allow-listed campaign words.
    case campaign
    /// Visits by place: `DE`, `DE-BE`, `unknown`.
    case place
    /// Visits by browser family and major version: `Firefox 128`.
    case browser
    /// Visits by operating system family.
    case operatingSystem
    /// Visits by device class.
    case device
    /// Page views and visits by hour of the site's day, `0` to `23`.
    case hour
    /// Page views and visits by day of the week, `1` (Monday) to `7` (ISO 8601).
    case weekday
    /// Visits by seconds from first to last request.
    case visitLength
    /// Visits by number of page views.
    case pagesPerVisit
    /// How visitors answered: `count`. Where what they agreed to is not told apart, `agreed` has both.
    case consentOutcome
    /// How visitors answered by the language that they were asked in: key `de`, key2 `agreed` or `refused`; `count`.
    case answerLanguage
    /// Conversions by goal: `conversions`.
    case conversion
    /// Cookies kept from a user agent or an origin server by name: `count`.
    case withheldCookie
    /// Cookies without a rule by name, passed on or withheld: `count`.
    case unknownCookie
    /// Third-party elements that waited for consent by host: `count`.
    case blockedHost
    /// Page views of robots by name, `(bot)` and the like without one: `count`.
    case bot
    /// Page views of robots by the reason why they are taken for one: `count`.
    case botReason
    /// Documents that were not there by normalised page: `count`.
    case missingPage
    /// Files fetched by normalised path: `count`.
    case download
    /// Ways out of the site by redirect, by host: `count`.
    case outbound
    /// Words that visitors searched the site for: `count`.
    case search
    /// Page `key` was followed by page `key2`: `count`.
    case pagePair

    /// All keys of a table whose rows are known beforehand, in their natural order; nil for the others.
    public var fixedKeys: [String]? {
        switch self {
        case .hour: (0...23).map { String($0) }
        case .weekday: (1...7).map { String($0) }
        case .visitLength: ["0", "1-10", "11-30", "31-60", "61-180", "181-600", "601-1800", "1801+"]
        case .pagesPerVisit: ["1", "2", "3", "4-5", "6-10", "11-20", "21+"]
        case .channel: ["direct", "search", "social", "email", "referral", "paid", "assistant", "internal"]
        case .device: ["desktop", "phone", "tablet", "other"]
        case .consentOutcome: ["undecided", "accepted", "partial", "refused", "gpc"]
        case .total: [""]
        case .page, .entryPage, .exitPage, .source, .campaign, .place, .browser, .operatingSystem, .conversion,
            .withheldCookie, .unknownCookie, .blockedHost, .bot, .botReason,
            .missingPage, .download, .outbound, .search, .pagePair, .answerLanguage:
            nil
        }
    }
}

/// What a cell counts.
///
/// The raw value is the word in the store and in exports.
public enum Measure: String, CaseIterable, Hashable, Sendable, Codable {
    /// Successful GETs of a document by a user agent that is no robot, prefetches left out.
    case pageViews
    /// Runs of page views of one visitor less than 30 minutes apart, on the day they began.
    case visits
    /// Distinct visitors of one day.
    case visitors
    /// Visits of one page view and no conversion.
    case bounces
    /// Visits that began with the page.
    case entries
    /// Visits that ended with the page.
    case exits
    /// Goals reached, each at most once per visit.
    case conversions
    /// Occurrences of anything else.
    case count
}

/// One line of the ledger of releases: a window that was closed, by which rule its cells were let out.
public struct ReleaseLedgerEntry: Hashable, Sendable {
    /// The rule of a gate.
    public enum Mode: String, CaseIterable, Hashable, Sendable, Codable {
        /// A cell is released when at least k distinct visitors fed it.
        case threshold
        /// Noise was added as well: differential privacy.
        case noise = "dp"
    }

    /// The site's id in the rules file.
    public var site: String
    /// The window's day since 1970-01-01, in the site's time zone.
    public var day: Int32
    /// Tells windows of one day apart: a process that ends within a day closes its window, the next one opens another.
    /// A window restored after a crash keeps its number, so that it is still released once.
    public var epoch: Int64
    /// The rule of the gate.
    public var mode: Mode
    /// The least number of distinct visitors behind a cell; rows of fixed tables are released from none up with noise.
    public var k: Int
    /// The privacy budget ρ that a visitor's day spent, in millionths; nil without noise.
    public var budget: Int?

    /// Makes an entry.
    public init(site: String, day: Int32, epoch: Int64, mode: Mode = .threshold, k: Int, budget: Int? = nil) {
        self.site = site
        self.day = day
        self.epoch = epoch
        self.mode = mode
        self.k = k
        self.budget = budget
    }
}

/// Where released cells go.
public protocol ReleaseSink: Sendable {
    /// Keeps all cells of a window and its ledger entry, or none of them when it throws.
    ///
    /// A window (site, day, epoch) that is in the ledger already is refused: nothing is added, so that the call may be
    /// repeated after any failure. Cells of another window of the same day are added to those that are there.
    @discardableResult
    func store(_ cells: [ReleasedCell], release: ReleaseLedgerEntry) throws -> ReleaseOutcome
}

/// What became of a window given to a sink.
public enum ReleaseOutcome: Hashable, Sendable {
    /// Its cells and its ledger entry are durable.
    case stored
    /// It had been released before; nothing changed.
    case alreadyReleased
}
