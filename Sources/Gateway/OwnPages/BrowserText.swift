import Bytes

/// Makes readable files small, on their way to a browser that reads no comments.
///
/// It knows our files, not the languages: they have `/*` in no string or expression, begin no line of one with `//`,
/// and have no text of several lines. Whoever breaks that sees the browser tests fail at the first page.
enum BrowserText {
    /// The text without block comments, comment lines, indentation and empty lines.
    static func withoutComments(_ text: String) -> String {
        var kept = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "/*") {
            kept += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            rest = rest[(rest.firstRange(of: "*/")?.upperBound ?? rest.endIndex)...]
        }
        kept += rest
        return kept.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
            .filter { !$0.isEmpty && !$0.hasPrefix("//") }.map { $0 + "\n" }.joined()
    }

    /// The same for a stylesheet, and without the spaces beside its punctuation; before a colon they are combinators.
    static func squeezed(stylesheet: String) -> String {
        let bytes = Array(withoutComments(stylesheet).utf8)
        let kept = bytes.indices.filter { index in
            guard bytes[index] == UInt8(ascii: " "), index > 0, index + 1 < bytes.count else { return true }
            return !"{;,:".utf8.contains(bytes[index - 1]) && !"{}".utf8.contains(bytes[index + 1])
        }
        return joined(String(decoding: kept.map { bytes[$0] }, as: UTF8.self)).replacing(";}", with: "}")
    }

    /// The same for a script, and without the spaces beside its punctuation.
    static func squeezed(script: String) -> String {
        joined(withoutComments(script).split(separator: "\n").map { squeezed(line: Array($0.utf8)) + "\n" }.joined())
    }

    /// Without the line ends that end nothing: our statements have their semicolons.
    private static func joined(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let kept = bytes.indices.filter { index in
            bytes[index] != UInt8(ascii: "\n") || index == 0 || !";{},(".utf8.contains(bytes[index - 1])
        }
        return String(decoding: kept.map { bytes[$0] }, as: UTF8.self)
    }

    /// Strings stay as they are, and so does all from a slash on, which may begin a regular expression.
    private static func squeezed(line: [UInt8]) -> String {
        var kept: [UInt8] = []
        var offset = 0
        while offset < line.count {
            let byte = line[offset]
            switch byte {
            case UInt8(ascii: "/"):
                kept += line[offset...]
                return String(decoding: kept, as: UTF8.self)
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
                var end = offset + 1
                while end < line.count, line[end] != byte { end += line[end] == UInt8(ascii: "\\") ? 2 : 1 }
                kept += line[offset..<min(end + 1, line.count)]
                offset = end + 1
                continue
            case UInt8(ascii: " ") where isPunctuation(kept.last) || isPunctuation(line[offset...].dropFirst().first):
                break
            default:
                kept.append(byte)
            }
            offset += 1
        }
        return String(decoding: kept, as: UTF8.self)
    }

    private static func isPunctuation(_ byte: UInt8?) -> Bool { byte.map("=>{}(),;?:&|+".utf8.contains) ?? false }
}
