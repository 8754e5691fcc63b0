import ArgumentParser
import Doctor
import Foundation
import Rules

/// `crumbgate doctor`: looks at everything that the proxy needs, and says what to mend.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at everything that the proxy needs, and say what to mend.",
        discussion: """
            Rules, files and who may read them, certificates, ports, the shop, the place database, the state directory, \
            memory, limits, the clock and the system. Nothing is changed; the shop is asked for its first page once. Run \
            it as root, and it looks as the user that the proxy serves as.

              sudo crumbgate doctor --rules /etc/crumbgate/shop.yaml --user crumbgate

            Exits with 0 when nothing keeps the proxy from working, with 1 when something does, or with --strict when \
            there is a warning.
            """)

    /// How findings are shown.
    enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

    @Option(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
    var rules = "rules/shop.yaml"

    @Option(help: "The user that the proxy serves as; needs root. (default: `user` of the rules)")
    var user: String?

    @Option(help: "How findings are shown.")
    var format = Format.text

    @Flag(help: "Exit with 1 on a warning, too.")
    var strict = false

    func run() throws {
        let findings = findings()
        switch format {
        case .text: print(findings.text, terminator: "")
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(findings), as: UTF8.self))
        }
        if findings.count(.problem) > 0 || strict && findings.count(.warning) > 0 { throw ExitCode(1) }
    }

    private func findings() -> [Finding] {
        let policy: Policy
        do { policy = try Policy.load(path: rules) } catch { return Examination.findings(of: error) }
        // As root all files can be read: what matters is what the proxy's user can.
        if let user = user ?? policy.user, geteuid() == 0 {
            do {
                try Privileges.lookAs(user)
            } catch {
                let remedy = "make the user, or name another in `user` or with --user"
                return [.problem(.user, "\(error)", remedy: remedy)]
            }
        }
        return Examination(of: policy, on: .this).findings()
    }
}
