import HTTPTypes
import Hummingbird

/// Login, account, cart, checkout and preferences: the pages that remember.
func addCustomerRoutes(to router: Router<some RequestContext>, pages: Pages) {
    addAccountRoutes(to: router, pages: pages)
    addCartRoutes(to: router, pages: pages)
    addCheckoutRoutes(to: router, pages: pages)

    router.get("/preferences") { request, _ in
        let reader = await pages.reader(request)
        let currencies: [[String: Any]] = ["EUR", "GBP", "CHF"].map {
            ["code": $0, "chosen": $0 == reader.currency.rawValue]
        }
        let themes: [[String: Any]] = ["light", "dark"].map { ["code": $0, "chosen": $0 == reader.theme] }
        return pages.document(
            "preferences", title: "Currency and theme", for: reader, ["currencies": currencies, "themes": themes],
            needsToken: true)
    }
    router.post("/preferences") { request, _ in
        var request = request
        let form = try await checkedForm(&request)
        guard let currency = Currency(rawValue: form["currency"]), ["light", "dark"].contains(form["theme"]) else {
            throw HTTPError(.badRequest)
        }
        var response = pages.redirect(to: "/")
        response.set(.currency, currency.rawValue)
        response.set(.theme, form["theme"])
        return response
    }
}

/// The form of a request whose token is the one in the cookie: sent by a page of this shop.
/// - Throws: 403 when it is not; nothing has been changed then.
private func checkedForm(_ request: inout Request) async throws -> Form {
    let form = try await Form(&request)
    guard let token = request.cookie(.csrf), form["csrf"] == token else {
        throw HTTPError(.forbidden, message: "The form's token does not match; please load the page again.")
    }
    return form
}

private func addAccountRoutes(to router: Router<some RequestContext>, pages: Pages) {
    router.get("/login") { request, _ in
        pages.document("login", title: "Log in", for: await pages.reader(request), [:], needsToken: true)
    }
    router.post("/login") { request, _ in
        var request = request
        let form = try await checkedForm(&request)
        let reader = await pages.reader(request)
        guard form["email"].contains("@"), !form["password"].isEmpty else {
            return pages.document(
                "login", title: "Log in", for: reader,
                ["error": "Please give an e-mail address and a password.", "email": form["email"]],
                status: .unprocessableContent, needsToken: true)
        }
        let session = randomToken()
        let email = form["email"]
        await pages.visits.move(from: reader.session, to: session)
        await pages.visits.update(session) { $0.email = email }
        var response = pages.redirect(to: "/account")
        response.set(.session, session)
        response.set(.loggedIn, "1")
        return response
    }
    router.post("/logout") { request, _ in
        var request = request
        _ = try await checkedForm(&request)
        var response = pages.redirect(to: "/")
        response.set(.session, randomToken())
        response.expire(.loggedIn)
        response.expire(.cart)
        return response
    }
    router.get("/account") { request, _ in
        let reader = await pages.reader(request)
        guard let email = reader.visit.email else { return pages.redirect(to: "/login") }
        let orders: [[String: Any]] = reader.visit.orders.reversed().map { order in
            [
                "number": order.number, "lines": summary(order.lines),
                "total": reader.currency.text(cents: order.cents),
            ]
        }
        return pages.document(
            "account", title: "Account", for: reader, ["email": email, "orders": orders], isTracked: false,
            needsToken: true)
    }
}

