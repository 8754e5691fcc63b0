import Bytes
import Foundation
import Location
import Measurement

/// Counts the lines of access logs as the proxy would have counted the requests, through the same gate.
///
/// Nothing of a line is kept but what an exchange through the proxy would leave: the address becomes a place and keys
/// that live in memory until their day is released. Lines have to come about in the order of their times.
public struct LogImport: ~Copyable {
    /// What became of the lines.
    public struct Tally: Sendable {
        /// All lines.
        public var lines = 0
        /// Lines in no known format.
        public var unreadable = 0
        /// Page views among them, by robots too.
        public var pageViews = 0
        /// Lines of days that are still open: they are the running proxy's.
        public var ofOpenDays = 0
        /// Lines of days of which figures were released before, by day.
        public var ofReleasedDays: [Int32: Int] = [:]
        /// Lines that came after their day had been released here.
        public var late = 0
        /// The days that lines were counted for.
        public var days: Set<Int32> = []
    }

    /// What became of the lines so far.
    public private(set) var tally = Tally()

    private let service: MeasurementService
    private let ring = FactRing(capacity: 1 << 20)
    private let settings: SiteMeasurement
    private let zone: TimeZone
    private let today: Int32
    private let released: Set<Int32>
    private let places: PlaceDatabase?
    private let detail: PlaceDatabase.Detail
    private var measured: MeasuredSite?
    private var times = LogTime()
    /// The latest time met, and where its hour and its zone's offset stand.
    private var latest = Int64.min
    private var hour = Int64.min
    private var offset: Int64 = 0
    private var lastTick = Int64.min
    private var text = ByteBuffer(capacity: 4096)

    /// Makes an import for one site.
    ///
    /// - Parameters:
    ///   - site: how it is measured; its offset is found by `zone`.
    ///   - today: the site's running day, counted from 1970-01-01; lines of it and of later ones are left out.
    ///   - released: the days that have figures already.
    ///   - sink: gets what passes the gate.
    public init(
        site: SiteMeasurement, zone: TimeZone, today: Int32, released: Set<Int32>, places: PlaceDatabase?,
        detail: PlaceDatabase.Detail, sink: any ReleaseSink
    ) {
        settings = site
        self.zone = zone
        self.today = today
        self.released = released
        self.places = places
        self.detail = detail
        service = MeasurementService(sink: sink)
    }

    /// Counts a line, without its line end; an empty one is none.
    public mutating func take(_ line: RawSpan) throws {
        guard !line.isEmpty else { return }
        tally.lines += 1
        if line[0] == UInt8(ascii: "{") {
            guard let request = JSONRequest(line: line, times: &times) else {
                tally.unreadable += 1
                return
            }
            try count(
                client: request.client.rawSpan, time: request.time, method: request.method.rawSpan,
                target: request.target.rawSpan, status: request.status, bytes: request.bytes,
                referrer: request.referrer.rawSpan, userAgent: request.userAgent.rawSpan)
            return
        }
        guard let request = LoggedRequest(line: line, times: &times) else {
            tally.unreadable += 1
            return
        }
        try count(
            client: line[request.client], time: request.time, method: line[request.method],
            target: line[request.target], status: request.status, bytes: request.bytes,
            referrer: line[request.referrer], userAgent: line[request.userAgent])
    }

    /// Releases the days that are still open here: the logs have no more of them.
    public mutating func finish() throws {
        service.ingest(ring)
        try service.releaseAll()
        if let traffic = service.traffic(ofSite: settings.name) { tally.late += traffic.lateFacts }
    }

    /// Stands for the user agent where a log does not name it: one that is nobody's, and no robot's.
    private static let unnamed: StaticString = "Mozilla/5.0"

