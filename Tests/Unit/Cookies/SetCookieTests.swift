import Bytes
import Cookies
import Testing

@Suite("Set-cookie-strings")
struct SetCookieTests {
    @Test("Lines are read as user agents read them")
    func table() throws {
        for row in try Fixture("set-cookie-lines.tsv").rows {
            #expect(description(of: row[0]) == shown(row[1]), "\(shown(row[0]).prefix(80))")
        }
    }

    @Test("A line that needs no change goes out byte for byte")
    func identity() throws {
        for row in try Fixture("set-cookie-lines.tsv").rows {
            guard let line = SetCookieLine(row[0]) else { continue }
            #expect(written(line, row[0], cap: nil, hardening: [], now: 0) == row[0])
            #expect(written(line, row[0], cap: .max, hardening: [], now: 0) == row[0])
        }
    }

    @Test("Lifetimes are cut and attributes added, and nothing else changes")
    func rewrites() throws {
        for row in try Fixture("set-cookie-rewrites.tsv").rows {
            let line = try #require(SetCookieLine(row[0]))
            let output = written(
                line, row[0], cap: Int(shown(row[1])), hardening: hardening(shown(row[2])), now: 1_000_000_000)
            #expect(shown(output) == shown(row[3]))
        }
    }

    @Test("A cut line lives exactly as long as the cap, and keeps its other meaning", arguments: [1, 3600, 15_724_800])
    func shortened(cap: Int) throws {
        let now: Int64 = 1_000_000_000
        for row in try Fixture("set-cookie-lines.tsv").rows {
            guard let line = SetCookieLine(row[0]) else { continue }
            let output = written(line, row[0], cap: cap, hardening: [], now: now)
            let result = try #require(SetCookieLine(output))
            switch line.lifetime(now: now) {
            case nil: #expect(result.lifetime(now: now) == nil && !result.isDeletion(now: now))
            case .some(...0): #expect(result.isDeletion(now: now) && output == row[0])
            case .some(let seconds): #expect(result.lifetime(now: now) == min(seconds, Int64(cap)))
            }
            #expect(output.part(result.name) == row[0].part(line.name))
            #expect(output.part(result.value) == row[0].part(line.value))
            #expect(result.domain.map { output.part($0) } == line.domain.map { row[0].part($0) })
            #expect(result.path.map { output.part($0) } == line.path.map { row[0].part($0) })
            #expect(result.isSecure == line.isSecure && result.isHTTPOnly == line.isHTTPOnly)
            #expect(result.isPartitioned == line.isPartitioned && result.sameSite == line.sameSite)
        }
    }

    @Test("What is read of a lifetime alone is what all attributes tell")
    func lifetimeAlone() {
        let parts = [
            "; Max-Age=9", ";max-age = -3 ", "; MAX-AGE=x", "; Expires=Thu, 01 Jan 1970 00:00:00 GMT", ";expires=",
            "; Path=/max-age=1", "; M", ";", "; e=1", "; Domain=a.example", ";\t Max-Age\t=5", "; Secure",
            "=; Max-Age=1",
        ]
        var seen = 0
        for first in parts {
            for second in parts {
                for third in parts {
                    let line = Array("a=b\(first)\(second)\(third)".utf8)
                    guard let whole = SetCookieLine(parsing: line.rawSpan),
                        var part = SetCookieLine(parsingPairOf: line.rawSpan)
                    else {
                        Issue.record("ignored: \(line)")
                        continue
                    }
                    part.readLifetime(of: line.rawSpan)
                    #expect(part.maxAge == whole.maxAge && part.expires == whole.expires, "\(first)\(second)\(third)")
                    if whole.lifetime(now: 0) != nil { seen += 1 }
                    part.readAttributes(of: line.rawSpan)
                    #expect(part == whole)
                }
            }
        }
        #expect(seen > 500)
    }

