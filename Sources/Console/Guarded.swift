import HTTPTypes
import Hummingbird

/// What holds for every answer: only browsers that asked for this machine get one, and all of them are told to load
/// nothing from elsewhere, to be framed by nobody, and to keep nothing.
struct Guarded: RouterMiddleware {
    typealias Context = ConsoleContext

    let environment: ConsoleEnvironment

    func handle(
        _ request: Request, context: ConsoleContext, next: (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        var response = try await answer(request, context, next)
        for (name, value) in Self.fields { response.headers[name] = value }
        return response
    }

    private func answer(
        _ request: Request, _ context: ConsoleContext, _ next: (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        // Of two hosts the parser believes the first.
        guard request.headers[.anotherHost] == nil else {
            return .plain(.badRequest, "A request names one host.")
        }
        let authority = request.head.authority ?? ""
        // A name of somebody else's that leads here (DNS rebinding) would make their page one of this origin.
        guard isThisMachine(authority) || isExposed(request, authority) else {
            return .plain(.misdirectedRequest, "Ask for this machine: http://localhost and the console's port.")
        }
        guard [.get, .head, .post].contains(request.method) else {
            var response = Response.plain(.methodNotAllowed, "This method is not used here.")
            response.headers[.allow] = "GET, HEAD, POST"
            return response
        }
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return .plain(error.status, error.body ?? error.status.reasonPhrase)
        } catch let error as any HTTPResponseError {
            return .plain(error.status, error.status.reasonPhrase)
        }
    }

    /// Whether the proxy passed a request on that came to it over TLS. Metrics without a token are for this machine.
    private func isExposed(_ request: Request, _ authority: String) -> Bool {
        let host = authority.lowercased().prefix { $0 != ":" }
        guard environment.hosts.contains(String(host)) else { return false }
        guard case .none = environment.metricsToken else { return true }
        // As the router reads it: without empty segments.
        return request.uri.path.split(separator: "/") != ["metrics"]
    }

    private static let fields: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
                + "base-uri 'none'"
        ),
        (.xContentTypeOptions, "nosniff"),
        (.cacheControl, "no-store"),
        // `no-referrer` would take the `Origin` from forms too (Fetch, "append a request Origin header").
        (.referrerPolicy, "same-origin"),
        (.crossOriginOpenerPolicy, "same-origin"),
        (.crossOriginResourcePolicy, "same-origin"),
        (.permissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (.xFrameOptions, "DENY"),
    ]
}

/// Whether a target is a path, or a URL of the host that the request names.
package func isOfHost(_ target: String, _ authority: String) -> Bool {
    guard !target.hasPrefix("/") else { return true }
    let base = "http://" + authority.lowercased()
    let text = target.lowercased()
    return text == base || ["/", "?"].contains { text.hasPrefix(base + $0) }
}

/// Whether an authority is this machine by a name that nobody can lead elsewhere (RFC 6761 §6.3), with any port: a
/// tunnel may begin at another.
package func isThisMachine(_ authority: String) -> Bool {
    let host: Substring
    if authority.hasPrefix("[") {
        guard let close = authority.firstIndex(of: "]") else { return false }
        host = authority[...close]
    } else {
        host = authority.prefix { $0 != ":" }
    }
    let rest = authority.dropFirst(host.count)
    guard rest.isEmpty || rest.first == ":" && rest.dropFirst().allSatisfy(\.isASCIIDigit) else { return false }
    return ["localhost", "127.0.0.1", "[::1]"].contains(host.lowercased())
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension Response {
    /// A short text.
    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }

    /// Sends the user agent to a page of ours with a GET.
    static func seeOther(_ path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path])
    }
}

extension HTTPField.Name {
    static let referrerPolicy = name("Referrer-Policy")
    static let crossOriginOpenerPolicy = name("Cross-Origin-Opener-Policy")
    static let crossOriginResourcePolicy = name("Cross-Origin-Resource-Policy")
    static let permissionsPolicy = name("Permissions-Policy")
    /// What the parser leaves among the fields is a second one.
    static let anotherHost = name("Host")
    static let xFrameOptions = name("X-Frame-Options")
    static let secFetchSite = name("Sec-Fetch-Site")

    /// All of them are tokens; what is none would be another field that is set anyway.
    private static func name(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .xContentTypeOptions }
}
