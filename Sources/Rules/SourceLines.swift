/// The lines of a rules file, by YAML's idea of a line break.
struct SourceLines {
    let file: String
    private let lines: [Substring.UnicodeScalarView]

    init(file: String, text: String) {
        self.file = file
        var lines: [Substring.UnicodeScalarView] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            if isLineBreak(scalar) {
                lines.append(scalars[start..<index])
                let isPair = scalar == "\r" && next < scalars.endIndex && scalars[next] == "\n"
                start = isPair ? scalars.index(after: next) : next
                index = start
            } else {
                index = next
            }
        }
        lines.append(scalars[start...])
        self.lines = lines
    }

    /// The text of a line, from 1.
    func text(ofLine line: Int) -> String {
        lines.indices.contains(line - 1) ? String(lines[line - 1]) : ""
    }

    /// The place in `text`, which has the same lines.
    func index(line: Int, column: Int, in text: String) -> String.Index? {
        guard lines.indices.contains(line - 1) else { return nil }
        let scalars = text.unicodeScalars
        let original = lines[line - 1]
        var index = scalars.startIndex
        var currentLine = 1
        while currentLine < line, index < scalars.endIndex {
            let scalar = scalars[index]
            index = scalars.index(after: index)
            guard isLineBreak(scalar) else { continue }
            if scalar == "\r", index < scalars.endIndex, scalars[index] == "\n" { index = scalars.index(after: index) }
            currentLine += 1
        }
        guard column >= 1, column <= original.count else { return nil }
        return scalars.index(index, offsetBy: column - 1, limitedBy: scalars.endIndex)
    }

    /// A finding at a place.
    func diagnostic(_ message: String, line: Int, column: Int, width: Int = 1) -> RulesDiagnostic {
        // A parser that missed something at the end of the file points behind the last line.
        let line = min(max(line, 1), lines.count)
        let source = text(ofLine: line)
        let length = source.unicodeScalars.count
        let column = min(max(column, 1), length + 1)
        return RulesDiagnostic(
            file: file, line: line, column: column, width: max(1, min(width, length - column + 1)), message: message,
            source: source)
    }

    /// Where a scalar is first, or the start.
    func firstPlace(of scalar: Unicode.Scalar) -> (line: Int, column: Int) {
        for (line, text) in lines.enumerated() {
            for (column, candidate) in text.enumerated() where candidate == scalar { return (line + 1, column + 1) }
        }
        return (1, 1)
    }

    /// The line and column of the Character at an offset.
    static func place(ofCharacter offset: Int, in text: String) -> (line: Int, column: Int) {
        let before = SourceLines(file: "", text: String(text.prefix(offset)))
        return (before.lines.count, (before.lines.last?.count ?? 0) + 1)
    }
}

/// A line break in YAML 1.1, which is what libyaml counts lines by.
private func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
}
