import HTTPTypes
import Hummingbird
import Mustache

/// Makes whole pages: the visitor's session, currency and theme around a template.
struct Pages: Sendable {
    let library: MustacheLibrary
    let visits: VisitStore
    /// Origin of the demo's third parties, such as `http://third.localhost:9001`.
    let thirdParty: String

    /// What every page needs to know of the request it answers.
    struct Reader: Sendable {
        let session: String
        let isNewSession: Bool
        let csrf: String
        let isNewToken: Bool
        let currency: Currency
        let theme: String
        let visit: Visit
    }

    func reader(_ request: Request) async -> Reader {
        let session = request.cookie(.session)
        let csrf = request.cookie(.csrf)
        return Reader(
            session: session ?? randomToken(), isNewSession: session == nil, csrf: csrf ?? randomToken(),
            isNewToken: csrf == nil, currency: request.cookie(.currency).flatMap(Currency.init) ?? .euro,
            theme: request.cookie(.theme) ?? "light",
            visit: session == nil ? Visit() : await visits.visit(session ?? ""))
    }

    /// A document; `needsToken` when it holds a form, whose token is then the user agent's too; `mayCompress` when the
    /// user agent takes gzip.
    func document(
        _ template: String, title: String, for reader: Reader, _ content: [String: Any],
        status: HTTPResponse.Status = .ok,
        query: String = "", current: Product.Department? = nil, isTracked: Bool = true, needsToken: Bool = false,
        mayCompress: Bool = false
    ) -> Response {
        var content = content
        content["thirdParty"] = thirdParty
        content["csrf"] = reader.csrf
        let main = library.render(content, withTemplate: template) ?? ""
        let departments: [[String: Any]] = Product.Department.allCases.map {
            ["slug": $0.rawValue, "title": $0.title, "current": $0 == current]
        }
        let layout: [String: Any] = [
            "title": title, "theme": reader.theme, "thirdParty": thirdParty, "tracked": isTracked, "query": query,
            "departments": departments, "account": reader.visit.email ?? "Log in", "items": reader.visit.itemCount,
            "main": main,
        ]
        let html = library.render(layout, withTemplate: "layout") ?? ""
        var response = Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .cacheControl: "private, no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: mayCompress ? "" : html)))
        if mayCompress {
            response.headers[.contentEncoding] = "gzip"
            response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: Gzip.compress(Array(html.utf8))))
        }
        if reader.isNewSession { response.set(.session, reader.session) }
        if needsToken && reader.isNewToken { response.set(.csrf, reader.csrf) }
        return response
    }

    /// A page that says what went wrong.
    func problem(_ status: HTTPResponse.Status, _ title: String, _ message: String, for reader: Reader) -> Response {
        document("problem", title: title, for: reader, ["title": title, "message": message], status: status)
    }

    func card(_ product: Product, in currency: Currency) -> [String: Any] {
        [
            "slug": product.slug, "name": product.name, "blurb": product.blurb, "picture": product.picture,
            "price": currency.text(cents: product.cents), "story": product.story, "stock": product.stock,
        ]
    }

    func redirect(to path: String, status: HTTPResponse.Status = .seeOther) -> Response {
        Response(status: status, headers: [.location: path, .cacheControl: "no-store"])
    }
}
