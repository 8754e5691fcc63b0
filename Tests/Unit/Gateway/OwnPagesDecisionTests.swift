import Bytes
import Consent
import Gateway
import HTTPWire
import Rules
import Testing

@Suite("Decisions")
struct OwnPagesDecisionTests {
    /// What the cookie of an answer stands for.
    private func granted(_ answer: OwnAnswer, _ site: Site, isSecure: Bool = true) throws -> (
        ids: [String], receipt: ReceiptID?
    ) {
        let line = try #require(answer.value("Set-Cookie"))
        let name = isSecure ? "__Host-crumbgate=" : "crumbgate="
        #expect(line.hasPrefix(name))
        #expect(line.hasSuffix("; Path=/; Max-Age=15724800" + (isSecure ? "; Secure; SameSite=Lax" : "; SameSite=Lax")))
        let value = Array(line.dropFirst(name.count).prefix { $0 != ";" }.utf8)
        let verdict = ConsentCookie.verify(
            value.rawSpan, signer: signer, site: site.consent, history: .none, today: now.day)
        guard case .valid(let granted, let day, let receipt) = verdict else {
            Issue.record("not valid")
            return ([], nil)
        }
        #expect(day == 20_778)
        let optional = granted.subtracting(site.consent.required)
        return (
            site.consent.categories.indices.filter { optional.contains(index: $0) }
                .map { site.consent.categories[$0].id }, receipt
        )
    }

    @Test(
        "The form's choice becomes a cookie and the way back",
        arguments: [
            ("choice=accept", ["personalisation", "analytics", "remarketing", "social", "chat"]),
            ("choice=reject", []), ("choice=save", []), ("choice=save&category=chat", ["chat"]),
            ("category=chat&category=analytics&choice=save&lang=de", ["analytics", "chat"]),
            ("choice=reject&category=chat", []), ("choice=save&category=cart", []),
            ("choice=save&category=ch%61t&category=chat", ["chat"]), ("&&choice=save&&x=y", []),
        ])
    func form(body: String, ids: [String]) throws {
        let site = try site()
        let answer = OwnPages(site: site).answer(decision(body))
        #expect(answer.status == 303)
        #expect(answer.value("Location") == "/product/1?size=m")
        #expect(answer.value("Cache-Control") == "no-store")
        let (granted, receipt) = try granted(answer, site)
        #expect(granted == ids)
        #expect((receipt == nil) == ids.isEmpty)
        #expect(answer.decision == (ids.isEmpty ? .refused : ids.count == 5 ? .accepted : .partial))
    }

