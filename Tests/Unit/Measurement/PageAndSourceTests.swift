import Bytes
import Location
import Measurement
import Testing

@Suite("Page names")
struct PageNameTests {
    static func name(_ target: String, _ site: SiteMeasurement = SiteMeasurement(name: "shop")) -> String {
        let bytes = Array(target.utf8)
        return pageName(of: bytes.rawSpan, in: site)
    }

    @Test(
        "Numbers, tokens and e-mail addresses never become page names; words stay",
        arguments: [
            ("/", "/"), ("", ""), ("/about", "/about"), ("/about/", "/about"), ("//about", "/about"),
            ("/product/12", "/product/:id"), ("/product/12?utm=1&x=2", "/product/:id"),
            ("/red-shoe-42", "/red-shoe-42"), ("/red-shoe-1234567", "/red-shoe-:id"),
            ("/order/ORD-2024-998812/pay", "/order/ORD-:id/pay"), ("/tel/+49-170-1234567", "/tel/+:id"),
            ("/u/jane@example.com", "/u/:id"), ("/u/jane%40example.com/x", "/u/:id/x"),
            ("/u/jane%2540example.com", "/u/:id"), ("/c/550e8400-e29b-41d4-a716-446655440000", "/c/:id"),
            ("/c/item-550e8400-e29b-41d4-a716-446655440000.html", "/c/item-:id.html"),
            ("/reset/9f86d081884c7d65", "/reset/:id"), ("/ref/AB12CD", "/ref/:id"), ("/x/qhzkvbxwpl", "/x/:id"),
            ("/reset/dGhpc0lzQVRva2VuMTIzNDU2", "/reset/:id"), ("/s/a1b2c3d4e5", "/s/:id"),
            ("/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "/t/:id"),
            ("/de/damen/schuhe.html", "/de/damen/schuhe.html"), ("/Datenschutzerklaerung", "/Datenschutzerklaerung"),
            ("/kraftfahrzeughaftpflichtversicherung", "/kraftfahrzeughaftpflichtversicherung"),
            ("/galaxys24ultra-256gb", "/galaxys24ultra-256gb"), ("/red%20shoe", "/red%20shoe"), ("/%61bout", "/about"),
            ("/12345--67890-x", "/:id"), ("/a--b", "/a--b"), ("/a\u{0}<script>", "/a??script>"),
            ("/caf%C3%A9", "/caf%C3%A9"), ("/2024/sale", "/:id/sale"),
        ])
    func names(target: String, expected: String) { #expect(Self.name(target) == expected) }

    @Test("No name is longer than its limit, and a segment too long to be words is none")
    func long() {
        #expect(Self.name("/" + String(repeating: "a", count: 500)) == "/:id")
        #expect(Self.name(String(repeating: "/word", count: 200)).utf8.count <= 160)
    }

    @Test("Patterns name pages, group them or keep them; listed parameters belong to the name")
    func rules() {
        var site = SiteMeasurement(name: "shop")
        site.pages = [
            .init("/product/*", page: "Product"), .init("/product/list", page: nil), .init("/blog/*", page: nil),
        ]
        site.queryParameters = [Array("tab".utf8)]
        #expect(Self.name("/product/12", site) == "Product")
        #expect(Self.name("/product/list", site) == "/product/list")
        #expect(Self.name("/blog/2024/12", site) == "/blog/2024/12")
        #expect(Self.name("/blog/2024/jane%40example.com", site) == "/blog/2024/:id")
        #expect(Self.name("/help?x=1&tab=size&mail=a@b.c", site) == "/help?tab=size")
        #expect(Self.name("/help?tab=jane@example.com", site) == "/help?tab=:id")
    }
}

@Suite("Sources and channels")
struct SourceTests {
    static func visit(_ referrer: String, _ target: String = "/") -> String {
        var site = SiteMeasurement(name: "shop")
        site.hosts = ["shop.example", "*.shop.example"]
        site.campaigns = ["May-Sale", "spring-*", "partner"]
        let source = visitSource(of: Array(referrer.utf8).rawSpan, target: Array(target.utf8).rawSpan, in: site)
        return [source.channel, source.name, source.campaign].filter { !$0.isEmpty }.joined(separator: " | ")
    }

    @Test(
        "The referrer's host names the source and its channel",
        arguments: [
            ("", "direct | (direct)"), ("https://www.google.de/search?q=shoes", "search | Google"),
            ("https://google.co.uk", "search | Google"), ("https://notgoogle.de/", "referral | notgoogle.de"),
            ("https://google.evil.example/", "referral | google.evil.example"),
            ("https://mail.google.com/mail", "email | Gmail"), ("https://gemini.google.com/app", "assistant | Gemini"),
            ("https://chatgpt.com/", "assistant | ChatGPT"), ("https://l.facebook.com/l.php?u=x", "social | Facebook"),
            ("android-app://com.google.android.gm/", "email | Gmail"), ("https://www.bing.com:443/", "search | Bing"),
            ("https://blog.example/post?mail=a@b.c", "referral | blog.example"),
            ("https://SHOP.example/x", "internal | (internal)"),
            ("https://www.shop.example/", "internal | (internal)"),
            ("https://a.b.shop.example/", "internal | (internal)"),
            ("https://user:pw@blog.example/", "referral | blog.example"), ("https://192.0.2.1/", "direct | (direct)"),
            ("nonsense", "direct | (direct)"), ("https://ex.com/", "referral | ex.com"),
            ("https://x.com/", "social | X"),
            ("https://webmail.provider.net/", "email | Webmail"),
            ("https://www.perplexity.ai/search", "assistant | Perplexity"),
            ("https://copilot.microsoft.com/", "assistant | Copilot"), ("https://www.idealo.de/", "referral | idealo"),
            ("https://a1b2c3d4e5f6.tunnel.example/", "referral | tunnel.example"),
            ("https://u-4711.blog.example/", "referral | u-4711.blog.example"),
            ("https://x5f4dcc3b5aa765d/", "referral | (unnamed host)"),
            ("https://bing.com.evil.example/", "referral | bing.com.evil.example"),
        ])
    func referrers(referrer: String, expected: String) { #expect(Self.visit(referrer) == expected) }

    @Test(
        "What a link says of itself outweighs the referrer",
        arguments: [
            ("/?utm_source=newsletter&utm_medium=email&utm_campaign=May+Sale", "email | Newsletter | may-sale"),
            ("/?utm_source=chatgpt.com", "assistant | ChatGPT"), ("/?gclid=Cj0KCQ", "paid | Google Ads"),
            ("/?fbclid=IwAR0", "social | Facebook"), ("/?utm_source=Facebook&utm_medium=cpc", "paid | Facebook"),
            ("/?utm_source=ig&utm_medium=social", "social | Instagram"),
            ("/?utm_source=google&utm_medium=cpc&gclid=x", "paid | Google"),
            ("/?utm_source=partner", "referral | partner"), ("/?utm_source=somebody", "referral | (unlisted)"),
            ("/?utm_source=u123.facebook.com", "social | Facebook"),
            ("/?utm_campaign=spring-shoes", "direct | (direct) | spring-shoes"),
            ("/?utm_campaign=spring-4f9a2c7e81", "direct | (direct) | spring-:id"),
            ("/?utm_campaign=jane@example.com", "direct | (direct) | (unlisted)"),
            ("/?utm_campaign=", "direct | (direct)"), ("/?utm_medium=unknown", "direct | (direct)"),
        ])
    func links(target: String, expected: String) { #expect(Self.visit("", target) == expected) }
}
