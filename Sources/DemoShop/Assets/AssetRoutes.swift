import HTTPTypes
import Hummingbird

/// A file of the shop that anybody may keep: strong `ETag`, public `Cache-Control` (RFC 9111 §5.2.2.9).
struct Asset: Sendable {
    let path: String
    let type: String
    let bytes: ByteBuffer
    let tag: String

    init(_ path: String, type: String, _ text: String) {
        self.path = path
        self.type = type
        bytes = ByteBuffer(string: text)
        let sum = text.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        tag = "\"\(String(sum, radix: 16))\""
    }

    static let all = [
        Asset("/assets/shop.css", type: "text/css; charset=utf-8", stylesheet),
        Asset("/assets/shop.js", type: "text/javascript; charset=utf-8", script),
        Asset("/assets/mark.svg", type: "image/svg+xml", Drawing.mark),
        Asset("/assets/harbour.svg", type: "image/svg+xml", Drawing.harbour),
        Asset("/assets/pattern.svg", type: "image/svg+xml", Drawing.pattern),
    ]

    func response(to request: Request) -> Response {
        let fields: HTTPFields = [
            .eTag: tag, .cacheControl: "public, max-age=86400", .lastModified: "Thu, 01 Oct 2026 08:00:00 GMT",
        ]
        let known = request.headers[values: .ifNoneMatch].flatMap { value in value.split(separator: ",") }
            .map { String($0.drop { $0 == " " }) }
        guard !known.contains(where: { $0 == tag || $0 == "*" }) else {
            return Response(status: .notModified, headers: fields)
        }
        var response = Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: bytes))
        response.headers[.contentType] = type
        return response
    }
}

func addAssetRoutes(to router: Router<some RequestContext>) {
    for asset in Asset.all {
        router.get("\(asset.path)") { request, _ in asset.response(to: request) }
    }
}
