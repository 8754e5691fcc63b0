import ArgumentParser
import Foundation
import Scan

/// `crumbgate scan`: looks at a shop and writes rules for it.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Look at a shop and write rules for it.",
        discussion: """
            Follows the shop's own links with headless Chromium when it is installed, else with plain HTTP, and lists the \
            cookies, storage keys and third parties that it meets. Scan the shop itself, not through Crumbgate.

              crumbgate scan https://shop.example/ --output shop.yaml --origin http://127.0.0.1:9000
              crumbgate check shop.yaml
            """)

    /// How findings are shown.
    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    /// With what pages are looked at.
    enum Mode: String, CaseIterable, ExpressibleByArgument { case best, browser, plain }

    @Argument(help: "Where to begin.")
    var url: String

    @Option(help: "Write a rules file.", completion: .file(extensions: ["yaml", "yml"]))
    var output: String?

    @Option(help: "The shop's own server, for the rules file.")
    var origin: String?

    @Option(help: "The most pages to look at (1 to 1000).")
    var pages = 50

    @Option(help: "The most seconds to take (1 to 3600).")
    var seconds = 300

    @Option(help: "The pause between two pages in milliseconds.")
    var pause = 200

    @Option(help: "browser: Chromium; plain: HTTP without scripts; best: the first if it is installed.")
    var mode = Mode.best

    @Option(help: ArgumentHelp("A cookie to begin with, such as another tool's consent.", valueName: "name=value"))
    var cookie: [String] = []

    @Option(help: "How findings are shown.")
    var format = Format.table

    func validate() throws {
        guard SiteAddress(url) != nil else { throw ValidationError("'\(url)' is no http or https URL.") }
        guard (1...1000).contains(pages) else { throw ValidationError("--pages is a number from 1 to 1000.") }
        guard (1...3600).contains(seconds) else { throw ValidationError("--seconds is a number from 1 to 3600.") }
        guard (0...60_000).contains(pause) else { throw ValidationError("--pause is a number from 0 to 60000.") }
        guard cookie.allSatisfy({ $0.contains("=") }) else { throw ValidationError("A cookie is NAME=VALUE.") }
        if let origin, !origin.hasPrefix("http://") {
            throw ValidationError("--origin begins with http://, as `origin` in the rules file.")
        }
    }

    func run() throws {
        guard let site = SiteAddress(url) else { return }
        var scan = SiteScan(site: site, method: try method())
        scan.pages = pages
        scan.seconds = Double(seconds)
        scan.pause = Double(pause) / 1000
        scan.cookies = cookie.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        let display = ProgressDisplay()
        let findings: Findings
        do {
            findings = try scan.run { display.show($0) }
        } catch {
            display.clear()
            throw failure("the browser cannot be used (\(error)); --mode plain does without")
        }
        display.clear()
        switch format {
        case .table: print(ScanReport(findings).text, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(findings), as: UTF8.self))
        }
        guard !findings.pages.isEmpty else {
            throw failure("no page could be looked at")
        }
        if let output { try write(findings, to: output, site: site, method: scan.method) }
    }

    private func method() throws -> SiteScan.Method {
        switch mode {
        case .plain: return .plain
        case .best: return .best
        case .browser:
            if case .plain = SiteScan.Method.best {
                throw failure("no browser of the Chromium family is installed")
            }
            return .best
        }
    }

    /// Says why nothing came of it, and ends the command with 1.
    private func failure(_ reason: String) -> ExitCode {
        FileHandle.standardError.write(Data("scan: \(reason)\n".utf8))
        return ExitCode(1)
    }

    private func write(_ findings: Findings, to path: String, site: SiteAddress, method: SiteScan.Method) throws {
        let name: String
        switch method {
        case .plain: name = "plain HTTP, which sees nothing that scripts do"
        case .browser: name = "a browser"
        }
        var server = origin
        if server == nil, site.start.scheme == "http" {
            server = "http://\(site.start.host ?? site.host)" + (site.start.port.map { ":\($0)" } ?? "")
        }
        let draft = RulesDraft(findings, site: site, origin: server ?? "http://127.0.0.1:9000", method: name)
        do {
            try Data(draft.text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw failure(
                FileManager.default.fileExists(atPath: path)
                    ? "\(path) is there already and stays as it is" : "\(path) cannot be written")
        }
        FileHandle.standardError.write(Data("\(path) is written; next: crumbgate check \(path)\n".utf8))
    }
}

/// One line on a terminal that says how far a scan is.
private struct ProgressDisplay {
    private let isOnTerminal = isatty(2) == 1

    func show(_ progress: SiteScan.Progress) {
        guard isOnTerminal else { return }
        let text =
            "[\(progress.number)/\(progress.expected)] \(progress.cookies) cookies, \(progress.hosts) third parties  "
            + progress.page.prefix(60)
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
    }

    func clear() {
        if isOnTerminal { FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8)) }
    }
}
