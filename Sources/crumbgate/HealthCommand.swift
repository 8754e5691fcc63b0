import ArgumentParser
import Doctor
import Rules
import Transport

/// `crumbgate health`: whether the proxy of this machine answers, for whoever restarts it where it does not.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Say whether the proxy on this machine answers.",
        discussion: """
            Asks the first listener of the rules for a file of the proxy's own: the shop does not matter. Exits with 0 when \
            it answers, or when the rules have errors, else with 1. For a container's health check, which then needs no other program.
            """)

    @Option(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
    var rules = "rules/shop.yaml"

    func run() throws {
        let policy: Policy
        do {
            policy = try Policy.load(path: rules)
        } catch {
            // A proxy that runs goes on by the rules before, and would not start again with these.
            print("the rules have errors, so that nobody can be asked: `crumbgate check` shows them")
            return
        }
        switch ask(policy.listeners[0], policy.sites[0]) {
        case .success(let answer): print("answers within \(answer.duration) ms")
        case .failure(let error): throw CommandError("\(policy.listeners[0].authority) does not answer: \(error.words)")
        }
    }
}
