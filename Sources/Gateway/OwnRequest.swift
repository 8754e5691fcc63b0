import Bytes
import Consent
import HTTPWire

/// A request to one of our own paths, taken out of the buffers: rare, so it may own its text.
package struct OwnRequest {
    package enum Path: Sendable {
        /// `POST /.crumbgate/consent`
        case consent
        /// `GET /.crumbgate/settings`
        case settings
        /// `GET` and `POST /.crumbgate/receipt`
        case receipt
        /// `POST /.crumbgate/objection`
        case objection
        /// `GET /.crumbgate/declaration`
        case declaration
        case stylesheet
        case script
        /// `GET /.well-known/gpc.json`
        case globalPrivacyControl
        case unknown
    }

    package var path: Path
    package var method: Method
    /// What follows the question mark in the request-target.
    package var query = ""
    /// `host[:port]` as the user agent sees it.
    package var authority: String
    package var isSecure: Bool
    package var consent: ConsentState
    /// What the consent cookie is worth; nil without one.
    package var verdict: ConsentCookieVerdict?
    /// Whether the visitor objects to being counted.
    package var hasObjected = false
    /// Whether the browser says `Sec-GPC: 1`.
    package var hasGPC = false
    /// The raw value of each field that the answer may depend on, nil where it is absent.
    package var origin: String?
    package var fetchSite: String?
    package var referer: String?
    package var accept: String?
    package var acceptEncoding: String?
    package var acceptLanguage: String?
    package var contentType: String?
    package var ifNoneMatch: String?
    /// Set by the gateway when the truncated address asked too often.
    package var isRateLimited = false
    package var body: [UInt8] = []

    package init(path: Path, method: Method, authority: String, isSecure: Bool, consent: ConsentState) {
        self.path = path
        self.method = method
        self.authority = authority
        self.isSecure = isSecure
        self.consent = consent
    }
}

/// Which request-targets are answered here (spec: "Own paths").
package enum OwnPath {
    package static let prefix: StaticString = "/.crumbgate/"
    /// The largest body that is read.
    package static let bodyLimit = 4096

    package static func isReserved(_ target: RawSpan, honoursGPC: Bool) -> Bool {
        guard target.byteCount > 1, target[1] == UInt8(ascii: ".") else { return false }
        if target.starts(with: prefix) || target.equals("/.crumbgate") { return true }
        return honoursGPC && path(target).equals("/.well-known/gpc.json")
    }

    package static func parse(_ target: RawSpan) -> OwnRequest.Path {
        let path = path(target)
        if path.equals("/.crumbgate/consent") { return .consent }
        if path.equals("/.crumbgate/settings") { return .settings }
        if path.equals("/.crumbgate/receipt") { return .receipt }
        if path.equals("/.crumbgate/objection") { return .objection }
        if path.equals("/.crumbgate/declaration") { return .declaration }
        if path.equals("/.crumbgate/banner.css") { return .stylesheet }
        if path.equals("/.crumbgate/banner.js") { return .script }
        if path.equals("/.well-known/gpc.json") { return .globalPrivacyControl }
        return .unknown
    }

    /// What follows the question mark.
    package static func query(_ target: RawSpan) -> String {
        let start = target.firstIndex(of: UInt8(ascii: "?")).map { $0 + 1 } ?? target.byteCount
        return target.extracting(start..<target.byteCount).text
    }

    @_lifetime(copy target)
    private static func path(_ target: RawSpan) -> RawSpan {
        target.extracting(0..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.byteCount))
    }
}
