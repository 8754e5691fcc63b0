import Bytes
import Cookies
import Testing

@Suite("Cookie-strings")
struct CookieStringTests {
    @Test("Pairs are found as servers find them")
    func table() throws {
        for row in try Fixture("cookie-strings.tsv").rows {
            let expected = row.dropFirst().map(shown)
            #expect(pairs(of: row[0]) == Array(expected), "\(shown(row[0]).prefix(80))")
        }
    }

    @Test("The pairs of a joined string are those of its parts, and whole covers name and value")
    func joined() throws {
        let rows = try Fixture("cookie-strings.tsv").rows
        for a in rows {
            for b in rows {
                let joined = a[0] + Array("; ".utf8) + b[0]
                #expect(pairs(of: joined) == pairs(of: a[0]) + pairs(of: b[0]))
            }
        }
    }

    @Test("The values of one name are those of its pairs")
    func values() {
        var generator = Generator(state: 5)
        let parts = [
            "crumbgate", "crumbgate=", "=", ";", " ", "\t", "a", "x=crumbgate=", "__Host-crumbgate=1", "v1.x", "\"",
            "; ",
        ]
        var found = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...8, using: &generator)).map { _ in parts.randomElement(using: &generator)!
            }
            let bytes = Array(text.joined().utf8)
            var expected: [ByteRange] = []
            var pairs = CookieStringCursor()
            while let pair = pairs.next(in: bytes.rawSpan) {
                if bytes.part(pair.name) == Array("crumbgate".utf8) { expected.append(pair.value) }
            }
            var values: [ByteRange] = []
            var cursor = CookieStringCursor()
            while let value = cursor.nextValue(of: staticBytes("crumbgate"), in: bytes.rawSpan) { values.append(value) }
            found += values.count
            #expect(
                values.map { bytes.part($0) } == expected.map { bytes.part($0) }, "\(text.joined().debugDescription)")
        }
        #expect(found > 2000)
    }

    /// `name=value` of each pair, copied from the cookie-string, with `!` before one that is not well formed.
    private func pairs(of bytes: [UInt8]) -> [String] {
        var found: [String] = []
        var cursor = CookieStringCursor()
        while let pair = cursor.next(in: bytes.rawSpan) {
            #expect(pair.whole.lowerBound <= pair.name.lowerBound && pair.value.upperBound <= pair.whole.upperBound)
            let name = shown(bytes.part(pair.name))
            let value = shown(bytes.part(pair.value))
            let hasEquals = bytes[pair.whole.range].contains(UInt8(ascii: "="))
            found.append((pair.isWellFormed ? "" : "!") + name + (hasEquals ? "=" : "") + value)
        }
        return found
    }
}
