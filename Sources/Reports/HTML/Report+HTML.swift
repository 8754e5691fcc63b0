import Consent
import FoundationEssentials

extension Report {
    /// Reports as one HTML document that needs nothing else: no script, no request, a policy that forbids both.
    ///
    /// Names come from strangers; each is escaped, and none is ever a link.
    public static func html(_ reports: [Report]) -> String {
        let title = reports.first.map { "\(reports.map(\.site).joined(separator: ", ")) · \($0.period)" } ?? "Report"
        // The policy allows this one style sheet by its hash (CSP 3 §2.3.1).
        let style = "\n" + ReportStyle.css + "\nbody{margin:0;background:var(--paper)}\n"
        let hash = Data(Digest(of: style.utf8).octets).base64EncodedString()
        let policy = "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>\(markup(title))</title>
            <style>\(style)</style>
            </head>
            <body>
            <main class="report">
            \(reports.isEmpty ? "<h1>No figures yet</h1><p>Nothing has been released to this store.</p>" : "")\
            \(reports.enumerated().map { index, report in report.htmlArticle(id: "r\(index + 1)") }.joined())\
            </main>
            </body>
            </html>

            """
    }

    private func htmlArticle(id: String) -> String {
        """
        <article aria-labelledby="\(id)-heading">
        <h1 id="\(id)-heading"><bdi>\(markup(site))</bdi> · \(markup("\(period)"))</h1>
        \(htmlContent(id: id))</article>

        """
    }

    /// Everything below a report's heading as HTML, for a page that has `ReportStyle.css`; `id` begins each id, and
    /// `besides` is markup that stands before what is said about reading all of it.
    public func htmlContent(id: String, besides: String = "") -> String {
        var page = ReportPage(report: self, id: id)
        page.write(besides: besides)
        return page.output
    }
}
