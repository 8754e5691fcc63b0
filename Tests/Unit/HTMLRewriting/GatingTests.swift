import Bytes
import Foundation
import HTMLRewriting
import Testing

@Suite("Gating")
struct GatingTests {
    private static let start = "<!doctype html><head></head><body>"

    @Test("Each case comes out as the file says, at every cut and byte by byte")
    func cases() {
        let cases = gatingCases()
        #expect(cases.count >= 45)
        for test in cases {
            let input = Array((Self.start + test.input).utf8)
            let expected = Self.start + test.expected
            #expect(String(decoding: gated([input]), as: UTF8.self) == expected, "\(test.title)")
            for offset in 0...input.count {
                let parts = String(decoding: gated(cut(input, at: offset)), as: UTF8.self)
                #expect(parts == expected, "\(test.title), cut at \(offset)")
            }
            #expect(String(decoding: gated(input.map { [$0] }), as: UTF8.self) == expected, "\(test.title), bytes")
        }
    }

    @Test("What is passed on unread is what reading would have left as it is")
    func unread() {
        var generator = Xorshift(state: 20_260_101)
        var counts = (withheld: 0, unread: 0)
        for _ in 0..<60_000 {
            let body = Soup.page(using: &generator)
            let page = Array((Self.start + body).utf8)
            let read = gated([page], isLastKnown: false)
            let output = gated([page])
            if read != page { counts.withheld += 1 }
            if isPassedUnread(page) { counts.unread += 1 }
            guard output != read else { continue }
            Issue.record("\(body.debugDescription): \(String(decoding: output, as: UTF8.self))")
            return
        }
        #expect(counts.withheld > 2000)
        #expect(counts.unread > 10_000)
    }

    @Test(
        "No page takes longer to look at than in proportion to its length",
        arguments: [
            "/", "\\", "/\t", "<script ", "<script>", "//a", "http://", "&amp;", "&#38;", "p:", "https:\t", "// ",
            "//x ", "//x\"",
            "<script x=\"", "<script type=module>import /**/", "<script type=module>import/*",
            "<script type=importmap>\"\\", "<!--", "</script>", "&a", "s", "\t:", "<script a='", "//x|",
        ])
    func proportion(unit: String) {
        func time(_ count: Int) -> Duration {
            let body = String(repeating: unit, count: count / unit.utf8.count)
            let page = Array((Self.start + "<p>x</p>" + body).utf8)
            return (0..<3).map { _ in ContinuousClock().measure { _ = gated([page]) } }.min() ?? .zero
        }
        // 60 times as long: a square would take 3,600 times as long.
        let short = max(time(4_000), .microseconds(20))
        #expect(time(240_000) < short * 600, "\(unit)")
    }

    private func isPassedUnread(_ page: [UInt8]) -> Bool {
        var rewriter = DocumentRewriter()
        rewriter.reset(gating: .init(isSecure: true))
        var output = ByteBuffer()
        var offset = 0
        while case .insert = rewriter.step(page.rawSpan, from: &offset, isLast: true, gate: CaseGate(), into: &output) {
        }
        return rewriter.isPassthrough
    }

    @Test("What is gated once is not gated again")
    func twice() {
        for test in gatingCases() where !test.expected.contains("{") {
            let once = Array((Self.start + test.expected).utf8)
            #expect(gated([once]) == once, "\(test.title)")
        }
    }

