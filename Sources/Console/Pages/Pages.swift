import HTTPTypes
import Hummingbird
import Mustache
import Store

/// Makes whole pages of templates: the layout, and what every page says of who is logged in.
struct Pages: Sendable {
    private let library: MustacheLibrary

    init() throws {
        var templates: [String: MustacheTemplate] = [:]
        for (name, text) in Templates.all { templates[name] = try MustacheTemplate(string: text) }
        library = MustacheLibrary(templates: templates)
    }

    /// A part of a page.
    func part(_ template: String, _ content: [String: Any]) -> String {
        library.render(content, withTemplate: template) ?? ""
    }

    /// A document; `{{…}}` of its template are escaped, whoever made up the words.
    func document(
        _ template: String, title: String, for person: Desk.Operator?, _ content: [String: Any] = [:],
        status: HTTPResponse.Status = .ok
    ) -> Response {
        var layout: [String: Any] = [
            "title": title, "main": part(template, content),
            "current-\(template)": true,
        ]
        if let person {
            layout["operator"] = [
                "name": person.name.description, "isAdmin": person.isAdmin, "formToken": person.token.formToken,
            ]
        }
        let html = library.render(layout, withTemplate: "layout") ?? ""
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
