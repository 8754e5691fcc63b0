import ArgumentParser
import Foundation
import Reports
import Rules
import Store

/// `crumbgate retention`: what is kept, for how long, and what goes when.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "Show what is kept, for how long, and what goes when.",
        discussion: """
            Nothing is removed by this command: the running proxy does that, at its start and every hour.

              crumbgate retention --rules shop.yaml
            """)

    @Option(help: "The rules file of the proxy.", completion: .file(extensions: ["yaml", "yml"]))
    var rules: String

    func run() throws {
        let policy = try loadPolicy(rules)
        let directory = policy.stateDirectory
        let store = try existing { try ReleaseStore.openReadOnly(path: directory + "/" + ReleaseStore.fileName) }
        let receipts = try existing { try ReceiptStore.openReadOnly(path: directory + "/" + ReceiptStore.fileName) }
        for site in policy.sites {
            let measurement = site.measurement
            let zone = TimeZone(identifier: measurement.timeZone) ?? .gmt
            let now = Date()
            let local = Int(now.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: now)
            let plan = RetentionPlan(
                site: site.name, retentionDays: measurement.retentionDays,
                afterwards: AfterRetention(measurement.afterRetention),
                stored: try store?.reading { reading throws(StoreError) in try reading.storedDays(site: site.name) }
                    ?? StoredDays(),
                today: Day(number: Int32(clamping: local / 86_400)))
            print(plan.text, terminator: "")
            print(try proofs(of: site, in: receipts))
        }
        print(
            """
            the open day
              figures and keys are in memory and on a memory file system; a day's keys are destroyed 30 minutes after its midnight
            the ledger of releases
              days and rules, no counts: kept for ever, so that no day is ever released twice
            logs
              go to standard output; whatever collects them is to keep them for 30 days (docs/deploy.md, "Logs for 30 days")
            """)
    }

    private func proofs(of site: Site, in store: ReceiptStore?) throws -> String {
        let days = site.consentSettings.receiptRetentionDays
        let oldest = try store?.oldestMinute(site: site.name)
        let kept = "  proofs of consent are kept for \(days) days; "
        guard let oldest else { return kept + "there are none" }
        let day = Day(number: Int32(clamping: oldest / 1440))
        return kept + "the oldest is of \(day) and goes on \(day.advanced(by: days))"
    }

    private func existing<Value>(_ open: () throws -> Value) throws -> Value? {
        do { return try open() } catch StoreError.missing { return nil }
    }
}
