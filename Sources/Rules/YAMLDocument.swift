import Yams

/// A rules file as YAML nodes that know their places.
struct YAMLDocument {
    /// Nil for a file without content.
    let root: Node?
    /// What keys really say that had to be renamed because their mapping has them twice.
    let renamedKeys: [String: String]

    /// Reads one YAML 1.2 document.
    init(_ text: String, lines: SourceLines) throws(RulesError) {
        var text = text
        var renamedKeys: [String: String] = [:]
        while true {
            do {
                root = try compose(yaml: text)
                self.renamedKeys = renamedKeys
                return
            } catch let YamlError.duplicatedKeysInMapping(duplicates, context) {
                if duplicates.contains("<uncovertable>") {
                    // The parser's word for a key that is no text. Such keys are in no order, so that its mark is at one
                    // of them now and at another in the next run.
                    var found = RulesDiagnostic(
                        file: lines.file, message: "a key that is not text is there more than once in a mapping")
                    found.expected = "keys that are text"
                    throw RulesError(diagnostics: [found])
                }
                let key = duplicates.first ?? ""
                if duplicates.dropFirst().first == key {
                    // The same text twice in quotes and twice without, which are two keys to the parser: its mark is at
                    // either of them, as the hash of this run has it.
                    var found = RulesDiagnostic(
                        file: lines.file,
                        message: "`\(key)` is there more than once in a mapping, in several spellings")
                    found.expected = "each key once"
                    throw RulesError(diagnostics: [found])
                }
                // The parser gives up at a mapping that has a key twice. One of the two gets another name of the same
                // length, so that the rest of the file is still looked at; the reader reports the pair.
                let renamed = rename(key, at: context.mark, in: text, number: renamedKeys.count, lines: lines)
                guard let renamed, renamedKeys.count < 32 else {
                    throw RulesError(diagnostics: [
                        lines.diagnostic(
                            "`\(key)` is there more than once in this mapping",
                            line: context.mark.line, column: context.mark.column)
                    ])
                }
                text = renamed.text
                renamedKeys[renamed.key] = key
            } catch let error as YamlError {
                throw RulesError(diagnostics: [syntaxDiagnostic(error, lines: lines)])
            } catch {
                throw RulesError(diagnostics: [
                    RulesDiagnostic(file: lines.file, message: "cannot be read as YAML: \(error)")
                ])
            }
        }
    }
}

/// Gives the key at a mark a name of private-use scalars that is as long, or returns nil when it is not spelt plainly.
private func rename(
    _ key: String, at mark: Mark, in text: String, number: Int, lines: SourceLines
) -> (text: String, key: String)? {
    let length = key.unicodeScalars.count
    guard length > 0, var start = lines.index(line: mark.line, column: mark.column, in: text) else { return nil }
    let scalars = text.unicodeScalars
    if scalars[start] == "\"" || scalars[start] == "'" { start = scalars.index(after: start) }
    guard let end = scalars.index(start, offsetBy: length, limitedBy: scalars.endIndex),
        String(scalars[start..<end]) == key, let first = Unicode.Scalar(0xE000 + UInt32(number))
    else { return nil }
    var name = String.UnicodeScalarView([first])
    name.append(contentsOf: repeatElement("\u{F8FF}", count: length - 1))
    var changed = scalars
    changed.replaceSubrange(start..<end, with: name)
    return (String(changed), String(name))
}

/// What a YAML parser's error means to somebody who writes rules.
private func syntaxDiagnostic(_ error: YamlError, lines: SourceLines) -> RulesDiagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        var found = lines.diagnostic("not YAML: \(problem)", line: mark.line, column: mark.column)
        if let context {
            found.message += " (\(context.text) in line \(context.mark.line), column \(context.mark.column))"
        }
        let rest = found.source.unicodeScalars.dropFirst(mark.column - 1)
        if problem.contains("alias") || context?.text.contains("alias") == true {
            found.expected = "quotes around a text that begins with `*`: \"*.example.com\""
        } else if rest.first == "\t" {
            found.expected = "spaces, not tabs, for indentation"
        } else if rest.first == "@" || rest.first == "`" || rest.first == "%" {
            found.expected = "quotes around a text that begins with `\(String(rest.prefix(1)))`"
        } else if problem.contains("mapping values are not allowed") {
            found.expected = "one `key: value` on a line, or quotes around a text that holds `: `"
        }
        return found
    case .reader(let problem, let offset, _, let yaml):
        let (line, column) = SourceLines.place(ofCharacter: offset ?? 0, in: yaml)
        var found = lines.diagnostic("not YAML: \(problem)", line: line, column: column)
        found.expected = "printable text; write other characters as escapes in double quotes: \"\\x07\""
        return found
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping:
        return RulesDiagnostic(file: lines.file, message: "cannot be read as YAML: \(error)")
    }
}
