import HTTPTypes
import Hummingbird
import Reports
import Store

/// `/login`, `/logout` and `/audit`.
func addAccountRoutes(to router: Router<ConsoleContext>, desk: Desk, pages: Pages) {
    router.get("/login") { request, _ -> Response in
        guard try request.operator(desk) == nil else { return .seeOther("/") }
        return try loginPage(request, desk, pages)
    }
    router.post("/login") { request, _ in
        var request = request
        try request.checkOrigin()
        let form = try await Form(&request)
        guard let visitor = request.token(.login), visitor.accepts(formToken: form["token"]) else {
            return try loginPage(request, desk, pages, error: "That page was too old. Please try again.", .forbidden)
        }
        let name = form["name"]
        switch try await desk.logIn(name: name, password: form["password"], device: request.token(.device)) {
        case .begun(let token, let device):
            if let old = request.token(.session), let person = try desk.operator(old) { try desk.logOut(person) }
            var response = Response.seeOther("/")
            response.set(.session, token)
            if let device { response.set(.device, device) }
            response.expire(.login)
            return response
        case .wrong:
            return try loginPage(
                request, desk, pages, error: "Name or password is wrong.", name: name, .unprocessableContent)
        case .tooMany(let seconds):
            var response = try loginPage(
                request, desk, pages, error: "Too many attempts. Please wait a minute.", name: name, .tooManyRequests)
            response.headers[.retryAfter] = "\(seconds)"
            return response
        case .unavailable:
            return try loginPage(
                request, desk, pages, error: "Too much to do. Please try again.", name: name, .serviceUnavailable)
        }
    }
    router.post("/logout") { request, _ -> Response in
        var request = request
        let (person, _) = try await request.signedForm(desk)
        try desk.logOut(person)
        var response = Response.seeOther("/login")
        response.expire(.session)
        return response
    }
    router.get("/audit") { request, _ -> Response in
        guard let person = try request.operator(desk) else { return .seeOther("/login") }
        guard person.isAdmin else {
            return try desk.refuse(
                "audit log", to: person, pages, "The audit log is for accounts with the role admin.")
        }
        let limit = 200
        let entries: [[String: Any]] = try desk.audit(limit: limit).map { entry in
            [
                "time": entry.timeText, "timestamp": entry.timestamp, "account": entry.account,
                "event": entry.text, "detail": entry.detail, "isWarning": entry.event.isRefusal,
            ]
        }
        return pages.document("audit", title: "Audit log", for: person, ["entries": entries, "limit": limit])
    }
}

extension Request {
    /// Who asks; nil when nobody is logged in.
    func `operator`(_ desk: Desk) throws -> Desk.Operator? { try token(.session).flatMap { try desk.operator($0) } }

    /// The form that somebody who is logged in sent from a page of theirs; throws 403 when it is not that.
    mutating func signedForm(_ desk: Desk) async throws -> (Desk.Operator, Form) {
        try checkOrigin()
        let form = try await Form(&self)
        guard let person = try self.operator(desk) else { throw HTTPError(.forbidden, message: "Nobody is logged in.") }
        guard person.token.accepts(formToken: form["token"]) else {
            throw HTTPError(.forbidden, message: "The form is of another session; please load the page again.")
        }
        return (person, form)
    }
}

extension Desk {
    /// Tells somebody that something is for admins, and keeps in the audit log that they asked for it.
    func refuse(_ thing: String, to person: Operator, _ pages: Pages, _ message: String) throws -> Response {
        try record(.forbidden, by: person.name, of: thing)
        return pages.document(
            "problem", title: "For admins", for: person, ["title": "For admins", "message": message],
            status: .forbidden)
    }
}

private func loginPage(
    _ request: Request, _ desk: Desk, _ pages: Pages, error: String? = nil, name: String = "",
    _ status: HTTPResponse.Status = .ok
) throws -> Response {
    let known = request.token(.login)
    guard let visitor = known ?? Token() else { throw HTTPError(.serviceUnavailable) }
    var content: [String: Any] = [
        "formToken": visitor.formToken, "isEmpty": try !desk.hasAccounts(),
        "name": AccountName(name)?.description ?? "",
    ]
    if let error { content["error"] = error }
    var response = pages.document("login", title: "Log in", for: nil, content, status: status)
    if known == nil { response.set(.login, visitor) }
    return response
}

extension AuditEntry {
    fileprivate var text: String { count == 1 ? event.text : "\(event.text), \(count) times" }

    fileprivate var timestamp: String {
        let (day, clock) = (minute / 1440, minute % 1440)
        return "\(Day(number: Int32(clamping: day)))T\(two(clock / 60)):\(two(clock % 60))Z"
    }

    fileprivate var timeText: String {
        timestamp.dropLast().split(separator: "T").joined(separator: " ")
    }
}

private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension AuditEntry.Event {
    fileprivate var text: String {
        switch self {
        case .login: "logged in"
        case .loginFailed: "wrong name or password"
        case .loginRefused: "too many attempts"
        case .logout: "logged out"
        case .export: "exported"
        case .accountAdded: "account made"
        case .accountRemoved: "account removed"
        case .passwordChanged: "password changed"
        case .loginUnavailable: "too many logins at a time"
        case .forbidden: "not allowed"
        }
    }
}
