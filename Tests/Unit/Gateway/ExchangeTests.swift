import Bytes
import Consent
import Gateway
import Location
import Measurement
import Rules
import Synchronization
import Testing

/// A gateway with nothing around it: bytes in, bytes out, as a loop would hand them over.
private struct Bench: ~Copyable {
    static let rules = """
        listen: 127.0.0.1:8080
        origin: http://127.0.0.1:9000
        categories:
          cart: {cookies: [cart]}
          analytics: {cookies: [_ga]}
        """
    static let now = Moment(monotonic: 5_000_000_000, epoch: 1_800_000_000)

    var gateway: Gateway
    var exchange = Exchange()
    var client = ByteBuffer()

    init(unknown: String = "withhold", measured: [MeasuredSite] = [], ring: FactRing = FactRing()) throws {
        gateway = Gateway(
            policy: try Policy.parse(Self.rules + "\ncookies: {unknown: \(unknown)}\n", sourceFile: "rules.yaml"),
            resources: Resources(
                signer: ConsentSigner(secret: Array(repeating: 7, count: 32)), places: nil, measured: measured),
            measuring: MeasuringContext(ring: ring))
    }

    /// Sends a request head and returns the head that the origin gets, or nil where the gateway answered itself.
    mutating func request(
        _ text: String, pieces: Int = 1, from address: ClientAddress = ClientAddress(ipv4: 0xCB00_7107)
    ) -> String? {
        let bytes = Array(text.utf8)
        var input = ByteBuffer()
        var examined = 0
        for end in (1...pieces).map({ bytes.count * $0 / pieces }) {
            input.clear()
            input.append(Array(bytes[..<end]))
            let step = gateway.receiveRequest(
                input, examined: examined, exchange: &exchange, peer: address,
                isSecure: false, isLast: false, at: Self.now, reply: &client)
            examined = end
            switch step {
            case .needsMore: continue
            case .forward:
                var head = ByteBuffer()
                gateway.writeOriginHead(of: &exchange, into: &head)
                return head.bytes.text
            case .collect, .reply, .keep: return nil
            }
        }
        return nil
    }

    /// Feeds a response cut at the given offsets; returns whether it ended well.
    mutating func respond(_ bytes: [UInt8], cuts: [Int]) -> Bool {
        var waiting: [UInt8] = []
        var start = 0
        for end in cuts + [bytes.count] where end > start {
            waiting += bytes[start..<end]
            start = end
            while !waiting.isEmpty {
                var input = ByteBuffer()
                input.append(waiting)
                let step = gateway.receiveResponse(
                    input, from: 0, exchange: &exchange, at: Self.now, output: &client)
                client.append(input, step.verbatim)
                waiting.removeFirst(step.consumed)
                switch step.outcome {
                case .finished: return waiting.isEmpty
                case .malformed, .switched: return false
                case .needsMore: break
                case .more, .interim: continue
                }
                break
            }
        }
        return false
    }

    mutating func finish() { gateway.finish(&exchange, at: Self.now) }
}

/// Keeps what is released.
private final class CellSink: ReleaseSink {
    let cells = Mutex<[ReleasedCell]>([])

    func store(_ cells: [ReleasedCell], release: ReleaseLedgerEntry) -> ReleaseOutcome {
        self.cells.withLock { $0 += cells }
        return .stored
    }
}

@Suite("One exchange through the gateway")
struct ExchangeTests {
    @Test(
        "Cookies without a rule are listed, passed on or withheld, unless they are simply allowed; others are not",
        arguments: ["learn", "withhold", "allow"])
    func unknownCookies(unknown: String) throws {
        let sink = CellSink()
        let service = MeasurementService(sink: sink)
        let measured = service.configure([SiteMeasurement(name: "shop", threshold: 2)], now: Bench.now.epoch)
        let ring = FactRing()
        for visitor in 0..<2 as Range<UInt32> {
            var bench = try Bench(unknown: unknown, measured: measured, ring: ring)
            let head = bench.request(
                Self.get("Cookie: cart=1; _ga=2; colour=3\r\n"), from: ClientAddress(ipv4: 0xCB00_7107 + visitor << 8))
            #expect(head?.contains("colour=3") == (unknown != "withhold"))
            let response = "HTTP/1.1 200 OK\r\nSet-Cookie: lang=en\r\nSet-Cookie: _ga=1\r\nContent-Length: 0\r\n\r\n"
            let isWhole = bench.respond(Array(response.utf8), cuts: [])
            #expect(isWhole)
        }
        service.ingest(ring)
        try service.releaseAll()
        func table(_ dimension: Dimension) -> [String: Int] {
            let cells = sink.cells.withLock { $0.filter { $0.dimension == dimension } }
            return Dictionary(uniqueKeysWithValues: cells.map { ($0.key, $0.count) })
        }
        #expect(table(.unknownCookie) == (unknown == "allow" ? [:] : ["colour": 2, "lang": 2]))
        #expect(table(.withheldCookie) == (unknown == "withhold" ? ["_ga": 4, "colour": 2, "lang": 2] : ["_ga": 4]))
    }

