import Foundation
import Reports

/// What the console is told by the process that it runs in.
public struct ConsoleEnvironment: Sendable {
    /// A site whose figures are shown.
    public struct Site: Sendable {
        /// Its id in the rules file.
        public let name: String
        /// The zone whose midnight ends its days.
        public let timeZone: TimeZone

        /// Makes a site.
        public init(name: String, timeZone: TimeZone) {
            self.name = name
            self.timeZone = timeZone
        }

        func today(_ now: Date) -> Day {
            let local = Int(now.timeIntervalSince1970.rounded(.down)) + timeZone.secondsFromGMT(for: now)
            return Day(number: Int32(clamping: local / 86_400))
        }
    }

    /// Something that must be so before visitors are sent here.
    public struct Check: Sendable {
        /// What it is: `listeners`.
        public let name: String
        /// Whether it is so.
        public let isPassed: Bool

        /// Makes a check.
        public init(_ name: String, isPassed: Bool) {
            self.name = name
            self.isPassed = isPassed
        }
    }

    /// Where the store, the accounts and the open window's figures are.
    public let stateDirectory: String
    /// The sites of the rules in force.
    public let sites: @Sendable () -> [Site]
    /// What readiness is made of.
    public let checks: @Sendable () -> [Check]

    /// What the proxy has done since it started.
    public let traffic: @Sendable () -> Traffic
    /// What `/metrics` asks for.
    public let metricsToken: MetricsToken

    /// What `/metrics` asks for.
    public enum MetricsToken: Sendable {
        /// Nothing.
        case none
        /// A bearer token.
        case needed(String)
        /// One that nobody knows: its file cannot be read.
        case unreadable
    }

    /// Names under which the proxy passes requests on, over TLS.
    let hosts: [String]

    /// Makes an environment.
    public init(
        stateDirectory: String, sites: @escaping @Sendable () -> [Site], checks: @escaping @Sendable () -> [Check],
        traffic: @escaping @Sendable () -> Traffic, metricsToken: MetricsToken, hosts: [String] = []
    ) {
        self.hosts = hosts
        self.traffic = traffic
        self.metricsToken = metricsToken
        self.stateDirectory = stateDirectory
        self.sites = sites
        self.checks = checks
    }
}