    @Test("The head is gated like the body, and the tags of head and body keep their places")
    func head() {
        let page = """
            <!doctype html><html><head><script src=//tracker.example/a></script><title>x</title>\
            <link rel=preload href=//tracker.example/b></head><body background=//tracker.example/c><img src=//tracker.example/d>
            """
        let bytes = Array(page.utf8)
        let expected = page.replacing(
            "<script src", with: #"<script data-crumbgate="analytics" type="text/plain" data-crumbgate-src"#
        )
        .replacing("<link rel=preload href", with: #"<link data-crumbgate="analytics" rel=preload data-crumbgate-href"#)
        .replacing("<body background", with: #"<body data-crumbgate="analytics" data-crumbgate-background"#)
        .replacing("<img src", with: #"<img data-crumbgate="analytics" data-crumbgate-src"#)
        for offset in 0...bytes.count {
            #expect(String(decoding: gated(cut(bytes, at: offset)), as: UTF8.self) == expected)
        }
    }

    @Test("A policy in the head is the gate's to extend")
    func policy() {
        let page = """
            <!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'; img-src &quot;x&unheard;&quot;"><body>
            """
        let expected = page.replacing("content=\"", with: "content=\"{policy}").replacing("&un", with: "&amp;un")
        let bytes = Array(page.utf8)
        for offset in 0...bytes.count {
            #expect(String(decoding: gated(cut(bytes, at: offset)), as: UTF8.self) == expected)
        }
    }

    @Test("An element that implies the body stands behind our markup, gated")
    func implied() {
        var rewriter = DocumentRewriter()
        rewriter.reset(gating: .init(isSecure: true))
        var output = ByteBuffer()
        let page = Array("<!doctype html><title>x</title><img src=//tracker.example/a>".utf8)
        var offset = 0
        while case .insert(let point) = rewriter.step(page.rawSpan, from: &offset, gate: CaseGate(), into: &output) {
            output.append(point == .headStart ? "{head}" : "{body}")
        }
        #expect(
            output.bytes.text
                == #"<!doctype html>{head}<title>x</title>{body}<img data-crumbgate="analytics" data-crumbgate-src=//tracker.example/a>"#
        )
        #expect(rewriter.withheldRules.count == 1)
        let isPassthrough = rewriter.isPassthrough
        #expect(!isPassthrough)
    }

    @Test("In XHTML names with a colon stay within their namespace, and nothing holds raw text")
    func xhtml() {
        let page = """
            <?xml version="1.0"?>
            <?xml-stylesheet type="text/css" href="//tracker.example/a.css"?><?xml-stylesheet href='&#47;/tracker.example/b'?>
            <?xml-stylesheet href="/own.css"?><html xmlns="http://www.w3.org/1999/xhtml"><head/><body><svg xmlns:xlink="x"><image xlink:href="//tracker.example/a"/></svg>\
            <title><img src="//tracker.example/b"/></title><![CDATA[<img src="//tracker.example/c"/>]]></body></html>
            """
        let output = String(decoding: gated([Array(page.utf8)], syntax: .xml), as: UTF8.self)
        for offset in 0...page.utf8.count {
            let parts = gated(cut(Array(page.utf8), at: offset), syntax: .xml)
            #expect(String(decoding: parts, as: UTF8.self) == output)
        }
        #expect(output.contains(#"<?data-crumbgate-xml-stylesheet type="text/css" href="//tracker.example/a.css"?>"#))
        #expect(output.contains(#"<?data-crumbgate-xml-stylesheet href='&#47;/tracker.example/b'?>"#))
        #expect(output.contains(#"<?xml-stylesheet href="/own.css"?>"#))
        #expect(
            output.contains(#"<image data-crumbgate="analytics" xlink:data-crumbgate-href="//tracker.example/a"/>"#))
        #expect(output.contains(#"<img data-crumbgate="analytics" data-crumbgate-src="//tracker.example/b"/>"#))
        #expect(output.contains(#"<![CDATA[<img src="//tracker.example/c"/>]]>"#))
    }

    @Test("A tag longer than may be held is gated in parts", arguments: [1, 7, 1000, 300_000])
    func longTags(size: Int) {
        let filler = String(repeating: "x", count: 200_000)
        for (input, expected) in [
            ("<img alt=\"\(filler)\" src=\"//tracker.example/a\">", "data-crumbgate-src=\"//tracker.example/a\">"),
            (
                "<img alt='\(filler)' src='//tracker.example/a' title=y>",
                "data-crumbgate-src='//tracker.example/a' title=y>"
            ),
            ("<img src=\"//tracker.example/\(filler)\" alt=z>", "data-crumbgate-src=\"//tracker.example/xxx"),
            (
                "<script data-x=\"\(filler)\" src=//tracker.example/a></script>",
                "data-crumbgate-src=//tracker"
            ),
            (
                "<p title=\"\(filler)\"><img src=//tracker.example/a>",
                "<img data-crumbgate=\"analytics\" data-crumbgate-src="
            ),
            ("<div \(filler)><img src=//tracker.example/a>", "<img data-crumbgate=\"analytics\" data-crumbgate-src="),
            (
                "<script>\(filler)</script><script>fbq(1)</script>",
                "<script data-crumbgate=\"remarketing\" type=\"text/plain\">fbq"
            ),
            (
                "<noscript>\(filler)</noscript><img src=//tracker.example/a>",
                "<img data-crumbgate=\"analytics\" data-crumbgate-src="
            ),
        ] {
            let bytes = Array((Self.start + input + "<b>end</b>").utf8)
            guard size > 1 || bytes.count < 300_000 else { continue }
            let pieces = stride(from: 0, to: bytes.count, by: size == 1 ? 977 : size)
                .map { Array(bytes[$0..<min($0 + (size == 1 ? 977 : size), bytes.count)]) }
            let output = String(decoding: gated(pieces), as: UTF8.self)
            #expect(output.contains(expected), "\(input.prefix(40)) in pieces of \(size)")
            #expect(
                !output.contains(" src=\"//tracker") && !output.contains(" src=//tracker")
                    && output.hasSuffix("<b>end</b>"))
            let restored = output.replacing(#" data-crumbgate="analytics""#, with: "")
                .replacing(#"data-crumbgate="analytics" "#, with: "").replacing(#"type="text/plain" "#, with: "")
                .replacing(#" data-crumbgate="remarketing" type="text/plain""#, with: "").replacing(
                    "data-crumbgate-", with: "")
            #expect(restored == String(decoding: bytes, as: UTF8.self), "\(input.prefix(40)) in pieces of \(size)")
        }
    }

    @Test("A document in an attribute longer than may be held waits as a whole", arguments: [977, 7000, 300_000])
    func longDocuments(size: Int) {
        let filler = String(repeating: "<p>x</p>", count: 12_000)
        for (before, after) in [(filler, ""), ("", filler), (filler, filler)] {
            let frame = "<iframe title=y srcdoc=\"\(before)<img src='//tracker.example/a'>\(after)\"></iframe>"
            let bytes = Array((Self.start + frame + "<b>end</b>").utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map { at in
                Array(bytes[at..<min(at + size, bytes.count)])
            }
            let output = String(decoding: gated(pieces), as: UTF8.self)
            #expect(output.contains(" oncrumbgatesrcdoc=\"<") && !output.contains(" srcdoc="), "in pieces of \(size)")
            let isCut = size < 65_536
            #expect(output.contains("data-crumbgate=\"analytics\(isCut ? " remarketing social" : "")\""))
            #expect(output.hasSuffix("<b>end</b>"))
        }
    }

    @Test("A document in UTF-16 is closed by a policy of its own", arguments: [true, false])
    func utf16(isBigEndian: Bool) {
        let text = "<!doctype html><img src=//tracker.example/a>"
        func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { isBigEndian ? [0, $0] : [$0, 0] } }
        let mark: [UInt8] = isBigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
        let output = gated((mark + wide(text)).map { [$0] })
        #expect(output == mark + wide("{closed}" + text))
    }

    @Test("A document that names ISO-2022-JP, or switches to it, is closed by a policy in its head")
    func escapedCharset() {
        func gated(_ text: String, mayNameCharset: Bool = true) -> String {
            var rewriter = DocumentRewriter()
            rewriter.reset(
                gating: .init(isSecure: true, mayNameCharset: mayNameCharset))
            var output = ByteBuffer()
            for piece in cut(Array(text.utf8), at: 40) {
                var offset = 0
                while case .insert = rewriter.step(piece.rawSpan, from: &offset, gate: CaseGate(), into: &output) {}
            }
            while case .insert = rewriter.finish(gate: CaseGate(), into: &output) {}
            return output.bytes.text
        }
        let rest = "<body><img src=//tracker.example/a>"
        for meta in [
            "<meta charset=iso-2022-jp>", "<meta charset='ISO-2022-JP'>", "<meta charset=csISO2022JP>",
            "<meta charset=\"iso-&#50;0&#50;&#50;-jp\">", "<meta charset='csiso&#x32;0&#x32;&#x32;jp'>",
            "<meta http-equiv=content-type content='text/html; charset=iso-2022-jp'>",
        ] {
            let start = "<!doctype html><html><head><title>x</title>"
            let whole = start + meta + rest
            #expect(gated(whole).contains("{closed}<meta "), "\(meta)")
            #expect(!gated(whole, mayNameCharset: false).contains("{closed}"))
            #expect(gated("<!doctype html>" + meta + rest).contains("<!doctype html>{closed}<meta "))
        }
        #expect(gated("<!doctype html><p>\u{1B}$B<script>\u{1B}(B" + rest).contains("html>{closed}<p>"))
        #expect(!gated("<meta charset=utf-8><title>© 2022 x</title>" + rest).contains("{closed}"))
    }

    @Test("Without a gate a document is left unread behind the body's start")
    func open() {
        var rewriter = DocumentRewriter()
        rewriter.reset(gating: nil)
        var output = ByteBuffer()
        let page = Array("<head></head><body><img src=//tracker.example/a>".utf8)
        var offset = 0
        while !rewriter.isPassthrough {
            _ = rewriter.step(page.rawSpan, from: &offset, gate: CaseGate(), into: &output)
        }
        #expect(offset == 19)
    }

    @Test("Most of a page is passed over as the tokenizer would read it")
    func plainMarkup() {
        // Tags that end where it is hard to see, each followed by one that shows whether the end was found.
        let tags = [
            "<p>", "<p >", "<p/>", "<br />", "<p a>", "<p a=b>", "<p a=\"b\">", "<p a=\"b\" >", "<p a=\"b\" c>",
            "<p a='b'>",
            "<p a=\"b>c\">", "<p a='b>c'>", "<p a=b\" c=\"d>e\">", "<p a=\"b='\">", "<p a='\"' b=\">\">",
            "<p a =\"b>c\">",
            "<p a= \"b>c\">", "<p a=\n\">\">", "<p a=\"\"\"b>", "<p a=\"x\"b=\">\">", "<p \"a>", "<p \"a=\">\">",
            "<p =\">", "<p a==\">b\">",
            "<p a=\">", "</p>", "</p >", "</p a=\">\">", "</p a='>'>", "</section-with-a-long-name>", "</p\"a>",
            "<p\u{0}a=\">\">", "<1>", "<>",
            "< p a=\">", "<p a=\"\(String(repeating: "b", count: 40))\">",
            "<p a=\"b\" \(String(repeating: "c", count: 40))>",
            "<p \(String(repeating: "c", count: 14))a=\">\">", "<pp-pp-pp a=\">\">", "<ppppppppp a=\">\">",
            "<P A=\"B\">",
        ]
        for tag in tags {
            for filler in ["", "x", String(repeating: "y", count: 15), String(repeating: "z", count: 33)] {
                let page =
                    Self.start + filler + tag + filler + "<img src=//tracker.example/a>" + filler + "<i title='"
                    + String(repeating: "w", count: 20) + "'>"
                let whole = gated([Array(page.utf8)])
                // Bytes one by one never give it enough to look at: the tokenizer reads them all.
                #expect(whole == gated(Array(page.utf8).map { [$0] }), "\(page)")
            }
        }
    }
}

/// Pages of what may hide a URL, or look like one.
private enum Soup {
    static let tags = [
        "<img src=", "<a href=", "<script>", "<script src=", "</script>", "<iframe srcdoc=", "<base href=", "<svg>",
        "</svg>",
        "<meta http-equiv=refresh content='0;url=", "<link rel=stylesheet href=", "<use xlink:href=", "<noscript>",
        "</noscript>", "<!--", "-->", "<title>", "</title>", "<textarea>", "</textarea>", "<style>", "</style>",
        "<td background=", "<table background=", "<set attributeName=href to=", "<script type=module>import(/**/",
        "<source srcset=", "<script type=importmap>", "<script type=module>import ", "<p data-x=",
        "<script>import(\"",
    ]
    static let schemes = [
        "", "http:", "https:", "HTTPS:", "ht\ntps:", "http\n:", "http&colon;", "&#104;ttp:", "ftp:", "s:", "x", ":",
        "&amp;#104;ttp:",
    ]
    static let slashes = [
        "/", "//", "\\\\", "/\\", "\\/", "/\t/", "/\n", "", "&#47;/", "&#x2f;&#47;", "/&sol;", "&bsol;/", "/&Tab;/",
        "&amp;sol;/", "///", "\\u002f/", "\\/\\/", "\\x2f\\x2F",
    ]
    static let hosts = [
        "tracker.example", "TRACKER.example.", "x.ads.example", "third.example:9001/video/", "open.example",
        "%74racker.example",
        "user@tracker.example", "open.example|@tracker.example", "open.example @tracker.example/", " @tracker.example",
        "open.example<&commat;tracker.example", "track&#101;r.example", "open.example'.ads.example",
        "tracker.example:443",
        "shop.example", "ｔracker.example", "tra&shy;cker.example", "tracker。example", "tracker%ef%bd%8fx.example",
    ]
    static let rest = [
        "\"", "'", " ", ">", "/", "/x.png", "?a=1&b=2", "fbq(", "text of a page, and more: ", " 1x, ", " data-x=", "\n",
        "\t", "&amp;",
        "&lt;script>", "<script x='</script>'>fbq(", "<script>fbq&lpar;1)</script>",
        "<script>x&&fbq(&quot;1&quot;)</script>", "<script x=\"'a>\">",
        "</script >", "<script=y x=\"</script>\">fbq(", "<script a=b=\"c>d\">", "&#60;img src=", "<!--<script>", ")",
        "]", "\" data-y=\"",
    ]

    static func page(using generator: inout Xorshift) -> String {
        var page = ""
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            for list in [tags, rest, schemes, slashes, hosts, rest, rest, tags]
            where Int.random(in: 0..<8, using: &generator) > 0 {
                page += list.randomElement(using: &generator) ?? ""
            }
        }
        return page
    }
}
