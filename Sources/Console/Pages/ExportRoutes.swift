import HTTPTypes
import Hummingbird
import Reports
import Store

/// `/export.csv` and `/export.json`: the released figures of a selection, for admins, each on record before it leaves.
func addExportRoutes(
    to router: Router<ConsoleContext>, desk: Desk, pages: Pages, environment: ConsoleEnvironment
) {
    for (format, type) in [("csv", "text/csv; charset=utf-8; header=present"), ("json", "application/json")] {
        router.get("/export.\(format)") { request, _ -> Response in
            guard let person = try request.operator(desk) else { return .seeOther("/login") }
            guard person.isAdmin else {
                return try desk.refuse(
                    "export of \(format)", to: person, pages, "Exports are for accounts with the role admin.")
            }
            guard let selection = Selection(request, environment) else { throw HTTPError(.notFound) }
            if let problem = selection.problem { throw HTTPError(.badRequest, message: problem) }
            let report = try Figures(directory: environment.stateDirectory).report(selection)
            let days = "\(selection.period.first)_\(selection.period.last)"
            try desk.record(.export, by: person.name, of: "\(format) \(selection.site.name) \(days)")
            let text = format == "csv" ? Report.csv([report]) : Report.json([report])
            // Names of sites are letters, digits, `-`, `_` and `.`.
            let name = "\(selection.site.name)_\(days).\(format)"
            return Response(
                status: .ok,
                headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\""],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }
}
