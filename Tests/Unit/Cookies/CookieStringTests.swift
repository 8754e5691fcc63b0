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
