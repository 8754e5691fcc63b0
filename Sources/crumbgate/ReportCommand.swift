import ArgumentParser
import Foundation
import Glibc
import Reports
import Rules
import Store

/// `crumbgate report`: shows what was released of the visits, and the rounded figures of the open day.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Report visits, from released figures only.",
        discussion: """
            What the figures mean: crumbgate report --definitions

              crumbgate report --rules shop.yaml
              crumbgate report --rules shop.yaml --last 30d --only summary,pages,sources
              crumbgate report --rules shop.yaml --last 4w --compare previous
              crumbgate report --rules shop.yaml --last 4w --format html > report.html
              crumbgate report --store crumbgate.sqlite --from 2026-11-01 --to 2026-11-30 --format csv
            """)

    /// The forms of a report.
    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json, html }

    @Option(help: "The rules file of the proxy.", completion: .file(extensions: ["yaml", "yml"]))
    var rules: String?

    @Option(help: "The store itself, where there is no rules file.", completion: .file(extensions: ["sqlite"]))
    var store: String?

    @Option(help: "A site by name; without it, all sites.")
    var site: String?

    @Option(help: ArgumentHelp("The first day: 2026-11-01.", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("The last day; without it, today.", valueName: "day"))
    var to: String?

    @Option(help: ArgumentHelp("So many days or weeks up to today: 30d, 4w. (default: 7d)", valueName: "length"))
    var last: String?

    @Option(
        help: "What to compare with: previous, as many days immediately before; or none. (default: previous for html)")
    var compare: Comparison?

    @Option(
        help: ArgumentHelp(
            "Parts of the report: \(ReportSection.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "parts"))
    var only: String?

    @Option(help: "The form of the report.")
    var format = Format.table

    @Option(help: ArgumentHelp("Rows per table at a terminal; 0 for all.", valueName: "rows"))
    var top = 10

    @Flag(help: "Print what the figures mean, and nothing else.")
    var definitions = false

    func validate() throws {
        if definitions { return }
        if (rules == nil) == (store == nil) { throw ValidationError("Give either --rules or --store.") }
        if top < 0 { throw ValidationError("--top is a number of rows, or 0 for all.") }
        // Said before any file is opened; it is today where days begin first, as the sites' zones are not known yet.
        _ = try period(today: today(in: TimeZone(secondsFromGMT: 14 * 3600) ?? .current))
        _ = try sections()
    }

    func run() throws {
        if definitions {
            print(Definitions.text(width: layout.width), terminator: "")
            return
        }
        let source = try ReportSource(rules: rules, store: store)
        let sections = try sections()
        let reports = try source.sites(named: site).map { site in
            let today = today(in: site.timeZone)
            return try Report(
                site: site.name, period: period(today: today), sections: sections, store: source.store,
                openWindow: source.openWindow, today: today,
                comparison: compare ?? (format == .html ? .previous : .none))
        }
        print(text(of: reports), terminator: "")
    }

    private func text(of reports: [Report]) -> String {
        switch format {
        case .csv: Report.csv(reports)
        case .json: Report.json(reports)
        case .html: Report.html(reports)
        case .table:
            reports.isEmpty
                ? "No figures yet: nothing has been released to this store.\n"
                : reports.map { $0.terminalText(layout) }.joined(separator: "\n\n")
        }
    }

    private var layout: TerminalLayout {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        return TerminalLayout(
            isTerminal: isTerminal, columns: isTerminal ? terminalColumns() : nil,
            environment: ProcessInfo.processInfo.environment, rowLimit: top)
    }

    private func sections() throws -> [ReportSection] {
        do {
            return try only.map(ReportSection.list) ?? ReportSection.allCases
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private func period(today: Day) throws -> ReportPeriod {
        do {
            return try ReportPeriod(from: from, to: to, last: last, today: today)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    private func today(in zone: TimeZone) -> Day {
        let now = Date()
        let local = Int(now.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: now)
        return Day(number: Int32(clamping: local / 86_400))
    }
}

extension Comparison: ExpressibleByArgument {}

/// Where the figures of a report come from.
private struct ReportSource {
    /// A site with its name in the store and the zone whose midnight ends its days.
    struct Site {
        var name: String
        var timeZone: TimeZone
    }

    /// Nil before the first release.
    let store: ReleaseStore?
    let openWindow: OpenWindowSnapshot?
    private let known: [Site]

    init(rules: String?, store path: String?) throws {
        if let rules {
            let policy = try loadPolicy(rules)
            let directory = policy.stateDirectory
            store = try existingStore(in: directory)
            openWindow = try .read(fromDirectory: directory)
            known = policy.sites.map { site in
                Site(name: site.name, timeZone: TimeZone(identifier: site.measurement.timeZone) ?? .gmt)
            }
        } else {
            let store = try ReleaseStore.openReadOnly(path: path ?? "")
            self.store = store
            openWindow = nil
            known = try store.sites().map { Site(name: $0, timeZone: .current) }
        }
    }

    /// The site asked for, or all of them.
    func sites(named name: String?) throws -> [Site] {
        guard let name else { return known }
        if let site = known.first(where: { $0.name == name }) { return [site] }
        // A site that the rules no longer have keeps its figures.
        if try store?.sites().contains(name) == true { return [Site(name: name, timeZone: .current)] }
        let names = known.map(\.name).joined(separator: ", ")
        throw ValidationError("There is no site '\(name)'" + (names.isEmpty ? "." : "; there is: \(names)."))
    }
}

/// The store of a state directory; nil when nothing was ever released there.
private func existingStore(in directory: String) throws -> ReleaseStore? {
    do {
        return try ReleaseStore.openReadOnly(path: directory + "/" + ReleaseStore.fileName)
    } catch StoreError.missing {
        return nil
    }
}

/// The columns of the terminal that standard output is, if it says.
private func terminalColumns() -> Int? {
    var size = winsize()
    // `size` is valid for the one structure that the call fills.
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
}
