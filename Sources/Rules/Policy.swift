import Bytes
import Location
import Measurement

/// A rules file, compiled: everything an exchange asks of it is an index, a number or a table on flat arrays.
///
/// It never changes. A changed file becomes another policy, which takes the place of this one between two events.
/// `Policy.load(path:)` and `Policy.parse(_:sourceFile:)` are the only ways to get one.
public final class Policy: Sendable {
    /// The path of the rules file as it was given.
    public let sourceFile: String
    /// At least one; a site's `index` is its place here.
    public let sites: [Site]
    /// Where visitors connect.
    public let listeners: [Listener]
    /// Bounds of what one peer may make this process hold.
    public let limits: Limits
    /// Time limits.
    public let timeouts: Timeouts
    /// Peers whose `Forwarded` and `X-Forwarded-For` fields are believed.
    public let trustedProxies: [AddressBlock]
    /// Where the store and the secrets live; an absolute path, or one relative to the working directory.
    public let stateDirectory: String
    /// A directory on a memory file system, for the open day; nil for the usual places.
    public let memoryDirectory: String?
    /// The file with the consent cookie's signing key, made at the first start when it is missing.
    public let consentSecretFile: String
    /// Where places come from.
    public let location: LocationSettings
    /// What browsers, bots and sources are told by.
    package let lists: TrafficLists
    /// Event loops, one thread each.
    public let workers: Int
    /// The user that a server started by root becomes; nil when it stays what it is.
    public let user: String?
    /// What is logged.
    public let log: LogSettings
    /// The status that answers `CONNECT`: 405 or 501.
    public let connectAnswer: Int
    /// The status that answers `TRACE`: 405 or 501.
    public let traceAnswer: Int
    /// The operator's console; nil when there is none.
    public let console: ConsoleSettings?
    /// What the file allows but its operator may not have meant.
    public let warnings: [RulesDiagnostic]

    let siteTable: HostTable
    let defaultSite: Int?

    package init(
        sourceFile: String, sites: [Site], listeners: [Listener], limits: Limits, timeouts: Timeouts,
        trustedProxies: [AddressBlock], stateDirectory: String, memoryDirectory: String?, consentSecretFile: String,
        location: LocationSettings, lists: TrafficLists, workers: Int, user: String?, log: LogSettings,
        connectAnswer: Int,
        traceAnswer: Int,
        console: ConsoleSettings?, warnings: [RulesDiagnostic]
    ) {
        self.sourceFile = sourceFile
        self.sites = sites
        self.listeners = listeners
        self.limits = limits
        self.timeouts = timeouts
        self.trustedProxies = trustedProxies
        self.stateDirectory = stateDirectory
        self.memoryDirectory = memoryDirectory
        self.consentSecretFile = consentSecretFile
        self.location = location
        self.lists = lists
        self.workers = workers
        self.user = user
        self.log = log
        self.connectAnswer = connectAnswer
        self.traceAnswer = traceAnswer
        self.console = console
        self.warnings = warnings
        siteTable = HostTable(
            sites.flatMap { site in site.hosts.map { (pattern: $0, value: UInt32(site.index)) } })
        defaultSite = sites.firstIndex { $0.hosts.isEmpty }
    }

    /// Descriptors for clients and origins when as many are there as the limits allow.
    public var mostConnections: Int { limits.clients + workers * sites.count * limits.originConnections }

    /// The site that serves an authority (`host[:port]`, any case), or nil when hosts are listed and it is not among
    /// them: the request is misdirected then (421, RFC 9110 §15.5.20).
    public func siteIndex(forAuthority authority: RawSpan) -> Int? {
        if siteTable.isEmpty { return defaultSite }
        let host = authority.extracting(0..<hostLength(ofAuthority: authority))
        if let site = siteTable.value(for: host) { return Int(site) }
        return defaultSite
    }
}

