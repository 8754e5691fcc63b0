import Foundation

/// A table of cases in `fixtures/cookies`: a row a line, fields apart by tabs, `#` at a comment line's start.
///
/// In fields `\xHH` is an octet, `\t` a tab, and `{12*a}` twelve times `a`.
struct Fixture {
    let rows: [[[UInt8]]]

    init(_ name: String, escapes: Bool = true) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../fixtures/cookies")
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        rows = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map {
                escapes ? Self.unescaped(Array($0.utf8)) : Array($0.utf8)
            }
        }
    }

    static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
                let octet = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(octet)
                rest = rest.dropFirst(3)
            } else if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "t") {
                result.append(0x09)
                rest = rest.dropFirst()
            } else if byte == UInt8(ascii: "{"), let star = rest.firstIndex(of: UInt8(ascii: "*")),
                let count = Int(String(decoding: rest[..<star], as: UTF8.self))
            {
                result += Array(repeating: rest[star + 1], count: count)
                rest = rest[(star + 3)...]
            } else {
                result.append(byte)
            }
        }
        return result
    }
}

/// Octets as text that shows each octet that is not ASCII.
func shown(_ bytes: [UInt8]) -> String {
    bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
}
