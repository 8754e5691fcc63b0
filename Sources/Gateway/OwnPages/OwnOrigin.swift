import Bytes

/// The origin (RFC 6454) that a request to one of our own paths was sent to, as far as we know it.
struct OwnOrigin {
    /// `host[:port]` in lower case.
    private let authority: [UInt8]
    private let isSecure: Bool

    init(of request: OwnRequest) {
        authority = Array(request.authority.utf8).map(\.lowercasedASCII)
        isSecure = request.isSecure
    }

    /// What follows the authority in a URL of this origin; nil for a URL of another.
    ///
    /// Where the request came in plaintext, both schemes are right: TLS may end before us, at a proxy that does not
    /// say so, and the site over TLS is no stranger to the site without.
    func rest(of url: String) -> Substring? {
        let scheme: Substring
        let defaultPort: String
        if url.utf8.starts(with: "https://".utf8) {
            (scheme, defaultPort) = ("https://", ":443")
        } else if !isSecure, url.utf8.starts(with: "http://".utf8) {
            (scheme, defaultPort) = ("http://", ":80")
        } else {
            return nil
        }
        let after = url.utf8.dropFirst(scheme.utf8.count)
        let end = after.firstIndex { "/?#".utf8.contains($0) } ?? after.endIndex
        let theirs = Self.withoutPort(defaultPort, Array(after[..<end]).map(\.lowercasedASCII))
        let ours = Self.withoutPort(defaultPort, authority)
        guard !ours.isEmpty, theirs == ours else { return nil }
        return Substring(after[end...])
    }

    private static func withoutPort(_ port: String, _ authority: [UInt8]) -> ArraySlice<UInt8> {
        authority.suffix(port.utf8.count).elementsEqual(port.utf8)
            ? authority.dropLast(port.utf8.count) : authority[...]
    }

    /// Whether a request that decides something was made by a page of this site (CWE-352).
    ///
    /// `Sec-Fetch-Site` (W3C Fetch Metadata §2.3) tells where the browser sends it, else `Origin` (RFC 6454 §7), and
    /// where an old browser sends neither, the `Referer`. A request that shows nothing of the kind is not believed.
    func isSource(of request: OwnRequest) -> Bool {
        if let site = request.fetchSite {
            guard site.hasBytes(of: "same-origin") else { return false }
            guard let origin = request.origin, !origin.hasBytes(of: "null") else { return true }
            return rest(of: origin)?.isEmpty == true
        }
        if let origin = request.origin { return rest(of: origin)?.isEmpty == true }
        if let referer = request.referer { return rest(of: referer) != nil }
        return false
    }

    /// The path of the page that a request came from, if that is one of this site and fit to go back to.
    func page(before request: OwnRequest) -> ReturnPath? {
        guard let referer = request.referer, let path = rest(of: referer) else { return nil }
        return ReturnPath(path.isEmpty ? "/" : path)
    }
}
