import HTTPTypes
import Hummingbird

/// The companies a small e-store embeds, all on one host: they answer, set their own cookies and remember every hit.
func addThirdPartyRoutes(to router: Router<some RequestContext>) {
    let scripts = [
        "/ga/analytics.js": ThirdPartyScript.analytics, "/et/code.js": ThirdPartyScript.audience,
        "/tm/container.js": ThirdPartyScript.tagManager, "/remarketing/pixel.js": ThirdPartyScript.remarketing,
        "/heatmap/record.js": ThirdPartyScript.heatmap, "/social/buttons.js": ThirdPartyScript.social,
        "/chat/widget.js": ThirdPartyScript.chat, "/pay/payment.js": ThirdPartyScript.payment,
    ]
    for (path, script) in scripts {
        router.get("\(path)") { _, _ in answer("text/javascript; charset=utf-8", script) }
    }

    let advertising = "IDE=\(randomToken()); Path=/; Max-Age=33696000; HttpOnly"
    for path in ["/et/pixel.gif", "/remarketing/pixel.gif", "/social/share"] {
        router.get("\(path)") { _, _ in pixel(setting: advertising) }
    }
    for path in ["/ga/collect", "/heatmap/record"] {
        router.get("\(path)") { _, _ in collected(setting: advertising) }
        router.post("\(path)") { _, _ in collected(setting: advertising) }
    }

    router.get("/video/embed/:slug") { _, _ in
        var response = answer("text/html; charset=utf-8", Embed.video)
        response.headers[values: .setCookie] = [
            "vid_visitor=\(randomToken()); Path=/; Max-Age=15552000; HttpOnly", "vid_session=1; Path=/",
        ]
        return response
    }
    router.get("/map/embed") { _, _ in
        var response = answer("text/html; charset=utf-8", Embed.map)
        response.headers[values: .setCookie] = ["vid_map=1; Path=/; Max-Age=15552000"]
        return response
    }
    router.get("/chat/poll") { _, _ in answer("application/json", #"{"greeting":"Hello! The kiln is at 612 °C."}"#) }
    router.post("/pay/token") { request, _ in
        for try await _ in request.body {}
        return answer("application/json", "{\"token\":\"tok_\(randomToken())\"}")
    }
}

private func answer(_ type: String, _ text: String) -> Response {
    Response(
        status: .ok,
        headers: [.contentType: type, .cacheControl: "no-store", .accessControlAllowOrigin: "*"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
}

/// A GIF of one transparent pixel.
private func pixel(setting line: String) -> Response {
    let bytes: [UInt8] =
        Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21, 0xf9, 4, 1, 0, 0, 0, 0]
        + [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b]
    return Response(
        status: .ok, headers: [.contentType: "image/gif", .cacheControl: "no-store", .setCookie: line],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
}

private func collected(setting line: String) -> Response {
    Response(status: .noContent, headers: [.setCookie: line, .accessControlAllowOrigin: "*"])
}
