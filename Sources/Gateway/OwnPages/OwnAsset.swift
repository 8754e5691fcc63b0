import Bytes
import ContentCoding
import HTTPWire

/// A file of ours that pages refer to: its URL changes with its content, so that a browser keeps it for good.
package struct OwnAsset: Sendable {
    /// The absolute path of its URL.
    package let path: String
    /// Which of several files of one path it is; empty for the one that every page names. A policy of the page's, which
    /// looks at paths alone, allows all of them or none (CSP Level 3 §6.7.2.8).
    package let part: String
    /// Stands in the query of its URL.
    package let version: String
    /// The value of its Content-Type field.
    package let mediaType: String
    /// Its bytes.
    package let content: [UInt8]
    /// The same in the codings that are worth it, the smallest first: coded once.
    package let coded: [(coding: ContentCoding, content: [UInt8])]

    init(name: String, part: String = "", mediaType: String, text: String) {
        path = "/.crumbgate/" + name
        self.part = part
        self.mediaType = mediaType
        let content = Array(text.utf8)
        self.content = content
        version = String(content.rawSpan.tableHash, radix: 36)
        coded = [ContentCoding.brotli, .gzip].compactMap { coding in
            guard var encoder = ContentEncoder(coding, effort: .small) else { return nil }
            var output = ByteBuffer(capacity: 8192)
            encoder.encode(content.rawSpan, into: &output, flush: .finish)
            return output.count < content.count ? (coding, output.array) : nil
        }
    }

    /// Its URL as a page names it.
    package var url: String { "\(path)?\(query)" }

    private var query: String { (part.isEmpty ? "" : part + "&") + "v=\(version)" }

    /// Whether a query asks for this one of the files of its path.
    func isNamed(by query: String) -> Bool { query.utf8.elementsEqual(part.utf8) || query.hasPrefix(part + "&") }

    /// The answer to a request for it.
    func answer(to request: OwnRequest) -> OwnAnswer {
        guard request.method == .get || request.method == .head else { return .notAllowed("GET, HEAD") }
        // Whoever names another version, or none, has it from a page that is older or newer than this process.
        let isCurrent = request.query.utf8.elementsEqual(query.utf8)
        let accepted = AcceptedCodings(request.acceptEncoding ?? "")
        let choice = coded.first { accepted.contains($0.coding) }
        // Each representation has a tag of its own (RFC 9110 §8.8.3.3).
        let tag = "\"\(version)\(choice.map { "-\($0.coding.name)" } ?? "")\""
        var fields = OwnFields()
        fields.add("Cache-Control", isCurrent ? "public, max-age=31536000, immutable" : "no-cache")
        fields.add("ETag", tag)
        fields.add("Vary", "Accept-Encoding")
        if request.ifNoneMatch?.contains(tag) == true { return OwnAnswer(status: 304, fields: fields.bytes) }
        fields.add("Content-Type", mediaType)
        if let choice { fields.add("Content-Encoding", "\(choice.coding.name)") }
        fields.add("X-Content-Type-Options", "nosniff")
        return OwnAnswer(status: 200, fields: fields.bytes, body: choice?.content ?? content)
    }
}

/// The codings that an Accept-Encoding field value names with a weight above zero (RFC 9110 §12.5.3).
private struct AcceptedCodings {
    private var names: Set<String> = []

    init(_ field: String) {
        for item in field.lowercased().split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first else { continue }
            let isRefused = parts.dropFirst().contains { weight in
                weight.hasPrefix("q=0") && weight.dropFirst(3).allSatisfy { ".0".contains($0) }
            }
            if !isRefused { names.insert(name) }
        }
    }

    func contains(_ coding: ContentCoding) -> Bool { names.contains("\(coding.name)") }
}
