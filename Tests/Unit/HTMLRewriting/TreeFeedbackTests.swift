import Bytes
import HTMLRewriting
import Testing

@Suite("Tree feedback")
struct TreeFeedbackTests {
    @Test(
        "Names mean text or markup by where they stand",
        arguments: [
            ("<title><b></title><i>", ["title", "/title", "i"]),
            ("<textarea><b></textarea ><i>", ["textarea", "/textarea", "i"]),
            ("<style></styl></style/><i>", ["style", "/style", "i"]),
            ("<noscript><img></noscript><i>", ["noscript", "/noscript", "i"]),
            (
                "<xmp><b></xmp><iframe><b></iframe><noembed><b></noembed><noframes><b></noframes>",
                ["xmp", "/xmp", "iframe", "/iframe", "noembed", "/noembed", "noframes", "/noframes"]
            ),
            ("<plaintext></plaintext><i>", ["plaintext"]),
            ("<script><!--<script></script>--></script><i>", ["script", "/script", "i"]),
            ("<script><!--<script>--></script><i>", ["script", "/script", "i"]),
            // In foreign content the same names hold markup, unless HTML is let in.
            ("<svg><title><b></title></svg>", ["svg", "title", "b", "/title", "/svg"]),
            (
                "<svg><style><a></style></svg><style><b></style>",
                ["svg", "style", "a", "/style", "/svg", "style", "/style"]
            ),
            ("<svg><script><a></script></svg>", ["svg", "script", "a", "/script", "/svg"]),
            ("<svg/><style><b></style>", ["svg", "style", "/style"]),
            ("<svg><title/><style><a>", ["svg", "title", "style", "a"]),
            (
                "<svg><foreignObject><style><b></style></foreignObject><style><a>",
                ["svg", "foreignObject", "style", "/style", "/foreignObject", "style", "a"]
            ),
            (
                "<svg><desc><textarea><b></textarea></desc><textarea><a>",
                ["svg", "desc", "textarea", "/textarea", "/desc", "textarea", "a"]
            ),
            ("<svg><p><style><b></style>", ["svg", "p", "style", "/style"]),
            ("<svg></p><style><b></style>", ["svg", "/p", "style", "/style"]),
            ("<svg><font><style><a>", ["svg", "font", "style", "a"]),
            ("<svg><font color=red><style><b></style>", ["svg", "font", "style", "/style"]),
            ("<math><mi><style><b></style></mi><style><a>", ["math", "mi", "style", "/style", "/mi", "style", "a"]),
            ("<math><mi><mglyph><style><b></style>", ["math", "mi", "mglyph", "style", "/style"]),
            (
                "<math><annotation-xml><style><a></style><svg><style><b>",
                ["math", "annotation-xml", "style", "a", "/style", "svg", "style", "b"]
            ),
            ("<math><annotation-xml encoding=' text/html'><style><a>", ["math", "annotation-xml", "style", "a"]),
            (
                "<math><annotation-xml encoding=TEXT/html><style><b></style>",
                ["math", "annotation-xml", "style", "/style"]
            ),
            ("<svg><g></svg></g><title><b></title>", ["svg", "g", "/svg", "/g", "title", "/title"]),
            (
                "<svg><svg></svg><title><a></title></svg><title><b></title>",
                ["svg", "svg", "/svg", "title", "a", "/title", "/svg", "title", "/title"]
            ),
            ("<template><svg></template><title><b></title>", ["template", "svg", "/template", "title", "/title"]),
            ("<svg><template><b></template><title><a>", ["svg", "template", "b", "/template", "title"]),
            // CDATA sections exist only there.
            ("<![CDATA[ <a> ]]> <b>", ["b"]),
            ("<p><![CDATA[ > <a> ]]>", ["p", "a"]),
            ("<svg><![CDATA[ > <a> ]]><b>", ["svg", "b"]),
            ("<svg><![CDATA[ ]]]]><a>", ["svg", "a"]),
            (
                "<svg><foreignObject><![CDATA[ > <a> ]]></foreignObject></svg><![CDATA[ > <b> ]]>",
                ["svg", "foreignObject", "/foreignObject", "/svg", "b"]
            ),
        ] as [(String, [String])])
    func feedback(document: String, expected: [String]) {
        #expect(names(of: [Array(document.utf8)]) == expected)
        for offset in 0...document.utf8.count {
            #expect(names(of: cut(Array(document.utf8), at: offset)) == expected, "cut at \(offset)")
        }
    }

    @Test("In XML no element holds raw text, and instructions, comments and subsets end as XML says")
    func xml() {
        let document = """
            <?a > ? ?><!DOCTYPE html [<!ENTITY a "]>"><!-- ' ]> -->]><html><script src="a"/><title><b/></title>\
            <![CDATA[ <a> ]]><!--> <a> --><p/></html><?
            """
        let expected = ["html", "script", "title", "b", "/title", "p", "/html"]
        let bytes = Array(document.utf8)
        #expect(names(of: [bytes], syntax: .xml) == expected)
        for offset in 0...bytes.count { #expect(names(of: cut(bytes, at: offset), syntax: .xml) == expected) }
    }

    @Test("Nesting beyond what is remembered is told, not guessed")
    func depth() {
        let bytes = Array(String(repeating: "<template>", count: 33).utf8)
        var tokenizer = Tokenizer()
        var feedback = TreeFeedback()
        var offset = 0
        while case let token = tokenizer.next(bytes.rawSpan, from: &offset), token != .needsMore {
            feedback.follow(token, &tokenizer, in: bytes.rawSpan)
        }
        #expect(feedback.isLost)
        #expect(rewrite([Array("<head>".utf8) + bytes]).didBailOut)
    }
}

/// The names of the tags of a document, end tags with `/`.
func names(of pieces: [[UInt8]], syntax: DocumentSyntax = .html) -> [String] {
    tokens(of: pieces, syntax: syntax).found.compactMap { token in
        switch token {
        case .startTag(let name, _, _): String(decoding: name, as: UTF8.self)
        case .endTag(let name): "/" + String(decoding: name, as: UTF8.self)
        case .text, .comment, .doctype, .markup: nil
        }
    }
}
