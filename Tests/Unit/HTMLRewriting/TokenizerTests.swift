import Bytes
import HTMLRewriting
import Testing

@Suite("Tokenizer")
struct TokenizerTests {
    @Test("The tokens of html5lib's suite are found, whole, at every cut and byte by byte")
    func suite() {
        let suite = TokenizerSuite()
        guard !suite.cases.isEmpty else { return }
        let references = CharacterReferences(names: suite.references)
        for test in suite.cases {
            let whole = tokens(of: [test.input], test)
            #expect(whole.isGapless, "\(test.title)")
            #expect(whole.described(references) == test.expected, "\(test.title)")
            // One check a case: thousands of cases with dozens of cuts each.
            let differing = (0...test.input.count).first { tokens(of: cut(test.input, at: $0), test) != whole }
            #expect(differing == nil, "\(test.title)")
            #expect(tokens(of: test.input.map { [$0] }, test) == whole, "\(test.title)")
        }
        let counts = suite.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        print("html5lib: \(counts.joined(separator: ", ")); not encodable: \(suite.unencodable)")
        #expect(suite.counts.values.reduce(0, +) > 6500)
        #expect(suite.references.count > 2000)
    }

    @Test("Attributes are found by their ranges, quotes included, at every cut")
    func attributes() {
        let text = "<a x y=1 z = 'a>b' W=\"\" q=a/b/ = \"r\"s=t u=></a>"
        let expected = ["x", "y=1", "z = 'a>b'", "W=\"\"", "q=a/b/", "=", "\"r\"s=t", "u"]
        let bytes = Array(text.utf8)
        for offset in 0...bytes.count {
            #expect(parts(of: cut(bytes, at: offset)) == expected, "cut at \(offset)")
        }
    }

    @Test("A tag may have more attributes than there is room for at first")
    func manyAttributes() {
        let expected = (0..<300).map { "a\($0)=\"\($0)\"" }
        let bytes = Array(("<p " + expected.joined(separator: " ") + ">").utf8)
        #expect(parts(of: [bytes]) == expected)
        #expect(parts(of: cut(bytes, at: 1000)) == expected)
    }

    @Test("Random tag soup gives the same tokens at every cut, without gap or overlap")
    func soup() {
        let words = [
            "<", ">", "</", "/>", "<!--", "-->", "--!>", "-", "!", "<![CDATA[", "]]>", "]", "<script", "</script>",
            "<style>", "</style", "<title>", "</title>", "<svg>", "</svg>", "<math>", "<mi>", "</mi>", "<p>", "<desc>",
            "</desc>", "<template>", "</template>", "a", " ", "=", "'", "\"", "\0", "\r\n", "&amp;", "<!doctype", "?",
            "<plaintext>", "<textarea>", "</textarea>", "<body>", "<head>", "</head>", "<base href=x>", "é", "<br/>",
        ]
        var random = Xorshift(state: 0x9E37_79B9_7F4A_7C15)
        for round in 0..<400 {
            var text = ""
            for _ in 0..<Int.random(in: 1...24, using: &random) { text += words.randomElement(using: &random) ?? "" }
            let bytes = Array(text.utf8)
            for syntax in [DocumentSyntax.html, .xml] {
                let whole = tokens(of: [bytes], syntax: syntax)
                #expect(whole.isGapless, "\(round): \(text)")
                let rewritten = rewrite([bytes], syntax: syntax)
                let plain = rewritten.text.replacing("{head}", with: "").replacing("{body}", with: "")
                #expect(plain == text, "\(round)")
                let differing = (0...bytes.count).first { offset in
                    tokens(of: cut(bytes, at: offset), syntax: syntax) != whole
                        || rewrite(cut(bytes, at: offset), syntax: syntax).told != rewritten.told
                }
                #expect(differing == nil, "\(round): \(text)")
            }
        }
    }
}

/// A small generator, so that every run sees the same soup.
struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

/// What a tokenizer found, pieces of text and comments put together, bytes as received.
struct FoundTokens: Equatable {
    enum Found: Equatable {
        case text([UInt8], ContentModel)
        case startTag([UInt8], [[UInt8]], isSelfClosing: Bool)
        case endTag([UInt8])
        case comment([UInt8], isComplete: Bool)
        case doctype([UInt8])
        case markup([UInt8])
    }

    var found: [Found] = []
    var isGapless = true

    mutating func append(_ next: Found) {
        switch (found.last, next) {
        case (.text(let text, let before)?, .text(let more, let model)) where before == model:
            found[found.count - 1] = .text(text + more, model)
        case (.comment(let text, isComplete: false)?, .comment(let more, let isComplete)):
            found[found.count - 1] = .comment(text + more, isComplete: isComplete)
        default:
            found.append(next)
        }
    }

