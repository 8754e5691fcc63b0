import Foundation
import Hummingbird
import Reports
import Store

/// What somebody wants to see: a site and days of it.
struct Selection: Sendable {
    let site: ConsoleEnvironment.Site
    let period: ReportPeriod
    let today: Day
    /// The length that was chosen: `28d`; nil when it was days.
    let last: String?
    /// Why the days that were asked for are not shown, for whoever asked.
    let problem: String?

    /// Lengths that can be chosen by name.
    static let lengths = [
        ("7d", "7 days"), ("28d", "28 days"), ("90d", "90 days"), ("365d", "a year"), ("760d", "25 months"),
    ]

    /// Reads a request's query; nil when there is no site at all. What makes no sense is as if it were not there.
    init?(_ request: Request, _ environment: ConsoleEnvironment) {
        let query = request.uri.queryParameters
        func value(_ name: String) -> String? {
            query[name[...]].flatMap { text in text.isEmpty || text.utf8.count > 128 ? nil : String(text) }
        }
        let sites = environment.sites()
        guard let site = sites.first(where: { $0.name == value("site") }) ?? sites.first else { return nil }
        self.site = site
        today = site.today(Date())
        let from = value("from")
        let last = from == nil ? value("last") ?? "7d" : nil
        do {
            period = try ReportPeriod(from: from, to: from == nil ? nil : value("to"), last: last, today: today)
            self.last = last
            problem = nil
        } catch {
            problem = error.description
            self.last = "7d"
            guard let week = ReportPeriod(from: today.advanced(by: -6), to: today) else { return nil }
            period = week
        }
    }

    /// The query that leads here again.
    var query: String { query(days: last.map { "last=\($0)" } ?? "from=\(period.first)&to=\(period.last)") }

    /// The query that leads to the last days of the same site.
    func query(last length: String) -> String { query(days: "last=\(length)") }

    private func query(days: String) -> String {
        let name = site.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "site=\(name)&\(days)"
    }
}

/// Reads released figures; each call sees them as they are at that moment.
struct Figures: Sendable {
    let directory: String

    /// The report of a selection.
    func report(_ selection: Selection, comparison: Comparison = .none) throws -> Report {
        try Report(
            site: selection.site.name, period: selection.period, store: store(),
            openWindow: OpenWindowSnapshot.read(fromDirectory: directory), today: selection.today,
            comparison: comparison)
    }

    /// Nil before the first release.
    func store() throws -> ReleaseStore? {
        do {
            return try ReleaseStore.openReadOnly(path: directory + "/" + ReleaseStore.fileName)
        } catch StoreError.missing {
            return nil
        }
    }
}
