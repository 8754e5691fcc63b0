import COpenSSL
import HTTPTypes
import Hummingbird

/// `/metrics`, for whoever is on the machine, or has the token where the rules name one.
func addMetricsRoutes(
    to router: Router<ConsoleContext>, environment: ConsoleEnvironment, published: PublishedTraffic
) {
    router.get("/metrics") { request, _ -> Response in
        switch environment.metricsToken {
        case .none: break
        case .unreadable: return .plain(.serviceUnavailable, "The file of the token cannot be read.")
        case .needed(let token):
            guard let given = request.headers[.authorization], isEqual(given, "Bearer " + token) else {
                var response = Response.plain(.unauthorized, "A bearer token is needed.")
                response.headers[.wwwAuthenticate] = "Bearer realm=\"metrics\""
                return response
            }
        }
        let isReady = environment.checks().allSatisfy(\.isPassed)
        let text = PrometheusText(published.traffic, ProcessFigures(), isReady: isReady).text
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Whether two texts are the same, in a time that does not tell how far they are.
private func isEqual(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(digest(of: a).utf8), Array(digest(of: b).utf8))
    // Digests are equally long.
    return unsafe a.count == b.count && crumbgate_equal(a, b, a.count) == 1
}
