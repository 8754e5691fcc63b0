import Bytes
import Cookies
import Testing

/// The fixtures, changed at random in the same way in every run: nothing traps, and what holds for all input holds.
@Suite("Mutated cookies")
struct MutationTests {
    @Test("Pairs are in order, apart, inside the string and without separators", arguments: 0..<8)
    func cookieStrings(seed: UInt64) throws {
        var random = Generator(state: seed)
        let corpus = try Fixture("cookie-strings.tsv").rows.map { $0[0] }.filter { $0.count < 500 }
        for _ in 0..<300 {
            let bytes = mutated(corpus, &random)
            var cursor = CookieStringCursor()
            var end = 0
            while let pair = cursor.next(in: bytes.rawSpan) {
                #expect(pair.whole.lowerBound >= end && pair.whole.upperBound <= bytes.count && !pair.whole.isEmpty)
                end = pair.whole.upperBound
                #expect(!bytes.part(pair.whole).contains(UInt8(ascii: ";")))
                #expect(!bytes.part(pair.name).contains(UInt8(ascii: "=")))
                let hasControl = bytes.part(pair.whole).contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
                #expect(pair.isWellFormed == (!hasControl && !pair.name.isEmpty))
                if pair.isWellFormed { expire(bytes.part(pair.name)) }
            }
        }
    }

    @Test(
        "A rewritten line keeps name and value, has the hardening, and lives no longer than the cap", arguments: 0..<8)
    func setCookieLines(seed: UInt64) throws {
        var random = Generator(state: seed)
        let corpus = try Fixture("set-cookie-lines.tsv").rows.map { $0[0] }.filter { $0.count < 500 }
        let now: Int64 = 1_000_000_000
        for _ in 0..<300 {
            let bytes = mutated(corpus, &random)
            guard let line = SetCookieLine(bytes) else { continue }
            var output = ByteBuffer()
            line.write(
                bytes.rawSpan, cap: 3600, hardening: [.secure, .httpOnly, .sameSiteLax], now: now, into: &output)
            let written = output.array
            let result = try #require(SetCookieLine(written))
            #expect(written.part(result.name) == bytes.part(line.name))
            #expect(written.part(result.value) == bytes.part(line.value))
            #expect(result.isSecure && result.isHTTPOnly && result.sameSite == line.sameSite ?? .lax)
            #expect(result.isDeletion(now: now) == line.isDeletion(now: now))
            #expect((result.lifetime(now: now) == nil) == (line.lifetime(now: now) == nil))
            #expect(result.lifetime(now: now) ?? 0 <= 3600)
        }
    }

    /// What is written for a name that came in a request is a deletion of that name.
    private func expire(_ name: [UInt8]) {
        var output = ByteBuffer()
        ExpiryLines.write(
            name: name.rawSpan, host: staticBytes("shop.example"), registrableDomain: nil,
            requestPath: staticBytes("/"), isSecure: false, into: &output)
        guard !output.isEmpty else { return }
        let written = output.array
        let line = SetCookieLine(Array(written[12..<(written.count - 2)]))
        #expect(line?.isDeletion(now: 0) == true)
        #expect(line.map { Array(written[12...]).part($0.name) } == name)
    }

    private func mutated(_ corpus: [[UInt8]], _ random: inout Generator) -> [UInt8] {
        var bytes = (corpus.randomElement(using: &random) ?? [])
        if Bool.random(using: &random) {
            bytes += Array("; ".utf8) + (corpus.randomElement(using: &random) ?? [])
        }
        let octets = Array(";=, \t\"\u{0}\u{7f}a0-:".utf8) + [0x80, 0xFF, 0x0A, 0x0D]
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let offset = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[offset] = octets.randomElement(using: &random) ?? 0
            case 1: bytes.remove(at: offset)
            default: bytes.insert(octets.randomElement(using: &random) ?? 0, at: offset)
            }
        }
        return bytes
    }
}
