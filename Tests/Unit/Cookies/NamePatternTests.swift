import Bytes
import Cookies
import Testing

@Suite("Name patterns")
struct NamePatternTests {
    @Test("Patterns match whole names, alone and compiled together")
    func table() throws {
        var all: [(NamePattern, payload: UInt32)] = []
        for row in try Fixture("name-patterns.tsv", escapes: false).rows {
            let text = String(decoding: row[0], as: UTF8.self)
            let pattern = try NamePattern(parsing: text)
            all.append((pattern, UInt32(all.count)))
            let classifier = NameClassifier([(pattern, payload: 7)])
            for (column, isMatch) in [(1, true), (2, false)] where row.count > column {
                for name in names(row[column]) {
                    #expect(matches(pattern, name) == isMatch, "\(text) and \(shown(name))")
                    #expect((classifier.classify(name) == 7) == isMatch, "\(text) and \(shown(name))")
                }
            }
        }
        let together = NameClassifier(all)
        for row in try Fixture("name-patterns.tsv", escapes: false).rows {
            for name in names(row[1]) { #expect(together.classify(name) != nil) }
        }
    }

    @Test("Errors say where and what")
    func errors() throws {
        for row in try Fixture("name-pattern-errors.tsv", escapes: false).rows {
            let text = String(decoding: row[0], as: UTF8.self)
            let error = try #require(throws: NamePatternError.self, "\(text)") { try NamePattern(parsing: text) }
            #expect(error.offset == Int(shown(row[1])), "\(text): \(error)")
            #expect(error.reason.contains(String(decoding: row[2], as: UTF8.self)), "\(text): \(error)")
        }
        #expect(throws: NamePatternError.self) { try NamePattern(parsing: "a\tb") }
        #expect(throws: NamePatternError.self) {
            try NamePattern(parsing: "/" + String(repeating: "(", count: 10_000) + "/")
        }
    }

    @Test(
        "Expressions that make backtracking engines hang are matched at once",
        arguments: [
            "(a+)+b", "(a|a)*b", "(a*)*b", "(.*a){20}", "((a?){15}){15}", "(a|b)*a(a|b){12}", "(x+x+)+y", "(.*)*=",
        ])
    func hostileExpressions(source: String) throws {
        let regex = try NameRegex(source)
        let classifier = NameClassifier([(.regex(regex), payload: 1)])
        for letter in ["a", "x", "b"] {
            let name = Array(String(repeating: letter, count: 4000).utf8)
            #expect((classifier.classify(name) != nil) == regex.matches(name))
        }
    }

    private func names(_ field: [UInt8]) -> [[UInt8]] {
        field.split(separator: 0x20).map { $0 == [0x2D] ? [] : Fixture.unescaped(Array($0)) }
    }

    private func matches(_ pattern: NamePattern, _ name: [UInt8]) -> Bool {
        switch pattern {
        case .exact(let wanted): wanted == name
        case .prefix(let prefix): name.starts(with: prefix)
        case .regex(let regex): regex.matches(name)
        }
    }
}
