import ArgumentParser
import Consent
import Reports
import Store

/// `crumbgate policy`: what visitors were asked over time.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Show what visitors were asked over time.", subcommands: [History.self])

    /// `crumbgate policy history`: each revision with its time and what it changed.
    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the policy revisions, when each began, and what it changed.",
            discussion: """
                A revision is the list of categories and their vendors. Visitors are asked again when one was added since \
                their answer, and not when texts or cookies changed or something was removed.
                """)

        @OptionGroup var source: ReceiptsSource

        func run() throws {
            let store = try source.open()
            for site in try source.sites(of: store) {
                print("site \(site)")
                var previous: PolicyRevision?
                for recorded in try store.revisions(site: site) {
                    let revision = recorded.revision
                    print("  \(Minute(number: recorded.minute))  \(revision.name)", terminator: "")
                    if let previous {
                        let changes = revision.changes(since: previous)
                        print(changes.contains(where: \.asksAgain) ? "  asks again" : "  asks nothing new")
                        for change in changes { print("    \(change)") }
                    } else {
                        print("  the first")
                        for purpose in revision.purposes where !purpose.isRequired {
                            let vendors = purpose.vendors.isEmpty ? "" : ": " + purpose.vendors.joined(separator: ", ")
                            print("    \(purpose.id)\(vendors)")
                        }
                    }
                    previous = revision
                }
            }
        }
    }
}