    /// The tokens as the suite tells them.
    func described(_ references: CharacterReferences) -> [TokenDescription] {
        var result: [TokenDescription] = []
        for token in found {
            switch token {
            case .text(let bytes, let model):
                var text = newlinesNormalized(bytes)
                switch model {
                case .data: text = references.decoded(text, inAttribute: false)
                case .rcdata: text = references.decoded(withoutNUL(text), inAttribute: false)
                case .rawtext, .scriptData, .plaintext: text = withoutNUL(text)
                case .cdata: break
                }
                if case .characters(let before)? = result.last {
                    result[result.count - 1] = .characters(before + text)
                } else {
                    result.append(.characters(text))
                }
            case .startTag(let name, let parts, let isSelfClosing):
                var attributes: [String: String] = [:]
                for index in stride(from: 0, to: parts.count, by: 2) {
                    let value = withoutNUL(newlinesNormalized(parts[index + 1]))
                    let name = lowercased(withoutNUL(newlinesNormalized(parts[index])))
                    if attributes[name] == nil { attributes[name] = references.decoded(value, inAttribute: true) }
                }
                let name = lowercased(withoutNUL(newlinesNormalized(name)))
                result.append(.startTag(name, attributes, isSelfClosing: isSelfClosing))
            case .endTag(let name): result.append(.endTag(lowercased(withoutNUL(newlinesNormalized(name)))))
            case .comment(let text, _): result.append(.comment(withoutNUL(newlinesNormalized(text))))
            case .doctype(let declaration): result.append(.doctype(doctypeName(declaration)))
            case .markup: break
            }
        }
        return result
    }

    private func doctypeName(_ declaration: [UInt8]) -> String? {
        let space: Set<UInt8> = [9, 10, 12, 13, 32]
        let name = declaration.dropFirst(9).drop { space.contains($0) }.prefix { !space.contains($0) && $0 != 0x3E }
        return name.isEmpty ? nil : lowercased(withoutNUL(String(decoding: name, as: UTF8.self)))
    }

    private func newlinesNormalized(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() where byte != 10 || index == 0 || bytes[index - 1] != 13 {
            result.append(byte == 13 ? 10 : byte)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func withoutNUL(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    private func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map(\.lowercasedASCII), as: UTF8.self)
    }
}

func tokens(of pieces: [[UInt8]], _ test: TokenizerCase) -> FoundTokens {
    var tokenizer = Tokenizer()
    tokenizer.enter(test.initialState, endTagName: Array(test.lastStartTag.utf8).rawSpan)
    return tokens(of: pieces, with: &tokenizer, feedback: nil)
}

func tokens(of pieces: [[UInt8]], syntax: DocumentSyntax = .html) -> FoundTokens {
    var tokenizer = Tokenizer(syntax: syntax)
    return tokens(of: pieces, with: &tokenizer, feedback: TreeFeedback(syntax: syntax))
}

/// Presents the pieces one after the other, each behind what the tokenizer still wants to see.
func tokens(
    of pieces: [[UInt8]], with tokenizer: inout Tokenizer, feedback: TreeFeedback?
) -> FoundTokens {
    var result = FoundTokens()
    var feedback = feedback
    var window: [UInt8] = []
    for index in 0...pieces.count {
        let following = index == pieces.count ? Following.endOfDocument : .moreMayFollow
        if index < pieces.count { window += pieces[index] }
        var offset = 0
        reading: while true {
            let start = offset
            let model = tokenizer.contentModel
            let token = tokenizer.next(window.rawSpan, from: &offset, following)
            func bytes(_ range: ByteRange) -> [UInt8] { Array(window[range.range]) }
            switch token {
            case .needsMore:
                if offset != start { result.isGapless = false }
                break reading
            case .end:
                if offset != window.count { result.isGapless = false }
                break reading
            case .text(let range): result.append(.text(bytes(range), model))
            case .startTag:
                var parts: [[UInt8]] = []
                for index in 0..<tokenizer.attributeCount {
                    let attribute = tokenizer.attribute(index)
                    parts += [bytes(attribute.name), bytes(attribute.value)]
                }
                result.append(.startTag(bytes(tokenizer.tagName), parts, isSelfClosing: tokenizer.isSelfClosing))
            case .endTag: result.append(.endTag(bytes(tokenizer.tagName)))
            case .comment:
                result.append(.comment(bytes(tokenizer.commentText), isComplete: tokenizer.isCommentComplete))
            case .doctype(let range): result.append(.doctype(bytes(range)))
            case .markup(let range): result.append(.markup(bytes(range)))
            }
            switch token {
            case .text(let range), .startTag(let range), .endTag(let range), .comment(let range),
                .doctype(let range), .markup(let range):
                if range.lowerBound != start || range.upperBound != offset { result.isGapless = false }
            case .needsMore, .end: break
            }
            feedback?.follow(token, &tokenizer, in: window.rawSpan)
        }
        window.removeFirst(offset)
    }
    return result
}

/// The attributes of the first tag, each from its name to its closing quote.
func parts(of pieces: [[UInt8]]) -> [String] {
    var tokenizer = Tokenizer()
    var window: [UInt8] = []
    for piece in pieces {
        window += piece
        var offset = 0
        while case let token = tokenizer.next(window.rawSpan, from: &offset), token != .needsMore {
            guard case .startTag = token else { continue }
            return (0..<tokenizer.attributeCount).map { window.rawSpan[tokenizer.attribute($0).whole].text }
        }
        window.removeFirst(offset)
    }
    return []
}
