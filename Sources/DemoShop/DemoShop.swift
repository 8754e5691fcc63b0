import ArgumentParser
import HTTPTypes
import Hummingbird
import Logging

/// A small real shop and the third parties it embeds, for the demo, the tests and the benchmarks.
@main
struct DemoShop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-shop",
        abstract: "A small shop with cookies and trackers of every kind, to put a proxy in front of.")

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port of the shop.")
    var port = 9000

    @Option(help: "Port of the third parties.")
    var thirdPartyPort = 9001

    @Option(help: "Host name by which pages refer to the third parties.")
    var thirdPartyHost = "third.localhost"

    func run() async throws {
        var logger = Logger(label: "demo-shop")
        // Connections that are open when it is told to stop are no errors.
        logger.logLevel = .critical
        let pages = Pages(
            library: try Templates.library(), visits: VisitStore(),
            thirdParty: "http://\(thirdPartyHost):\(thirdPartyPort)")

        let thirdParty = Self.router()
        addThirdPartyRoutes(to: thirdParty)
        let shop = Self.router()
        addAssetRoutes(to: shop)
        addStudioRoutes(to: shop, pages: pages)
        addCustomerRoutes(to: shop, pages: pages)
        addCatalogueRoutes(to: shop, pages: pages)

        var application = Application(
            router: shop,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "demo-shop", backlog: 1024),
            logger: logger)
        application.addServices(
            Application(
                router: thirdParty,
                configuration: ApplicationConfiguration(
                    address: .hostname(host, port: thirdPartyPort), serverName: "demo-third-party"),
                logger: logger))
        try await application.runService()
    }

    /// A router that answers HEAD too and tells under `/__seen` what it was asked.
    private static func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        let log = SeenLog()
        router.add(middleware: RecordSeen(log: log))
        addSeenRoutes(to: router, log: log)
        return router
    }
}
