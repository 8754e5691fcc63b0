import Yams

/// What a scalar without quotes is in YAML 1.2's core schema (§10.3.2).
enum ScalarKind { case null, boolean, number, text }

extension RulesReader {
    /// Text; a number, `true` or `null` needs quotes to be one.
    func text(_ node: Node, _ what: String) -> String? {
        guard let scalar = scalar(node, what, "text") else { return nil }
        let kind = kind(of: scalar)
        guard kind == .text else {
            report(
                "\(what) must be text, not \(describe(node))", at: node,
                expected: kind == .null ? "a text" : "quotes: \"\(scalar.string)\"")
            return nil
        }
        guard !scalar.string.isEmpty else {
            report("\(what) is empty", at: node, expected: "a text")
            return nil
        }
        return scalar.string
    }

    /// `true` or `false`.
    func boolean(_ node: Node, _ what: String) -> Bool? {
        guard let scalar = scalar(node, what, "`true` or `false`") else { return nil }
        if kind(of: scalar) == .boolean { return scalar.string.lowercased() == "true" }
        let meant = ["yes": "true", "on": "true", "no": "false", "off": "false"][scalar.string.lowercased()]
        report(
            "\(what) must be `true` or `false`, not \(describe(node))", at: node,
            didYouMean: meant ?? suggestion(for: scalar.string, among: ["true", "false"]))
        return nil
    }

    /// A whole number within a range.
    func integer(_ node: Node, _ what: String, in range: ClosedRange<Int>) -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let scalar = scalar(node, what, expected) else { return nil }
        guard kind(of: scalar) == .number, let number = Int(scalar.string) else {
            report("\(what) must be a whole number, not \(describe(node))", at: node, expected: expected)
            return nil
        }
        return bounded(number, by: range, node, what, expected)
    }

    /// One of some numbers.
    func integer(_ node: Node, _ what: String, among numbers: [Int]) -> Int? {
        let expected = list(numbers.map(String.init), "", "or")
        guard let scalar = scalar(node, what, expected) else { return nil }
        guard kind(of: scalar) == .number, let number = Int(scalar.string), numbers.contains(number) else {
            report("\(what) cannot be \(describe(node))", at: node, expected: expected)
            return nil
        }
        return number
    }

    /// One of the words of an enumeration.
    func word<Word: CaseIterable & RawRepresentable<String>>(_ node: Node, _ what: String, _: Word.Type) -> Word? {
        let words = Word.allCases.map(\.rawValue)
        guard let scalar = scalar(node, what, list(words, "one of", "or")) else { return nil }
        if let word = Word(rawValue: scalar.string) { return word }
        report(
            "\(what) cannot be \(describe(node))", at: node, expected: list(words, "one of", "or"),
            didYouMean: suggestion(for: scalar.string, among: words))
        return nil
    }

    /// Milliseconds, from a number with a unit: `500ms`, `30s`, `5m`, `12h`, `30d`.
    func duration(_ node: Node, _ what: String, in range: ClosedRange<Int>, or word: String? = nil) -> Int? {
        let expected =
            "a number with a unit (ms, s, m, h or d) from \(spell(milliseconds: range.lowerBound)) to "
            + spell(milliseconds: range.upperBound) + (word.map { ", or \($0)" } ?? "")
        guard let scalar = scalar(node, what, expected) else { return nil }
        let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        guard let (number, unit) = split(scalar.string),
            let factor = units.first(where: { $0.0 == unit })?.1,
            case (let value, false) = number.multipliedReportingOverflow(by: factor)
        else {
            report("\(what) must be a duration, not \(describe(node))", at: node, expected: expected)
            return nil
        }
        return bounded(value, by: range, node, what, expected)
    }

    /// Nanoseconds from one to the next, from a rate: `20/s`, `600/m`.
    func rate(_ node: Node, _ what: String) -> Int64? {
        let expected = "a number per second or minute from 1/m to 100000/s: `20/s`, `600/m`"
        guard let scalar = scalar(node, what, expected) else { return nil }
        let units: [String: Int64] = ["/s": 1_000_000_000, "/m": 60_000_000_000]
        guard let (number, unit) = split(scalar.string), let time = units[unit], number > 0,
            time / Int64(number) >= 10_000
        else {
            report("\(what) must be a rate, not \(describe(node))", at: node, expected: expected)
            return nil
        }
        return time / Int64(number)
    }

    /// Bytes, from a number with or without a unit: `8192`, `64KiB`, `1MiB`.
    func size(_ node: Node, _ what: String, in range: ClosedRange<Int>) -> Int? {
        let expected =
            "a number of bytes, KiB or MiB from \(spell(bytes: range.lowerBound)) to "
            + spell(bytes: range.upperBound)
        guard let scalar = scalar(node, what, expected) else { return nil }
        let units = [("", 1), ("KiB", 1024), ("MiB", 1_048_576)]
        guard let (number, unit) = split(scalar.string),
            let factor = units.first(where: { $0.0 == unit })?.1,
            case (let value, false) = number.multipliedReportingOverflow(by: factor)
        else {
            report("\(what) must be a size, not \(describe(node))", at: node, expected: expected)
            return nil
        }
        return bounded(value, by: range, node, what, expected)
    }

    /// Whether a node holds nothing: `key:` with no value.
    func isNull(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node else { return false }
        return kind(of: scalar) == .null
    }

    /// Whether a node is the word `false`.
    func isFalse(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, kind(of: scalar) == .boolean else { return false }
        return scalar.string.lowercased() == "false"
    }

    /// Whether a node is the word `true`.
    func isTrue(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, kind(of: scalar) == .boolean else { return false }
        return scalar.string.lowercased() == "true"
    }

    /// A node in a few words, for messages.
    func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): kind(of: scalar) == .null ? "nothing" : "`\(scalar.string.prefix(80))`"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private func scalar(_ node: Node, _ what: String, _ expected: String) -> Node.Scalar? {
        if case .scalar(let scalar) = node { return scalar }
        report("\(what) must be a single value, not \(describe(node))", at: node, expected: expected)
        return nil
    }

    private func bounded(
        _ value: Int, by range: ClosedRange<Int>, _ node: Node, _ what: String, _ expected: String
    ) -> Int? {
        if range.contains(value) { return value }
        report("\(what) is out of range: \(describe(node))", at: node, expected: expected)
        return nil
    }
}

