import Bytes

/// The field lines of an answer of ours.
struct OwnFields {
    private(set) var bytes: [UInt8] = []

    /// What every page of ours may load and do: its own files, and being framed and posting within its site (CSP
    /// Level 3).
    static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'self'"

    /// Adds a line; a value with control characters is left out as a whole.
    mutating func add(_ name: String, _ value: String) {
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return }
        bytes += Array("\(name): \(value)\r\n".utf8)
    }

    /// The lines of a page that is for this visitor and this moment.
    static func page(mediaType: String) -> OwnFields {
        var fields = OwnFields()
        fields.add("Content-Type", mediaType)
        fields.add("Cache-Control", "no-store")
        fields.add("Content-Security-Policy", policy)
        fields.add("X-Content-Type-Options", "nosniff")
        fields.add("Referrer-Policy", "same-origin")
        fields.add("X-Robots-Tag", "noindex")
        return fields
    }
}

extension OwnAnswer {
    /// The method is not one of `methods` (RFC 9110 §15.5.6).
    static func notAllowed(_ methods: String) -> OwnAnswer {
        var answer = plain(status: 405, "This address takes \(methods) only.")
        var fields = OwnFields()
        fields.add("Allow", methods)
        answer.fields += fields.bytes
        return answer
    }

    /// A line of text.
    static func plain(status: Int, _ text: String) -> OwnAnswer {
        OwnAnswer(
            status: status, fields: OwnFields.page(mediaType: "text/plain; charset=utf-8").bytes,
            body: Array((text + "\n").utf8))
    }

    /// A JSON text (RFC 8259).
    static func json(status: Int, _ text: String) -> OwnAnswer {
        OwnAnswer(
            status: status, fields: OwnFields.page(mediaType: "application/json").bytes, body: Array((text + "\n").utf8)
        )
    }
}

extension StringProtocol {
    /// The text for HTML, as content or between double quotes as an attribute's value.
    var escapedForHTML: String {
        var result: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "&"): result += Array("&amp;".utf8)
            case UInt8(ascii: "<"): result += Array("&lt;".utf8)
            case UInt8(ascii: ">"): result += Array("&gt;".utf8)
            case UInt8(ascii: "\""): result += Array("&quot;".utf8)
            case UInt8(ascii: "'"): result += Array("&#39;".utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether both are the same bytes: `==` of texts lets other characters pass for some of ASCII.
    func hasBytes(of other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}
