import ArgumentParser
import Bytes
import Consent
import Foundation
import Reports
import Rules
import Store

/// `crumbgate receipts`: the proofs of consent.
struct ReceiptsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipts", abstract: "Verify, show, export and erase proofs of consent.",
        discussion: """
            What a receipt holds, and what verifying it shows, is in docs/receipts.md.

              crumbgate receipts verify --rules shop.yaml
              crumbgate receipts show q83vEjRWeJCrze8SNFZ4kA --rules shop.yaml
              crumbgate receipts export --rules shop.yaml --format json > receipts.json
              crumbgate receipts verify --file receipts.json
              crumbgate receipts erase q83vEjRWeJCrze8SNFZ4kA --rules shop.yaml
            """,
        subcommands: [Verify.self, Show.self, Export.self, Erase.self])
}

/// Where the receipts are.
struct ReceiptsSource: ParsableArguments {
    @Option(help: "The rules file of the proxy.", completion: .file(extensions: ["yaml", "yml"]))
    var rules: String?

    @Option(
        help: "The file of receipts itself, where there is no rules file.", completion: .file(extensions: ["sqlite"]))
    var store: String?

    @Option(help: "A site by name; without it, all sites.")
    var site: String?

    func path() throws -> String {
        switch (rules, store) {
        case (let rules?, nil): try loadPolicy(rules).stateDirectory + "/" + ReceiptStore.fileName
        case (nil, let store?): store
        default: throw ValidationError("Give either --rules or --store.")
        }
    }

    func open() throws -> ReceiptStore { try ReceiptStore.openReadOnly(path: path()) }

    func sites(of store: ReceiptStore) throws -> [String] {
        let known = try store.sites()
        guard let site else { return known }
        guard known.contains(site) else {
            throw ValidationError(
                "There are no receipts of a site '\(site)'; there are of: \(known.joined(separator: ", ")).")
        }
        return [site]
    }
}

/// A receipt's id as an argument.
struct ReceiptArgument: ExpressibleByArgument {
    let id: ReceiptID

    init?(argument: String) {
        guard let id = ReceiptID(Array(argument.utf8).rawSpan) else { return nil }
        self.id = id
    }
}

extension ReceiptFile.Format: ExpressibleByArgument {}

extension ReceiptsCommand {
    /// `crumbgate receipts verify`: exits with 1 when something was changed or is missing.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify the chains of receipts, or an exported file; exits with 1 when something is wrong.")

        @OptionGroup var source: ReceiptsSource

        @Option(help: "An exported file instead, as CSV, JSON or XML.", completion: .file())
        var file: String?

        @Option(
            help: ArgumentHelp(
                "An entry that was noted earlier; it must still be there as it was.", valueName: "number:link"))
        var noted: [String] = []

        func run() throws {
            let places = try noted.map { text in
                let parts = text.split(separator: ":")
                guard parts.count == 2, let number = Int64(parts[0]), let link = Digest(hexadecimal: parts[1]) else {
                    throw ValidationError("--noted takes a number, a colon and a link, as `verify` prints them.")
                }
                return ChainPlace(number: number, link: link)
            }
            let isRight = try file.map(verifyFile) ?? verifyStore(places)
            if !isRight { throw ExitCode(1) }
        }

