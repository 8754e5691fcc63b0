import HTTPTypes
import Hummingbird

/// Writes every request into the log, but for those that read the log.
struct RecordSeen<Context: RequestContext>: RouterMiddleware {
    let log: SeenLog

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if !request.uri.path.hasPrefix(seenPath) { await log.record(request) }
        return try await next(request, context)
    }
}

/// Demo only: `GET` tells what this server has seen, `DELETE` forgets it. Not answered through a gateway (RFC 9110
/// §7.6.3: a request that came through one says so in `Via`), so that the log stays on the machine it was made on.
func addSeenRoutes(to router: Router<some RequestContext>, log: SeenLog) {
    router.get("\(seenPath)") { request, _ in
        guard request.headers[.via] == nil else { throw HTTPError(.notFound) }
        return await log.report
    }
    router.delete("\(seenPath)") { request, _ in
        guard request.headers[.via] == nil else { throw HTTPError(.notFound) }
        await log.reset()
        return Response(status: .noContent)
    }
}

private let seenPath = "/__seen"