private func addCartRoutes(to router: Router<some RequestContext>, pages: Pages) {
    router.get("/cart") { request, _ in
        let reader = await pages.reader(request)
        let lines = reader.visit.cart.map { line in
            var content = pages.card(line.product, in: reader.currency)
            content["quantity"] = line.quantity
            content["csrf"] = reader.csrf
            return content
        }
        var content: [String: Any] = ["lines": lines]
        if !lines.isEmpty { content["total"] = reader.currency.text(cents: reader.visit.cents) }
        return pages.document("cart", title: "Cart", for: reader, content, needsToken: true)
    }
    router.post("/cart") { request, _ in
        var request = request
        let form = try await checkedForm(&request)
        guard Catalogue.product(form["product"]) != nil else { throw HTTPError(.badRequest) }
        let reader = await pages.reader(request)
        let items = await pages.visits.update(reader.session) { visit in
            let slug = form["product"]
            let present = visit.quantity(of: slug)
            let wanted =
                if !form["remove"].isEmpty { 0 } else if let more = Int(form["add"]) { present + max(more, 0) } else {
                    Int(form["quantity"]) ?? present
                }
            visit.setQuantity(of: slug, to: wanted)
            return visit.itemCount
        }
        var response = pages.redirect(to: "/cart")
        if reader.isNewSession { response.set(.session, reader.session) }
        response.set(.cart, "\(items)")
        return response
    }
}

private func addCheckoutRoutes(to router: Router<some RequestContext>, pages: Pages) {
    router.get("/checkout") { request, _ in
        let reader = await pages.reader(request)
        guard !reader.visit.cart.isEmpty else { return pages.redirect(to: "/cart") }
        return pages.document(
            "address", title: "Checkout", for: reader, [:], isTracked: false, needsToken: true)
    }
    router.post("/checkout/address") { request, _ in
        var request = request
        let form = try await checkedForm(&request)
        let reader = await pages.reader(request)
        let address = Address(
            name: form["name"], street: form["street"], town: form["town"], country: form["country"])
        guard ![address.name, address.street, address.town].contains("") else {
            return pages.document(
                "address", title: "Checkout", for: reader, ["error": "Please fill in every field."],
                status: .unprocessableContent, isTracked: false, needsToken: true)
        }
        await pages.visits.update(reader.session) { $0.address = address }
        var response = pages.redirect(to: "/checkout/payment")
        response.set(.payment, randomToken())
        return response
    }
    router.get("/checkout/payment") { request, _ in
        let reader = await pages.reader(request)
        guard !reader.visit.cart.isEmpty, reader.visit.address != nil, request.cookie(.payment) != nil else {
            return pages.redirect(to: "/checkout")
        }
        return pages.document(
            "payment", title: "Payment", for: reader,
            ["total": reader.currency.text(cents: reader.visit.cents), "cents": reader.visit.cents],
            isTracked: false, needsToken: true)
    }
    router.post("/checkout") { request, _ in
        var request = request
        let form = try await checkedForm(&request)
        let reader = await pages.reader(request)
        let isByCard = form["method"] == "card"
        guard request.cookie(.payment) != nil, !isByCard || form["payment_token"].hasPrefix("tok_") else {
            return pages.problem(
                .unprocessableContent, "Payment missing", "The payment was not completed; please try again.",
                for: reader)
        }
        let number = await pages.visits.nextOrderNumber()
        let order = await pages.visits.update(reader.session) {
            $0.placeOrder(number: number, payment: isByCard ? "card" : "invoice")
        }
        guard order != nil else { return pages.redirect(to: "/cart") }
        var response = pages.redirect(to: "/checkout/thank-you")
        response.expire(.payment)
        response.set(.cart, "0")
        return response
    }
    router.get("/checkout/thank-you") { request, _ in
        let reader = await pages.reader(request)
        guard let order = reader.visit.orders.last else { return pages.redirect(to: "/") }
        return pages.document(
            "thank-you", title: "Thank you", for: reader,
            [
                "number": order.number, "lines": summary(order.lines),
                "total": reader.currency.text(cents: order.cents), "name": order.address.name,
                "street": order.address.street, "town": order.address.town, "country": order.address.country,
                "payment": order.payment,
            ])
    }
}

private func summary(_ lines: [CartLine]) -> String {
    lines.map { "\($0.quantity) × \($0.product.name)" }.joined(separator: ", ")
}
