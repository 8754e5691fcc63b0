import Yams

extension SiteDecoder {
    /// Makes a site one of operators: nothing is asked, counted or put into pages, and every cookie is for TLS only.
    func becomeConsole(_ draft: inout SiteDraft, at node: Node) {
        if !isSecure {
            reader.report(
                "this leads to the console, which others reach over TLS only: no listener speaks it", at: node,
                expected: "a listener with `tls`")
        }
        if draft.hosts.isEmpty || draft.hosts.contains(where: { $0.hasPrefix("*") }) {
            reader.report(
                "this leads to the console, which has a host of its own", at: node,
                expected: "`hosts` of the site: `console.shop.example`")
        }
        draft.categories = shippedCategories.filter { $0.id == "authentication" }
        draft.unknownCookies = .allow
        draft.cookieDefaults = CookieDraft.Options(secure: true)
        draft.knownServices = .none
        draft.measurement = MeasurementDraft()
        draft.measurement.profile = .off
        draft.googleConsentMode = nil
        draft.fullAddressRoutes = []
        draft.preservesHost = true
    }
}

extension OriginServer {
    /// Whether requests to this server come to a listener on this machine.
    func leads(to listener: Listener) -> Bool {
        port == listener.port && (host == listener.host || ["localhost", "127.0.0.1", "::1"].contains(host))
    }
}

extension Policy {
    /// The hosts under which others than this machine's users reach the console, over TLS.
    public var consoleHosts: [String] { sites.filter(\.isConsole).flatMap(\.hosts) }
}
