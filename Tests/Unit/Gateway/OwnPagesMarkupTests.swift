import Bytes
import Consent
import ContentCoding
import Gateway
import HTTPWire
import Rules
import Testing

@Suite("Markup in the shop's pages")
struct OwnPagesMarkupTests {
    @Test("The banner is a labelled region with one form and three like buttons", arguments: InterfaceText.shipped)
    func banner(words: InterfaceText) throws {
        let pages = OwnPages(site: try site())
        let language = pages.language(ofPage: Array(words.language.utf8).rawSpan, preference: 0)
        let markup = text(pages.bannerMarkup(language))
        let direction = words == .arabic ? "rtl" : "ltr"
        #expect(markup.hasPrefix(#"<div id="crumbgate" lang="\#(words.language)" dir="\#(direction)" data-revision=""#))
        #expect(markup.hasSuffix("</div>"))
        #expect(markup.contains(#"<section id="crumbgate-banner" class="bottom" aria-label="\#(words.bannerLabel)">"#))
        #expect(markup.contains(#"<form method="post" action="/.crumbgate/consent">"#))
        #expect(occurrences(of: "<form", in: markup) == 1)
        #expect(occurrences(of: "<button ", in: markup) == 3)
        for (choice, label) in [
            ("accept", words.acceptAll), ("reject", words.rejectAll), ("settings", words.settings),
        ] {
            #expect(
                markup.contains(
                    #"<button id="crumbgate-\#(choice)" name="choice" value="\#(choice)">\#(label)</button>"#))
        }
        #expect(!markup.contains("checked") && !markup.contains("checkbox"))
        #expect(!markup.contains("style=") && !markup.contains("onclick") && !markup.contains("<script"))
        #expect(markup.utf8.count < 2048)
    }

    @Test("Operator texts are escaped, in the banner and on the settings page")
    func escaping() throws {
        let pages = OwnPages(site: try site(richRules))
        let banner = text(pages.bannerMarkup(0))
        #expect(banner.contains("<h2>Cookies &amp; &lt;script&gt;alert(1)&lt;/script&gt;</h2>"))
        let page = pages.answer(request(.settings)).text
        for escaped in [
            "Counts &quot;visits&quot; &amp; &lt;b&gt;more&lt;/b&gt;", "Smith &amp; &lt;Sons&gt;",
            #"<code dir="ltr">/_x&lt;y&gt;.*/</code>"#,
        ] {
            #expect(page.contains(escaped))
        }
        #expect(!page.contains("<b>") && !page.contains("<y>") && !page.contains("<Sons>"))
    }

    @Test("The link stands where the rules put it, and nowhere if they say so")
    func link() throws {
        for position in ["bottom-left", "bottom-right"] {
            let pages = OwnPages(site: try site("consent: { settings_link: \(position) }"))
            let markup = text(pages.linkMarkup(0))
            #expect(markup.contains(#"<a id="crumbgate-link" class="\#(position)" "#))
            #expect(markup.contains(#"href="/.crumbgate/settings?lang=en">Cookie settings</a>"#))
            #expect(text(pages.bannerMarkup(0)).contains(#"href="/.crumbgate/settings?lang=en" hidden="">"#))
        }
        let pages = OwnPages(site: try site("consent: { settings_link: none, banner: top }"))
        #expect(pages.linkMarkup(0).isEmpty)
        #expect(!text(pages.bannerMarkup(0)).contains("crumbgate-link"))
        #expect(text(pages.bannerMarkup(0)).contains(#"class="top""#))
    }

    @Test("A site with nothing to ask for shows no banner")
    func nothingOptional() throws {
        let rules =
            "categories: { personalisation: false, analytics: false, remarketing: false, social: false, chat: false }"
        let pages = OwnPages(site: try site(rules))
        #expect(pages.bannerMarkup(0) == pages.linkMarkup(0))
    }

    @Test(
        "The page's language decides, then the user agent's, then the site's",
        arguments: [
            ("de", "en", "en", "de"), ("de-AT", "en", "en", "de"), ("cs", "de;q=0.5", "en", "de"),
            ("cs", "cs, de;q=0.9, en;q=0.1", "en", "de"), ("cs", "cs", "en", "en"), ("zh-Hant", "", "fr", "fr"),
            ("pt-BR", "de", "en", "pt"), ("ar-MA", "fr", "en", "ar"), ("nb", "da;q=0.5", "en", "da"),
            ("nb", "nb, no", "en", "en"), ("", "fr-CH, fr;q=0.9, en;q=0.8", "en", "fr"), ("", "", "en", "en"),
            ("", "", "de", "de"), ("", "de-CH, en", "en", "de"), ("", "en", "de", "en"), ("EN", "de", "de", "en"),
        ])
    func language(page: String, acceptLanguage: String, siteDefault: String, expected: String) throws {
        let pages = OwnPages(site: try site("consent: { language: \(siteDefault) }"))
        let preference = pages.preference(acceptLanguage: Array(acceptLanguage.utf8).rawSpan)
        let index = pages.language(ofPage: Array(page.utf8).rawSpan, preference: preference)
        #expect(text(pages.bannerMarkup(index)).contains(#"<div id="crumbgate" lang="\#(expected)""#))
    }

    @Test("Without a preference, as in shared caches, it is the site's default")
    func sharedLanguage() throws {
        let pages = OwnPages(site: try site("consent: { language: de }"))
        #expect(text(pages.linkMarkup(pages.language(ofPage: RawSpan(), preference: 0))).contains(#"lang="de""#))
        #expect(text(pages.linkMarkup(pages.language(ofPage: RawSpan(), preference: 200))).contains(#"lang="de""#))
    }

    @Test("The head gets our script in front of all else, with the page's nonce where it asks for one")
    func head() throws {
        let pages = OwnPages(site: try site())
        let (css, script) = (pages.assets.stylesheet.url, pages.assets.script.url)
        let link = #"<link rel="stylesheet" href="\#(css)"/>"#
        #expect(headMarkup(pages) == #"<script src="\#(script)"></script>\#(link)"#)
        #expect(
            headMarkup(pages, nonce: "aB+/9=") == #"<script src="\#(script)" nonce="aB+/9="></script>\#(link)"#)
    }

    @Test("The revision changes with every text and setting that documents carry")
    func revision() throws {
        let rules = [
            "", "consent: { banner: top }", "consent: { settings_link: none }", "consent: { language: de }",
            "consent: { texts: { en: { accept_all: Yes } } }", "consent: { texts: { de: { settings_link: Wahl } } }",
            "categories: { analytics: { vendors: [Google] } }", "consent: { banner: bottom-left }",
            "consent: { theme: { radius: 7 } }", "consent: { theme: { logo: { path: /logo.svg } } }",
        ]
        let revisions = try rules.map { OwnPages(site: try site($0)).revision }
        #expect(Set(revisions).count == rules.count)
        #expect(OwnPages(site: try site()).revision == revisions[0])
    }

    @Test("Stylesheet and script come with their version in the URL, for good; else only after asking")
    func assets() throws {
        let pages = OwnPages(site: try site())
        for (path, asset) in [(OwnRequest.Path.stylesheet, pages.assets.stylesheet), (.script, pages.assets.script)] {
            let current = pages.answer(request(path, query: "v=\(asset.version)"))
            #expect(current.status == 200 && current.body == asset.content)
            #expect(current.value("Cache-Control") == "public, max-age=31536000, immutable")
            #expect(current.value("Content-Type") == asset.mediaType)
            #expect(current.value("X-Content-Type-Options") == "nosniff")
            let tag = try #require(current.value("ETag"))
            for query in ["", "v=old", "v=\(asset.version)&x"] {
                #expect(pages.answer(request(path, query: query)).value("Cache-Control") == "no-cache")
            }
            var again = request(path)
            again.ifNoneMatch = "\"other\", W/\(tag)"
            let unchanged = pages.answer(again)
            #expect(unchanged.status == 304 && unchanged.body.isEmpty && unchanged.value("ETag") == tag)
            again.ifNoneMatch = "\"other\""
            #expect(pages.answer(again).status == 200)
            #expect(pages.answer(request(path, .post)).status == 405)
            #expect(pages.answer(request(path, .post)).value("Allow") == "GET, HEAD")
        }
    }

    @Test("Stylesheet and script come coded as the browser likes it, each form with a tag of its own")
    func codedAssets() throws {
        let pages = OwnPages(site: try site())
        let expected = [
            ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("GZIP;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"), ("", nil),
            ("identity", nil), ("gzip;q=0.0", nil),
        ]
        var tags: Set<String> = []
        for (accepted, coding) in expected {
            var asked = request(.script, query: "v=\(pages.assets.script.version)")
            asked.acceptEncoding = accepted
            let answer = pages.answer(asked)
            #expect(answer.value("Content-Encoding") == coding)
            #expect(answer.value("Vary") == "Accept-Encoding")
            let tag = try #require(answer.value("ETag"))
            tags.insert(tag)
            asked.ifNoneMatch = tag
            #expect(pages.answer(asked).status == 304)
            if coding == nil { #expect(answer.body == pages.assets.script.content) }
        }
        #expect(tags.count == 3)
    }

    @Test("Script and stylesheet of every page are 10 kB together, as they are sent, with rules of ten lines")
    func size() throws {
        let rules = """
            categories:
              authentication: { cookies: [PHPSESSID] }
              cart: { cookies: [cart, wc_*] }
              analytics:
                cookies: [_ga, _ga_*]
                hosts: [www.google-analytics.com, "*.googletagmanager.com"]
              chat: false
            """
        let assets = OwnPages(site: try site(rules)).assets
        let sizes = try [assets.stylesheet, assets.script].map { asset in
            try #require(asset.coded.first { $0.coding == .gzip }).content.count
        }
        #expect(sizes[0] + sizes[1] <= 10_000, "stylesheet \(sizes[0]), script \(sizes[1])")
    }

    @Test("What comes when it is needed has the path of what every page names, and a version of its own")
    func laterAssets() throws {
        let pages = OwnPages(site: try site())
        let later = [
            (OwnRequest.Path.stylesheet, pages.assets.settingsStylesheet), (.script, pages.assets.settingsScript),
        ]
        for ((path, asset), first) in zip(later, [pages.assets.stylesheet, pages.assets.script]) {
            #expect(asset.path == first.path && asset.url == "\(first.path)?settings&v=\(asset.version)")
            let current = pages.answer(request(path, query: "settings&v=\(asset.version)"))
            #expect(current.body == asset.content)
            #expect(current.value("Cache-Control") == "public, max-age=31536000, immutable")
            let other = pages.answer(request(path, query: "settings&v=old"))
            #expect(other.body == asset.content && other.value("Cache-Control") == "no-cache")
            #expect(pages.answer(request(path, query: "v=\(first.version)&settings")).body == first.content)
        }
        #expect(text(pages.assets.script.content).contains("\"more\":\"\(pages.assets.settingsScript.url)\""))
        #expect(
            text(pages.assets.settingsScript.content).contains("\"style\":\"\(pages.assets.settingsStylesheet.url)\""))
        #expect(pages.answer(request(.settings)).text.contains(pages.assets.settingsStylesheet.url))
    }

    @Test("Rules for the banner's other places, the logo and Google's tags come only where they are asked for")
    func optionalParts() throws {
        func files(_ lines: String) throws -> String {
            let assets = OwnPages(site: try site(lines)).assets
            return text(assets.stylesheet.content) + text(assets.script.content)
        }
        let plain = try files("")
        for (lines, part) in [
            ("consent: { banner: top }", "::before{content:\"\""),
            ("consent: { theme: { logo: { path: /l.svg } } }", "-logo"),
            ("signals: { google_consent_mode: true }", "wait_for_update"),
        ] {
            #expect(!plain.contains(part), "\(part)")
            #expect(try files(lines).contains(part), "\(part)")
        }
    }

    @Test("The script begins with the site's rules, and its URL changes with them")
    func rulesForTheScript() throws {
        let rules = """
            categories:
              analytics: { cookies: [_ga, "/^_x<[0-9]+$/"], hosts: ["*.tracker.example:8443/p/*"] }
              payment: { hosts: [pay.example] }
            cookies: { unknown: learn }
            """
        let script = OwnPages(site: try site(rules)).assets.script
        let content = text(script.content)
        #expect(content.hasPrefix(#"(()=>{"use strict";const policy={"revisions":[""#))
        #expect(
            content.contains(
                #"{"id":"analytics","cookies":["_ga","/^_x\u003c[0-9]+$/"],"hosts":["*.tracker.example:8443/p/*"]"#))
        #expect(content.contains(#"{"id":"payment","required":true,"hosts":["pay.example"]"#))
        #expect(content.contains(#""unknown":true"#))
        #expect(content.contains(#""gpc":["analytics","remarketing","social"],"#))
        #expect(script.url != OwnPages(site: try site()).assets.script.url)
        #expect(!content.contains("/**") && !content.contains("@param"))
    }

    @Test("Stylesheet and script name no other host and evaluate nothing")
    func assetsAreSelfContained() throws {
        let assets = OwnPages(site: try site()).assets
        let files = [assets.stylesheet, assets.script, assets.settingsStylesheet, assets.settingsScript]
        let all = files.map { text($0.content) }.joined()
        for forbidden in ["http://", "https://", "url(", "@import", "eval(", "Function("] {
            let plain = all.replacing("http://www.w3.org/1999/xlink", with: "")
            #expect(!plain.contains(forbidden))
        }
    }

    @Test("All cookies and third parties stand in one table")
    func declaration() throws {
        let pages = OwnPages(site: try site(richRules))
        let page = pages.answer(request(.declaration, query: "lang=en")).text
        #expect(page.contains("<td><code>_ga</code></td><td>this site</td><td>Google</td><td>90 days</td>"))
        #expect(page.contains("<td><code>crumbgate</code></td><td>this site</td><td></td><td>182 days</td>"))
        #expect(page.contains("<h2>Cookies of this site</h2>"))
        #expect(pages.answer(request(.declaration, .post)).status == 405)
    }

    @Test("GPC is answered for where it is honoured")
    func globalPrivacyControl() throws {
        let answer = OwnPages(site: try site()).answer(request(.globalPrivacyControl))
        #expect(answer.status == 200 && answer.value("Content-Type") == "application/json")
        #expect(answer.text == #"{"gpc":true,"lastUpdate":"2026-11-21"}"# + "\n")
        let ignoring = OwnPages(site: try site("signals: { gpc: false }"))
        #expect(ignoring.answer(request(.globalPrivacyControl)).status == 404)
        #expect(OwnPages(site: try site()).answer(request(.unknown)).status == 404)
    }
}

func occurrences(of part: String, in text: String) -> Int {
    text.ranges(of: part).count
}