    @Test("Refusals are alike; every consent has an id of its own")
    func ids() throws {
        let pages = OwnPages(site: try site())
        #expect(
            pages.answer(decision("choice=reject")).value("Set-Cookie")
                == pages.answer(decision("choice=save")).value("Set-Cookie"))
        #expect(
            pages.answer(decision("choice=accept")).value("Set-Cookie")
                != pages.answer(decision("choice=accept")).value("Set-Cookie"))
    }

    @Test("JSON is answered in JSON")
    func json() throws {
        let site = try site()
        let pages = OwnPages(site: site)
        let body = #" {"choice" : "save", "categories":["chat", "\u0061nalytics"] } "#
        let answer = pages.answer(decision(body, contentType: "application/json; charset=utf-8"))
        #expect(answer.status == 200 && answer.value("Content-Type") == "application/json")
        #expect(answer.value("Location") == nil && answer.value("Cache-Control") == "no-store")
        #expect(
            answer.text
                == #"{"granted":["authentication","status","cart","security","payment","analytics","chat"]}"# + "\n")
        #expect(try granted(answer, site).ids == ["analytics", "chat"])
        let refusal = pages.answer(decision(#"{"choice":"reject"}"#, contentType: "Application/JSON"))
        #expect(refusal.text == #"{"granted":["authentication","status","cart","security","payment"]}"# + "\n")
    }

    @Test("On plaintext sites the cookie has its plain name")
    func plaintext() throws {
        let site = try site()
        var request = decision("choice=reject")
        request.isSecure = false
        request.origin = "http://shop.example"
        request.referer = nil
        let answer = OwnPages(site: site).answer(request)
        #expect(answer.status == 303 && answer.value("Location") == "/")
        #expect(try granted(answer, site, isSecure: false).ids == [])
    }

    @Test(
        "What no form of ours says is refused, and nothing is stored",
        arguments: [
            ("", 422), ("choice=", 422), ("choice=yes", 422), ("choice=Accept", 422), ("category=chat", 422),
            ("choice=save&category=nothing", 422), ("choice=accept&category=nothing", 422),
            ("choice=save&category=", 422), ("choice=accept&choice=reject", 422), ("choice=reject&choice=reject", 422),
            ("choice=save&category=Chat", 422), ("choice=accept%00", 422), (#"{"choice":"accept"}"#, 422),
        ])
    func refusedForms(body: String, status: Int) throws {
        let answer = OwnPages(site: try site()).answer(decision(body))
        #expect(answer.status == status && answer.value("Set-Cookie") == nil && answer.decision == nil)
        #expect(answer.value("Cache-Control") == "no-store")
        #expect(answer.text.contains(InterfaceText.english.failedText))
    }

    @Test(
        "JSON that is none, or says something else, is refused",
        arguments: [
            ("", 400), ("{", 400), (#"{"choice":"accept""#, 400), (#"{"choice":"accept"}x"#, 400), ("[]", 400),
            (#"{"choice":"accept",}"#, 400), (#"{choice:"accept"}"#, 400), (#"{"choice":"\ud800"}"#, 400),
            (#"{"choice":"a"# + "\n" + #""}"#, 400), (#"{"choice":nope}"#, 400), (#"{"choice":0x1}"#, 400),
            (String(repeating: #"{"a":"#, count: 100), 400), (String(repeating: "[", count: 100), 400),
            (#"{"a":\#(String(repeating: "[", count: 100))"#, 400),
            ("{}", 422), (#"{"choice":true}"#, 422), (#"{"choice":["accept"]}"#, 422), (#"{"choice":"x"}"#, 422),
            (#"{"choice":"save","categories":["nothing"]}"#, 422), (#"{"choice":"save","categories":"chat"}"#, 422),
            (#"{"choice":"save","categories":[1]}"#, 422), (#"{"choice":"save","categories":{"a":"b"}}"#, 422),
            (#"{"choice":"accept","choice":"reject"}"#, 422),
        ])
    func refusedJSON(body: String, status: Int) throws {
        let answer = OwnPages(site: try site()).answer(decision(body, contentType: "application/json"))
        #expect(answer.status == status && answer.value("Set-Cookie") == nil && answer.decision == nil)
        #expect(answer.text == "{\"error\":\(status)}\n")
    }

    @Test(
        "Other media types are refused",
        arguments: [nil, "", "text/plain", "multipart/form-data; boundary=x", "application/jsonx", "application/xml"])
    func mediaTypes(type: String?) throws {
        let answer = OwnPages(site: try site()).answer(decision("choice=accept", contentType: type))
        #expect(answer.status == 415 && answer.value("Set-Cookie") == nil)
    }

    @Test("Only POST decides", arguments: [HTTPWire.Method.get, .head, .put, .delete, .options, .patch, .other])
    func methods(method: HTTPWire.Method) throws {
        var request = decision("choice=accept")
        request.method = method
        let answer = OwnPages(site: try site()).answer(request)
        #expect(answer.status == 405 && answer.value("Allow") == "POST" && answer.value("Set-Cookie") == nil)
        #expect(answer.value("Cache-Control") == "no-store")
    }

    @Test("Who decides too often is told to wait")
    func rateLimit() throws {
        var request = decision("choice=accept")
        request.isRateLimited = true
        let answer = OwnPages(site: try site()).answer(request)
        #expect(answer.status == 429 && answer.value("Retry-After") == "5" && answer.value("Set-Cookie") == nil)
    }

    @Test("The settings button leads to the settings page, in the banner's language and with the way back")
    func settings() throws {
        let answer = OwnPages(site: try site()).answer(decision("lang=de&choice=settings"))
        #expect(answer.status == 303 && answer.value("Set-Cookie") == nil && answer.decision == nil)
        #expect(answer.value("Location") == "/.crumbgate/settings?lang=de&return=/product/1%3Fsize%3Dm")
        let foreign = OwnPages(site: try site()).answer(decision("lang=de%0d%0aX:y&choice=settings"))
        #expect(foreign.value("Location") == "/.crumbgate/settings?return=/product/1%3Fsize%3Dm")
    }

    struct Source: CustomTestStringConvertible {
        var fetchSite: String?
        var origin: String?
        var referer: String?
        var authority = "shop.example"
        var isSecure = true
        var isOurs: Bool
        var testDescription: String {
            "\(fetchSite ?? "-") \(origin ?? "-") \(referer ?? "-") \(authority) \(isSecure)"
        }
    }

    @Test(
        "Only the site's own pages can decide",
        arguments: [
            Source(fetchSite: "same-origin", isOurs: true),
            Source(fetchSite: "same-origin", origin: "https://shop.example", isOurs: true),
            Source(fetchSite: "same-origin", origin: "null", isOurs: true),
            Source(fetchSite: "same-origin", origin: "https://evil.example", isOurs: false),
            Source(fetchSite: "same-site", origin: "https://shop.example", isOurs: false),
            Source(fetchSite: "same-site", origin: "https://blog.shop.example", isOurs: false),
            Source(fetchSite: "cross-site", isOurs: false),
            Source(fetchSite: "cross-site", origin: "https://shop.example", isOurs: false),
            Source(fetchSite: "cross-site", origin: "null", isOurs: false),
            Source(fetchSite: "none", isOurs: false),
            Source(fetchSite: "none", referer: "https://shop.example/", isOurs: false),
            Source(fetchSite: "", origin: "https://shop.example", isOurs: false),
            Source(fetchSite: "Same-Origin", isOurs: false),
            Source(fetchSite: "same-origin, cross-site", isOurs: false),
            Source(origin: "https://shop.example", isOurs: true),
            Source(origin: "https://shop.example:443", isOurs: true),
            Source(origin: "https://SHOP.example", isOurs: true),
            Source(origin: "https://shop.example", authority: "shop.example:443", isOurs: true),
            Source(origin: "https://shop.example", authority: "Shop.Example", isOurs: true),
            Source(origin: "https://shop.example:8443", authority: "shop.example:8443", isOurs: true),
            Source(origin: "https://shop.example:8443", isOurs: false),
            Source(origin: "https://shop.example", authority: "shop.example:8443", isOurs: false),
            Source(origin: "http://shop.example", isOurs: false),
            Source(origin: "http://shop.example", isSecure: false, isOurs: true),
            Source(origin: "http://shop.example:80", isSecure: false, isOurs: true),
            Source(origin: "https://shop.example", isSecure: false, isOurs: true),
            Source(origin: "http://localhost:8080", authority: "localhost:8080", isSecure: false, isOurs: true),
            Source(origin: "http://[::1]:8080", authority: "[::1]:8080", isSecure: false, isOurs: true),
            Source(origin: "http://127.0.0.1:9999", authority: "127.0.0.1:8080", isSecure: false, isOurs: false),
            Source(origin: "null", isOurs: false),
            Source(origin: "null", referer: "https://shop.example/", isOurs: false),
            Source(origin: "", isOurs: false),
            Source(origin: "https://shop.example/", isOurs: false),
            Source(origin: "https://shop.example.evil.example", isOurs: false),
            Source(origin: "https://evilshop.example", isOurs: false),
            Source(origin: "https://shop.example@evil.example", isOurs: false),
            Source(origin: "https://shop.example https://evil.example", isOurs: false),
            Source(origin: "ftp://shop.example", isOurs: false),
            Source(origin: "https://", authority: "", isOurs: false),
            Source(referer: "https://shop.example/product/1", isOurs: true),
            Source(referer: "https://shop.example", isOurs: true),
            Source(referer: "https://evil.example/?https://shop.example/", isOurs: false),
            Source(referer: "https://shop.example.evil.example/", isOurs: false),
            Source(referer: "https://user@shop.example/", isOurs: false),
            Source(referer: "about:blank", isOurs: false),
            Source(isOurs: false),
            Source(origin: "https://evil.example", referer: "https://shop.example/", isOurs: false),
            Source(origin: "https://\u{212A}shop.example", authority: "kshop.example", isOurs: false),
        ])
    func source(_ source: Source) throws {
        let pages = OwnPages(site: try site())
        for (body, type) in [
            ("choice=accept", "application/x-www-form-urlencoded"), (#"{"choice":"accept"}"#, "application/json"),
        ] {
            var request = decision(body, contentType: type)
            request.fetchSite = source.fetchSite
            request.origin = source.origin
            request.referer = source.referer
            request.authority = source.authority
            request.isSecure = source.isSecure
            let answer = pages.answer(request)
            #expect((answer.value("Set-Cookie") != nil) == source.isOurs)
            #expect(source.isOurs || answer.status == 403)
        }
    }

    /// What a `return` field or the path of a Referer leads to; nil: the front page.
    static let returns: [(String, String?)] = [
        ("/", "/"), ("/product/1", "/product/1"), ("/a?b=c&d=%20e", "/a?b=c&d=%20e"), ("/a/", "/a/"),
        ("/?u=https://x.example//y", "/?u=https://x.example//y"), ("/.crumbgatex", "/.crumbgatex"),
        ("/a/.crumbgate/consent", "/a/.crumbgate/consent"), ("/...", "/..."), ("/a;b=c", "/a;b=c"),
        ("/%2Fevil.example", "/%2Fevil.example"), ("/@evil.example", "/@evil.example"),
        ("", nil), ("product", nil), ("//evil.example", nil), ("///evil.example", nil), ("/\\evil.example", nil),
        ("\\\\evil.example", nil), ("\\/evil.example", nil), ("/a\\b", nil), ("https://evil.example/", nil),
        ("https:evil.example", nil), ("http:/evil.example", nil), ("HTTPS://evil.example", nil),
        ("//shop.example/a", nil), ("https://shop.example/a", nil), ("javascript:alert(1)", nil),
        ("data:text/html,x", nil), ("/\t/evil.example", nil), ("/\n/evil.example", nil), ("/\r\nSet-Cookie: a=b", nil),
        ("/a\u{0}", nil), ("/a b", nil), (" /a", nil), ("\t//evil.example", nil), ("/\u{7F}", nil),
        ("/a//b", nil), ("/.//evil.example", nil), ("/..//evil.example", nil), ("/a/../b", nil), ("/./a", nil),
        ("/%2e%2e/a", nil), ("/%2E/a", nil), ("/.%2e", nil), ("/a/..", nil), ("/x/../.crumbgate/consent", nil),
        ("/.crumbgate/consent", nil), ("/.crumbgate/consent?x", nil), ("/.crumbgate/", nil), ("/.crumbgate", nil),
        ("/.crumbgate?x", nil), ("/.crumbgate/settings", nil), ("/é", nil), ("/\u{FF0F}evil.example", nil),
        ("/#//evil.example", nil), ("/a\"b", nil), ("/<script>", nil), ("?a", nil), (".", nil), ("%2F%2Fevil", nil),
        ("/" + String(repeating: "a", count: 2047), "/" + String(repeating: "a", count: 2047)),
        ("/" + String(repeating: "a", count: 2048), nil),
    ]

    @Test("A decision leads back to a page of the site, and nowhere else", arguments: returns)
    func returnPaths(path: String, expected: String?) throws {
        #expect(ReturnPath(path)?.text == expected)
        var body = "choice=reject&return="
        for byte in path.utf8 { body += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        let pages = OwnPages(site: try site())
        let answer = pages.answer(decision(body))
        #expect(answer.values("Location") == [expected ?? "/"])
        #expect(answer.values("Set-Cookie").count == 1)
        var referred = decision("choice=reject")
        referred.referer = "https://shop.example" + path
        let location = try #require(pages.answer(referred).value("Location"))
        #expect(location.hasPrefix("/") && !location.hasPrefix("//"))
        let settings = try #require(
            pages.answer(decision(body.replacing("reject", with: "settings"))).value("Location"))
        #expect(settings.hasPrefix("/.crumbgate/settings?return=/"))
    }

    @Test("What an open check would let pass, ours does not")
    func openRedirects() {
        // The check that many have: a leading slash, and not two.
        let careless: (String) -> Bool = { $0.hasPrefix("/") && !$0.hasPrefix("//") }
        let caught = Self.returns.filter { careless($0.0) && $0.1 == nil }
        #expect(caught.count >= 15)
        #expect(caught.allSatisfy { ReturnPath($0.0) == nil })
    }
}
