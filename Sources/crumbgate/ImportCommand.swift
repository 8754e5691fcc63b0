import ArgumentParser
import CLinux
import Foundation
import Glibc
import Location
import LogImport
import Measurement
import Reports
import Rules
import Store

/// `crumbgate import`: counts the visits of access logs, as if their requests had come through the proxy.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Count the visits of access logs, through the same gate.",
        discussion: """
            Reads the common and combined formats and JSON lines, gzip too, the oldest first. Days that have figures \
            already, and the running day, are left out. Nothing of the lines themselves is stored.

              crumbgate import --rules shop.yaml /var/log/nginx/access.log.1 /var/log/nginx/access.log.2.gz
            """)

    /// On what footing visitors are counted.
    enum Profile: String, ExpressibleByArgument, CaseIterable { case consent, exempt }

    @Argument(help: "The logs; - is standard input.", completion: .file())
    var logs: [String]

    @Option(help: "The rules file of the proxy.", completion: .file(extensions: ["yaml", "yml"]))
    var rules: String

    @Option(help: "The site that the logs are of; needed where the rules have several.")
    var site: String?

    @Option(
        help: """
            On what footing visitors are counted. A log does not tell who agreed: with 'consent' only page views by page \
            and day are. (default: as the rules say)
            """)
    var profile: Profile?

    @Flag(help: "Do not show how far it is.")
    var quiet = false

    func validate() throws {
        if logs.isEmpty { throw ValidationError("Name a log.") }
    }

    func run() throws {
        let policy = try loadPolicy(rules)
        let site = try site(of: policy)
        let zone = TimeZone(identifier: site.measurement.timeZone) ?? .gmt
        var settings = SiteMeasurement(site, lists: policy.lists, offset: 0)
        switch profile {
        case .consent: settings.profile = .consent
        case .exempt: settings.profile = .exempt
        case nil: break
        }
        guard settings.profile != .off else {
            throw ValidationError("The site '\(site.name)' is not measured: `measurement.profile` is off.")
        }
        try FileManager.default.createDirectory(
            atPath: policy.stateDirectory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The call reads the path. The lock goes with the process.
        guard unsafe crumbgate_lock_file(policy.stateDirectory + "/import.lock") == 0 else {
            throw ImportError("another import is at work in \(policy.stateDirectory), or it may not be written")
        }
        let store = try ReleaseStore.open(path: policy.stateDirectory + "/" + ReleaseStore.fileName)
        // A day ends when its visits may have ended.
        let now = Date(timeIntervalSinceNow: -1800)
        let today = Int32(clamping: (Int(now.timeIntervalSince1970) + zone.secondsFromGMT(for: now)) / 86_400)
        let ledger = try store.reading { (reading) throws(StoreError) in
            try reading.ledger(site: site.name, days: 0...max(0, today))
        }
        var run = LogImport(
            site: settings, zone: zone, today: today, released: Set(ledger.map(\.day)),
            places: try policy.location.database.map { try PlaceDatabase(path: $0) },
            detail: policy.location.detail == .subdivision ? .subdivision : .country, sink: store)
        let progress = ImportProgress(total: size(of: logs), isShown: !quiet && isatty(STDERR_FILENO) == 1)
        for path in try inOrder() { try read(path, into: &run, progress) }
        try run.finish()
        try store.close()
        progress.clear()
        print(summary(run.tally, settings: settings), terminator: "")
    }

    private func site(of policy: Policy) throws -> Site {
        if let site {
            guard let found = policy.sites.first(where: { $0.name == site }) else {
                let names = policy.sites.map(\.name).joined(separator: ", ")
                throw ValidationError("There is no site '\(site)'; there is: \(names).")
            }
            return found
        }
        guard policy.sites.count == 1 else {
            throw ValidationError("The rules have several sites: say with --site which one the logs are of.")
        }
        return policy.sites[0]
    }

    private func size(of paths: [String]) -> Int {
        paths.reduce(0) { sum, path in
            sum + ((try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0)
        }
    }

    /// The logs by the time of their first line that can be read.
    private func inOrder() throws -> [String] {
        guard logs.count > 1 else { return logs }
        guard !logs.contains("-") else { throw ValidationError("Standard input has to be the only log.") }
        return try logs.map { path in (path, try firstTime(of: path)) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private func firstTime(of path: String) throws -> Int64 {
        var reader = try open(path)
        var times = LogLineTimes()
        _ = try reader.next { times.take($0) }
        return times.first ?? .max
    }

    private func open(_ path: String) throws -> LogReader {
        do {
            return try LogReader(path: path)
        } catch {
            throw ImportError("\(path): there is no such file, or it may not be read")
        }
    }

    private func read(_ path: String, into run: inout LogImport, _ progress: ImportProgress) throws {
        var reader = try open(path)
        var before = 0
        while true {
            let goesOn: Bool
            do {
                goesOn = try reader.next { try run.take($0) }
            } catch let error as LogReaderError {
                throw ImportError("\(path): \(error)")
            }
            progress.add(reader.read - before, lines: run.tally.lines)
            before = reader.read
            if !goesOn { return }
        }
    }

    private func summary(_ tally: LogImport.Tally, settings: SiteMeasurement) -> String {
        var text = "\(tally.lines) lines, \(tally.pageViews) page views on \(tally.days.count) days\n"
        if let first = tally.days.min(), let last = tally.days.max() {
            text += "counted: \(Day(number: first)) to \(Day(number: last)), site \(settings.name)\n"
        }
        if tally.unreadable > 0 { text += "\(tally.unreadable) lines are in no known format\n" }
        if !tally.ofReleasedDays.isEmpty {
            let days = tally.ofReleasedDays.keys.sorted().map { "\(Day(number: $0))" }
            let shown = days.prefix(5).joined(separator: ", ") + (days.count > 5 ? ", …" : "")
            text += "\(tally.ofReleasedDays.values.reduce(0, +)) lines left out: there are figures of \(shown)\n"
        }
        if tally.ofOpenDays > 0 { text += "\(tally.ofOpenDays) lines left out: their day is not over\n" }
        if tally.late > 0 { text += "\(tally.late) lines left out: they stand behind those of a later day\n" }
        if settings.profile == .consent {
            text += """
                A log does not tell who agreed: only page views by page and day were counted. --profile exempt counts \
                visits, where the law exempts that.

                """
        }
        return text
    }
}

/// How far an import is, on standard error.
private final class ImportProgress {
    private let total: Int
    private let isShown: Bool
    private var done = 0
    private var shown = -1

    init(total: Int, isShown: Bool) {
        self.total = total
        self.isShown = isShown && total > 0
    }

    func add(_ bytes: Int, lines: Int) {
        done += bytes
        guard isShown, done * 100 / total != shown else { return }
        shown = done * 100 / total
        let filled = shown * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        FileHandle.standardError.write(Data("\r\(bar) \(shown) %  \(lines) lines ".utf8))
    }

    func clear() {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

/// What keeps an import from its work, in a sentence for the operator.
private struct ImportError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
