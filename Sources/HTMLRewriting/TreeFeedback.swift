import Bytes

/// What tree construction tells the tokenizer (WHATWG HTML §13.2.6), as far as it moves the boundaries of tags.
///
/// A start tag may begin text that holds no tags; in foreign content (`svg`, `math`) the same name does not, and CDATA
/// sections exist. Only the elements that decide this are remembered, so that a page's depth costs nothing. Scripting
/// counts as enabled: the content of `noscript` is text, which is what the browser sees for which tags matter at all.
public struct TreeFeedback: Sendable {
    private var open = InlineArray<32, Scope>(repeating: .template)
    private var depth = 0
    private var templates = 0
    private let syntax: DocumentSyntax
    /// Whether elements are nested deeper than is remembered; from then on boundaries may be wrong.
    public private(set) var isLost = false

    /// Makes the feedback for the beginning of a document.
    public init(syntax: DocumentSyntax = .html) {
        self.syntax = syntax
    }

    /// Whether the document stands within a `template` element, whose content belongs neither to head nor to body.
    public var isInTemplate: Bool { templates > 0 }

    /// Whether the document stands within nothing that is remembered.
    var isFlat: Bool { depth == 0 }

    /// Whether the document stands in SVG or MathML, but for the places there that hold HTML.
    public var isInForeignContent: Bool { depth > 0 && (open[depth - 1] == .svg || open[depth - 1] == .math) }

    /// Tells `tokenizer` how to go on after a token it has just returned.
    public mutating func follow(_ token: Token, _ tokenizer: inout Tokenizer, in input: RawSpan) {
        switch token {
        case .startTag:
            started(&tokenizer, in: input)
        case .endTag where depth > 0:
            ended(tokenizer.element)
            tokenizer.allowsCDATA = allowsCDATA
        case .endTag, .needsMore, .text, .comment, .doctype, .markup, .end:
            break
        }
    }

    fileprivate enum Scope: UInt8 {
        case svg, math
        /// Holds HTML: `foreignObject`, `desc` and `title` in SVG, `annotation-xml` of a type that says so.
        case foreignObject, desc, title, annotationHTML
        /// Holds HTML but for `mglyph` and `malignmark`.
        case mi, mo, mn, ms, mtext
        /// Holds `svg` and else MathML.
        case annotation
        case template
    }

    private var allowsCDATA: Bool {
        switch syntax {
        case .xml: true
        // Directly within an integration point, too, the current node is a foreign one.
        case .html: depth > 0 && open[depth - 1] != .template
        }
    }

    private mutating func started(_ tokenizer: inout Tokenizer, in input: RawSpan) {
        let element = tokenizer.element
        if case .xml = syntax {
            // XML has no element whose content is text; a `template` without content opens nothing.
            if element == .template, !tokenizer.isSelfClosing { push(.template) }
            tokenizer.allowsCDATA = true
            return
        }
        guard depth > 0 else {
            startedHTML(element, &tokenizer)
            return
        }
        switch open[depth - 1] {
        case .svg, .math, .annotation:
            startedForeign(element, &tokenizer, in: input)
        case .mi, .mo, .mn, .ms, .mtext:
            if element != .mglyph, element != .malignmark { startedHTML(element, &tokenizer) }
        case .foreignObject, .desc, .title, .annotationHTML, .template:
            startedHTML(element, &tokenizer)
        }
        tokenizer.allowsCDATA = allowsCDATA
    }

    private mutating func startedHTML(_ element: Element, _ tokenizer: inout Tokenizer) {
        switch element {
        case .script: tokenizer.enter(.scriptData, until: element)
        case .style, .xmp, .iframe, .noembed, .noframes, .noscript: tokenizer.enter(.rawtext, until: element)
        case .title, .textarea: tokenizer.enter(.rcdata, until: element)
        case .plaintext: tokenizer.enter(.plaintext, until: element)
        case .template: push(.template)
        case .svg where !tokenizer.isSelfClosing: push(.svg)
        case .math where !tokenizer.isSelfClosing: push(.math)
        default: return
        }
        tokenizer.allowsCDATA = allowsCDATA
    }

