import Dispatch
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Store

/// The operator's web pages, on a listener and threads of their own: whatever becomes of them, the proxy goes on.
public final class Console: Sendable {
    private let host: String
    private let port: UInt16
    private let environment: ConsoleEnvironment
    private let logger: Logger
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Connections at a time.
    private static let connections = 256

    /// From the first failure to the next attempt, and at most: each pause is twice the last one. A proxy that was just
    /// replaced gives the port back soon.
    private static let retries: ClosedRange<Duration> = .seconds(1) ... .seconds(30)

    /// Makes a console that will listen on a loopback address.
    public init(host: String, port: UInt16, environment: ConsoleEnvironment, logger: Logger) {
        self.host = host
        self.port = port
        self.environment = environment
        self.logger = logger
    }

    /// Begins to listen; a failure is said in the log, and tried again. Returns what stops it.
    public func start() -> Running {
        let finished = DispatchSemaphore(value: 0)
        let task = Task.detached { [self] in
            var said = ""
            var pause = Self.retries.lowerBound
            while !Task.isCancelled {
                do {
                    try await run()
                    break
                } catch is CancellationError {
                    break
                } catch {
                    let reason = "\(host):\(port): \(error)"
                    if reason != said {
                        logger.error("the console is not there, the proxy goes on without it: \(reason)")
                    }
                    said = reason
                }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, Self.retries.upperBound)
            }
            finished.signal()
        }
        return Running(task: task, finished: finished)
    }

    private func run() async throws {
        var quiet = Logger(label: "console")
        quiet.logLevel = .critical
        let application = Application(
            router: try router(),
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [RequestDeadline()],
                    idleTimeout: .seconds(30),
                    httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
                        maxHeaderFieldSize: 8192, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: Int(port)), backlog: 64,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connections, logger: quiet)),
            onServerRunning: { [logger, host, port] _ in
                logger.info("console ready", metadata: ["listening": "\(host):\(port)"])
            },
            eventLoopGroupProvider: .shared(group), logger: quiet)
        try await application.run()
    }

    private func router() throws -> Router<ConsoleContext> {
        let desk = Desk(
            store: try ConsoleStore.open(path: environment.stateDirectory + "/" + ConsoleStore.fileName))
        let pages = try Pages()
        let router = Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: Guarded(environment: environment))
        addHealthRoutes(to: router, environment: environment)
        let published = PublishedTraffic(environment.traffic)
        addMetricsRoutes(to: router, environment: environment, published: published)
        addAssetRoutes(to: router)
        addAccountRoutes(to: router, desk: desk, pages: pages)
        addExportRoutes(to: router, desk: desk, pages: pages, environment: environment)
        addPageRoutes(to: router, desk: desk, pages: pages, environment: environment, published: published)
        return router
    }

    /// A console that was started.
    public struct Running: Sendable {
        fileprivate let task: Task<Void, Never>
        fileprivate let finished: DispatchSemaphore

        /// Ends it, as far as that is possible within two seconds.
        public func stop() {
            task.cancel()
            _ = finished.wait(timeout: .now() + 2)
        }
    }
}
