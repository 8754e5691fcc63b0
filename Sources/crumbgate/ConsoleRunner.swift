import Console
import Foundation
import Logging
import Measurement
import Rules
import Transport

/// The operator's console of a running proxy.
struct ConsoleRunner {
    private let console: Console

    /// Nil when the rules ask for none.
    init?(
        policy: Policy, measuring: MeasuringThread, rings: [FactRing], status: ServerStatus, logger: Logger
    ) {
        guard let settings = policy.console else { return nil }
        let environment = ConsoleEnvironment(
            stateDirectory: policy.stateDirectory,
            sites: { measuring.sites.map { ConsoleEnvironment.Site(name: $0.name, timeZone: $0.zone) } },
            checks: {
                [
                    ConsoleEnvironment.Check("listeners", isPassed: status.phase != .starting),
                    // Where changed rules are refused, the old ones serve on.
                    ConsoleEnvironment.Check("rules", isPassed: status.phase != .starting),
                    ConsoleEnvironment.Check("store", isPassed: measuring.isStoreWritable),
                    ConsoleEnvironment.Check("not draining", isPassed: status.phase != .draining),
                ]
            },
            traffic: { Traffic(status, rings: rings) },
            metricsToken: metricsToken(settings.metricsTokenFile, logger: logger), hosts: policy.consoleHosts)
        console = Console(
            host: settings.listener.host, port: settings.listener.port, environment: environment, logger: logger)
    }

    func start() -> Console.Running { console.start() }
}

private func metricsToken(_ path: String?, logger: Logger) -> ConsoleEnvironment.MetricsToken {
    guard let path else { return .none }
    let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let token = text.split(whereSeparator: \.isWhitespace).first else {
        logger.error("nobody can read the metrics: no token in \(path)")
        return .unreadable
    }
    return .needed(String(token))
}
