import Bytes
import Cookies
import Testing

@Suite("Expiry lines")
struct ExpiryLineTests {
    @Test("Over plaintext a cookie is expired for the host and the domains above it")
    func plaintext() {
        #expect(
            lines("_ga", host: "www.shop.example", registrable: "shop.example", path: "/") == [
                "_ga=; Max-Age=0; Path=/",
                "_ga=; Max-Age=0; Path=/; Domain=shop.example",
                "_ga=; Max-Age=0; Path=/; Domain=www.shop.example",
            ])
        #expect(
            lines("_ga", host: "Shop.example", registrable: "shop.example", path: "/") == [
                "_ga=; Max-Age=0; Path=/", "_ga=; Max-Age=0; Path=/; Domain=shop.example",
            ])
    }

    @Test("Over TLS each line at the root has a partitioned twin")
    func secure() {
        #expect(
            lines("_ga", host: "shop.example", registrable: "shop.example", path: "/", isSecure: true) == [
                "_ga=; Max-Age=0; Path=/",
                "_ga=; Max-Age=0; Path=/; Secure; Partitioned",
                "_ga=; Max-Age=0; Path=/; Domain=shop.example",
                "_ga=; Max-Age=0; Path=/; Domain=shop.example; Secure; Partitioned",
            ])
    }

    @Test(
        "The first levels of the path are tried",
        arguments: [
            ("/", []), ("", []), ("*", []), ("/a", ["/a"]), ("/a/", ["/a", "/a/"]), ("/a/b", ["/a", "/a/", "/a/b"]),
            ("/a/b/c/d", ["/a", "/a/", "/a/b", "/a/b/"]), ("/a?x=/b", ["/a"]), ("/a/?x", ["/a", "/a/"]),
            ("//a", []), ("/a//b", ["/a", "/a/"]), ("/a;v=1/b", []), ("/a/b;v=1/c", ["/a", "/a/"]),
            ("/%41/é", ["/%41", "/%41/", "/%41/é"]),
        ])
    func levels(path: String, expected: [String]) {
        let found = lines("x", host: "shop.example", registrable: nil, path: path)
        #expect(found == (["/"] + expected).map { "x=; Max-Age=0; Path=\($0)" })
    }

    @Test("An address and a name without a registrable domain take no Domain")
    func addresses() {
        #expect(lines("a", host: "127.0.0.1", registrable: nil, path: "/") == ["a=; Max-Age=0; Path=/"])
        #expect(lines("a", host: "[::1]", registrable: "x.y", path: "/") == ["a=; Max-Age=0; Path=/"])
    }

    @Test("Prefixed names get only lines that user agents accept")
    func prefixes() {
        #expect(
            lines("__Host-a", host: "w.shop.example", registrable: "shop.example", path: "/x", isSecure: true) == [
                "__Host-a=; Max-Age=0; Path=/; Secure", "__Host-a=; Max-Age=0; Path=/; Secure; Partitioned",
            ])
        #expect(
            lines("__secure-a", host: "shop.example", registrable: "shop.example", path: "/x", isSecure: true) == [
                "__secure-a=; Max-Age=0; Path=/; Secure", "__secure-a=; Max-Age=0; Path=/; Secure; Partitioned",
                "__secure-a=; Max-Age=0; Path=/; Domain=shop.example; Secure",
                "__secure-a=; Max-Age=0; Path=/; Domain=shop.example; Secure; Partitioned",
                "__secure-a=; Max-Age=0; Path=/x; Secure",
            ])
        #expect(lines("__Host-a", host: "shop.example", registrable: "shop.example", path: "/x").isEmpty)
        #expect(
            lines("__Host-Http-a", host: "shop.example", registrable: nil, path: "/", isSecure: true).first
                == "__Host-Http-a=; Max-Age=0; Path=/; Secure; HttpOnly")
    }

    @Test(
        "Every line is a deletion of that name which user agents accept, and their number is bounded",
        arguments: [
            "a", "_ga", "__Host-a", "__Secure-a", "__Http-a", "__Host-Http-a", "", "a b", "ü",
        ])
    func acceptable(name: String) throws {
        for isSecure in [false, true] {
            let found = lines(
                name, host: "www.shop.example", registrable: "shop.example", path: "/a/b/c/d", isSecure: isSecure)
            #expect(found.count <= ExpiryLines.maximumLines)
            #expect(Set(found).count == found.count)
            for text in found {
                let bytes = Array(text.utf8)
                let line = try #require(SetCookieLine(bytes))
                #expect(String(decoding: bytes.part(line.name), as: UTF8.self) == name)
                #expect(line.isDeletion(now: 0))
                #expect(line.isAcceptable(bytes, overSecureTransport: isSecure))
            }
        }
    }

    @Test("The lines of another cookie are those of the last one with another name")
    func another() {
        for (first, second, isDone) in [
            ("_ga", "_fbp", true), ("a", "_ga_K7TQ2X9M4P", true), ("_ga", "__Host-a", false),
            ("__Host-a", "_ga", false),
            ("_ga", "", false), ("", "_ga", false), ("_ga", "a\r\nX", false),
        ] {
            var output = ByteBuffer()
            ExpiryLines.write(
                name: Array(first.utf8).rawSpan, host: staticBytes("www.shop.example"),
                registrableDomain: staticBytes("shop.example"), requestPath: staticBytes("/a/b"), isSecure: true,
                into: &output)
            let before = output.count
            let done = ExpiryLines.write(
                name: Array(second.utf8).rawSpan, likeLines: ByteRange(0, before), of: Array(first.utf8).rawSpan,
                into: &output)
            #expect(done == isDone)
            let written = output.bytes.text.utf8.dropFirst(before)
            let expected = lines(
                second, host: "www.shop.example", registrable: "shop.example", path: "/a/b", isSecure: true)
            #expect(String(written) == (isDone ? expected.map { "Set-Cookie: \($0)\r\n" }.joined() : ""))
        }
    }

    @Test("Nothing in a name, host or path can begin another field line or attribute")
    func injection() {
        for hostile in ["a\r\nX: y", "a;b", "a\u{0}", "a\nb"] {
            #expect(lines(hostile, host: "shop.example", registrable: nil, path: "/").isEmpty)
            #expect(
                lines("a", host: hostile, registrable: hostile, path: "/" + hostile) == ["a=; Max-Age=0; Path=/"])
        }
    }

    private func lines(
        _ name: String, host: String, registrable: String?, path: String, isSecure: Bool = false
    ) -> [String] {
        var output = ByteBuffer()
        let domain = registrable.map { Array($0.utf8) }
        if let domain {
            ExpiryLines.write(
                name: Array(name.utf8).rawSpan, host: Array(host.utf8).rawSpan, registrableDomain: domain.rawSpan,
                requestPath: Array(path.utf8).rawSpan, isSecure: isSecure, into: &output)
        } else {
            ExpiryLines.write(
                name: Array(name.utf8).rawSpan, host: Array(host.utf8).rawSpan, registrableDomain: nil,
                requestPath: Array(path.utf8).rawSpan, isSecure: isSecure, into: &output)
        }
        let text = output.bytes.text
        return text.components(separatedBy: "\r\n").dropLast().map {
            #expect($0.hasPrefix("Set-Cookie: "))
            return String($0.dropFirst("Set-Cookie: ".count))
        }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var parts: [String] = [""]
        var rest = Array(utf8)[...]
        let wanted = Array(separator.utf8)
        var part: [UInt8] = []
        while !rest.isEmpty {
            if rest.starts(with: wanted) {
                parts[parts.count - 1] = String(decoding: part, as: UTF8.self)
                parts.append("")
                part = []
                rest = rest.dropFirst(wanted.count)
            } else {
                part.append(rest.removeFirst())
            }
        }
        parts[parts.count - 1] = String(decoding: part, as: UTF8.self)
        return parts
    }
}
