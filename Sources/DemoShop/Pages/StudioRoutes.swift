import HTTPTypes
import Hummingbird

/// Journal, contact, bespoke, privacy, and what is not a document: fragments, the API, the upload, the kiln's stream.
func addStudioRoutes(to router: Router<some RequestContext>, pages: Pages) {
    router.get("/journal") { request, _ in
        let reader = await pages.reader(request)
        let entries: [[String: Any]] = Journal.entries.map { ["title": $0.title, "paragraphs": $0.paragraphs] }
        // In gzip where the user agent takes it (RFC 9110 §12.5.3).
        let takesGzip = request.headers[.acceptEncoding]?.contains("gzip") == true
        var response = pages.document(
            "journal", title: "Journal", for: reader, ["entries": entries], mayCompress: takesGzip)
        response.headers[.vary] = "Accept-Encoding"
        response.set(.socialSeen, "1")
        return response
    }
    router.get("/contact") { request, _ in
        var response = pages.document("contact", title: "Contact", for: await pages.reader(request), [:])
        response.set(.chat, request.cookie(.chat) ?? randomToken())
        return response
    }
    router.get("/privacy") { request, _ in
        let cookies = CookieDeclaration.all.map { ["name": $0.name, "purpose": $0.purpose, "lifetime": $0.lifetime] }
        return pages.document(
            "privacy", title: "Privacy and cookies", for: await pages.reader(request), ["cookies": cookies])
    }
    router.get("/bespoke") { request, _ in
        pages.document("bespoke", title: "Bespoke", for: await pages.reader(request), [:])
    }
    router.post("/bespoke") { request, _ in
        var bytes = 0
        for try await part in request.body { bytes += part.readableBytes }
        return pages.document("bespoke", title: "Bespoke", for: await pages.reader(request), ["bytes": bytes])
    }
    // An error that a shop's own code made, with the cookie it had set before it failed.
    router.get("/broken") { request, _ in
        var response = pages.problem(
            .internalServerError, "The kiln is out", "Something broke in the shop's own code.",
            for: await pages.reader(request))
        response.set(.analytics, request.cookie(.analytics) ?? "GA1.1.\(clientID())")
        return response
    }
    addInterfaces(to: router, pages: pages)
}

private func addInterfaces(to router: Router<some RequestContext>, pages: Pages) {
    // A piece of HTML for the page's own script, not a document.
    router.get("/fragments/cart") { request, _ in
        let visit = await pages.reader(request).visit
        let html = "<span class=\"count\">\(visit.itemCount)</span>"
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
    router.get("/api/stock/:slug") { _, context in
        guard let product = context.parameters.get("slug").flatMap(Catalogue.product) else {
            throw HTTPError(.notFound)
        }
        return Stock(product: product.slug, stock: product.stock)
    }
    router.post("/api/stock") { request, context in
        guard request.headers[.contentType]?.hasPrefix("application/json") == true else {
            throw HTTPError(.unsupportedMediaType)
        }
        let question = try await request.decode(as: StockQuestion.self, context: context)
        return question.products.compactMap(Catalogue.product).map { Stock(product: $0.slug, stock: $0.stock) }
    }
    router.post("/api/upload") { request, _ in
        var answer = Upload(bytes: 0, checksum: 0)
        for try await part in request.body { answer.add(part) }
        return answer
    }
    // The kiln's temperatures as they are read: chunks a while apart, `?chunks=` of them, `?delay=` milliseconds.
    router.get("/kiln") { request, _ in
        let form = Form(request.uri.query ?? "")
        let chunks = min(Int(form["chunks"]) ?? 10, 1_000)
        let delay = min(Int(form["delay"]) ?? 100, 5_000)
        return Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                let head = "<!doctype html><html lang=\"en\"><head><title>Kiln</title></head><body><h1>Kiln</h1><ol>\n"
                try await writer.write(ByteBuffer(string: head))
                for step in 0..<max(chunks, 0) {
                    try await Task.sleep(for: .milliseconds(delay))
                    try await writer.write(ByteBuffer(string: "<li>\(20 + step * 13) °C</li>\n"))
                }
                try await writer.write(ByteBuffer(string: "</ol></body></html>\n"))
                try await writer.finish(nil)
            })
    }
}

private struct Stock: ResponseEncodable {
    let product: String
    let stock: Int
}

private struct StockQuestion: Decodable {
    let products: [String]
}

/// How many bytes came, and their FNV-1a sum, so that a test sees that they were the right ones.
private struct Upload: ResponseEncodable {
    var bytes: Int
    var checksum: UInt64

    init(bytes: Int, checksum: UInt64) {
        self.bytes = bytes
        self.checksum = 0xcbf2_9ce4_8422_2325
    }

    mutating func add(_ part: ByteBuffer) {
        bytes += part.readableBytes
        for byte in part.readableBytesView { checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
