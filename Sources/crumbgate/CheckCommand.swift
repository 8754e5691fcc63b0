import ArgumentParser
import Foundation
import Rules

/// `crumbgate check`: says everything that is wrong with a rules file, or what it amounts to.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a rules file.",
        discussion: "Exits with 0 when a gateway would take the file, else with 1 after all errors are shown.")

    @Argument(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    func run() throws {
        print(try loadPolicy(file).summary)
    }
}

/// The policy of a rules file; its warnings go to standard error, and so do its errors, before the command ends with 1.
func loadPolicy(_ file: String) throws -> Policy {
    do {
        let policy = try Policy.load(path: file)
        for warning in policy.warnings { printError(warning.rendered) }
        return policy
    } catch {
        printError(error.description)
        throw ExitCode(1)
    }
}

private func printError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}