    @Test(
        "What comes of a request for a document is told apart by its response",
        arguments: [
            ("GET", "200 OK\r\n", "page /p"), ("GET", "404 Not Found\r\n", "missingPage /p"),
            ("GET", "410 Gone\r\n", "missingPage /p"), ("GET", "500 Oops\r\n", ""),
            ("GET", "200 OK\r\nContent-Disposition: Attachment; filename=a.pdf\r\n", "download /p"),
            ("GET", "200 OK\r\nContent-Disposition: inline\r\n", "page /p"),
            ("GET", "302 Found\r\nLocation: https://www.partner.example/a?b\r\n", "outbound partner.example"),
            ("GET", "302 Found\r\nLocation: //partner.example\r\n", "outbound partner.example"),
            ("GET", "302 Found\r\nLocation: /login\r\n", ""), ("GET", "302 Found\r\nLocation: login\r\n", ""),
            ("GET", "302 Found\r\nLocation: https://shop.example/login\r\n", ""),
            ("GET", "302 Found\r\nLocation: HTTPS://SHOP.example:8443?x\r\n", ""),
            ("GET", "302 Found\r\nLocation: https://shop.example.net/\r\n", "outbound shop.example.net"),
            ("POST", "303 See Other\r\nLocation: https://pay.example/\r\n", "outbound pay.example"),
            ("POST", "302 Found\r\nLocation: https://pay.example/\r\n", "outbound pay.example"),
            ("POST", "200 OK\r\n", ""),
        ])
    func outcomes(method: String, answer: String, expected: String) throws {
        let sink = CellSink()
        let service = MeasurementService(sink: sink)
        let measured = service.configure(
            [SiteMeasurement(name: "shop", threshold: 2)], now: Bench.now.epoch)
        let ring = FactRing()
        for visitor in 0..<2 as Range<UInt32> {
            var bench = try Bench(measured: measured, ring: ring)
            let agent = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
            let length = method == "POST" ? "Content-Length: 0\r\n" : ""
            _ = bench.request(
                "\(method) /p HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Dest: document\r\n\(agent)\(length)\r\n",
                from: ClientAddress(ipv4: 0xCB00_7107 + visitor << 8))
            let isWhole = bench.respond(Array("HTTP/1.1 \(answer)Content-Length: 0\r\n\r\n".utf8), cuts: [])
            #expect(isWhole)
            bench.finish()
        }
        service.ingest(ring)
        try service.releaseAll()
        let kinds: [Dimension] = [.page, .missingPage, .download, .outbound]
        let cells = sink.cells.withLock { $0.filter { kinds.contains($0.dimension) } }
        #expect(cells.map { "\($0.dimension.rawValue) \($0.key)" }.joined() == expected)
        #expect(cells.allSatisfy { $0.count == 2 })
    }

    private static let document =
        "<!DOCTYPE html><html lang=\"en\"><head><title>a</title></head><body class=x><p>text</p></body></html>"

    private static func get(_ fields: String = "") -> String {
        "GET /p?q=1 HTTP/1.1\r\nHost: shop.example\r\nSec-Fetch-Dest: document\r\n\(fields)\r\n"
    }

    /// The body of a response, its framing taken off.
    private static func body(_ response: [UInt8]) throws -> String {
        let end = try #require(response.firstRange(of: Array("\r\n\r\n".utf8)))
        var rest = response[end.upperBound...]
        guard String(decoding: response[..<end.lowerBound], as: UTF8.self).contains("Transfer-Encoding: chunked") else {
            return String(decoding: rest, as: UTF8.self)
        }
        var body: [UInt8] = []
        while let line = rest.firstIndex(of: UInt8(ascii: "\r")) {
            let size = try #require(Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16))
            if size == 0 { break }
            body += rest[(line + 2)..<(line + 2 + size)]
            rest = rest[(line + 2 + size + 2)...]
        }
        return String(decoding: body, as: UTF8.self)
    }

