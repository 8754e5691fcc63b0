import Yams

/// Where the operator's console is.
public struct ConsoleSettings: Hashable, Sendable {
    /// A loopback address and its port.
    public let listener: Listener
    /// The file with the bearer token that `/metrics` asks for; nil when it asks for none.
    public let metricsTokenFile: String?
}

/// Reads `console`.
struct ConsoleDecoder {
    let reader: RulesReader

    private static let expected = "an address of this machine: `127.0.0.1:8090`, \"[::1]:8090\""

    /// The settings; nil when there is to be no console, or after the reader was told what is wrong.
    func settings(_ node: Node?, besides listeners: [Listener], directory: String) -> ConsoleSettings? {
        guard let node, !reader.isFalse(node) else { return nil }
        let standard = Listener(host: "127.0.0.1", port: 8090)
        if reader.isNull(node) || reader.isTrue(node) {
            return ConsoleSettings(listener: standard, metricsTokenFile: nil)
        }
        guard let section = reader.section(node, .console, "console") else { return nil }
        var listener = standard
        if let place = section["listen"], let read = reader.listener(place) {
            guard isLoopback(read.host) else {
                reader.report(
                    "the console does not speak TLS yet, so it listens on this machine only: `\(read.host)` is an address "
                        + "that others reach", at: place, expected: Self.expected)
                return nil
            }
            if listeners.contains(where: read.isSamePlace) {
                reader.report("visitors are to connect here: the console needs a port of its own", at: place)
            }
            listener = read
        }
        var token: String?
        if let place = section["metrics_token_file"], let path = reader.text(place, "metrics_token_file") {
            token = join(directory, path)
        }
        return ConsoleSettings(listener: listener, metricsTokenFile: token)
    }
}

/// Whether only this machine reaches an address (RFC 6890: 127.0.0.0/8, ::1/128).
private func isLoopback(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" }