    private mutating func count(
        client: RawSpan, time: Int64, method: RawSpan, target: RawSpan, status: UInt16, bytes: UInt64,
        referrer: RawSpan, userAgent: RawSpan
    ) throws {
        let day = day(of: time)
        if day >= today {
            tally.ofOpenDays += 1
            return
        }
        if released.contains(day) {
            tally.ofReleasedDays[day, default: 0] += 1
            return
        }
        guard let site = try advance(to: time) else { return }
        let userAgent = userAgent.isEmpty ? staticBytes(Self.unnamed) : userAgent
        let target = target.pathAndQuery
        let isSuccess = status >= 200 && status < 300 || status == 304
        let isDocument = method.equals("GET") && target.looksLikeDocument
        let kind: ExchangeFact.Kind
        if isDocument, isSuccess {
            kind = .pageView
            tally.pageViews += 1
        } else if isSuccess, method.equals("GET"), settings.isDownload(target) {
            kind = .download
        } else if isDocument, status == 404 || status == 410 {
            kind = .missing
        } else if method.equals("POST"), status == 303 {
            kind = .post
        } else {
            kind = .other
        }
        var fact = ExchangeFact(time: time, kind: kind, status: status)
        fact.bytes = bytes
        fact.consent = .unknown
        if let address = ClientAddress(parsing: client) {
            if kind != .other, let places { fact.place = places.place(of: address, detail: detail) }
            site.identify(&fact, address: address, userAgent: userAgent)
        } else {
            tally.unreadable += 1
            return
        }
        tally.days.insert(day)
        if ring.isHalfFull { service.ingest(ring) }
        ring.offer(
            fact, path: kind == .other ? RawSpan() : target, referrer: kind == .pageView ? referrer : RawSpan(),
            userAgent: userAgent)
    }

    /// Brings the keys to a time, and releases the days that are over by it.
    private mutating func advance(to time: Int64) throws -> MeasuredSite? {
        if measured == nil {
            var settings = settings
            settings.offset = Int(offset)
            measured = service.configure([settings], now: time).first
            latest = time
            lastTick = time
        }
        guard time > latest else { return measured }
        latest = time
        if time - lastTick >= 600 {
            lastTick = time
            service.ingest(ring)
            service.setOffset(Int(offset), ofSite: settings.name, now: time)
            try service.tick(now: time)
        }
        return measured
    }

    private mutating func day(of time: Int64) -> Int32 {
        let hour = time / 3600
        if hour != self.hour {
            self.hour = hour
            offset = Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time))))
        }
        return Int32(clamping: (time + offset) / 86_400)
    }
}

extension RawSpan {
    /// An absolute URL's path and query; anything else as it is.
    fileprivate var pathAndQuery: RawSpan {
        @_lifetime(copy self)
        get {
            guard starts(with: "http://") || starts(with: "https://") else { return self }
            guard let slash = firstIndex(of: UInt8(ascii: "/"), from: 8) else { return RawSpan() }
            return extracting(slash..<byteCount)
        }
    }

    /// Whether a path is that of a page, as far as its end tells: a log says neither what a request was for nor what
    /// type its answer had.
    var looksLikeDocument: Bool {
        guard byteCount > 0, self[0] == UInt8(ascii: "/") else { return false }
        var end = firstIndex(of: UInt8(ascii: "?")) ?? byteCount
        if let semicolon = firstIndex(of: UInt8(ascii: ";")), semicolon < end { end = semicolon }
        var dot = end
        while dot > 0, self[dot - 1] != UInt8(ascii: "/"), self[dot - 1] != UInt8(ascii: ".") { dot -= 1 }
        guard dot > 0, self[dot - 1] == UInt8(ascii: ".") else { return true }
        let suffix = extracting(dot..<end)
        for page in Self.pageSuffixes where suffix.equalsIgnoringCase(page) { return true }
        // `/v1.2` and `/teapot-no.7` have a dot, but no file's suffix.
        for offset in 0..<suffix.byteCount where !suffix[offset].isASCIILetter { return !suffix.isKnownSuffix }
        return suffix.byteCount == 0 || suffix.byteCount > 5
    }

    /// Suffixes with a digit in them that are files all the same.
    private var isKnownSuffix: Bool {
        for file in ["mp3", "mp4", "woff2", "m4a", "m4v", "7z", "bz2", "m3u8"] as [StaticString]
        where equalsIgnoringCase(file) {
            return true
        }
        return false
    }

    private static var pageSuffixes: [StaticString] {
        ["html", "htm", "php", "xhtml", "asp", "aspx", "jsp", "cfm", "do", "shtml", "phtml"]
    }
}

/// Finds the time of the first line that can be read: to bring logs into order.
public struct LogLineTimes: ~Copyable {
    /// Epoch seconds; nil before a line could be read.
    public private(set) var first: Int64?
    private var times = LogTime()

    /// Makes one that has seen no line.
    public init() {}

    /// Looks at a line.
    public mutating func take(_ line: RawSpan) {
        guard first == nil, !line.isEmpty else { return }
        first =
            line[0] == UInt8(ascii: "{")
            ? JSONRequest(line: line, times: &times)?.time : LoggedRequest(line: line, times: &times)?.time
    }
}
