import Hummingbird

/// `/healthz`: the process answers. `/readyz`: visitors may be sent to it; with a line per check.
func addHealthRoutes(to router: Router<ConsoleContext>, environment: ConsoleEnvironment) {
    router.get("/healthz") { _, _ in Response.plain(.ok, "ok") }
    router.get("/readyz") { _, _ in
        let checks = environment.checks()
        let lines = checks.map { "\($0.name): \($0.isPassed ? "ok" : "failed")" }
        return Response.plain(
            checks.allSatisfy(\.isPassed) ? .ok : .serviceUnavailable, lines.joined(separator: "\n"))
    }
}
