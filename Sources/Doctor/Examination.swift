package import Rules

/// A look at everything that the proxy needs, by its rules, on one machine.
package struct Examination {
    let policy: Policy
    let machine: Machine
    /// Whether a proxy runs already with these rules.
    let isServing: Bool?

    package init(of policy: Policy, on machine: Machine) {
        self.policy = policy
        self.machine = machine
        isServing = machine.isServing(policy.stateDirectory)
    }

    /// All findings, in the order in which they are to be mended.
    package func findings() -> [Finding] {
        rules() + user() + files() + certificates() + listeners() + origins() + places() + state() + memory() + limits()
            + clock() + kernel()
    }

    /// What is wrong with a rules file that makes no policy.
    package static func findings(of error: RulesError) -> [Finding] { error.diagnostics.map(finding) }

    private func rules() -> [Finding] {
        if policy.warnings.isEmpty {
            let count = policy.sites.count
            return [.ok(.rules, "\(policy.sourceFile): no errors, \(count) site\(count == 1 ? "" : "s")")]
        }
        return policy.warnings.map(Self.finding)
    }

    private static func finding(_ diagnostic: RulesDiagnostic) -> Finding {
        let place = diagnostic.line > 0 ? ":\(diagnostic.line):\(diagnostic.column)" : ""
        let text = "\(diagnostic.file)\(place): \(diagnostic.message)"
        let remedy =
            diagnostic.didYouMean.map { "did you mean `\($0)`?" } ?? diagnostic.expected.map { "expected \($0)" }
            ?? "`crumbgate check` shows the line"
        return diagnostic.severity == .error
            ? .problem(.rules, text, remedy: remedy) : .warning(.rules, text, remedy: remedy)
    }

    private func user() -> [Finding] {
        if machine.isRoot {
            return [
                .warning(
                    .user, "the proxy would serve as root",
                    remedy: "name a `user` in the rules, or start it as one; `--user NAME` looks as that user")
            ]
        }
        if let wanted = policy.user, wanted != machine.user {
            return [
                .warning(
                    .user, "this looks as `\(machine.user)`, and the proxy is to serve as `\(wanted)`",
                    remedy: "run it as root: it becomes `\(wanted)` then")
            ]
        }
        return [.ok(.user, "looked at as `\(machine.user)`")]
    }
}
