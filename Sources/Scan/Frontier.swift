import Foundation

/// The pages to look at: each once, and first those of kinds that were seen least, so that a shop with a thousand
/// products shows its cart and its imprint too.
package struct Frontier {
    private struct Waiting {
        let url: URL
        let kind: String
        let order: Int
    }

    private let site: SiteAddress
    private let limit: Int
    private var seen: Set<String> = []
    private var waiting: [Waiting] = []
    private var taken: [String: Int] = [:]
    package private(set) var count = 0

    package init(site: SiteAddress, limit: Int) {
        self.site = site
        self.limit = limit
        add(site.start)
    }

    /// How many pages the scan will have looked at as far as is known.
    var expected: Int { min(limit, count + waiting.count) }

    package mutating func add(_ url: URL) {
        guard site.mayVisit(url), isHarmless(url), var parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        else { return }
        parts.fragment = nil
        if parts.path.isEmpty { parts.path = "/" }
        guard let clean = parts.url, seen.insert(clean.absoluteString).inserted, seen.count < 5000 else { return }
        waiting.append(Waiting(url: clean, kind: kind(parts), order: seen.count))
    }

    package mutating func next() -> URL? {
        guard count < limit else { return nil }
        let best = waiting.indices.min { a, b in
            (taken[waiting[a].kind, default: 0], waiting[a].order) < (
                taken[waiting[b].kind, default: 0], waiting[b].order
            )
        }
        guard let best else { return nil }
        let chosen = waiting.remove(at: best)
        taken[chosen.kind, default: 0] += 1
        count += 1
        return chosen.url
    }

    /// The first step of the path and how many follow, and whether there is a query.
    private func kind(_ parts: URLComponents) -> String {
        let steps = parts.path.split(separator: "/")
        let first = steps.first.map(String.init) ?? ""
        return "\(steps.count > 1 ? first : "")/\(steps.count)\(parts.query == nil ? "" : "?")"
    }

    /// Whether following a link only looks: signing out, emptying a cart and downloads are left alone.
    private func isHarmless(_ url: URL) -> Bool {
        let text = (url.path + "?" + (url.query ?? "")).lowercased()
        let deeds = [
            "logout", "log-out", "signout", "sign-out", "abmelden", "add-to-cart", "add_to_cart", "addtocart", "remove",
            "delete", "unsubscribe", "/wp-admin", "/admin", "download",
        ]
        if deeds.contains(where: text.contains) { return false }
        let files = [
            ".pdf", ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".zip", ".mp4", ".mp3", ".xml", ".json", ".css",
            ".js",
            ".ico", ".txt", ".csv", ".doc", ".docx", ".xls", ".xlsx",
        ]
        return !files.contains(where: url.path.lowercased().hasSuffix)
    }
}
