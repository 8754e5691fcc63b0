/// The mappings of a rules file that have a fixed set of keys.
package enum RulesSection: String, CaseIterable, Sendable {
    case file, site, category, cookie, host, cookies, consent, signals, signal, googleConsentMode, addressPrecision
    case measurement, gate, page, goal, limits, timeouts, location, log, methods, knownServices, theme, palette, logo
    case perNetwork, console, listener, tls, certificate, originTLS, strictTransportSecurity

    /// The keys it may have, in the order in which docs/rules.md tells them.
    package var keys: [String] {
        switch self {
        case .file:
            ["listen"] + Self.site.keys + [
                "sites", "trusted_proxies", "state_directory", "memory_directory",
                "consent_secret_file", "location", "lists", "limits", "timeouts",
                "methods", "workers", "user", "log", "console",
            ]
        case .site:
            [
                "name", "hosts", "origin", "origin_tls", "preserve_host", "strict_transport_security", "categories",
                "cookies", "known_services", "consent",
                "signals",
                "address_precision", "full_address_routes", "measurement",
            ]
        case .category: ["name", "purpose", "required", "vendors", "cookies", "hosts", "snippets"]
        case .cookie: ["name", "vendor", "lifetime", "secure", "http_only", "same_site"]
        case .host: ["host", "vendor"]
        case .cookies: ["unknown", "lifetime", "secure", "http_only", "same_site"]
        case .consent: ["validity", "receipt_retention", "language", "banner", "settings_link", "theme", "texts"]
        case .signals: ["gpc", "dnt", "google_consent_mode"]
        case .googleConsentMode:
            ["mode", "signals", "wait_for_update", "region", "ads_data_redaction", "url_passthrough", "tag_hosts"]
        case .signal: ["denies"]
        case .addressPrecision: ["ipv4", "ipv6"]
        case .measurement:
            [
                "profile", "threshold", "gate", "time_zone", "retention", "after_retention", "pages", "query", "utm",
                "campaigns", "search",
                "downloads", "goals",
            ]
        case .gate: ["mode", "level"]
        case .page: ["path", "count"]
        case .goal: ["name", "page", "post"]
        case .limits:
            [
                "request_head", "fields", "target", "clients", "origin_connections", "queue", "retry_after",
                "html_memory", "per_network",
            ]
        case .perNetwork: ["connections", "new_connections", "requests", "burst"]
        case .timeouts:
            [
                "handshake", "request_head", "idle", "body", "origin_connect", "origin_first_byte", "origin_idle",
                "tunnel",
                "drain",
            ]
        case .location: ["database", "detail"]
        case .log: ["level", "format", "access", "truncated_address"]
        case .methods: ["connect", "trace"]
        case .knownServices: ["except"]
        case .theme: ["scheme", "light", "dark", "radius", "font", "logo"]
        case .palette: Palette.Part.allCases.map(\.rawValue)
        case .logo: ["path", "alt"]
        case .console: ["listen", "metrics_token_file"]
        case .listener: ["address", "tls", "redirect_to_https", "proxy_protocol"]
        case .tls: ["certificate", "key", "ocsp_response", "certificates", "minimum_version", "http2"]
        case .certificate: ["certificate", "key", "ocsp_response"]
        case .strictTransportSecurity: ["max_age", "include_subdomains", "preload"]
        case .originTLS: ["authorities", "server_name", "certificate", "key", "verify"]
        }
    }
}
