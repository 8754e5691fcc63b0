/// One finding in a rules file, at its place.
public struct RulesDiagnostic: Hashable, Sendable {
    /// Whether it keeps the file from becoming a policy.
    public enum Severity: String, Sendable { case error, warning }

    /// An error unless said.
    public var severity = Severity.error
    /// The path of the rules file as it was given.
    public var file: String
    /// From 1; 0 for a finding about the file as a whole.
    public var line = 0
    /// From 1, in Unicode scalars.
    public var column = 0
    /// Scalars that the caret underlines.
    public var width = 1
    /// What is wrong.
    public var message: String
    /// What would have been right.
    public var expected: String?
    /// The known word that the one at this place is closest to.
    public var didYouMean: String?
    /// The text of the line.
    public var source = ""

    /// The finding as a terminal shows it: place and message, the line with a caret under it, and what would be right.
    public var rendered: String {
        guard line > 0 else {
            let hint = expected.map { "\n  = expected \($0)" } ?? ""
            return "\(file): \(severity.rawValue): \(message)\(hint)\n"
        }
        let number = String(line)
        let margin = String(repeating: " ", count: number.count)
        var text = "\(file):\(line):\(column): \(severity.rawValue): \(message)\n"
        let scalars = Array(source.unicodeScalars)
        // Of a very long line, what is around the place.
        let first = scalars.count > 200 ? max(0, column - 80) : 0
        let shown = scalars[first..<min(scalars.count, first + 200)]
        let ellipsis = first > 0 ? "…" : ""
        text += "\(number) | \(ellipsis)\(String(String.UnicodeScalarView(shown)))\n"
        // Tabs are kept, so that the caret stands where the terminal puts the character above it.
        let before = scalars[first..<min(scalars.count, max(first, column - 1))].map { $0 == "\t" ? "\t" : " " }
        let carets = String(repeating: "^", count: max(1, min(width, 200)))
        text += "\(margin) | \(ellipsis.isEmpty ? "" : " ")\(before.joined())\(carets)\n"
        if let didYouMean { text += "\(margin) = did you mean `\(didYouMean)`?\n" }
        if let expected { text += "\(margin) = expected \(expected)\n" }
        return text
    }
}

/// A rules file that makes no policy: everything wrong with it, in the order of its lines.
public struct RulesError: Error, Hashable, Sendable {
    /// At least one error, and the warnings.
    public let diagnostics: [RulesDiagnostic]

    package init(diagnostics: [RulesDiagnostic]) {
        self.diagnostics = diagnostics
    }
}

extension RulesError: CustomStringConvertible {
    /// All findings as a terminal shows them.
    public var description: String { diagnostics.map(\.rendered).joined() }
}
