import HTTPTypes
import Hummingbird

/// Home, departments, products and search: the pages that only show.
func addCatalogueRoutes(to router: Router<some RequestContext>, pages: Pages) {
    router.get("/") { request, _ in
        let reader = await pages.reader(request)
        let shelves: [[String: Any]] = Product.Department.allCases.map { department in
            [
                "slug": department.rawValue, "title": department.title, "line": department.line,
                "products": Catalogue.products(in: department).map { pages.card($0, in: reader.currency) },
            ]
        }
        var response = pages.document("home", title: "Pottery, tea and paper", for: reader, ["shelves": shelves])
        // Three lines on every visit, as shops do that prolong their cookies on each page.
        if !reader.isNewSession { response.set(.session, reader.session) }
        response.set(.analytics, request.cookie(.analytics) ?? "GA1.1.\(clientID())")
        response.set(.remarketing, request.cookie(.remarketing) ?? "fb.1.\(clientID())")
        return response
    }

    router.get("/shop/:department") { request, context in
        let reader = await pages.reader(request)
        guard let department = context.parameters.get("department").flatMap(Product.Department.init) else {
            return missing(reader, pages)
        }
        var response = pages.document(
            "department", title: department.title, for: reader,
            [
                "title": department.title, "line": department.line,
                "products": Catalogue.products(in: department).map { pages.card($0, in: reader.currency) },
            ], current: department)
        response.set(.analyticsStream, request.cookie(.analyticsStream) ?? "GS2.1.s\(clientID())")
        return response
    }

    router.get("/product/:slug") { request, context in
        let reader = await pages.reader(request)
        guard let product = context.parameters.get("slug").flatMap(Catalogue.product) else {
            return missing(reader, pages)
        }
        var content = pages.card(product, in: reader.currency)
        content["departmentSlug"] = product.department.rawValue
        content["departmentTitle"] = product.department.title
        content["related"] = Catalogue.products(in: product.department).filter { $0.slug != product.slug }.prefix(3)
            .map { pages.card($0, in: reader.currency) }
        var response = pages.document(
            "product", title: product.name, for: reader, content, current: product.department, needsToken: true)
        response.set(.audience, request.cookie(.audience) ?? randomToken())
        response.set(.conversionLinker, request.cookie(.conversionLinker) ?? "1.1.\(clientID())")
        return response
    }

    router.get("/search") { request, _ in
        let reader = await pages.reader(request)
        let query = Form(request.uri.query ?? "")["q"]
        let found = Catalogue.search(query)
        return pages.document(
            "search", title: "Search", for: reader,
            [
                "query": query, "count": found.count, "noun": found.count == 1 ? "thing" : "things",
                "products": found.map { pages.card($0, in: reader.currency) },
            ], query: query)
    }

    // The address of an earlier shop system: a redirect that sets an analytics cookie on its way.
    router.get("/index.php") { request, _ in
        var response = pages.redirect(to: "/", status: .movedPermanently)
        response.set(.analytics, request.cookie(.analytics) ?? "GA1.1.\(clientID())")
        return response
    }

    router.get("**") { request, _ in missing(await pages.reader(request), pages) }
}

/// The page for an address that leads nowhere; it sets an analytics cookie too, as error pages do.
private func missing(_ reader: Pages.Reader, _ pages: Pages) -> Response {
    var response = pages.problem(.notFound, "Not on this shelf", "There is nothing at this address.", for: reader)
    response.set(.analytics, "GA1.1.\(clientID())")
    return response
}
