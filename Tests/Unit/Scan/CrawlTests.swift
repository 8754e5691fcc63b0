import Foundation
import Scan
import Testing

@Suite("Crawling")
struct CrawlTests {
    @Test("Markup gives links, what is loaded, and inline scripts; not what a comment or a script only mentions")
    func markup() {
        let markup = Markup(
            """
            <!doctype html><base href="/shop/"><link rel=stylesheet href=https://cdn.example/a.css><link rel=canonical href=/c>
            <!-- <a href="/no1">x</a> <script src="//no.example/x.js"></script> -->
            <script>document.write('<a href="/no2">'); gtag('config', 'G-1')</script>
            <SCRIPT async SRC='//tag.example/t.js?a=1&amp;b=2'></SCRIPT>
            <a class="x" href="cart?id=1&amp;x=2">cart</a><a href="/out" rel="noopener nofollow">out</a>
            <noscript><img src="https://pixel.example/p.gif"></noscript><iframe src="https://video.example/embed/1" /></iframe>
            <textarea><a href="/no3"></textarea> a < b <a href=/last>
            """)
        #expect(markup.base == "/shop/")
        #expect(markup.links == ["cart?id=1&x=2", "/last"])
        #expect(
            markup.references.map(\.address) == [
                "https://cdn.example/a.css", "//tag.example/t.js?a=1&b=2", "https://pixel.example/p.gif",
                "https://video.example/embed/1",
            ])
        #expect(markup.inlineScripts.count == 1)
    }

    @Test(
        "Broken markup ends",
        arguments: ["<", "<a", "<a href", "<a href=", "<a href='x", "<!--", "<script>", "<a/", "< >"])
    func brokenMarkup(text: String) {
        #expect(Markup(text).references.isEmpty)
        #expect(Markup("<p>" + text + text).links.count <= 2)
    }

    @Test("Pages of kinds that were seen least come first; the same page comes once")
    func frontier() throws {
        let site = try #require(SiteAddress("http://shop.example/"))
        var frontier = Frontier(site: site, limit: 5)
        #expect(frontier.next()?.path == "/")
        for path in ["/product/1", "/product/2", "/product/3", "/product/1#top", "/cart", "/help/returns"] {
            frontier.add(try #require(URL(string: "http://shop.example\(path)")))
        }
        var paths: [String] = []
        while let page = frontier.next() { paths.append(page.path) }
        #expect(paths == ["/product/1", "/help/returns", "/product/2", "/product/3"] || paths.contains("/cart"))
        #expect(Set(paths).isSuperset(of: ["/product/1", "/cart", "/help/returns"]))
        #expect(paths.count == 4)
    }

    @Test(
        "Other sites, downloads and links that do something are left alone",
        arguments: [
            "http://other.example/", "https://shop.example:8443/", "http://shop.example/logout",
            "mailto:a@shop.example",
            "http://shop.example/?add-to-cart=7", "http://shop.example/agb.pdf", "javascript:void(0)",
            "http://shop.example/wp-admin/",
        ])
    func leftAlone(link: String) throws {
        let site = try #require(SiteAddress("http://shop.example/"))
        var frontier = Frontier(site: site, limit: 9)
        _ = frontier.next()
        frontier.add(try #require(URL(string: link)))
        #expect(frontier.next() == nil)
    }

    @Test("Hosts of one registrable domain are the site's own")
    func own() throws {
        let site = try #require(SiteAddress("https://www.shop.co.uk"))
        #expect(site.owns(host: "cdn.shop.co.uk") && site.owns(host: "SHOP.co.uk"))
        #expect(!site.owns(host: "other.co.uk") && !site.owns(host: "co.uk"))
        #expect(SiteAddress("ftp://shop.example") == nil)
        #expect(SiteAddress("shop.example")?.start.absoluteString == "https://shop.example/")
    }

    @Test("Set-cookie-strings are read as browsers read them")
    func setCookie() throws {
        let site = try #require(SiteAddress("https://shop.example"))
        let now = Date(timeIntervalSince1970: 1_000_000_000)
        let cookie = SetCookieText("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", site: site, now: now)
        #expect(cookie?.lifetime == 60 && cookie?.isExpiry == false)
        let dated = SetCookieText("a=1; expires=Sun, 09 Sep 2001 01:47:40 GMT; path=/", site: site, now: now)
        #expect(dated?.lifetime == 60)
        #expect(SetCookieText("a=; Max-Age=0", site: site)?.isExpiry == true)
        #expect(SetCookieText("a=1; Domain=.shop.example", site: site)?.domain == "shop.example")
        #expect(SetCookieText("a=1; Domain=other.example", site: site) == nil)
        #expect(SetCookieText("nothing", site: site) == nil)
    }

    @Test("Responses are read with a length, in chunks, and behind interim ones; what is no response is refused")
    func responses() throws {
        func body(_ text: String) throws -> String { try PlainFetch.response(of: Array(text.utf8)).body }
        #expect(try body("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab") == "ab")
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        #expect(try body(chunked) == "abcde")
        #expect(try body("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx") == "x")
        for broken in ["", "ab\r\n\r\n", "SSH-2.0\r\n\r\n"] {
            #expect(throws: PlainFailure.self) { try PlainFetch.response(of: Array(broken.utf8)) }
        }
    }
}
