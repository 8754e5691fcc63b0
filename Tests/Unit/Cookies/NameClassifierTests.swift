import Bytes
import Cookies
import Testing

@Suite("Name classifier")
struct NameClassifierTests {
    @Test(
        "An exact name goes before the longest prefix, that before the first expression",
        arguments: [
            ("_ga", 1), ("_gat", 3), ("_gat_x", 4), ("_gb", 2), ("_", 5), ("_x9", 6), ("x", nil), ("", nil), ("_g", 2),
        ] as [(String, UInt32?)])
    func precedence(name: String, payload: UInt32?) throws {
        let texts = ["_ga", "_g*", "_gat*", "_gat_*", "/_[^x]*/", "/_.*/", "_ga", "/_ga/"]
        let classifier = NameClassifier(
            try texts.enumerated().map { (try NamePattern(parsing: $0.element), payload: UInt32($0.offset + 1)) })
        #expect(classifier.classify(name) == payload)
    }

    @Test("Without rules every name is unknown")
    func empty() {
        let classifier = NameClassifier([])
        #expect(classifier.classify("") == nil)
        #expect(classifier.classify("a") == nil)
    }

    @Test("Random rules give what trying them one by one gives", arguments: 0..<40)
    func oracle(seed: UInt64) throws {
        var random = Generator(state: seed)
        let patterns = (0..<Int.random(in: 1...60, using: &random)).map { _ in randomPattern(&random) }
        let rules = try patterns.map { (text: $0, pattern: try NamePattern(parsing: $0)) }
        let classifier = NameClassifier(rules.enumerated().map { ($0.element.pattern, payload: UInt32($0.offset)) })
        let expressions = try patterns.map { try $0.hasPrefix("/") ? Regex(String($0.dropFirst().dropLast())) : nil }
        for _ in 0..<150 {
            let name = randomName(&random, upTo: 9)
            let expected = naive(name, patterns, expressions)
            #expect(classifier.classify(name) == expected, "\(name) among \(patterns)")
        }
    }

    @Test("Many rules are told apart")
    func manyRules() throws {
        var patterns: [(NamePattern, payload: UInt32)] = []
        for number in 0..<3000 {
            patterns.append((try NamePattern(parsing: "name\(number)"), payload: UInt32(number)))
            patterns.append((try NamePattern(parsing: "prefix\(number)_*"), payload: UInt32(10_000 + number)))
            if number % 30 == 0 {
                patterns.append((try NamePattern(parsing: "/regex\(number)[a-z]+/"), payload: UInt32(20_000 + number)))
            }
        }
        let classifier = NameClassifier(patterns)
        for number in 0..<3000 {
            #expect(classifier.classify("name\(number)") == UInt32(number))
            #expect(classifier.classify("prefix\(number)_x") == UInt32(10_000 + number))
            #expect(classifier.classify("prefix\(number)") == nil)
            let expected: UInt32? = number % 30 == 0 ? UInt32(20_000 + number) : nil
            #expect(classifier.classify("regex\(number)abc") == expected)
        }
    }

    private func naive(_ name: String, _ patterns: [String], _ expressions: [Regex<AnyRegexOutput>?]) -> UInt32? {
        if let exact = patterns.firstIndex(of: name) { return UInt32(exact) }
        var best: (length: Int, index: Int)?
        for (index, pattern) in patterns.enumerated() where pattern.hasSuffix("*") && !pattern.hasPrefix("/") {
            let prefix = pattern.dropLast()
            if name.hasPrefix(prefix), prefix.count > best?.length ?? 0 { best = (prefix.count, index) }
        }
        if let best { return UInt32(best.index) }
        for (index, expression) in expressions.enumerated() {
            if let expression, (try? expression.wholeMatch(in: name)) != nil { return UInt32(index) }
        }
        return nil
    }

    private func randomName(_ random: inout Generator, upTo length: Int) -> String {
        String(
            (0..<Int.random(in: 1...length, using: &random)).map { _ in "abc_".randomElement(using: &random) ?? "a" })
    }

    private func randomPattern(_ random: inout Generator) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: randomName(&random, upTo: 5)
        case 1: randomName(&random, upTo: 4) + "*"
        default: "/" + randomExpression(&random, depth: 3) + "/"
        }
    }

    private func randomExpression(_ random: inout Generator, depth: Int) -> String {
        let choice = depth == 0 ? 0 : Int.random(in: 0..<8, using: &random)
        func part(_ random: inout Generator) -> String { randomExpression(&random, depth: depth - 1) }
        switch choice {
        case 0, 1: return ["a", "b", "c", "_", ".", "[ab]", "[^a]", "\\w"].randomElement(using: &random) ?? "a"
        case 2, 3, 4: return part(&random) + part(&random)
        case 5: return "(" + part(&random) + "|" + part(&random) + ")"
        default:
            let count = ["*", "+", "?", "{2}", "{1,3}", "{2,}"].randomElement(using: &random) ?? "*"
            return "(?:" + part(&random) + ")" + count
        }
    }
}

/// A generator that gives the same numbers in every run (SplitMix64).
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
