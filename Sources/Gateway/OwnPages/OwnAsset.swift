import Bytes
import HTTPWire

/// A file of ours that pages refer to: its URL changes with its content, so that a browser keeps it for good.
package struct OwnAsset: Sendable {
    /// The absolute path of its URL.
    package let path: String
    /// Stands in the query of its URL.
    package let version: String
    /// The value of its Content-Type field.
    package let mediaType: String
    /// Its bytes.
    package let content: [UInt8]

    init(name: String, mediaType: String, text: String) {
        path = "/.crumbgate/" + name
        self.mediaType = mediaType
        let content = Array(text.utf8)
        self.content = content
        version = String(content.rawSpan.tableHash, radix: 36)
    }

    /// Its URL as a page names it.
    package var url: String { "\(path)?v=\(version)" }

    /// The answer to a request for it.
    func answer(to request: OwnRequest) -> OwnAnswer {
        guard request.method == .get || request.method == .head else { return .notAllowed("GET, HEAD") }
        // Whoever names another version, or none, has it from a page that is older or newer than this process.
        let isCurrent = request.query.utf8.elementsEqual("v=\(version)".utf8)
        var fields = OwnFields()
        fields.add("Cache-Control", isCurrent ? "public, max-age=31536000, immutable" : "no-cache")
        fields.add("ETag", "\"\(version)\"")
        if request.ifNoneMatch?.contains("\"\(version)\"") == true {
            return OwnAnswer(status: 304, fields: fields.bytes)
        }
        fields.add("Content-Type", mediaType)
        fields.add("X-Content-Type-Options", "nosniff")
        return OwnAnswer(status: 200, fields: fields.bytes, body: content)
    }
}