    @Test("A document is the same however the origin's bytes are cut", arguments: ["length", "chunked"])
    func everySplit(framing: String) throws {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: _ga=1\r\nSet-Cookie: cart=2\r\n"
            + (framing == "chunked"
                ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: \(Self.document.utf8.count)\r\n\r\n")
        let middle = Self.document.index(Self.document.startIndex, offsetBy: 40)
        let first = Self.document[..<middle]
        let second = Self.document[middle...]
        let content =
            framing == "chunked"
            ? "\(String(first.utf8.count, radix: 16))\r\n\(first)\r\n"
                + "\(String(second.utf8.count, radix: 16));x=y\r\n\(second)\r\n0\r\nTrailer: t\r\n\r\n" : Self.document
        let response = Array((head + content).utf8)
        var expected: String?
        for cut in 0...response.count {
            var bench = try Bench()
            _ = bench.request(Self.get())
            let isWhole = bench.respond(response, cuts: [cut])
            #expect(isWhole)
            let text = bench.client.bytes.text
            let body = try Self.body(bench.client.array)
            if expected == nil { expected = body }
            #expect(body == expected)
            #expect(!text.contains("_ga"))
            #expect(text.contains("Set-Cookie: cart=2\r\n"))
        }
        let body = try #require(expected)
        #expect(body.contains("<body class=x><div id=\"crumbgate\""))
        #expect(body.hasSuffix("<p>text</p></body></html>"))
    }

    @Test("A request head is the same however the visitor's bytes are cut")
    func requestSplits() throws {
        let text = Self.get("Cookie: cart=1; _ga=2\r\nConnection: x-private\r\nX-Private: 1\r\nX-Other: 2\r\n")
        var whole = try Bench()
        let forwarded = whole.request(text)
        let expected = try #require(forwarded)
        #expect(expected.contains("Cookie: cart=1\r\n"))
        #expect(expected.contains("X-Forwarded-For: 203.0.113.0\r\n"))
        #expect(!expected.lowercased().contains("x-private"))
        #expect(!expected.contains("203.0.113.7"))
        var bytewise = try Bench()
        let head = bytewise.request(text, pieces: text.utf8.count)
        #expect(head == expected)
    }

    @Test("Bytes of something else than a document are passed on as they are")
    func passThrough() throws {
        let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5000\r\n\r\n"
        var bench = try Bench()
        _ = bench.request("GET /i.png HTTP/1.1\r\nHost: shop.example\r\n\r\n")
        let isWhole = bench.respond(Array(head.utf8) + content, cuts: [20, 90, 3000])
        let received = Array(bench.client.array.suffix(5000))
        #expect(isWhole)
        #expect(received == content)
    }

    @Test("A rewritten document is revalidated in the origin's own terms, and only while its variant is the visitor's")
    func entityTags() throws {
        var bench = try Bench()
        _ = bench.request(Self.get())
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"v1\"\r\nContent-Length: 3\r\n\r\n"
        let isWhole = bench.respond(Array((head + "<p>").utf8), cuts: [])
        #expect(isWhole)
        let response = bench.client.bytes.text
        bench.finish()
        let line = try #require(response.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") })
        let tag = line.dropFirst(6)
        #expect(tag.hasPrefix("W/\"v1-cgs"))

        let second = bench.request(Self.get("If-None-Match: \(tag)\r\nIf-Modified-Since: x\r\n"))
        let again = try #require(second)
        #expect(again.contains("If-None-Match: \"v1\"\r\n"))
        bench.finish()
        let third = bench.request(Self.get("Sec-GPC: 1\r\nIf-None-Match: W/\"v1-cgs00000000\"\r\n"))
        let refused = try #require(third)
        #expect(!refused.contains("If-None-Match"))
    }

    @Test("A response that breaks its framing is never taken for a whole one")
    func broken() throws {
        for text in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ] {
            var bench = try Bench()
            _ = bench.request(Self.get())
            let isWhole = bench.respond(Array(text.utf8), cuts: [])
            #expect(!isWhole, "\(text)")
        }
    }

    @Test("A consent cookie that was right is right again, and no more than that: not altered, nor under other rules")
    func repeatedConsentCookie() throws {
        var bench = try Bench()
        let policy = bench.gateway.policy
        let site = try #require(policy).sites[0].consent
        let signer = ConsentSigner(secret: Array(repeating: 7, count: 32))
        let value = ConsentCookie.make(
            granted: site.optional, receipt: ReceiptID.random(), today: Bench.now.day, signer: signer, site: site)
        func head(_ cookie: [UInt8]) -> String {
            "GET / HTTP/1.1\r\nHost: shop.test\r\n"
                + "Cookie: _ga=1; crumbgate=\(String(decoding: cookie, as: UTF8.self))\r\n\r\n"
        }
        for _ in 0..<3 {
            let forwarded = bench.request(head(value))
            #expect(try #require(forwarded).contains("Cookie: _ga=1\r\n"))
            bench.finish()
        }
        for place in value.indices {
            var forged = value
            forged[place] = forged[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let forwarded = bench.request(head(forged))
            #expect(try #require(forwarded).contains("_ga") == false, "octet \(place)")
            bench.finish()
        }
        let other = Bench.rules.replacing("_ga]", with: "_ga], vendors: [Somebody]")
        let isAdopted = bench.gateway.adopt(
            try Policy.parse(other, sourceFile: "rules.yaml"),
            resources: Resources(signer: signer, places: nil, measured: []))
        #expect(isAdopted)
        let forwarded = bench.request(head(value))
        #expect(try #require(forwarded).contains("_ga") == false)
        bench.finish()
    }
}
