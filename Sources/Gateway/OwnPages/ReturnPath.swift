import Bytes

/// Where a visitor goes back to after a decision: a path of this site and nothing else, so that no link can use us to
/// lead anywhere (CWE-601).
package struct ReturnPath: Hashable, Sendable {
    /// A path and perhaps a query, in ASCII, without fragment.
    package let text: String

    /// The front page.
    package static let root = ReturnPath(unchecked: "/")
    private static let longest = 2048

    private init(unchecked text: String) { self.text = text }

    /// Takes a text that every browser reads as a path of the site it came from, and that is no path of ours; nil for
    /// any other.
    ///
    /// `//host` and `/\host` would be another host's; tabs and line ends are dropped by browsers before they look; and
    /// dot segments could lead back to us.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= Self.longest, bytes.allSatisfy(Self.isAllowed) else {
            return nil
        }
        let path = bytes.prefix { $0 != UInt8(ascii: "?") }
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            if segment.isEmpty && index < segments.count - 1 || Self.isDots(segment) { return nil }
        }
        if let first = segments.first, first.elementsEqual(".crumbgate".utf8) { return nil }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"): false
        default: byte > 0x20 && byte < 0x7F
        }
    }

    /// Whether a segment is `.` or `..` to a browser, which takes `%2e` for a dot (WHATWG URL §4.1).
    private static func isDots(_ segment: ArraySlice<UInt8>) -> Bool {
        var rest = segment
        var dots = 0
        while let first = rest.popFirst() {
            if first == UInt8(ascii: "%"), rest.count >= 2, rest[rest.startIndex] == UInt8(ascii: "2"),
                rest[rest.startIndex + 1] | 0x20 == UInt8(ascii: "e")
            {
                rest = rest.dropFirst(2)
            } else if first != UInt8(ascii: ".") {
                return false
            }
            dots += 1
        }
        return dots == 1 || dots == 2
    }

    /// The text as a value in a query.
    var percentEncoded: String {
        var result = ""
        for byte in text.utf8 {
            if byte.isASCIILetter || byte.isASCIIDigit || "/-._~".utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}