        private func verifyFile(_ path: String) throws -> Bool {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ValidationError("\(path) cannot be read.")
            }
            let verdicts: [ReceiptFile.Verdict]
            do {
                verdicts = try ReceiptFile(text: String(decoding: data, as: UTF8.self)).verify()
            } catch {
                throw ValidationError("\(path): \(error)")
            }
            for verdict in verdicts {
                printReport(verdict.report, site: verdict.site)
                if !verdict.isWhole {
                    print("  not a whole chain: only what is there was verified, not whether something is missing")
                }
            }
            if verdicts.isEmpty { print("\(path): no receipts") }
            return verdicts.allSatisfy(\.report.faults.isEmpty)
        }

        private func verifyStore(_ places: [ChainPlace]) throws -> Bool {
            let store = try source.open()
            var isRight = true
            let sites = try source.sites(of: store)
            var found: Set<ChainPlace> = []
            for site in sites {
                guard let report = try store.verify(site: site) else { continue }
                printReport(report, site: site)
                if !report.faults.isEmpty { isRight = false }
                guard !places.isEmpty else { continue }
                _ = try store.read(site: site) { if places.contains($0.place) { found.insert($0.place) } }
            }
            for place in places where !found.contains(place) {
                print("no site has entry \(place.number) with the link \(place.link)")
                isRight = false
            }
            if sites.isEmpty { print("no receipts") }
            return isRight
        }

        private func printReport(_ report: ChainReport, site: String) {
            let state = report.faults.isEmpty ? "whole" : "NOT WHOLE"
            print("site \(site): \(state)")
            print("  \(report.entries) entries: \(report.receipts) receipts, \(report.erased) erased")
            if report.sweptThrough > 0 { print("  entries up to \(report.sweptThrough) were past their retention") }
            if let end = report.end { print("  last entry \(end.number):\(end.link)") }
            for fault in report.faults.prefix(100) { print("  \(fault)") }
            if report.faults.count > 100 { print("  and \(report.faults.count - 100) more") }
        }
    }

    /// `crumbgate receipts show ID`: everything that is kept of one visitor's decisions, with the words that were shown.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one visitor's receipts and what was shown.")

        @Argument(help: "The receipt id, as the visitor's settings page shows it.")
        var id: ReceiptArgument

        @OptionGroup var source: ReceiptsSource

        func run() throws {
            let store = try source.open()
            let entries = try store.entries(of: id.id, site: source.site)
            guard !entries.isEmpty else { throw MissingReceipt(id: id.id) }
            for (site, entry) in entries {
                guard let receipt = entry.content?.receipt else { continue }
                print("receipt \(receipt.id), entry \(entry.number) of site \(site)")
                print("  time      \(Minute(number: receipt.minute))")
                print("  action    \(receipt.action.rawValue)")
                print("  granted   \(list(receipt.granted))")
                print("  refused   \(list(receipt.refused))")
                print("  source    \(receipt.source.rawValue)")
                print("  revision  \(PolicyRevision.name(of: receipt.revision))")
                print("  language  \(receipt.language)")
                print("  text      \(receipt.text)")
                if !entry.hasRightContent || !entry.hasRightLink { print("  CHANGED: run `crumbgate receipts verify`") }
                guard let shown = try store.shownText(receipt.text) else { continue }
                for line in shown.words.split(separator: "\n") { print("    | \(line)") }
            }
        }

        private func list(_ ids: [String]) -> String { ids.isEmpty ? "-" : ids.joined(separator: ", ") }
    }

    /// `crumbgate receipts export`: all chains as one file, which can be verified by itself.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all receipts as one file, which `verify --file` takes.")

        @OptionGroup var source: ReceiptsSource

        @Option(help: "The form of the file.")
        var format = ReceiptFile.Format.csv

        func run() throws {
            let store = try source.open()
            print(try ReceiptFile(store, sites: source.sites(of: store)).text(format), terminator: "")
        }
    }

    /// `crumbgate receipts erase ID`: erases what is kept of one visitor's decisions (GDPR art. 17).
    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase one visitor's receipts; the chain stays whole and says that it was done.")

        @Argument(help: "The receipt id, as the visitor's settings page shows it.")
        var id: ReceiptArgument

        @OptionGroup var source: ReceiptsSource

        func run() throws {
            let store = try ReceiptStore.openExisting(path: source.path())
            let minute = Int64(Date().timeIntervalSince1970) / 60
            let count = try store.erase(id.id, site: source.site, minute: minute)
            try store.close()
            guard count > 0 else { throw MissingReceipt(id: id.id) }
            print("erased \(count) \(count == 1 ? "receipt" : "receipts") with the id \(id.id)")
        }
    }
}

/// An id that no receipt has.
private struct MissingReceipt: Error, CustomStringConvertible {
    let id: ReceiptID

    var description: String {
        "there is no receipt with the id \(id): it was erased, its time was over, or it never was"
    }
}
