import Foundation

/// What a scan saw of a site.
package struct Findings: Codable, Sendable {
    /// The pages that were looked at, in order.
    package var pages: [String] = []
    /// Those that could not be, and why.
    package var failures: [String] = []
    /// In the order in which they were met first.
    package var cookies: [FoundCookie] = []
    /// Keys of the local and session storage.
    package var storage: [FoundStorage] = []
    /// Third-party hosts.
    package var hosts: [FoundHost] = []
    /// Ids of known services whose inline scripts pages hold.
    package var inlineServices: [String] = []

    package init() {}

    /// Adds a cookie, or what was learnt anew of one.
    package mutating func add(_ cookie: FoundCookie) {
        guard let index = cookies.firstIndex(where: { $0.name == cookie.name && $0.domain == cookie.domain }) else {
            cookies.append(cookie)
            return
        }
        if cookie.setter == .http { cookies[index].setter = .http }
        cookies[index].lifetime = max(cookies[index].lifetime, cookie.lifetime)
    }

    /// Adds a request to a third party.
    package mutating func add(_ host: FoundHost) {
        guard let index = hosts.firstIndex(where: { $0.host == host.host && $0.port == host.port }) else {
            hosts.append(host)
            return
        }
        for path in host.paths where !hosts[index].paths.contains(path) && hosts[index].paths.count < 20 {
            hosts[index].paths.append(path)
        }
        for kind in host.kinds where !hosts[index].kinds.contains(kind) { hosts[index].kinds.append(kind) }
    }

    /// Adds a key of a storage.
    package mutating func add(_ key: FoundStorage) {
        if !storage.contains(where: { $0.key == key.key && $0.area == key.area && $0.origin == key.origin }) {
            storage.append(key)
        }
    }
}

/// A cookie that was set.
package struct FoundCookie: Codable, Sendable {
    /// What set it.
    package enum Setter: String, Codable, Sendable { case http, script }

    package let name: String
    /// Whose it is, without a leading dot.
    package let domain: String
    /// Whether that is the site's own domain.
    package let isFirstParty: Bool
    package var setter: Setter
    /// Seconds from when it was set; 0 for the browser's session.
    package var lifetime: Int
    /// The page that was being shown.
    package let page: String

    package init(name: String, domain: String, isFirstParty: Bool, setter: Setter, lifetime: Int, page: String) {
        self.name = name
        self.domain = domain
        self.isFirstParty = isFirstParty
        self.setter = setter
        self.lifetime = lifetime
        self.page = page
    }
}

/// A key of a storage that scripts fill.
package struct FoundStorage: Codable, Sendable {
    package enum Area: String, Codable, Sendable { case local, session }

    package let key: String
    package let area: Area
    package let origin: String
    package let page: String

    package init(key: String, area: Area, origin: String, page: String) {
        self.key = key
        self.area = area
        self.origin = origin
        self.page = page
    }
}

/// A third party that pages contact.
package struct FoundHost: Codable, Sendable {
    package let host: String
    /// Nil for the one of the scheme.
    package let port: UInt16?
    /// The first paths that were asked for.
    package var paths: [String]
    /// What was asked for: `Script`, `Image`, `Document` and so on.
    package var kinds: [String]
    /// What asked first: a page's markup, or a script's URL.
    package let initiator: String
    package let page: String

    package init(host: String, port: UInt16?, path: String, kind: String, initiator: String, page: String) {
        self.host = host
        self.port = port
        paths = [path]
        kinds = [kind]
        self.initiator = initiator
        self.page = page
    }
}
