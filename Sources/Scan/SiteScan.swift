import Foundation

/// A look at a site, page by page, as a visitor who follows links and fills in nothing.
package struct SiteScan {
    /// With what pages are looked at.
    package enum Method: Sendable {
        /// A browser of the Chromium family, by the path of its program.
        case browser(program: String)
        /// Plain HTTP: no scripts run.
        case plain

        /// A browser if one is installed.
        package static var best: Method { DevTools.installed().map { .browser(program: $0) } ?? .plain }
    }

    /// How far the scan is.
    package struct Progress: Sendable {
        package let page: String
        package let number: Int
        package let expected: Int
        package let cookies: Int
        package let hosts: Int
    }

    package let site: SiteAddress
    package let method: Method
    /// The most pages that are looked at.
    package var pages = 50
    /// The most seconds that it takes.
    package var seconds = 300.0
    /// The pause between two pages.
    package var pause = 0.2
    /// Cookies to begin with, such as another consent tool's answer.
    package var cookies: [(name: String, value: String)] = []

    package init(site: SiteAddress, method: Method) {
        self.site = site
        self.method = method
    }

    /// Looks at the site.
    ///
    /// - Throws: what keeps the browser from starting. Pages that fail are findings.
    package func run(onProgress: (Progress) -> Void) throws -> Findings {
        switch method {
        case .plain:
            var visitor = PlainScan(site: site, cookies: cookies)
            return crawl(&visitor, onProgress)
        case .browser(let program):
            var visitor = try BrowserScan(site: site, program: program, cookies: cookies)
            defer { visitor.close() }
            return crawl(&visitor, onProgress)
        }
    }

    private func crawl(_ visitor: inout some PageVisitor, _ onProgress: (Progress) -> Void) -> Findings {
        var findings = Findings()
        var frontier = Frontier(site: site, limit: pages)
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline, let page = frontier.next() {
            onProgress(
                Progress(
                    page: page.absoluteString, number: frontier.count, expected: frontier.expected,
                    cookies: findings.cookies.count, hosts: findings.hosts.count))
            do {
                let links = try visitor.visit(page, into: &findings, until: deadline)
                findings.pages.append(page.absoluteString)
                for link in links { frontier.add(link) }
            } catch {
                findings.failures.append("\(page.absoluteString): \(error)")
            }
            Thread.sleep(forTimeInterval: pause)
        }
        do {
            try visitor.finish(into: &findings)
        } catch {
            findings.failures.append("at the end: \(error)")
        }
        return findings
    }
}
