import Bytes
import Foundation
import Location
import LogImport
import Measurement
import Testing

/// Keeps what it is given.
private final class Sink: ReleaseSink, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [ReleasedCell] = []

    var cells: [ReleasedCell] { lock.withLock { kept } }

    func store(_ cells: [ReleasedCell], release: ReleaseLedgerEntry) -> ReleaseOutcome {
        lock.withLock { kept += cells }
        return .stored
    }
}

@Suite("Import of access logs")
struct LogImportTests {
    private static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
    private static let day: Int32 = 20_730  // 2026-10-04

    private func run(
        _ lines: [String], profile: MeasuredSite.Profile = .exempt, released: Set<Int32> = [], zone: TimeZone = .gmt
    ) throws -> (LogImport.Tally, [ReleasedCell]) {
        let sink = Sink()
        var run = LogImport(
            site: SiteMeasurement(name: "shop.example", profile: profile, threshold: 2), zone: zone,
            today: Self.day + 20, released: released, places: nil, detail: .country, sink: sink)
        for line in lines { try take(Array(line.utf8), into: &run) }
        try run.finish()
        return (run.tally, sink.cells)
    }

    private func take(_ line: [UInt8], into run: inout LogImport) throws { try run.take(line.rawSpan) }

    private func combined(_ client: String, _ time: String, _ request: String, _ status: Int = 200) -> String {
        #"\#(client) - - [\#(time)] "\#(request)" \#(status) 512 "https://www.google.com/" "\#(Self.firefox)""#
    }

