import Bytes

/// Makes our own stylesheets small, on their way to a browser that reads no comments.
///
/// It knows our files, not the language: they have `/*` in no string.
enum StyleText {
    /// The text without comments, indentation and empty lines.
    private static func withoutComments(_ text: String) -> String {
        var kept = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "/*") {
            kept += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            rest = rest[(rest.firstRange(of: "*/")?.upperBound ?? rest.endIndex)...]
        }
        kept += rest
        return kept.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
            .filter { !$0.isEmpty }.map { $0 + "\n" }.joined()
    }

    /// The text of a stylesheet, squeezed: without the spaces beside its punctuation; before a colon they are combinators.
    static func squeezed(_ text: String) -> String {
        let bytes = Array(withoutComments(text).utf8)
        let kept = bytes.indices.filter { index in
            guard bytes[index] == UInt8(ascii: " "), index > 0, index + 1 < bytes.count else { return true }
            return !"{;,:".utf8.contains(bytes[index - 1]) && !"{}".utf8.contains(bytes[index + 1])
        }
        return joined(String(decoding: kept.map { bytes[$0] }, as: UTF8.self)).replacing(";}", with: "}")
    }

    /// Without the line ends.
    private static func joined(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let kept = bytes.indices.filter { index in
            bytes[index] != UInt8(ascii: "\n") || index == 0 || !";{},".utf8.contains(bytes[index - 1])
        }
        return String(decoding: kept.map { bytes[$0] }, as: UTF8.self)
    }
}
