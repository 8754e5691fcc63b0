import Consent
import Gateway
import Rules
import Testing

@Suite("Hashes of shipped hosts")
struct KnownHostHashesTests {
    private let policy: Policy
    private let hashes: KnownHostHashes

    init() throws {
        policy = try Policy.parse("origin: http://127.0.0.1:9000\nhosts: [shop.example]\n", sourceFile: "rules.yaml")
        hashes = KnownHostHashes(of: policy.sites[0])
    }

    private func explanation(of url: String) throws -> String {
        let site = policy.sites[0]
        return try #require(
            Explanation(
                ofURL: url, site: site, granted: site.consent.required, policy: policy,
                mistaken: { hashes.category(ofHost: $0, path: $1) })
        ).description
    }

    @Test("Shipped hosts are found, with and without a path")
    func known() {
        #expect(hashes.category(ofHost: "www.google-analytics.com", path: "/g/collect") != nil)
        #expect(hashes.category(ofHost: "www.facebook.com", path: "/tr") != nil)
    }

    @Test("A host that hashes cannot tell from a shipped one is explained, and every other is not")
    func mistaken() throws {
        let mistaken = try #require(
            (0..<200_000).lazy.map { "cdn\($0).shop-of-somebody.example" }.first {
                hashes.category(ofHost: $0, path: "/") != nil
            })
        #expect(try explanation(of: "https://\(mistaken)/").contains("payment: { hosts: [\(mistaken)] }"))
        #expect(try !explanation(of: "https://cdn.shop-of-somebody.example/").contains("payment:"))
    }

    @Test("What most pages load from elsewhere, and the names that all hosts end in, are taken for nothing")
    func common() {
        for host in [
            "cdn.jsdelivr.net", "unpkg.com", "cdnjs.cloudflare.com", "ajax.googleapis.com", "fonts.googleapis.com",
            "fonts.gstatic.com", "code.jquery.com", "stackpath.bootstrapcdn.com", "maxcdn.bootstrapcdn.com",
            "use.fontawesome.com", "kit.fontawesome.com", "use.typekit.net", "cdn.shopify.com", "cdn.tailwindcss.com",
            "esm.sh", "cdn.datatables.net", "secure.gravatar.com", "i0.wp.com", "s.w.org", "res.cloudinary.com",
            "images.ctfassets.net", "storage.googleapis.com", "s3.amazonaws.com", "fonts.bunny.net",
            "upload.wikimedia.org", "static.wixstatic.com", "ajax.aspnetcdn.com",
        ] {
            #expect(hashes.category(ofHost: host, path: "/x.js") == nil, "\(host)")
        }
        for name in "com net org de at ch fr it es pl se fi dk uk eu io dev shop store info app cloud us ca au".split(
            separator: " ")
        {
            #expect(hashes.category(ofHost: ".\(name)", path: "/") == nil, "\(name)")
        }
    }
}
