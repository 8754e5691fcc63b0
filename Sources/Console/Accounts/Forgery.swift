import HTTPTypes
import Hummingbird

extension Request {
    /// Throws unless a form was sent by a page of this origin (Fetch metadata, RFC 6454 §7): one of the two fields must
    /// say so, and neither may say otherwise.
    func checkOrigin() throws {
        let site = headers[.secFetchSite]
        let origin = headers[.origin]
        if site == nil, origin == nil {
            throw HTTPError(.forbidden, message: "A browser says where a form comes from.")
        }
        if let site, site != "same-origin" { throw HTTPError(.forbidden, message: "This form is not of this console.") }
        // Others than this machine's users come through the proxy, over TLS.
        let authority = head.authority ?? ""
        if let origin, origin != (isThisMachine(authority) ? "http://" : "https://") + authority {
            throw HTTPError(.forbidden, message: "This form is not of this console.")
        }
    }

    /// The token in a cookie.
    func token(_ cookie: ConsoleCookie) -> Token? { cookies[cookie.rawValue].flatMap { Token($0.value) } }
}

/// The cookies of the console: of this host only, out of scripts' reach, and sent by nothing but its own pages.
///
/// They have no `Secure` and no `__Host-`, which browsers grant to TLS: the listener is this machine's own. The proxy adds
/// `Secure` where it leads here.
enum ConsoleCookie: String, Sendable {
    case session = "crumbgate-console"
    /// Of a visitor of the login page: its form holds what is derived from it.
    case login = "crumbgate-console-login"
    /// Of a browser in which somebody has logged in; it outlives the session.
    case device = "crumbgate-console-device"

    func line(_ token: Token) -> String {
        switch self {
        case .session, .login: "\(rawValue)=\(token.text); \(Self.attributes)"
        case .device: "\(rawValue)=\(token.text); Max-Age=\(Devices.longest / 1000); \(Self.attributes)"
        }
    }

    /// The line that makes a browser forget it.
    var expiry: String { "\(rawValue)=; Max-Age=0; \(Self.attributes)" }

    private static let attributes = "Path=/; HttpOnly; SameSite=Strict"
}

extension Response {
    mutating func set(_ cookie: ConsoleCookie, _ token: Token) {
        headers.append(HTTPField(name: .setCookie, value: cookie.line(token)))
    }

    mutating func expire(_ cookie: ConsoleCookie) {
        headers.append(HTTPField(name: .setCookie, value: cookie.expiry))
    }
}
