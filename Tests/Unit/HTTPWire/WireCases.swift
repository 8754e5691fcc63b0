import Bytes
import Foundation
import Testing

/// A case of a table in `fixtures/http` (its README says how they are written).
struct WireCase: CustomTestStringConvertible, Sendable {
    var name: String
    /// The words of `expect:` in order: `key=value`, or a word alone with an empty value.
    var expectations: [(key: String, value: [UInt8])] = []
    var bytes: [UInt8] = []

    var testDescription: String { name }

    /// The expected bytes for a key.
    subscript(_ key: String) -> [UInt8]? { expectations.first { $0.key == key }?.value }

    /// The expected text for a key.
    func text(_ key: String) -> String? { self[key].map { String(decoding: $0, as: UTF8.self) } }

    /// All cases of a table.
    static func table(_ file: String) -> [WireCase] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../fixtures/http")
        let text = (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)) ?? ""
        var cases: [WireCase] = []
        for line in text.split(separator: "\n") {
            if line.hasPrefix("case: ") {
                cases.append(WireCase(name: String(line.dropFirst(6))))
            } else if line.hasPrefix("expect: ") {
                cases[cases.count - 1].expectations = line.dropFirst(8).split(separator: " ").map(expectation)
            } else if line.hasPrefix("| ") {
                cases[cases.count - 1].bytes += unescaped(line.dropFirst(2))
            }
        }
        return cases
    }

    private static func expectation(_ word: Substring) -> (key: String, value: [UInt8]) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? unescaped(parts[1]) : [])
    }

    private static func unescaped(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let first = rest.popFirst() {
            if first == UInt8(ascii: "{"), rest.first == first, let end = rest.firstRange(of: "}}".utf8) {
                let inner = Substring(rest[rest.index(after: rest.startIndex)..<end.lowerBound])
                let parts = inner.split(separator: "*", maxSplits: 1)
                if parts.count == 2, let count = Int(parts[0]) {
                    let run = unescaped(parts[1])
                    for _ in 0..<count { bytes += run }
                    rest = rest[end.upperBound...]
                    continue
                }
            }
            guard first == UInt8(ascii: "\\"), let code = rest.popFirst() else {
                bytes.append(first)
                continue
            }
            switch code {
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "0"): bytes.append(0)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(Substring(rest.prefix(2)), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: bytes.append(code)
            }
        }
        return bytes
    }
}

/// Offsets to split `count` bytes at: every one of a short message, the telling ones of a long one.
func splits(of count: Int) -> [Int] {
    if count <= 1000 { return Array(0...count) }
    let limits = [8192, 8206, 16_384, 32_767, 32_768, 32_769].filter { $0 <= count }
    return Array(0...64) + Array(stride(from: 65, to: count, by: 3989)) + limits + Array((count - 20)...count)
}

/// Records an issue unless `condition` holds: for values that `#expect` cannot capture, spans and noncopyable ones.
func check(
    _ condition: Bool, _ comment: @autoclosure () -> Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if !condition { Issue.record(comment(), sourceLocation: sourceLocation) }
}
