import Bytes
import Foundation
import HTMLRewriting
import Testing

@Suite("Insertion points")
struct DocumentRewriterTests {
    @Test("Each fixture comes out as the file beside it says, at every cut and byte by byte", arguments: fixtures())
    func fixture(_ fixture: Fixture) {
        let whole = rewrite([fixture.input], syntax: fixture.syntax)
        #expect(whole.text == String(decoding: fixture.expected, as: UTF8.self))
        #expect(whole.output == fixture.expected)
        for offset in 0...fixture.input.count {
            let parts = rewrite(cut(fixture.input, at: offset), syntax: fixture.syntax)
            #expect(parts.told == whole.told, "cut at \(offset)")
        }
        #expect(rewrite(fixture.input.map { [$0] }, syntax: fixture.syntax).told == whole.told)
    }

    @Test("There are fixtures")
    func count() { #expect(fixtures().count >= 25) }

    @Test(
        "The language of the document is known at the head's start",
        arguments: [
            ("<html lang=de><head>", "de"), ("<!doctype html><HTML class=x LANG='pt-BR'>x", "pt-BR"),
            ("<html xml:lang=\"fr\"><head>", "fr"), ("<html lang=en xml:lang=fr><p>", "en"),
            ("<html lang='<script>'><head>", ""), ("<html lang><head>", ""), ("<p lang=de>", ""),
            ("<html lang=de lang=en><html lang=fr><head>", "de"), ("<html><html lang=fr><head>", "fr"),
            ("<html lang=abcdefghijklmnopqrstuvwxyzabcdefghijk><head>", ""),
        ])
    func language(document: String, language: String) {
        #expect(rewrite([Array(document.utf8)]).language == language)
    }

    @Test(
        "A base address in the head is reported",
        arguments: [
            ("<head><base href=/x/>", true), ("<base target=_top><BASE HREF='//a.example/'><body>", true),
            ("<head><base target=_top></head>", false), ("<head></head><base href=/><body>", true),
            ("<head><template><base href=/></template>", false), ("<head><noscript><base href=/></noscript>", false),
            ("<head><!-- <base href=/> --><title><base href=/></title>", false),
        ])
    func base(document: String, isSeen: Bool) {
        #expect(rewrite([Array(document.utf8)]).baseHrefSeen == isSeen)
    }

    @Test(
        "What begins like a document is told from a fragment, by the same bytes at every cut",
        arguments: [
            ("<!doctype html>x", true), ("<html>x", true), ("<head>", true), ("<body>x", true), ("<title>x", true),
            ("<meta charset=utf-8>x", true), ("hello <b>x</b>", false), ("<div>x</div>", false), ("", false),
            ("<tr><td>1</td></tr>", false), ("<script>1</script><p>x", false), ("{\"a\": 1}", false),
            ("warning: x<!DOCTYPE html><html>", true), ("<div></div><header>", false),
            ("<p>" + String(repeating: "x", count: 1014) + "<html >", true),
            ("<p>" + String(repeating: "x", count: 1016) + "<html >", false),
        ])
    func nature(document: String, isDocument: Bool) {
        let bytes = Array(document.utf8)
        let whole = rewrite([bytes])
        #expect(whole.looksLikeDocument == isDocument)
        for offset in 0...bytes.count { #expect(rewrite(cut(bytes, at: offset)).told == whole.told) }
    }

    @Test("A document that starts like one goes out at once, but for a tag that is not complete")
    func latency() {
        var rewriter = DocumentRewriter()
        var output = ByteBuffer()
        let bytes = Array("<!doctype html> <!-- c --><html><di".utf8)
        var offset = 0
        #expect(rewriter.step(bytes.rawSpan, from: &offset, into: &output) == .needsMore)
        #expect(output.count == bytes.count - 3)
        #expect(rewriter.heldBytes == 3)
    }

    @Test("After the body's start nothing is read any more")
    func passthrough() {
        var rewriter = DocumentRewriter()
        var output = ByteBuffer()
        let bytes = Array("<head></head><body>rest<script>".utf8)
        var offset = 0
        #expect(rewriter.step(bytes.rawSpan, from: &offset, into: &output) == .insert(.headStart))
        var isPassthrough = rewriter.isPassthrough
        #expect(!isPassthrough)
        #expect(rewriter.step(bytes.rawSpan, from: &offset, into: &output) == .insert(.bodyStart))
        isPassthrough = rewriter.isPassthrough
        #expect(isPassthrough)
        #expect(output.bytes.text == "<head></head><body>")
        #expect(offset == output.count)
    }

    @Test("A tag beyond the memory limit makes the document go out as it is")
    func bailOut() {
        let bytes = Array(("<head><meta content='" + String(repeating: "x", count: 70_000) + "'><body>").utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 1000).map { Array(bytes[$0..<min($0 + 1000, bytes.count)]) }
        let result = rewrite(pieces)
        #expect(result.didBailOut)
        #expect(result.text == String(decoding: bytes, as: UTF8.self).replacing("<head>", with: "<head>{head}"))
        #expect(result.mostHeld <= 65_536)
        let inPlace = rewrite([bytes])
        #expect(!inPlace.didBailOut)
        #expect(inPlace.text.hasSuffix("<body>{body}"))
    }

    @Test(
        "Documents of up to 100 MB need no more than 64 KiB",
        arguments: [("comment", 100), ("head", 10), ("text", 100), ("title", 10), ("doctype", 10)])
    func large(kind: String, megabytes: Int) {
        var rewriter = DocumentRewriter()
        var output = ByteBuffer()
        let filler: String
        let start: String
        switch kind {
        case "comment": (start, filler) = ("<!--", " - -- <p> ")
        case "head": (start, filler) = ("<head>", "<meta name=a content='b > c'><!-- x --><script>'<body>'</script>\n")
        case "text": (start, filler) = ("<body>", "text <p> ")
        case "title": (start, filler) = ("<title>", "</titl </title< <body>")
        default: (start, filler) = ("<!doctype html><html>", " \n\t <!--->")
        }
        let piece = Array(String(repeating: filler, count: 65_536 / filler.utf8.count + 1).utf8).prefix(65_531)
        let block = Array(piece)
        var most = 0
        var written = 0
        func feed(_ bytes: [UInt8]) {
            var offset = 0
            while !rewriter.isPassthrough {
                let step = rewriter.step(bytes.rawSpan, from: &offset, into: &output)
                most = max(most, rewriter.heldMemory)
                written += output.count
                output.clear()
                if case .needsMore = step { break }
            }
            written += bytes.count - offset
        }
        feed(Array(start.utf8))
        let rounds = megabytes * 1_000_000 / block.count + 1
        for _ in 0..<rounds { feed(block) }
        #expect(written + rewriter.heldBytes == start.utf8.count + rounds * block.count)
        #expect(most <= 65_536)
        let didBailOut = rewriter.didBailOut
        #expect(!didBailOut)
    }

    @Test("A rewriter that is reused forgets the document before")
    func reuse() {
        var rewriter = DocumentRewriter()
        for fixture in fixtures() {
            rewriter.reset(syntax: fixture.syntax)
            #expect(rewrite([fixture.input], with: &rewriter).output == fixture.expected, "\(fixture.name)")
        }
    }
}

struct Fixture: CustomTestStringConvertible, Sendable {
    var name: String
    var input: [UInt8]
    var expected: [UInt8]
    var syntax: DocumentSyntax
    var testDescription: String { name }
}

/// The pages of `fixtures/html`: `NAME.html` or `NAME.xhtml`, with `NAME.html.expected` beside it.
func fixtures() -> [Fixture] {
    let root = URL(filePath: #filePath).appending(path: "../../../../fixtures/html").standardized
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.filter { $0.hasSuffix(".expected") }.sorted().compactMap { file in
        let name = String(file.dropLast(".expected".count))
        guard let input = try? Data(contentsOf: root.appending(path: name)),
            let expected = try? Data(contentsOf: root.appending(path: file))
        else { return nil }
        return Fixture(
            name: name, input: Array(input), expected: Array(expected), syntax: name.hasSuffix(".xhtml") ? .xml : .html)
    }
}