    /// A start tag in foreign content (§13.2.6.5).
    private mutating func startedForeign(_ element: Element, _ tokenizer: inout Tokenizer, in input: RawSpan) {
        let scope = open[depth - 1]
        if element.leavesForeignContent || element == .font && tokenizer.hasFontAttribute(in: input) {
            while depth > 0, open[depth - 1].isForeign { pop() }
            startedHTML(element, &tokenizer)
            return
        }
        if tokenizer.isSelfClosing { return }
        switch (scope, element) {
        case (.svg, .svg): push(.svg)
        case (.svg, .foreignObject): push(.foreignObject)
        case (.svg, .desc): push(.desc)
        case (.svg, .title): push(.title)
        case (.annotation, .svg): push(.svg)
        case (.math, .math), (.annotation, .math): push(.math)
        case (.math, .mi), (.annotation, .mi): push(.mi)
        case (.math, .mo), (.annotation, .mo): push(.mo)
        case (.math, .mn), (.annotation, .mn): push(.mn)
        case (.math, .ms), (.annotation, .ms): push(.ms)
        case (.math, .mtext), (.annotation, .mtext): push(.mtext)
        case (.math, .annotationXML), (.annotation, .annotationXML):
            push(tokenizer.isHTMLAnnotation(in: input) ? .annotationHTML : .annotation)
        default: break
        }
    }

    /// Closes the innermost open element of this name, with all within it, but none around a `template`.
    private mutating func ended(_ element: Element) {
        if element == .br || element == .p, depth > 0, open[depth - 1].isForeign {
            while depth > 0, open[depth - 1].isForeign { pop() }
            return
        }
        guard let scopes = element.scopes else { return }
        var at = depth
        while at > 0 {
            at -= 1
            let scope = open[at]
            if scope == scopes.0 || scope == scopes.1 {
                while depth > at { pop() }
                return
            }
            if scope == .template { return }
        }
    }

    private mutating func push(_ scope: Scope) {
        guard depth < open.count else {
            isLost = true
            return
        }
        open[depth] = scope
        depth += 1
        if scope == .template { templates += 1 }
    }

    private mutating func pop() {
        depth -= 1
        if open[depth] == .template { templates -= 1 }
    }
}

extension TreeFeedback.Scope {
    /// Whether elements in it are foreign ones.
    fileprivate var isForeign: Bool { self == .svg || self == .math || self == .annotation }
}

extension Element {
    /// A start tag that ends foreign content (§13.2.6.5).
    fileprivate var leavesForeignContent: Bool {
        switch self {
        case .b, .big, .blockquote, .body, .br, .center, .code, .dd, .div, .dl, .dt, .em, .embed, .h1, .h2, .h3, .h4,
            .h5, .h6, .head, .hr, .i, .img, .li, .listing, .menu, .meta, .nobr, .ol, .p, .pre, .ruby, .s, .small,
            .span, .strong, .strike, .sub, .sup, .table, .tt, .u, .ul, .`var`:
            true
        default: false
        }
    }

    fileprivate var scopes: (TreeFeedback.Scope, TreeFeedback.Scope)? {
        switch self {
        case .svg: (.svg, .svg)
        case .math: (.math, .math)
        case .foreignObject: (.foreignObject, .foreignObject)
        case .desc: (.desc, .desc)
        case .title: (.title, .title)
        case .annotationXML: (.annotationHTML, .annotation)
        case .mi: (.mi, .mi)
        case .mo: (.mo, .mo)
        case .mn: (.mn, .mn)
        case .ms: (.ms, .ms)
        case .mtext: (.mtext, .mtext)
        case .template: (.template, .template)
        default: nil
        }
    }
}

extension Tokenizer {
    fileprivate func hasFontAttribute(in input: RawSpan) -> Bool {
        attribute(named: "color", in: input) != nil || attribute(named: "face", in: input) != nil
            || attribute(named: "size", in: input) != nil
    }

    /// Whether an `annotation-xml` holds HTML (§13.2.6.3).
    fileprivate func isHTMLAnnotation(in input: RawSpan) -> Bool {
        guard let encoding = attribute(named: "encoding", in: input) else { return false }
        let value = input[encoding.value]
        return value.equalsIgnoringCase("text/html") || value.equalsIgnoringCase("application/xhtml+xml")
    }
}
