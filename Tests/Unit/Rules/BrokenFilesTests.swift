import Foundation
import Rules
import Testing

@Suite("Broken rules files")
struct BrokenFilesTests {
    @Test("Each broken file is refused with exactly the findings in the file beside it", arguments: fixtures("broken"))
    func findings(name: String) throws {
        let found: String
        do {
            _ = try Policy.parse(fixture("broken/\(name)"), sourceFile: name)
            found = ""
        } catch let error as RulesError {
            found = error.description
        }
        let file = root.appendingPathComponent("fixtures/rules/broken/\(name)")
            .deletingPathExtension().appendingPathExtension("txt")
        // To accept changed messages: RECORD_FIXTURES=1 swift test --filter BrokenFilesTests, then read the difference.
        if ProcessInfo.processInfo.environment["RECORD_FIXTURES"] != nil {
            try Data(found.utf8).write(to: file)
        }
        #expect(!found.isEmpty)
        #expect(try found == String(contentsOf: file, encoding: .utf8))
    }

    @Test("There are at least as many cases as there are ways to be wrong")
    func coverage() {
        #expect(fixtures("broken").count >= 80)
    }

    @Test("A file that is not there is one finding without a place")
    func missingFile() {
        #expect {
            try Policy.load(path: "/nonexistent/rules.yaml")
        } throws: { error in
            "\(error)" == "/nonexistent/rules.yaml: error: no such file\n"
        }
    }

    @Test("Keys that are not text, several of them twice, give the same finding in every run")
    func complexKeys() {
        for _ in 0..<20 {
            #expect {
                try Policy.parse("? [a]\n? [b]\n? [a]\n? [b]\n? {}\n? {}\n", sourceFile: "x")
            } throws: { error in
                "\(error)" == """
                    x: error: a key that is not text is there more than once in a mapping
                      = expected keys that are text

                    """
            }
        }
    }

    @Test("A key that is twice there in quotes and twice without gives the same finding in every run")
    func spellings() {
        for text in ["1: a\n1: a\n'1': a\n\"1\": a\n", "? >\n\n?\n?\n? ''\n"] {
            var findings: Set<String> = []
            for _ in 0..<20 {
                do throws(RulesError) {
                    _ = try Policy.parse(text, sourceFile: "x")
                } catch {
                    findings.insert("\(error)")
                }
            }
            #expect(findings.count == 1)
            #expect(findings.first?.contains("is there more than once in a mapping, in several spellings") == true)
        }
    }

    @Test("Carriage returns, line separators and a byte order mark move no line")
    func lineBreaks() {
        let text = "\u{FEFF}origin: http://127.0.0.1:9000\r\nname: \"a\u{2028} b\"\r\nlimit: 1\r\n"
        #expect {
            try Policy.parse(text, sourceFile: "x")
        } throws: { error in
            guard let error = error as? RulesError, let last = error.diagnostics.last else { return false }
            return last.line == 4 && last.column == 1 && last.source == "limit: 1" && last.didYouMean == "limits"
        }
    }

    @Test("A tab before the place keeps the caret under it")
    func tabs() {
        #expect {
            try Policy.parse("origin: [1,\t2]\n", sourceFile: "x")
        } throws: { error in
            "\(error)" == """
                x:1:9: error: origin must be a single value, not a list
                1 | origin: [1,\t2]
                  |         ^
                  = expected text

                """
        }
    }

    @Test("Of a very long line only the surroundings of the place are shown")
    func longLine() {
        let names = (0..<2000).map { "cookie\($0)" }.joined(separator: ", ")
        let text = "origin: http://a\ncategories: { analytics: { cookies: [\(names), 5] } }\n"
        #expect {
            try Policy.parse(text, sourceFile: "x")
        } throws: { error in
            let lines = "\(error)".split(separator: "\n").map(Array.init)
            guard lines.count > 2, lines[1].count < 210, let caret = lines[2].firstIndex(of: "^") else { return false }
            return lines[1][caret] == "5"
        }
    }

    @Test(
        "Every prefix of a file is either a policy or refused, never a crash",
        arguments: ["every-key", "several-sites"])
    func prefixes(name: String) throws {
        let bytes = try fixture("valid/\(name).yaml")
        var count = 0
        for end in stride(from: 0, through: bytes.count, by: 7) {
            do {
                _ = try Policy.parse(Array(bytes[..<end]), sourceFile: name)
            } catch {
                #expect(!error.diagnostics.isEmpty)
            }
            count += 1
        }
        #expect(count > 50)
    }
}
