import ArgumentParser
import Consent
import Foundation
import Gateway
import Rules

/// `crumbgate explain`: says what would happen to a cookie or URL, and by which line of the rules.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain what happens to a cookie or a URL, and by which rule.",
        discussion: """
            Without --consent the visitor has not decided: only required categories are granted.

              crumbgate explain --rules shop.yaml --cookie _ga
              crumbgate explain --rules shop.yaml --set-cookie '_ga=1; Max-Age=63072000' --consent analytics
              crumbgate explain --rules shop.yaml --url https://www.google-analytics.com/collect
            """)

    @Option(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
    var rules: String

    @Option(help: ArgumentHelp("A cookie that a browser sends.", valueName: "name[=value]"))
    var cookie: [String] = []

    @Option(help: ArgumentHelp("The value of a Set-Cookie field that the origin sends.", valueName: "line"))
    var setCookie: [String] = []

    @Option(help: "A URL that a page refers to, or a path of the site.")
    var url: [String] = []

    @Option(help: ArgumentHelp("The categories that the visitor granted: a,b, all or none.", valueName: "categories"))
    var consent: String?

    @Option(help: "The site by name; needed when the rules have several.")
    var site: String?

    func validate() throws {
        if cookie.isEmpty && setCookie.isEmpty && url.isEmpty {
            throw ValidationError("Say what to explain: --cookie, --set-cookie or --url.")
        }
    }

    func run() throws {
        let policy = try loadPolicy(rules)
        let site = try site(of: policy)
        let granted = try granted(at: site)
        let now = Int64(Date().timeIntervalSince1970)
        var explanations = cookie.map {
            Explanation(ofCookie: $0, site: site, granted: granted, policy: policy)
        }
        explanations += setCookie.map {
            Explanation(ofSetCookie: $0, site: site, granted: granted, policy: policy, now: now)
        }
        let hashes = KnownHostHashes(of: site)
        for url in url {
            let explanation = Explanation(
                ofURL: url, site: site, granted: granted, policy: policy,
                mistaken: { hashes.category(ofHost: $0, path: $1) })
            guard let explanation else {
                throw ValidationError("'\(url)' is neither an http or https URL nor a path that begins with '/'.")
            }
            explanations.append(explanation)
        }
        print(explanations.map(\.description).joined(separator: "\n"), terminator: "")
    }

    private func site(of policy: Policy) throws -> Site {
        let names = policy.sites.map(\.name).joined(separator: ", ")
        guard let name = site else {
            if policy.sites.count == 1 { return policy.sites[0] }
            throw ValidationError("The rules have several sites; choose one with --site: \(names).")
        }
        if let site = policy.sites.first(where: { $0.name == name }) { return site }
        throw ValidationError("There is no site '\(name)'; the rules have: \(names).")
    }

    private func granted(at site: Site) throws -> CategorySet {
        let scheme = site.consent
        var granted = scheme.required
        switch consent {
        case nil, "none", "": break
        case "all": granted = scheme.all
        case let list?:
            for id in list.split(separator: ",") {
                guard let index = scheme.categories.firstIndex(where: { $0.id == id }) else {
                    let known = scheme.categories.map(\.id).joined(separator: ", ")
                    throw ValidationError("There is no category '\(id)'; the site has: \(known).")
                }
                granted.insert(CategorySet(index: index))
            }
        }
        return granted
    }
}
