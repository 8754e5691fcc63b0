import CLinux
import Consent
import Console
import Foundation
import Gateway
import Location
import Logging
import Measurement
import Rules
import Transport

/// The proxy with everything that it needs around it: secrets, places, measuring, log.
struct ProxyServer {
    private let policy: Policy
    private let user: String?
    private let logger: Logger
    private let rings: [FactRing]
    /// What is made of the rules file's policy, at the start and at each reload.
    private let adjust: (Policy) -> Policy

    /// - Parameter user: whom to serve as; without one, whom the rules name.
    init(policy: Policy, user: String? = nil, adjust: @escaping (Policy) -> Policy = { $0 }) throws {
        let policy = adjust(policy)
        self.policy = policy
        self.user = user ?? policy.user
        self.adjust = adjust
        var logger = Logger(label: "crumbgate")
        logger.logLevel = Logger.Level(policy.log.level)
        self.logger = logger
        rings = (0..<policy.workers).map { _ in FactRing() }
    }

    /// Serves until it is told to stop; `isReady` is called once visitors are accepted.
    mutating func run(onHangUp hangUp: Server.HangUp = .reloads, isReady: () -> Void) throws {
        crumbgate_forbid_new_privileges()
        let logger = logger
        // What is bound and read before is what may need root.
        let entrance = try Entrance(policy)
        try Privileges.drop(to: user, policy: policy, logger: logger)
        let places = PlaceSource(logger: logger)
        let measuring = try MeasuringThread(policy: policy, rings: rings, logger: logger)
        let receipts = try ReceiptThread(policy: policy, logger: logger)
        let path = policy.sourceFile
        let adjust = adjust
        let loader = Server.Loader(
            policy: { adjust(try Policy.load(path: path)) },
            resources: { policy in
                let histories = try receipts.configure(policy)
                return Resources(
                    signer: ConsentSigner(secret: try ConsentSecret.load(path: policy.consentSecretFile)),
                    places: places.database(policy.location.database), measured: measuring.configure(policy),
                    histories: histories,
                    assets: zip(policy.sites, histories).map { SiteAssets(site: $0, history: $1) })
            })
        let accessLog = AccessLogThread()
        accessLog.start()
        defer { accessLog.stop() }
        let status = ServerStatus()
        let server = Server(
            policy: policy, entrance: entrance, loader: loader, rings: rings, receipts: receipts.queue,
            measuringWaker: measuring.waker, status: status, logger: logger, writeLog: accessLog.take)
        let files = crumbgate_raise_file_limit()
        let wanted = policy.mostConnections
        if files < wanted {
            logger.warning(
                """
                \(files) open files are allowed and up to \(wanted) connections configured: raise the limit \
                (LimitNOFILE=) or lower `limits.clients`
                """)
        }
        let addresses = policy.listeners.map(\.authority).joined(separator: ", ")
        measuring.start()
        defer { measuring.stop() }
        receipts.start()
        defer { receipts.stop() }
        var console: Console.Running?
        defer { console?.stop() }
        try server.run(onHangUp: hangUp) {
            console = ConsoleRunner(
                policy: policy, measuring: measuring, rings: rings, status: status, logger: logger)?.start()
            logger.info("ready", metadata: ["listening": "\(addresses)", "workers": "\(policy.workers)"])
            isReady()
            crumbgate_trim_memory()
        }
    }
}

extension Logger.Level {
    init(_ level: LogSettings.Level) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        case .error: self = .error
        }
    }
}

/// The place database as the rules name it; a missing or broken one costs a warning, never a request.
final class PlaceSource {
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func database(_ path: String?) -> PlaceDatabase? {
        guard let path else { return nil }
        do {
            return try PlaceDatabase(path: path)
        } catch {
            logger.warning("places are unknown: \(path): \(error)")
            return nil
        }
    }
}
