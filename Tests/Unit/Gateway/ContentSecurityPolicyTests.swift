import Bytes
import Gateway
import Testing

@Suite("Content-Security-Policy")
struct ContentSecurityPolicyTests {
    struct Case: CustomTestStringConvertible {
        var policy: String
        /// With `C`, `J`, `F` and `N` for the URLs of stylesheet, script and form, and of all that the script asks for.
        var expected: String
        var authority = "shop.example"
        var isSecure = true
        var testDescription: String { "\(policy) @\(authority)" }

        init(_ policy: String, _ expected: String, authority: String = "shop.example", isSecure: Bool = true) {
            self.policy = policy
            self.expected = expected
            self.authority = authority
            self.isSecure = isSecure
        }

        var urls: [String] {
            let origin = (isSecure ? "https://" : "http://") + authority
            return ["banner.css", "banner.js", "consent", ""].map { "\(origin)/.crumbgate/\($0)" }
        }

        var expectedText: String {
            expected.replacing("{C}", with: urls[0]).replacing("{J}", with: urls[1]).replacing("{F}", with: urls[2])
                .replacing("{N}", with: urls[3])
        }
    }

    static let cases = [
        // Nothing to decide.
        Case("", ""), Case(" ", " "), Case(";", ";"), Case(";;", ";;"), Case("img-src 'self'", "img-src 'self'"),
        Case("upgrade-insecure-requests", "upgrade-insecure-requests"), Case("sandbox", "sandbox"),
        Case("frame-ancestors 'none'; base-uri 'none'", "frame-ancestors 'none'; base-uri 'none'"),
        // Allowed already.
        Case("default-src 'self'", "default-src 'self'"), Case("default-src 'SELF'", "default-src 'SELF'"),
        Case("default-src *", "default-src *"), Case("default-src https:", "default-src https:"),
        Case("default-src http:", "default-src http:"), Case("default-src shop.example", "default-src shop.example"),
        Case("default-src SHOP.example", "default-src SHOP.example"),
        Case("default-src https://shop.example", "default-src https://shop.example"),
        Case("default-src http://shop.example", "default-src http://shop.example"),
        Case("default-src https://shop.example/", "default-src https://shop.example/"),
        Case("default-src https://shop.example:443", "default-src https://shop.example:443"),
        Case("default-src shop.example:*", "default-src shop.example:*"),
        Case("default-src *:443", "default-src *:443"),
        Case("default-src shop.example/.crumbgate/", "default-src shop.example/.crumbgate/"),
        Case("default-src *.example", "default-src *.example"),
        Case(
            "form-action 'self'; script-src 'self'; style-src 'self'",
            "form-action 'self'; script-src 'self'; style-src 'self'"),
        // Not allowed.
        Case("default-src 'none'", "default-src {C} {J} {N}"), Case("DEFAULT-SRC 'NONE'", "DEFAULT-SRC {C} {J} {N}"),
        Case("default-src", "default-src {C} {J} {N}"), Case("default-src ;", "default-src {C} {J} {N} ;"),
        Case("default-src cdn.example", "default-src cdn.example {C} {J} {N}"),
        Case("default-src *.shop.example", "default-src *.shop.example {C} {J} {N}"),
        Case("default-src shop.example:8443", "default-src shop.example:8443 {C} {J} {N}"),
        Case("default-src shop.example/assets/", "default-src shop.example/assets/ {C} {J} {N}"),
        Case("default-src shop.example/.crumbgate", "default-src shop.example/.crumbgate {C} {J} {N}"),
        Case("default-src wss: data: blob:", "default-src wss: data: blob: {C} {J} {N}"),
        Case("default-src evilshop.example", "default-src evilshop.example {C} {J} {N}"),
        Case("default-src 'unsafe-inline'", "default-src 'unsafe-inline' {C} {J} {N}"),
        Case("default-src 'none' 'none'", "default-src 'none' 'none' {C} {J} {N}"),
        Case("default-src cdn.example;script-src 'self'", "default-src cdn.example {C} {N};script-src 'self'"),
        Case("script-src 'self'; default-src 'none'", "script-src 'self'; default-src {C} {N}"),
        Case("script-src 'none'; style-src 'none'", "script-src {J}; style-src {C}"),
        Case("script-src cdn.example ; img-src *", "script-src cdn.example {J} ; img-src *"),
        Case("script-src-elem cdn.example; script-src 'self'", "script-src-elem cdn.example {J}; script-src 'self'"),
        Case("style-src-elem 'none'; style-src 'self'", "style-src-elem {C}; style-src 'self'"),
        Case("script-src-attr 'none'; script-src 'self'", "script-src-attr 'none'; script-src 'self'"),
        Case("style-src 'nonce-abc' 'self'", "style-src 'nonce-abc' 'self'"),
        Case("style-src 'nonce-abc'", "style-src 'nonce-abc' {C}"),
        Case("script-src 'sha256-AAAA='", "script-src 'sha256-AAAA=' {J}"),
        Case("form-action 'none'", "form-action {F}"),
        Case("form-action pay.example", "form-action pay.example {F}"),
        Case("form-action shop.example/.crumbgate/consent", "form-action shop.example/.crumbgate/consent"),
        Case("form-action shop.example/.crumbgate/consents", "form-action shop.example/.crumbgate/consents {F}"),
        Case("connect-src 'none'", "connect-src {N}"), Case("connect-src api.example", "connect-src api.example {N}"),
        Case("connect-src 'self'; default-src 'none'", "connect-src 'self'; default-src {C} {J}"),
        Case("connect-src shop.example/.crumbgate/", "connect-src shop.example/.crumbgate/"),
        Case("connect-src shop.example/.crumbgate/consent", "connect-src shop.example/.crumbgate/consent {N}"),
        // Of two of one name the first counts.
        Case("script-src 'none'; script-src *", "script-src {J}; script-src *"),
        Case("script-src *; SCRIPT-SRC 'none'", "script-src *; SCRIPT-SRC 'none'"),
        // Nonces, and where only they count.
        Case("script-src 'nonce-abc'", "script-src 'nonce-abc' {J}"),
        Case("script-src 'nonce-abc' 'strict-dynamic' https:", "script-src 'nonce-abc' 'strict-dynamic' https:"),
        Case("default-src 'nonce-abc' 'strict-dynamic'", "default-src 'nonce-abc' 'strict-dynamic' {C} {N}"),
        // Several policies: each must allow it.
        Case("default-src 'self', script-src 'none'", "default-src 'self', script-src {J}"),
        Case("default-src 'none',default-src 'none'", "default-src {C} {J} {N},default-src {C} {J} {N}"),
        Case(", ,script-src x.example,", ", ,script-src x.example {J},"),
        // Odd spacing stays.
        Case(" \tdefault-src\t'none'  ;  img-src  x  ", " \tdefault-src {C} {J} {N}  ;  img-src  x  "),
        Case("default-src  a.example   b.example", "default-src  a.example   b.example {C} {J} {N}"),
        Case("report-uri /x; default-src 'none'; report-to x", "report-uri /x; default-src {C} {J} {N}; report-to x"),
        // Plaintext, ports.
        Case("default-src https:", "default-src https: {C} {J} {N}", isSecure: false),
        Case("default-src http:", "default-src http:", isSecure: false),
        Case("default-src shop.example", "default-src shop.example {C} {J} {N}", authority: "shop.example:8080"),
        Case("default-src shop.example:8080", "default-src shop.example:8080", authority: "shop.example:8080"),
        Case("default-src shop.example:80", "default-src shop.example:80", isSecure: false),
        Case("default-src 'none'", "default-src {C} {J} {N}", authority: "127.0.0.1:8080", isSecure: false),
        // An authority that is no host-source, or would be more than one.
        Case("default-src 'none'", "default-src 'none'", authority: ""),
        Case("default-src 'none'", "default-src 'none'", authority: "[::1]:8080"),
        Case("default-src 'none'", "default-src 'none'", authority: "*"),
        Case("default-src 'none'", "default-src 'none'", authority: "*.example"),
        Case("default-src 'none'", "default-src 'none'", authority: "a;script-src"),
        Case("default-src 'none'", "default-src 'none'", authority: "a,b"),
        Case("default-src 'none'", "default-src 'none'", authority: "a b"),
        Case("default-src 'none'", "default-src 'none'", authority: "a'"),
        Case("default-src 'none'", "default-src 'none'", authority: "a/b"),
        Case("default-src 'none'", "default-src 'none'", authority: "a:*"),
        Case("default-src 'none'", "default-src 'none'", authority: "a:"),
        Case("default-src 'none'", "default-src 'none'", authority: ":80"),
    ]

