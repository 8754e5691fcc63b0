import Bytes
import Foundation

/// What a host is to a browser that is spelled with more than ASCII: full-width letters, ideographic full stops, soft
/// hyphens, letters of other scripts (WHATWG URL §3.3, "domain to ASCII"; UTS #46).
package enum HostSpelling {
    /// The host in ASCII, or as near to it as can be told where no browser would take it for one.
    package static func ascii(_ host: RawSpan) -> [UInt8] {
        let bytes = host.array
        let text = String(validating: bytes, as: UTF8.self) ?? legacyText(bytes)
        var components = URLComponents()
        components.host = text
        return Array((components.encodedHost ?? text).utf8)
    }

    /// Bytes that are no UTF-8: the full-width letters, digits and full stops of the encodings with two bytes to a
    /// character, and windows-1252 for everything else, which browsers take where nothing says better.
    private static func legacyText(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var at = 0
        while at < bytes.count {
            if at + 1 < bytes.count, let ascii = fullWidth(bytes[at], bytes[at + 1]) {
                text.append(Unicode.Scalar(ascii))
                at += 2
            } else {
                // 0x99 is the one of its C1 controls that hosts may be spelled with.
                text.append(bytes[at] == 0x99 ? "\u{2122}" : Unicode.Scalar(bytes[at]))
                at += 1
            }
        }
        return String(text)
    }

    private static func fullWidth(_ lead: UInt8, _ trail: UInt8) -> UInt8? {
        switch (lead, trail) {
        // EUC-JP, EUC-KR, GBK: row 3 is ASCII, and the full stop is in row 1.
        case (0xA3, 0xA1...0xFE): trail & 0x7F
        case (0xA1, 0xA3), (0xA1, 0xA5): UInt8(ascii: ".")
        // Shift_JIS.
        case (0x82, 0x4F...0x58): trail - 0x4F + UInt8(ascii: "0")
        case (0x82, 0x60...0x79): trail - 0x60 + UInt8(ascii: "a")
        case (0x82, 0x81...0x9A): trail - 0x81 + UInt8(ascii: "a")
        case (0x81, 0x42), (0x81, 0x44): UInt8(ascii: ".")
        // Big5.
        case (0xA2, 0xAF...0xB8): trail - 0xAF + UInt8(ascii: "0")
        case (0xA2, 0xCF...0xE8): trail - 0xCF + UInt8(ascii: "a")
        case (0xA2, 0xE9...0xFE): trail - 0xE9 + UInt8(ascii: "a")
        case (0xA3, 0x40...0x43): trail - 0x40 + UInt8(ascii: "w")
        case (0xA1, 0x43), (0xA1, 0x44): UInt8(ascii: ".")
        default: nil
        }
    }
}

extension RawSpan {
    /// Whether some byte is beyond ASCII.
    package var hasNonASCII: Bool {
        for offset in 0..<byteCount where self[offset] >= 0x80 { return true }
        return false
    }
}
