import ArgumentParser
import Consent
import Foundation
import Gateway
import Location
import Logging
import Measurement
import Rules
import Transport

/// Runs the proxy until SIGTERM or SIGINT.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the proxy.",
        discussion: "SIGHUP, or a change of the rules file, loads the rules again; SIGTERM finishes what is in flight.")

    @Option(help: "The rules file.")
    var rules = "rules/shop.yaml"

    @Option(help: "The user to become once ports are bound and keys read; needs root. (default: `user` of the rules)")
    var user: String?

    func run() throws {
        var server = try ProxyServer(policy: try loadPolicy(rules), user: user)
        try server.run {}
    }
}
