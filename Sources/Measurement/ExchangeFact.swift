import Bytes
import Location

/// What an event loop says of one exchange after its response: plain numbers, no string, nothing allocated.
@frozen
public struct ExchangeFact: Sendable {
    /// What the exchange means for the counts.
    @frozen
    public enum Kind: UInt8, Sendable {
        /// A successful GET of a document that is neither prefetched nor prerendered. Whether a bot asked is found out
        /// later, from the user agent.
        case pageView
        /// A POST that the origin answered with 303: it may reach a goal, and lead elsewhere.
        case post
        /// As a page view, but what came is a file to be kept.
        case download
        /// As a page view, but there was nothing (404, 410).
        case missing
        /// As a page view, but the response leads elsewhere (3xx).
        case departure
        /// Everything else: counted by status, duration and bytes only.
        case other
    }

    /// What the visitor had decided when the request came.
    @frozen
    public enum Consent: UInt8, Sendable, CaseIterable {
        case undecided, accepted, refused, partial
        /// Not said: of requests in a log.
        case unknown
        /// Refused by Global Privacy Control or Do Not Track.
        case signal
    }

    /// The site's measurement number (`MeasuredSite.id`); filled in by `MeasuredSite.identify`.
    public internal(set) var site: UInt16 = 0
    /// Epoch seconds.
    public var time: Int64
    /// What the exchange means for the counts.
    public var kind: Kind
    /// The status of the response.
    public var status: UInt16
    /// From the request's first byte to the response's last.
    public var durationMicroseconds: UInt32 = 0
    /// Bytes sent to the user agent.
    public var bytes: UInt64 = 0
    /// Where the visitor is.
    public var place: Place = .unknown
    /// What the visitor had decided.
    public var consent: Consent = .undecided
    /// Whether the visitor granted the category that measurement belongs to.
    public var didConsentToAnalytics = false

    /// The site's day that the exchange belongs to, counted from 1970-01-01.
    public internal(set) var day: Int32 = 0
    /// The visitor, when measured in full.
    public internal(set) var visitor: VisitorKey = .none
    /// The same visitor under yesterday's key, within 30 minutes after midnight.
    public internal(set) var visitorYesterday: VisitorKey = .none
    /// A keyed hash of the truncated address: it proves that a count was fed from many places, and cannot tell visitors
    /// of one network apart. Zero when not known.
    public internal(set) var network: UInt64 = 0

    /// Makes the fact of an exchange; `MeasuredSite.identify` completes it.
    @inlinable
    public init(time: Int64, kind: Kind, status: UInt16) {
        self.time = time
        self.kind = kind
        self.status = status
    }

    /// Whether the visitor is measured in full.
    @inlinable public var hasVisitor: Bool { visitor != .none }
}

/// Something that happened beside an exchange and is counted by name.
@frozen
public struct EventFact: Sendable {
    /// What happened.
    @frozen
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// A cookie of a category was withheld, in either direction; named by the cookie.
        case cookieWithheld
        /// A cookie that no rule knows passed; named by the cookie.
        case cookieUnknown
        /// A third-party host was kept from loading; named by the host.
        case hostBlocked
        /// A visitor answered the banner or changed their mind; named by the outcome and the language that they were
        /// asked in: `accepted de`.
        case consentDecision
        /// A cookie that no rule knows was withheld, in either direction; named by the cookie. Not offered beside
        /// `cookieWithheld`, so that what the gate shows of one never tells of the other.
        case unknownCookieWithheld
    }

    /// The site's measurement number; filled in by `MeasuredSite.identify`.
    public internal(set) var site: UInt16 = 0
    /// Epoch seconds.
    public var time: Int64
    /// What happened.
    public var kind: Kind
    /// See `ExchangeFact.day`.
    public internal(set) var day: Int32 = 0
    /// See `ExchangeFact.network`.
    public internal(set) var network: UInt64 = 0

    /// Makes the fact; `MeasuredSite.identify` completes it.
    @inlinable
    public init(time: Int64, kind: Kind) {
        self.time = time
        self.kind = kind
    }

    /// Makes the fact of something that happened in an exchange whose own fact is complete.
    public init(kind: Kind, in exchange: ExchangeFact) {
        self.init(time: exchange.time, kind: kind)
        site = exchange.site
        day = exchange.day
        network = exchange.network
    }
}
