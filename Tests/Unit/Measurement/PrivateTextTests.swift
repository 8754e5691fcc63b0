import Bytes
import Measurement
import Testing

/// What visitors carry in paths, queries and referrers must not come out as the name of a page, source or campaign.
@Suite("Identifiers in names")
struct PrivateTextTests {
    /// Something that stands for one person, as sites put it into addresses.
    enum Secret: CaseIterable {
        case email, uuid, hexadecimal, base64URL, base62, number, grouped, webToken, telephone

        func make(_ random: inout Xorshift) -> String {
            func text(_ alphabet: String, _ count: ClosedRange<Int>) -> String {
                let letters = Array(alphabet)
                return String(
                    (0..<Int.random(in: count, using: &random)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &random)]
                    })
            }
            let small = "abcdefghijklmnopqrstuvwxyz"
            let digits = "0123456789"
            let word = small + small.uppercased() + digits
            switch self {
            case .email: return text(small, 2...9) + "." + text(small, 2...9) + "@" + text(small, 3...9) + ".net"
            case .uuid:
                let hexadecimal = digits + (Bool.random(using: &random) ? "abcdef" : "ABCDEF")
                return [8, 4, 4, 4, 12].map { text(hexadecimal, $0...$0) }.joined(separator: "-")
            case .hexadecimal: return text(digits + "abcdef", 16...64)
            case .base64URL: return text(word + "-_", 22...64)
            case .base62: return text(word, 16...32)
            case .number: return text(digits, 5...19)
            case .grouped: return (0..<4).map { _ in text(digits, 4...4) }.joined(separator: "-")
            case .webToken:
                return "eyJ" + text(word, 20...30) + ".eyJ" + text(word, 20...40) + "." + text(word + "-_", 43...43)
            case .telephone:
                return "+" + text("123456789", 2...2) + "-" + text(digits, 3...3) + "-" + text(digits, 6...8)
            }
        }
    }

    /// How it stands in an address.
    static func dressings(_ secret: String) -> [String] {
        let escaped = secret.utf8.map { byte in "%" + String(byte, radix: 16, uppercase: true) }.joined()
        return [
            secret, "order-" + secret, secret + ".html", "a_" + secret + "_b",
            secret.replacing("@", with: "%40"), secret.replacing("@", with: "%2540"),
            secret.count < 32 ? escaped : secret,
        ]
    }

    /// Whether so many bytes of the secret, one behind the other, are in the text.
    static func survives(_ secret: String, in text: String, atLeast count: Int = 6) -> Bool {
        let bytes = Array(secret.utf8)
        guard bytes.count >= count else { return text.contains(secret) }
        return (0...(bytes.count - count)).contains { start in
            text.contains(String(decoding: bytes[start..<(start + count)], as: UTF8.self))
        }
    }

    @Test("No address, token or number survives in a page's name", arguments: Secret.allCases)
    func pages(kind: Secret) {
        var random = Xorshift(seed: 11)
        var site = SiteMeasurement(name: "shop")
        site.queryParameters = [Array("tab".utf8)]
        var survivors: [String] = []
        for _ in 0..<400 {
            let secret = kind.make(&random)
            for dressed in Self.dressings(secret) {
                for target in ["/\(dressed)", "/shop/\(dressed)/x?\(dressed)", "/p?tab=\(dressed)&x=\(dressed)"] {
                    let name = pageName(of: Array(target.utf8).rawSpan, in: site)
                    if Self.survives(secret, in: name) { survivors.append("\(target) → \(name)") }
                }
            }
        }
        #expect(survivors.isEmpty, "\(survivors.count), such as \(survivors.prefix(5))")
    }

    @Test(
        "Nor in a page that the rules keep as it is, as far as addresses and keys go", arguments: [Secret.email, .uuid])
    func keptPages(kind: Secret) {
        var random = Xorshift(seed: 12)
        var site = SiteMeasurement(name: "shop")
        site.pages = [.init("/blog/*", page: nil)]
        for _ in 0..<400 {
            let secret = kind.make(&random)
            let name = pageName(of: Array("/blog/2024/\(secret)".utf8).rawSpan, in: site)
            #expect(name == "/blog/2024/:id")
        }
    }

    @Test("Nor in the names of sources and campaigns, listed or not", arguments: Secret.allCases)
    func sources(kind: Secret) {
        var random = Xorshift(seed: 13)
        var site = SiteMeasurement(name: "shop")
        site.campaignParameters = ["utm_source", "utm_medium", "utm_campaign"].map { Array($0.utf8) }
        site.campaigns = ["mail-*"]
        var survivors: [String] = []
        for _ in 0..<400 {
            let secret = kind.make(&random)
            // No host can hold an address.
            let label = kind == .email ? "www" : secret.filter { $0.isLetter || $0.isNumber || $0 == "-" }
            for dressed in Self.dressings(secret) {
                let referrer = "https://\(label).blog.example/\(dressed)?\(dressed)"
                for target in [
                    "/", "/?utm_source=\(dressed)&utm_medium=\(dressed)&utm_campaign=mail-\(dressed)&gclid=\(dressed)",
                ] {
                    let words = visitSource(
                        of: Array(referrer.utf8).rawSpan, target: Array(target.utf8).rawSpan, in: site)
                    let name = "\(words.channel) \(words.name) \(words.campaign)"
                    if Self.survives(secret.lowercased(), in: name)
                        || kind != .email && Self.survives(label.lowercased(), in: name)
                    {
                        survivors.append("\(referrer) \(target) → \(name)")
                    }
                }
            }
        }
        #expect(survivors.isEmpty, "\(survivors.count), such as \(survivors.prefix(5))")
    }

    @Test(
        "The same check finds what the namer shows under rules that keep every path and query",
        arguments: [Secret.base64URL, .base62, .telephone])
    func sabotage(kind: Secret) {
        var random = Xorshift(seed: 14)
        var site = SiteMeasurement(name: "shop")
        site.pages = [.init("/*", page: nil)]
        let secret = kind.make(&random)
        for dressed in Self.dressings(secret).prefix(3) {
            let name = pageName(of: Array("/shop/\(dressed)/x".utf8).rawSpan, in: site)
            #expect(Self.survives(secret, in: name), "\(name)")
        }
    }

    @Test("Random bytes make names of printable bytes within the limit")
    func bytes() {
        var random = Xorshift(seed: 15)
        let site = SiteMeasurement(name: "shop", hosts: ["shop.example"])
        let pieces = [
            "/", "?", "%", "%4", "&", "=", "utm_source=", "utm_campaign=", "https://", "@", ":", ".", "google.",
        ]
        for _ in 0..<5000 {
            func line() -> [UInt8] {
                var line: [UInt8] = []
                for _ in 0..<Int.random(in: 0..<12, using: &random) {
                    line += Array((pieces.randomElement(using: &random) ?? "").utf8)
                    for _ in 0..<Int.random(in: 0..<8, using: &random) {
                        line.append(.random(in: 0...255, using: &random))
                    }
                }
                return line
            }
            let (target, referrer) = (line(), line())
            let name = pageName(of: target.rawSpan, in: site)
            #expect(name.utf8.count <= 160)
            #expect(name.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            let source = visitSource(of: referrer.rawSpan, target: target.rawSpan, in: site)
            #expect(source.name.utf8.count <= 80)
            #expect((source.name + source.campaign).utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 >= 0x80 })
        }
    }
}