/// The digits at the start of a text as a number, and the rest.
private func split(_ text: String) -> (Int, String)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits) else { return nil }
    return (number, String(text[digits.endIndex...]))
}

private func spell(milliseconds: Int) -> String {
    for (unit, factor) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
    where milliseconds >= factor && milliseconds % factor == 0 {
        return "\(milliseconds / factor)\(unit)"
    }
    return "\(milliseconds)ms"
}

private func spell(bytes: Int) -> String {
    for (unit, factor) in [("MiB", 1_048_576), ("KiB", 1024)] where bytes >= factor && bytes % factor == 0 {
        return "\(bytes / factor)\(unit)"
    }
    return "\(bytes)"
}

private func kind(of scalar: Node.Scalar) -> ScalarKind {
    guard scalar.style == .plain else { return .text }
    switch scalar.string {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE", "false", "False", "FALSE": return .boolean
    default: return isNumber(scalar.string) ? .number : .text
    }
}

/// Whether a plain scalar is a number in YAML 1.2's core schema.
private func isNumber(_ text: String) -> Bool {
    var rest = Substring(text)
    func skipDigits() -> Int {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest[digits.endIndex...]
        return digits.count
    }
    if rest.hasPrefix("0x") || rest.hasPrefix("0o") {
        let isHexadecimal = rest.hasPrefix("0x")
        rest = rest.dropFirst(2)
        return !rest.isEmpty
            && rest.allSatisfy { $0.isASCII && (isHexadecimal ? $0.isHexDigit : "01234567".contains($0)) }
    }
    if [".nan", ".NaN", ".NAN"].contains(text) { return true }
    if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
    if [".inf", ".Inf", ".INF"].contains(rest) { return true }
    var digits = skipDigits()
    if rest.first == "." {
        rest = rest.dropFirst()
        digits += skipDigits()
    }
    guard digits > 0 else { return false }
    if rest.first == "e" || rest.first == "E" {
        rest = rest.dropFirst()
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        guard skipDigits() > 0 else { return false }
    }
    return rest.isEmpty
}
