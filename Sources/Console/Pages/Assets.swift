import HTTPTypes
import Hummingbird

/// `/console.css` and `/mark.svg`: all that pages load.
func addAssetRoutes(to router: Router<ConsoleContext>) {
    for (path, type, text) in [
        ("/console.css", "text/css; charset=utf-8", Stylesheet.text),
        ("/mark.svg", "image/svg+xml", mark), ("/favicon.ico", "image/svg+xml", mark),
    ] {
        let body = ByteBuffer(string: text)
        router.get("\(path)") { _, _ in
            Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: body))
        }
    }
}

/// A gate with crumbs that stay in front of it.
private let mark = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f5c4d"/>\
    <path d="M8 25V14a8 8 0 0 1 16 0v11" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round"/>\
    <path d="M13.3 25V13M18.7 25V13" stroke="#fff" stroke-width="2" stroke-linecap="round" opacity=".7"/></svg>
    """
