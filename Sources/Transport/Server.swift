import Bytes
import CLinux
import Consent
import Gateway
import Glibc
import Location
import Logging
import Measurement
import Rules
import Synchronization
import TLS

/// The proxy as a process: event loops on their threads, signals, reloading, and an orderly end.
///
/// The main thread waits for signals and for changes of the rules file; it never touches a visitor's connection.
public final class Server {
    /// What the server does with lines of the access log: called on the main thread.
    public typealias LogWriter = ([UInt8]) -> Void

    private var policy: Policy
    private let entrance: Entrance
    private let loader: Loader
    private let logger: Logger
    private let writeLog: LogWriter
    private let rings: [FactRing]
    private let receipts: ReceiptQueue
    private let measuringWaker: Waker
    private let status: ServerStatus
    private var mailboxes: [Mailbox] = []
    private var threads: [LoopThread] = []
    /// What the loops' sockets were opened for, and speak TLS with, in the order of the sockets.
    private var places: [Listener] = []
    private var contexts: [ServerContext?] = []
    /// From the first rules on that limit networks: connections that were counted must be found again.
    private var networks: NetworkLimits?
    /// When problems of the loops were told.
    private var told: [String: Int64] = [:]

    /// What SIGHUP means.
    public enum HangUp {
        /// The rules are to be read again: for a server.
        case reloads
        /// The terminal is gone: for what runs in one.
        case ends
    }

    /// How the shell gets rules and what goes with them, at the start and on every reload.
    public struct Loader {
        /// Reads and compiles the rules file.
        public var policy: () throws -> Policy
        /// Reads the files that a policy names, and tells measuring about its sites.
        public var resources: (Policy) throws -> Resources

        /// Makes a loader of its two steps.
        public init(policy: @escaping () throws -> Policy, resources: @escaping (Policy) throws -> Resources) {
            self.policy = policy
            self.resources = resources
        }
    }

    /// Makes a server for a policy that was loaded already, and its entrance; `rings` has one ring for each of its workers,
    /// and somebody does what comes into `receipts`, and drains the rings whenever `measuringWaker` is signalled.
    public init(
        policy: Policy, entrance: Entrance, loader: Loader, rings: [FactRing], receipts: ReceiptQueue,
        measuringWaker: Waker, status: ServerStatus = ServerStatus(), logger: Logger, writeLog: @escaping LogWriter
    ) {
        self.policy = policy
        self.entrance = entrance
        self.loader = loader
        self.rings = rings
        self.receipts = receipts
        self.measuringWaker = measuringWaker
        self.status = status
        self.logger = logger
        self.writeLog = writeLog
    }

    /// Listens, starts the loops and serves until SIGTERM or SIGINT; then everything in flight is finished, as far as
    /// `timeouts.drain` allows.
    ///
    /// - Parameter isReady: called once connections are accepted.
    public func run(onHangUp hangUp: HangUp = .reloads, isReady: () -> Void) throws {
        let signals = try Signals()
        let watch = FileWatch(path: policy.sourceFile)
        // What changed since the entrance read the files is read again.
        var certificates = entrance.certificates
        let resources = try loader.resources(policy)
        let connections = ConnectionCount()
        limitNetworks(by: policy)
        places = entrance.places
        contexts = entrance.contexts
        TicketKeys.tend(seconds: Self.seconds)
        for (ring, sockets) in zip(rings, entrance.sockets) {
            let mailbox = try Mailbox()
            for (fd, place) in zip(sockets, places) {
                do {
                    try Socket.listen(on: fd, backlog: 1024)
                } catch {
                    throw ListenError(listener: place, cause: error)
                }
            }
            let listeners = zip(sockets, zip(contexts, places)).map {
                ListeningSocket(
                    fd: $0, context: $1.0, redirectPort: $1.1.redirectPort ?? 0,
                    expectsProxyHeader: $1.1.expectsProxyHeader)
            }
            let configuration = LoopConfiguration(
                policy: policy, resources: resources, endpoints: entrance.endpoints,
                measuring: MeasuringContext(ring: ring),
                connections: connections, networks: networks, receipts: receipts, measuringWaker: measuringWaker,
                listeners: listeners)
            mailboxes.append(mailbox)
            threads.append(try LoopThread(configuration: configuration, mailbox: mailbox))
        }
        status.watch(mailboxes)
        status.phase = .serving
        isReady()
        ServiceManager.tell("READY=1")
        while true {
            var event = signals.wait(also: watch, milliseconds: 250)
            flushLog()
            TicketKeys.tend(seconds: Self.seconds)
            if event == .none, certificates.hasChanged(now: crumbgate_monotonic_ns() / 1_000_000) {
                reloadCertificates()
            }
            if event == .hangUp { event = hangUp == .reloads ? .reload : .terminate }
            switch event {
            case .none, .hangUp: continue
            case .reload: reload(watching: &certificates)
            case .terminate:
                status.phase = .draining
                ServiceManager.tell("STOPPING=1")
                // The order first: a log that nobody reads must not hold it up.
                for mailbox in mailboxes { mailbox.post { $0.stops = true } }
                logger.info("stopping: no new connections, finishing what is in flight")
                for thread in threads { thread.join(meanwhile: flushLog) }
                flushLog()
                return
            }
        }
    }

