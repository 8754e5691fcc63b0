import PublicSuffix
import Testing

@Suite("Registrable domains")
struct PublicSuffixTests {
    @Test(
        "A registrable domain is one label below the public suffix",
        arguments: [
            ("shop.example", "shop.example"), ("www.shop.example", "shop.example"), ("a.b.shop.co.uk", "shop.co.uk"),
            ("co.uk", nil), ("uk", nil), ("WWW.Shop.DE", "shop.de"), ("www.shop.de.", "shop.de"),
            ("me.github.io", "me.github.io"), ("github.io", nil), ("localhost", nil),
            ("shop.localhost", "shop.localhost"),
            ("127.0.0.1", nil), ("::1", nil), ("[::1]", nil), ("1.2", nil), ("", nil), (".", nil), (".de", nil),
            ("a..de", nil), ("shop.de..", nil), ("xn--mller-kva.de", "xn--mller-kva.de"), ("a.www.ck", "www.ck"),
            ("b.ck", nil),
            ("shop.unknownsuffix", "shop.unknownsuffix"), ("a b.de", nil), ("a\u{0}.de", nil),
        ] as [(String, String?)])
    func table(host: String, domain: String?) {
        #expect(registrableDomain(of: host) == domain)
    }
}
