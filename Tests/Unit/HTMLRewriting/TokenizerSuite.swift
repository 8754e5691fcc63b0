import Foundation
import HTMLRewriting

/// One case of html5lib's tokenizer suite, in one of its initial states.
struct TokenizerCase {
    var file: String
    var description: String
    var input: [UInt8]
    var expected: [TokenDescription]
    var initialState: ContentModel
    var lastStartTag: String
    var title: String { "\(file): \(description)" }
}

/// A token as the suite writes it.
enum TokenDescription: Equatable {
    case characters(String)
    case startTag(String, [String: String], isSelfClosing: Bool)
    case endTag(String)
    case comment(String)
    /// The suite also tells identifiers and quirks, which the tokenizer leaves in the declaration.
    case doctype(String?)
}

/// The suite's files, read in place; empty where they are not.
struct TokenizerSuite {
    var cases: [TokenizerCase] = []
    /// Cases by file.
    var counts: [String: Int] = [:]
    /// Cases whose input no UTF-8 can hold: lone surrogates.
    var unencodable = 0
    /// Named character references as `namedEntities.test` has them, without `&`.
    var references: [String: String] = [:]

    init() {
        let root = URL(filePath: #filePath).appending(path: "../../../../../shared/data/html5lib-tokenizer")
            .standardized
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        for name in names.sorted() where name.hasSuffix(".test") {
            guard let text = try? Data(contentsOf: root.appending(path: name)),
                let file = try? JSONSerialization.jsonObject(with: text) as? [String: Any]
            else {
                counts[name] = 0
                continue
            }
            // `xmlViolation.test` is no matter of HTML's: it has another key, and describes a mapping to XML.
            let tests = file["tests"] as? [[String: Any]] ?? []
            for test in tests { add(test, of: name) }
        }
    }

    private mutating func add(_ test: [String: Any], of file: String) {
        guard var input = test["input"] as? String, let output = test["output"] as? [[Any]] else { return }
        let isEscaped = test["doubleEscaped"] as? Bool ?? false
        if isEscaped {
            guard let plain = unescaped(input) else {
                unencodable += 1
                return
            }
            input = plain
        }
        var expected: [TokenDescription] = []
        for token in output {
            guard let described = describe(token, isEscaped: isEscaped) else {
                unencodable += 1
                return
            }
            if case .characters(let next) = described, case .characters(let text)? = expected.last {
                expected[expected.count - 1] = .characters(text + next)
            } else {
                expected.append(described)
            }
        }
        if file == "namedEntities.test", input.hasPrefix("&"), expected.count == 1,
            case .characters(let text) = expected[0], text == "&" || !text.hasPrefix("&")
        {
            references[String(input.dropFirst())] = text
        }
        for state in test["initialStates"] as? [String] ?? ["Data state"] {
            let model: ContentModel =
                switch state {
                case "PLAINTEXT state": .plaintext
                case "RCDATA state": .rcdata
                case "RAWTEXT state": .rawtext
                case "Script data state": .scriptData
                case "CDATA section state": .cdata
                default: .data
                }
            counts[file, default: 0] += 1
            cases.append(
                TokenizerCase(
                    file: file, description: "\(test["description"] ?? "") (\(state))", input: Array(input.utf8),
                    expected: expected, initialState: model, lastStartTag: test["lastStartTag"] as? String ?? ""))
        }
    }

    private func describe(_ token: [Any], isEscaped: Bool) -> TokenDescription? {
        func text(_ value: Any?) -> String? {
            guard let text = value as? String else { return nil }
            return isEscaped ? unescaped(text) : text
        }
        switch token.first as? String {
        case "Character": return text(token[1]).map { .characters($0) }
        case "Comment": return text(token[1]).map { .comment($0) }
        case "EndTag": return text(token[1]).map { .endTag($0) }
        case "DOCTYPE": return .doctype(text(token[1]))
        case "StartTag":
            guard let name = text(token[1]), let attributes = token[2] as? [String: String] else { return nil }
            let isSelfClosing = token.count > 3 && token[3] as? Bool == true
            return .startTag(name, attributes, isSelfClosing: isSelfClosing)
        default: return nil
        }
    }

    /// A string with `\uXXXX` spelled out; nil for a lone surrogate.
    private func unescaped(_ text: String) -> String? {
        var units: [UInt16] = []
        var rest = Substring(text)
        while let first = rest.first {
            if rest.hasPrefix("\\u"), let unit = UInt16(rest.dropFirst(2).prefix(4), radix: 16) {
                units.append(unit)
                rest = rest.dropFirst(6)
            } else {
                units += Array(String(first).utf16)
                rest = rest.dropFirst()
            }
        }
        return String(validating: units, as: UTF16.self)
    }
}