    private static var seconds: Int64 { crumbgate_monotonic_ns() / 1_000_000_000 }

    private func limitNetworks(by policy: Policy) {
        if networks == nil, policy.limits.network.isAny { networks = NetworkLimits() }
    }

    /// Whether a problem was not told within a minute.
    private func isNews(_ problem: String) -> Bool {
        let now = Self.seconds
        told = told.filter { now - $0.value < 60 }
        if told[problem] != nil { return false }
        told[problem] = now
        return true
    }

    private func flushLog() {
        for mailbox in mailboxes {
            for problem in mailbox.takeProblems() where isNews(problem) { logger.warning("\(problem)") }
            let lines = mailbox.takeLog()
            if !lines.isEmpty { writeLog(lines) }
        }
    }

    /// Reads the rules again; whatever is wrong with them, the old ones stay in force.
    ///
    /// - Parameter certificates: goes over to the files of the new rules, as they were before they were read.
    private func reload(watching certificates: inout CertificateWatch) {
        do {
            let next = try loader.policy()
            let watch = CertificateWatch(next)
            if !next.listeners.elementsEqual(places, by: { $0.isSamePlace(as: $1) }) || next.workers != policy.workers {
                logger.warning("listeners and workers change only with a restart; all other rules are in force now")
            }
            if next.console != policy.console {
                logger.warning("`console` changes only with a restart: until then it is what it was")
            }
            let endpoints = try Entrance.endpoints(of: next)
            let resources = try loader.resources(next)
            let contexts = try contexts(for: next)
            // One that is not named any more keeps its manners until the restart.
            let listeners = places.map { place in next.listeners.first(where: place.isSamePlace) }
            limitNetworks(by: next)
            let update = PolicyUpdate(
                policy: next, resources: resources, endpoints: endpoints, contexts: contexts,
                redirectPorts: listeners.map { $0?.redirectPort ?? 0 },
                expectsProxyHeader: zip(listeners, places).map { ($0 ?? $1).expectsProxyHeader },
                networks: networks)
            for mailbox in mailboxes {
                mailbox.post { orders in
                    orders.update = update
                    // Those of the rules before.
                    orders.certificates = nil
                }
            }
            if next.limits.network != policy.limits.network { networks?.forgetRates() }
            policy = next
            certificates = watch
            self.contexts = contexts
            status.noteReload(isTaken: true)
            logger.info("rules reloaded", metadata: ["file": "\(next.sourceFile)"])
        } catch {
            status.noteReload(isTaken: false)
            logger.error("rules not reloaded, the old ones stay in force:\n\(error)")
        }
    }

    /// What each open socket speaks TLS with under some rules; one that they do not name any more goes on as it is.
    private func contexts(for policy: Policy) throws(ContextError) -> [ServerContext?] {
        var found = contexts
        for (index, place) in places.enumerated() {
            guard let listener = policy.listeners.first(where: place.isSamePlace) else { continue }
            found[index] = try listener.context()
        }
        return found
    }

    /// Reads certificates and keys again, whatever became of the rules file meanwhile.
    private func reloadCertificates() {
        do {
            let next = CertificateUpdate(
                listening: try contexts(for: policy), connecting: try policy.sites.map { try $0.origin.context() })
            for mailbox in mailboxes { mailbox.post { $0.certificates = next } }
            contexts = next.listening
            logger.info("certificates reloaded")
        } catch {
            logger.error("certificates not reloaded, the old ones stay in force: \(error)")
        }
    }
}
