import Bytes
import HTMLRewriting
import Testing

@Suite("Elements")
struct ElementTests {
    @Test("Every element is found by its own name in any case and at any place", arguments: Element.allCases)
    func found(element: Element) {
        let name = "\(element.name)"
        guard element != .other else { return }
        for text in ["<\(name)>", "<\(name.uppercased())        >", "        </\(name) a>"] {
            #expect(tags(of: text).map(\.element) == [element], "\(text)")
        }
        #expect(tags(of: "<\(name)x   >").map(\.element) != [element])
    }

    @Test("A control byte is not taken for the digit or hyphen it resembles")
    func controls() {
        #expect(tags(of: "<h\u{11}        >").map(\.element) == [.other])
        #expect(tags(of: "<h1        >").map(\.element) == [.h1])
    }
}

/// The tags of a document and what they mean.
func tags(of text: String) -> [(name: String, element: Element)] {
    let bytes = Array(text.utf8)
    var tokenizer = Tokenizer()
    var offset = 0
    var found: [(name: String, element: Element)] = []
    while true {
        switch tokenizer.next(bytes.rawSpan, from: &offset, .endOfDocument) {
        case .startTag, .endTag: found.append((bytes.rawSpan[tokenizer.tagName].text, tokenizer.element))
        case .end: return found
        case .text, .comment, .doctype, .markup, .needsMore: break
        }
    }
}
