import Hummingbird

/// `/`: the page.
func addPageRoutes(
    to router: Router<ConsoleContext>, desk: Desk, pages: Pages, environment: ConsoleEnvironment
) {
    router.get("/") { request, _ -> Response in
        guard let person = try request.operator(desk) else { return .seeOther("/login") }
        return pages.document("page", title: "Visits", for: person)
    }
}