    @Test("The same request is counted alike in each format")
    func formats() throws {
        let time = "04/Oct/2026:13:55:36 +0200"
        let request = "GET /tea?x=1 HTTP/1.1"
        let agent = Self.firefox
        let formats: [(String) -> String] = [
            { self.combined($0, time, request) },
            { "shop.example:443 " + self.combined($0, time, request) },
            { combined(($0), time, "GET https://shop.example/tea HTTP/2.0") + #" "extra" 0.003"# },
            { #"\#($0) - maria [\#(time)] "\#(request)" 200 -"# },
            {
                #"{"remote_addr":"\#($0)","time_iso8601":"2026-10-04T13:55:36+02:00","request":"\#(request)","status":"200","body_bytes_sent":"5","http_user_agent":"\#(agent)"}"#
            },
            {
                #"{"level":"info","ts":1791114936.7,"request":{"remote_ip":"\#($0)","method":"GET","uri":"/tea","headers":{"User-Agent":["\#(agent)"]}},"status":200,"size":12}"#
            },
            {
                #"{"ClientHost":"\#($0)","RequestMethod":"GET","RequestPath":"/tea","DownstreamStatus":200,"StartUTC":"2026-10-04T11:55:36.1Z","request_User-Agent":"\#(agent)"}"#
            },
        ]
        for (number, format) in formats.enumerated() {
            let (tally, cells) = try run((1...3).map { format("192.0.2.\($0)") })
            #expect(tally.lines == 3 && tally.unreadable == 0 && tally.pageViews == 3, "format \(number)")
            #expect(tally.days == [Self.day], "format \(number)")
            #expect(!cells.isEmpty && cells.contains { "\($0)".contains("/tea") }, "format \(number)")
        }
    }

    @Test("What is no line of a log is told apart, and does no harm")
    func unreadable() throws {
        let time = "04/Oct/2026:13:55:36 +0200"
        let lines = [
            "x", "[", "{", "{}", #"{"status":200}"#, "192.0.2.1 - - [04/Oct/2026:13:55:36 +0200]",
            combined("name", time, "GET / HTTP/1.1"),
            #"192.0.2.1 - - [04/Xxx/2026:13:55:36 +0200] "GET / HTTP/1.1" 200 1"#,
            #"192.0.2.1 - - [\#(time)] "-" 400 0"#,
            #"192.0.2.1 - - [\#(time)] "GET / HTTP/1.1" 20000 1"#, #"192.0.2.1 - - [\#(time)] "GET /\"#,
        ]
        let (tally, cells) = try run(lines)
        #expect(tally.lines == lines.count && tally.unreadable == lines.count && cells.isEmpty)
        #expect(try run([""]).0.lines == 0)
    }

    @Test(
        "Pages are told from files by how a path ends",
        arguments: [
            ("/", true), ("/tea", true), ("/tea.html", true), ("/index.php?x=a.png", true), ("/v1.2", true),
            ("/a.b/c", true),
            ("/x.png", false), ("/x.CSS?v=1", false), ("/f.woff2", false), ("/app.js;v=1", false), ("*", false),
            ("/t.", true),
        ])
    func documents(path: String, isPage: Bool) throws {
        let line = combined("192.0.2.1", "04/Oct/2026:13:55:36 +0200", "GET \(path) HTTP/1.1")
        #expect(try run([line]).0.pageViews == (isPage ? 1 : 0))
    }

    @Test("Only successful GETs are page views")
    func views() throws {
        let time = "04/Oct/2026:13:55:36 +0200"
        let lines = [
            combined("192.0.2.1", time, "GET / HTTP/1.1", 304), combined("192.0.2.1", time, "GET / HTTP/1.1", 404),
            combined("192.0.2.1", time, "GET / HTTP/1.1", 302), combined("192.0.2.1", time, "HEAD / HTTP/1.1"),
            combined("192.0.2.1", time, "POST /cart HTTP/1.1", 303),
        ]
        let (tally, _) = try run(lines)
        #expect(tally.pageViews == 1 && tally.unreadable == 0)
    }

    @Test("Days with figures and days that are not over are left out")
    func days() throws {
        let (tally, cells) = try run(
            [
                combined("192.0.2.1", "03/Oct/2026:12:00:00 +0000", "GET / HTTP/1.1"),
                combined("192.0.2.1", "24/Oct/2026:12:00:00 +0000", "GET / HTTP/1.1"),
                combined("192.0.2.1", "25/Oct/2026:12:00:00 +0000", "GET / HTTP/1.1"),
            ], released: [Self.day - 1])
        #expect(
            tally.ofReleasedDays == [Self.day - 1: 1] && tally.ofOpenDays == 2 && tally.days.isEmpty && cells.isEmpty)
    }

    @Test("A day is the site's own, and its threshold holds for each")
    func thresholds() throws {
        let zone = try #require(TimeZone(identifier: "Pacific/Auckland"))
        // 11:30 UTC on the 4th is half past midnight on the 5th there (summer time since the 27th of September).
        let lines = [
            combined("192.0.2.1", "04/Oct/2026:10:30:00 +0000", "GET /a HTTP/1.1"),
            combined("192.0.2.2", "04/Oct/2026:10:31:00 +0000", "GET /a HTTP/1.1"),
            combined("192.0.2.1", "04/Oct/2026:11:30:00 +0000", "GET /b HTTP/1.1"),
        ]
        let (tally, cells) = try run(lines, zone: zone)
        #expect(tally.days == [Self.day, Self.day + 1])
        #expect(cells.contains { "\($0)".contains("/a") } && !cells.contains { "\($0)".contains("/b") })
    }

    @Test("No address and no user agent is in what is released")
    func nothingPersonal() throws {
        let lines = (1...40).flatMap { visitor in
            (0..<4).map { page in
                combined(
                    "198.51.100.\(visitor)", "04/Oct/2026:1\(page):00:00 +0000",
                    "GET /p\(page)?mail=canary@mail.example HTTP/1.1")
            }
        }
        let (_, cells) = try run(lines)
        let text = cells.map { "\($0)" }.joined()
        #expect(!cells.isEmpty && !text.contains("198.51") && !text.contains("canary") && !text.contains("Gecko"))
    }

    @Test("Lines of bytes that nobody wrote crash nothing")
    func soup() throws {
        var generator = SystemRandomNumberGenerator()
        let line = Array(combined("192.0.2.1", "04/Oct/2026:13:55:36 +0200", "GET / HTTP/1.1").utf8)
        let sink = Sink()
        var run = LogImport(
            site: SiteMeasurement(name: "shop.example", profile: .exempt), zone: .gmt, today: Self.day + 20,
            released: [],
            places: nil, detail: .country, sink: sink)
        for _ in 0..<20_000 {
            var bytes = line
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let count = Int.random(in: 0...bytes.count, using: &generator)
            try take(Array(bytes.prefix(count)), into: &run)
        }
        try run.finish()
        #expect(run.tally.lines > 15_000)
    }
}
