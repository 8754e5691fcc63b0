import Bytes
import HTTP2
import HTTPWire
import Testing

@Suite("A request of HTTP/2 as one of HTTP/1.1 (RFC 9113 §8)")
struct RequestMappingTests {
    /// A good request with more fields.
    private static func request(
        _ more: [(String, String)] = [], method: String = "GET", path: String = "/a?b=c"
    ) -> [(String, String)] {
        [(":method", method), (":scheme", "https"), (":authority", "shop.test"), (":path", path)] + more
    }

    private func map(_ fields: [(String, String)], hasContent: Bool = false) throws(RequestRefusal) -> String {
        var output = ByteBuffer()
        let block = block(fields)
        do throws(RequestRefusal) {
            let framing = try RequestMapping.write(block.bytes, hasContent: hasContent, into: &output)
            let text = output.bytes.text
            #expect((framing == .chunked) == text.contains("transfer-encoding: chunked\r\n"))
        } catch {
            let isEmpty = output.isEmpty
            #expect(isEmpty, "nothing is written of what is refused")
            throw error
        }
        return output.bytes.text
    }

    @Test("Pseudo-header fields become the request line and Host; the rest follows in its order")
    func head() throws {
        #expect(
            try map(Self.request([("accept", "text/html"), ("x-a", ""), ("x-b", "ä, \t c")]))
                == "GET /a?b=c HTTP/1.1\r\nhost: shop.test\r\naccept: text/html\r\nx-a: \r\nx-b: ä, \t c\r\n\r\n")
    }

    @Test("What is mapped is one request to the parser of HTTP/1.1, with the same framing")
    func parsed() throws {
        for (fields, hasContent, framing) in [
            (Self.request(), false, BodyFraming.none),
            (Self.request(method: "POST"), true, .chunked),
            (Self.request([("content-length", "12")], method: "POST"), true, .length(12)),
            (Self.request(method: "POST"), false, .length(0)),
            (Self.request([("content-length", "0")], method: "POST"), false, .length(0)),
            (Self.request(method: "OPTIONS", path: "*"), false, .none),
        ] {
            let text = try map(fields, hasContent: hasContent)
            var head = RequestHead()
            #expect(head.parse(Array(text.utf8).rawSpan) == .complete(length: text.utf8.count))
            #expect(head.framing == framing)
        }
    }

    @Test("Cookie crumbs are one line again, behind the other fields (RFC 9113 §8.2.3)")
    func crumbs() throws {
        let crumbs = [("cookie", "a=1"), ("x-a", "b"), ("cookie", "b=2; c=3"), ("cookie", "d=4")]
        #expect(try map(Self.request(crumbs)).hasSuffix("x-a: b\r\ncookie: a=1; b=2; c=3; d=4\r\n\r\n"))
    }

    @Test("Host may stand for the authority, and must not differ from it")
    func authority() throws {
        let withoutAuthority = Self.request([("host", "shop.test")]).filter { $0.0 != ":authority" }
        #expect(try map(withoutAuthority).hasPrefix("GET /a?b=c HTTP/1.1\r\nhost: shop.test\r\n\r\n"))
        #expect(try map(Self.request([("host", "SHOP.test")])).contains("host: shop.test\r\n"))
        #expect(throws: RequestRefusal.authorityMismatch) { try map(Self.request([("host", "evil.test")])) }
        #expect(throws: RequestRefusal.duplicateHost) { try map(Self.request([("host", "a"), ("host", "a")])) }
        #expect(throws: RequestRefusal.missingHost) { try map(Self.request().filter { $0.0 != ":authority" }) }
    }

    @Test(
        "What would say something else in HTTP/1.1 is refused",
        arguments: [
            ("X-A", "b"), ("x a", "b"), ("x:a", "b"), ("x\r\na", "b"), ("", "b"), ("x-\u{0}", "b"), ("xä", "b"),
            ("x-a", "b\r\nx-b: c"), ("x-a", "b\nc"), ("x-a", "b\rc"), ("x-a", "b\u{0}c"), ("x-a", "b\u{7F}"),
            ("x-a", " b"), ("x-a", "b "), ("x-a", "\tb"), ("x-a", "b\u{1}"),
            ("connection", "close"), ("connection", "x-a"), ("keep-alive", "1"), ("proxy-connection", "keep-alive"),
            ("transfer-encoding", "chunked"), ("transfer-encoding", ""), ("upgrade", "websocket"), ("te", "gzip"),
            ("te", "trailers, deflate"), (":path", "/b"), (":status", "200"), (":protocol", "websocket"),
            (":authority", "shop.test"), ("content-length", "+1"), ("content-length", ""), ("content-length", "1, 1"),
            ("content-length", "99999999999999999999"), ("content-length", "1"),
        ])
    func refused(name: String, value: String) {
        #expect(throws: RequestRefusal.self) { try map(Self.request([(name, value)])) }
    }

    @Test("A length stands once")
    func lengths() {
        #expect(throws: RequestRefusal.duplicateContentLength) {
            try map(Self.request([("content-length", "5"), ("content-length", "5")]), hasContent: true)
        }
    }

    @Test("Trailers may be asked for")
    func trailers() throws {
        #expect(try map(Self.request([("te", "trailers")])).contains("te: trailers\r\n"))
    }

    @Test(
        "Pseudo-header fields say what they should, once each",
        arguments: [
            (":method", ""), (":method", "GET /"), (":method", "GET\r\n"), (":method", "G(T"), (":method", "CONNECT"),
            (":scheme", ""), (":scheme", "http"), (":scheme", "https://shop.test/"),
            (":path", ""), (":path", "a"), (":path", "http://evil.test/"), (":path", "*"), (":path", "/a b"),
            (":path", "/a HTTP/1.1\r\nx: y"), (":path", "/ä"), (":path", "/a#b"), (":path", "//a\u{0}"),
        ])
    func pseudo(name: String, value: String) {
        let fields = Self.request().map { $0.0 == name ? (name, value) : $0 }
        #expect(throws: RequestRefusal.self) { try map(fields) }
        #expect(throws: RequestRefusal.self) { try map(fields.filter { $0.0 != name || name == ":authority" }) }
        #expect(throws: RequestRefusal.self) { try map(fields + [(name, value)]) }
    }

    @Test("Pseudo-header fields come first")
    func order() {
        #expect(throws: RequestRefusal.self) { try map([("accept", "*/*")] + Self.request()) }
    }

    @Test("A block that ends early, or says that it is longer than it is, is never read beyond its end")
    func cut() {
        let whole = block(Self.request([("cookie", "a=1")])).array
        for count in 0..<whole.count {
            var output = ByteBuffer()
            _ = try? RequestMapping.write(Array(whole.prefix(count)).rawSpan, hasContent: false, into: &output)
        }
        let huge = [UInt8](repeating: 0xFF, count: 12)
        #expect(throws: RequestRefusal.self) {
            var output = ByteBuffer()
            _ = try RequestMapping.write(huge.rawSpan, hasContent: false, into: &output)
        }
    }
}
