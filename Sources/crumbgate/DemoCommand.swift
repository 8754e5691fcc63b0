import ArgumentParser
import CLinux
import Foundation
import Rules
import Transport

/// Runs the demo shop with the proxy in front of it.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run a demo shop behind the proxy.",
        discussion: "Ctrl-C stops both. Change the rules file while it runs: the proxy takes it up at once.")

    @Option(help: "The rules file.", completion: .file(extensions: ["yaml", "yml"]))
    var rules = "rules/shop.yaml"

    @Option(help: "The port on which the shop is served over TLS; 0 for none.")
    var tlsPort: UInt16 = 8443

    func run() throws {
        let policy = try loadPolicy(rules)
        guard let site = policy.sites.first, let listener = policy.listeners.first else { return }
        try checkPorts(origin: site.origin.port, listener: listener.port)
        // Before anything else: a child inherits the signals that its parent blocks.
        let shop = try DemoShopProcess(host: site.origin.host, port: site.origin.port)
        defer { shop.stop() }
        // Not 127.0.0.1, where the shop is: cookies are a host's, whatever the port.
        let console = policy.console.map { "Console                 http://localhost:\($0.listener.port)/\n" } ?? ""
        let certificate =
            tlsPort == 0 || crumbgate_is_port_open(tlsPort) == 1 ? nil : DemoCertificate(for: names(listener.host))
        defer { certificate?.remove() }
        let port = tlsPort
        var server = try ProxyServer(policy: policy) { policy in
            guard let certificate else { return policy }
            return policy.listening(alsoOn: listener.host, port: port, with: certificate.files)
        }
        let secure =
            certificate == nil
            ? ""
            : "Over TLS                https://\(listener.host):\(port)/ (a certificate made just now: your browser warns of it)\n"
        try server.run(onHangUp: .ends) {
            print(
                """

                Shop behind Crumbgate   http://\(listener.host):\(listener.port)/
                \(secure)Visits                  \(CommandLine.arguments[0]) report --rules \(rules)
                \(console)Rules                   \(rules) - edit it while this runs

                The shop itself, without Crumbgate, is at http://\(site.origin.authority)/. Ctrl-C stops everything.

                """)
            // Buffered when standard output is a pipe.
            fflush(nil)
        }
    }
}

/// What the demo's certificate is good for.
private func names(_ host: String) -> [String] {
    ["localhost", "127.0.0.1", "::1"] + (host == "127.0.0.1" ? [] : [host])
}

/// Says which program is in the way, before the shop finds another one's door open.
private func checkPorts(origin: UInt16, listener: UInt16) throws {
    for (port, hint) in [
        (listener, "`listen` in the rules says which port the proxy takes"),
        (origin, "`origin` in the rules says which port the shop takes"),
        (DemoShopProcess.thirdPartyPort, "the third parties of the shop are always there"),
    ] where crumbgate_is_port_open(port) == 1 {
        throw DemoError("port \(port) is taken; is another demo running? (\(hint))")
    }
}

/// A demo that cannot begin.
private struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The demo shop's program, which lies beside this one.
private struct DemoShopProcess {
    /// The program's own default.
    static let thirdPartyPort: UInt16 = 9001

    private let process = Process()

    /// Starts the shop and waits until it accepts connections.
    init(host: String, port: UInt16) throws {
        let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = folder.appendingPathComponent("demo-shop")
        process.arguments = ["--host", host, "--port", String(port)]
        do {
            try process.run()
        } catch {
            throw DemoError("the demo shop cannot be started (\(error)); build it with: swift build -c release")
        }
        for _ in 0..<200 {
            if !process.isRunning { throw DemoError("the demo shop ended at once: is port \(port) taken?") }
            if crumbgate_is_port_open(port) == 1 { return }
            usleep(50_000)
        }
        stop()
        throw DemoError("the demo shop does not answer on port \(port)")
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}