    private func extended(_ item: Case) -> String {
        var output = ByteBuffer()
        ContentSecurityPolicy.extend(
            Array(item.policy.utf8).rawSpan, authority: Array(item.authority.utf8).rawSpan, isSecure: item.isSecure,
            into: &output)
        return output.bytes.text
    }

    @Test("Exactly what is ours is added, where it is missing", arguments: cases)
    func extend(_ item: Case) {
        #expect(extended(item) == item.expectedText)
    }

    @Test("Nothing is ever weakened", arguments: cases)
    func additions(_ item: Case) {
        #expect(faults(before: item.policy, after: extended(item), allowed: item.urls) == [])
        // Extending again changes nothing.
        var again = item
        again.policy = extended(item)
        #expect(extended(again) == again.policy)
    }

    @Test(
        "The check for weakening finds every kind of it",
        arguments: [
            ("default-src 'self'", "default-src 'self' *"), ("default-src 'self'", "default-src"),
            ("default-src 'self'", ""), ("script-src 'none'", "script-src 'self'"),
            ("script-src 'none'", "script-src 'unsafe-inline'"), ("script-src a b", "script-src b"),
            ("script-src a; img-src b", "script-src a"), ("script-src a, img-src b", "script-src a"),
            ("script-src a", "script-src a https://shop.example/"), ("script-src a", "script-src-elem u; script-src a"),
            ("script-src a", "script-src a https://shop.example/.crumbgate/"), ("img-src a", "img-src a u"),
            ("script-src 'nonce-a'", "script-src 'nonce-a' 'nonce-a'"), ("script-src a", "script-src a, script-src *"),
        ])
    func sabotage(before: String, after: String) {
        let urls = ["https://shop.example/.crumbgate/banner.js"]
        #expect(faults(before: before, after: after.replacing("u", with: urls[0]), allowed: urls) != [])
    }

