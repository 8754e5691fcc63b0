import Hummingbird

/// Fields of an `application/x-www-form-urlencoded` body (WHATWG URL §5.1).
struct Form: Sendable {
    private var fields: [String: String] = [:]

    /// Octets of a body at most: more is answered with 413.
    static let limit = 4096

    init(_ request: inout Request) async throws {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else { throw HTTPError(.unsupportedMediaType) }
        self.init(String(buffer: try await request.collectBody(upTo: Self.limit)))
    }

    init(_ text: String) {
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[decoded(halves[0])] = halves.count > 1 ? decoded(halves[1]) : ""
        }
    }

    /// The field's text as it was typed; empty when the form has no such field.
    subscript(_ name: String) -> String { fields[name] ?? "" }
}

private func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
