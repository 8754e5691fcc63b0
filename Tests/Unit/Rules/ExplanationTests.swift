import Consent
import Rules
import Testing

@Suite("Explanations")
struct ExplanationTests {
    let policy: Policy
    let site: Site

    init() throws {
        policy = try Policy.parse(
            """
            origin: http://127.0.0.1:9000
            hosts: [shop.example]
            categories:
              cart: { cookies: [cart] }
              analytics:
                cookies: [{ name: _ga*, vendor: Google, lifetime: 90d, http_only: true }]
                hosts: [tracker.example]
            full_address_routes: [/pay/*]
            measurement: { pages: [/product/*], goals: [{ name: order, page: /thanks }] }
            """, sourceFile: "rules.yaml")
        site = policy.sites[0]
    }

    @Test("A cookie without consent is withheld, and the line that says so is named")
    func withheld() {
        let text = Explanation(
            ofCookie: "_ga_1=x", site: site, granted: site.consent.required, policy: policy
        ).description
        #expect(
            text == """
                cookie `_ga_1=x` at site `shop.example`
                  category  analytics (not granted)
                  rule      rules.yaml:6: `_ga*`
                  vendor    Google
                  request   withheld from the origin, and expired in the browser
                  response  withheld from the browser

                """)
    }

    @Test("A host in other letters is the one that browsers resolve it to")
    func spelledHost() throws {
        for url in ["https://ｔracker．example/x", "//tra\u{AD}cker.example/", "https://%EF%BD%94racker.example"] {
            let text = try #require(
                Explanation(ofURL: url, site: site, granted: site.consent.required, policy: policy)
            ).description
            #expect(text.contains("rules.yaml:7: `tracker.example`"), "\(url)")
        }
    }

    @Test("A granted set-cookie-string is shown as it is sent")
    func granted() {
        let text = Explanation(
            ofSetCookie: "_ga=1; Max-Age=63072000", site: site, granted: site.consent.all, policy: policy, now: 0
        ).description
        #expect(text.hasSuffix("  sent      _ga=1; Max-Age=7776000; HttpOnly\n"))
    }

    @Test("The consent cookie is nobody else's")
    func consentCookie() {
        let text = Explanation(
            ofCookie: "__Host-crumbgate=1", site: site, granted: site.consent.all, policy: policy
        ).description
        #expect(text.contains("never reaches the origin"))
    }

    @Test(
        "A URL is the site's own or a third party's",
        arguments: [
            ("https://tracker.example/x", "rules.yaml:7: `tracker.example`"),
            ("//tracker.example/x", "is kept from loading it until it is granted"),
            ("https://elsewhere.example", "none: no rule names this host"),
            ("https://shop.example/pay/card", "the origin gets the full address"),
            ("/product/7?x=1", "counted as  `/product/*`"), ("/thanks", "a view reaches `order`"),
        ])
    func urls(url: String, expected: String) throws {
        let explanation = try #require(
            Explanation(ofURL: url, site: site, granted: site.consent.required, policy: policy))
        #expect(explanation.description.contains(expected))
    }

    @Test(
        "What is neither a URL nor a path explains nothing", arguments: ["tracker.example", "ftp://a", "", "https://"])
    func notURLs(url: String) {
        #expect(Explanation(ofURL: url, site: site, granted: site.consent.required, policy: policy) == nil)
    }
}