    @Test("Random policies are never weakened either")
    func random() {
        var generator = SplitMix(state: 42)
        let words = [
            "default-src", "script-src", "script-src-elem", "style-src", "style-src-elem", "form-action", "connect-src",
            "img-src", ";", ";", ";", ",", "'none'", "'self'", "*", "https:", "shop.example", "*.example",
            "'strict-dynamic'",
            "'nonce-x'", "cdn.example/a", "\t", "sandbox", "'unsafe-inline'", "http://shop.example:80/", ":", "/",
        ]
        for _ in 0..<3000 {
            let policy = (0..<Int.random(in: 0..<14, using: &generator)).map { _ in
                words.randomElement(using: &generator) ?? ""
            }.joined(separator: Bool.random(using: &generator) ? " " : "  ")
            var item = Case(policy, "")
            let once = extended(item)
            let found = faults(before: policy, after: once, allowed: item.urls)
            if !found.isEmpty { Issue.record("\(policy) → \(once): \(found)") }
            item.policy = once
            if extended(item) != once { Issue.record("again: \(once)") }
        }
    }

    @Test(
        "The nonce is found where only nonces count",
        arguments: [
            ("script-src 'nonce-aB1+/_-=' 'strict-dynamic'", "aB1+/_-="),
            ("script-src 'strict-dynamic' https: 'NONCE-x' 'nonce-y'", "x"),
            ("default-src 'nonce-d' 'strict-dynamic'", "d"),
            ("script-src-elem 'nonce-e' 'strict-dynamic'; script-src 'nonce-s' 'strict-dynamic'", "e"),
            ("img-src *, script-src 'nonce-2' 'strict-dynamic'", "2"),
            ("script-src 'nonce-x'", nil), ("script-src 'strict-dynamic'", nil),
            ("script-src 'strict-dynamic' 'sha256-abc='", nil), ("style-src 'nonce-x' 'strict-dynamic'", nil),
            ("script-src-elem 'self'; script-src 'nonce-s' 'strict-dynamic'", nil),
            ("script-src 'nonce-\">' 'strict-dynamic'", nil), ("script-src 'nonce-' 'strict-dynamic'", nil),
            ("script-src 'nonce-=a' 'strict-dynamic'", "=a"), ("", nil), (",;,", nil),
        ] as [(String, String?)])
    func nonce(policy: String, expected: String?) {
        let bytes = Array(policy.utf8)
        let range = ContentSecurityPolicy.nonce(of: bytes.rawSpan)
        let found = range.map { bytes.rawSpan[$0].text }
        // A value that begins with `=` is no base64; whatever is found is safe in an attribute.
        #expect(found == (expected == "=a" ? nil : expected))
        #expect(found?.contains { "\"'<>& ".contains($0) } != true)
    }
}

/// Ways in which `after` differs from `before` other than by allowed URLs in directives that fetch or post: by reading
/// both anew, unlike the code under test.
private func faults(before: String, after: String, allowed: [String]) -> [String] {
    typealias Policy = [[String]]
    func parse(_ text: String) -> [Policy] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { policy in
            policy.split(separator: ";", omittingEmptySubsequences: false).map { directive in
                directive.split { $0 == " " || $0 == "\t" }.map(String.init)
            }
        }
    }
    let extendable = [
        "default-src", "script-src", "script-src-elem", "style-src", "style-src-elem", "form-action", "connect-src",
    ]
    let (old, new) = (parse(before), parse(after))
    guard old.count == new.count else { return ["policies"] }
    var faults: [String] = []
    for (old, new) in zip(old, new) {
        guard old.count == new.count else {
            faults.append("directives")
            continue
        }
        for (old, new) in zip(old, new) {
            guard old != new else { continue }
            guard let name = old.first, name == new.first, extendable.contains(name.lowercased()) else {
                faults.append("name of \(old)")
                continue
            }
            var kept = Array(old.dropFirst())
            if kept.count == 1, kept[0].lowercased() == "'none'" { kept = [] }
            let sources = Array(new.dropFirst())
            if Array(sources.prefix(kept.count)) != kept { faults.append("lost of \(old)") }
            for source in sources.dropFirst(kept.count) where !allowed.contains(source) {
                faults.append("gained \(source)")
            }
            if sources.count == kept.count { faults.append("emptied \(old)") }
        }
    }
    return faults
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
