import Foundation

extension Policy {
    /// Reads and compiles a rules file.
    ///
    /// - Throws: everything that is wrong with it; nothing has changed then.
    public static func load(path: String) throws(RulesError) -> Policy {
        let bytes: [UInt8]
        do {
            bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "no such file"
            throw RulesError(diagnostics: [RulesDiagnostic(file: path, message: reason)])
        }
        return try parse(bytes, sourceFile: path)
    }

    /// Compiles the text of a rules file; `sourceFile` is its name in messages, and relative paths in it start there.
    public static func parse(_ text: String, sourceFile: String) throws(RulesError) -> Policy {
        try parse(Array(text.utf8), sourceFile: sourceFile)
    }

    /// Compiles the bytes of a rules file, which must be UTF-8.
    public static func parse(_ bytes: [UInt8], sourceFile: String) throws(RulesError) -> Policy {
        guard bytes.count <= 1 << 24 else {
            throw RulesError(diagnostics: [RulesDiagnostic(file: sourceFile, message: "is larger than 16MiB")])
        }
        // Editors on Windows begin UTF-8 with a byte order mark.
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let text = String(decoding: content, as: UTF8.self)
        let lines = SourceLines(file: sourceFile, text: text)
        guard String(validating: content, as: UTF8.self) != nil else {
            // Decoding put U+FFFD where the first invalid sequence is, unless the file itself has one before.
            let place = lines.firstPlace(of: "\u{FFFD}")
            var found = lines.diagnostic("not UTF-8", line: place.line, column: place.column)
            found.expected = "a file saved as UTF-8"
            throw RulesError(diagnostics: [found])
        }
        let document = try YAMLDocument(text, lines: lines)
        let reader = RulesReader(lines: lines, renamedKeys: document.renamedKeys)
        let policy = PolicyDecoder(reader: reader).policy(from: document.root)
        guard let policy, !reader.diagnostics.contains(where: { $0.severity == .error }) else {
            throw RulesError(diagnostics: sorted(reader.diagnostics))
        }
        return policy
    }
}

/// Findings in the order of their places.
func sorted(_ diagnostics: [RulesDiagnostic]) -> [RulesDiagnostic] {
    diagnostics.enumerated().sorted { a, b in
        (a.element.line, a.element.column, a.offset) < (b.element.line, b.element.column, b.offset)
    }.map(\.element)
}