    @Test(
        "A deletion is known by Max-Age first, then by Expires",
        arguments: [
            ("a=b", false), ("a=b; Max-Age=0", true), ("a=b; Max-Age=-1", true), ("a=b; Max-Age=1", false),
            ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", true), ("a=b; Expires=Sun, 09 Sep 2001 01:46:40 GMT", true),
            ("a=b; Expires=Sun, 09 Sep 2001 01:46:41 GMT", false), ("a=b; Expires=0", false),
            ("a=b; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("a=b; Max-Age=0; Expires=Fri, 31 Dec 2038 23:59:59 GMT", true),
            ("a=b; Max-Age=-99999999999999999999", true),
        ])
    func deletion(text: String, isDeletion: Bool) throws {
        let line = try #require(SetCookieLine(Array(text.utf8)))
        #expect(line.isDeletion(now: 1_000_000_000) == isDeletion)
    }

    @Test(
        "Name prefixes, SameSite=None and Partitioned ask for their attributes",
        arguments: [
            ("a=b", true, true), ("a=b; Secure", true, false), ("a=b; SameSite=None", false, false),
            ("a=b; SameSite=None; Secure", true, false), ("a=b; Partitioned", false, false),
            ("a=b; Partitioned; Secure", true, false), ("__Secure-a=b", false, false),
            ("__Secure-a=b; Secure", true, false), ("__secure-a=b", false, false),
            ("__Host-a=b; Secure; Path=/", true, false), ("__Host-a=b; Secure", false, false),
            ("__Host-a=b; Path=/", false, false), ("__Host-a=b; Secure; Path=/x", false, false),
            ("__Host-a=b; Secure; Path=/; Domain=shop.example", false, false),
            ("__Host-a=b; Secure; Path=/; Domain=", true, false), ("__HOST-a=b; Secure", false, false),
            ("__Http-a=b; Secure", false, false), ("__Http-a=b; Secure; HttpOnly", true, false),
            ("__Host-Http-a=b; Secure; HttpOnly; Path=/", true, false),
            ("__Host-Http-a=b; Secure; Path=/", false, false), ("__Hosta=b", true, true), ("__Host-", false, false),
            ("=__Secure-a", false, false), ("__Secure", true, true),
        ])
    func acceptance(text: String, overTLS: Bool, overPlaintext: Bool) throws {
        let bytes = Array(text.utf8)
        let line = try #require(SetCookieLine(bytes))
        #expect(line.isAcceptable(bytes, overSecureTransport: true) == overTLS)
        #expect(line.isAcceptable(bytes, overSecureTransport: false) == overPlaintext)
    }

    private func written(
        _ line: SetCookieLine, _ source: [UInt8], cap: Int?, hardening: CookieHardening, now: Int64
    ) -> [UInt8] {
        var output = ByteBuffer()
        line.write(source.rawSpan, cap: cap, hardening: hardening, now: now, into: &output)
        return output.array
    }

    private func hardening(_ text: String) -> CookieHardening {
        var result: CookieHardening = []
        if text.contains("secure") { result.insert(.secure) }
        if text.contains("httpOnly") { result.insert(.httpOnly) }
        if text.contains("sameSiteLax") { result.insert(.sameSiteLax) }
        return result
    }

    private func description(of bytes: [UInt8]) -> String {
        guard let line = SetCookieLine(bytes) else { return "ignored" }
        func text(_ range: ByteRange) -> String { shown(bytes.part(range)) }
        var parts = ["\(text(line.name))=\(text(line.value))"]
        if let domain = line.domain { parts.append("domain=\(text(domain))") }
        if let path = line.path { parts.append("path=\(text(path))") }
        if line.isSecure { parts.append("secure") }
        if line.isHTTPOnly { parts.append("httponly") }
        if line.isPartitioned { parts.append("partitioned") }
        switch line.sameSite {
        case .strict?: parts.append("samesite=strict")
        case .lax?: parts.append("samesite=lax")
        case SetCookieLine.SameSite.none?: parts.append("samesite=none")
        case nil: break
        }
        if let maxAge = line.maxAge { parts.append("max-age=\(maxAge)") }
        if let expires = line.expires { parts.append("expires=\(expires)") }
        return parts.joined(separator: "|")
    }
}