/// Bounds of what one peer may make this process hold.
@frozen
public struct Limits: Hashable, Sendable {
    /// Bytes of a request or response head, its empty line included.
    public var headBytes = 32_768
    /// Field lines of a head.
    public var fields = 128
    /// Bytes of a request target.
    public var targetBytes = 8192
    /// Client connections at a time, over all event loops.
    public var clients = 10_000
    /// Connections to one origin server per event loop.
    public var originConnections = 256
    /// Requests that wait for an origin connection, per event loop; beyond it the answer is 503.
    public var queue = 1024
    /// Seconds that `Retry-After` names in such an answer.
    public var retryAfter = 2
    /// Bytes held of one HTML response while it is rewritten.
    public var htmlMemory = 65_536
    /// What the visitors of one network may have and do.
    public var network = NetworkBounds()

    package init() {}
}

/// Bounds of what the visitors of one network (/24 of IPv4, /48 of IPv6) may have and do together; none at first.
@frozen
public struct NetworkBounds: Hashable, Sendable {
    /// Connections at a time, over all event loops; 0 for as many as there may be.
    public var connections = 0
    /// New connections.
    public var newConnections: Rate?
    /// Requests.
    public var requests: Rate?

    /// Whether anything is to be looked up for a connection.
    public var boundsConnections: Bool { connections > 0 || newConnections != nil }
    /// Whether there is any bound.
    public var isAny: Bool { boundsConnections || requests != nil }

    /// No bounds.
    public init() {}
}

/// So many in a time, and how many of them at once.
@frozen
public struct Rate: Hashable, Sendable {
    /// Nanoseconds from one to the next in the long run.
    public let interval: Int64
    /// Nanoseconds' worth that may come at once.
    public var burst: Int64

    /// Makes a rate of two times in nanoseconds, both above zero.
    package init(interval: Int64, burst: Int64) {
        self.interval = interval
        self.burst = burst
    }
}

/// Time limits in milliseconds.
@frozen
public struct Timeouts: Hashable, Sendable {
    /// From a connection's acceptance to the end of its TLS handshake.
    public var handshake = 10_000
    /// From a connection's first byte, or its acceptance, or the end of its handshake, to the end of a request head.
    public var requestHead = 10_000
    /// Between two requests of one client connection.
    public var idle = 75_000
    /// Without progress inside a body, in either direction.
    public var body = 30_000
    /// To an established origin connection.
    public var originConnect = 2000
    /// From the end of a request to the first byte of its response.
    public var originFirstByte = 60_000
    /// An origin connection's life in the pool between two requests.
    public var originIdle = 60_000
    /// Without a byte in either direction of a WebSocket tunnel.
    public var tunnel = 300_000
    /// From SIGTERM until what is still in flight is cut.
    public var drain = 30_000

    package init() {}
}

/// Where places come from, and how fine they are.
public struct LocationSettings: Hashable, Sendable {
    /// How fine a place is.
    public enum Detail: String, Sendable, CaseIterable { case country, subdivision }

    /// The path of a MaxMind database file; without one every place is unknown.
    public var database: String?
    /// How fine places are.
    public var detail = Detail.country

    package init() {}
}

/// What is logged, and how.
public struct LogSettings: Hashable, Sendable {
    /// The least severity that is logged.
    public enum Level: String, Sendable, CaseIterable { case debug, info, warning, error }
    /// The form of a line.
    public enum Format: String, Sendable, CaseIterable { case text, json }

    /// The least severity that is logged.
    public var level = Level.info
    /// The form of a line.
    public var format = Format.text
    /// One line per exchange.
    public var access = true
    /// The truncated address in that line.
    public var truncatedAddress = false

    package init() {}
}

/// The length of the host in `host[:port]`, brackets of an IPv6 literal included.
func hostLength(ofAuthority authority: RawSpan) -> Int {
    let count = authority.byteCount
    if count > 0, authority[0] == UInt8(ascii: "[") {
        guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else { return count }
        return close + 1
    }
    return authority.firstIndex(of: UInt8(ascii: ":")) ?? count
}
