import Bytes
import HTMLRewriting

/// The tokenizer: tokens cover the document without gap, their parts lie within them, and cuts change nothing.
func fuzzTokenizer(_ bytes: [UInt8]) {
    for syntax in [DocumentSyntax.html, .xml] {
        var random = Choices(bytes)
        let whole = tokens([bytes], syntax)
        expect(whole.flatMap(\.bytes) == bytes, "gap or overlap")
        let parts = tokens(random.pieces(of: bytes), syntax)
        if whole != parts {
            let index = zip(whole, parts).prefix { $0 == $1 }.count
            fatalError("in pieces: token \(index) is \(parts.dropFirst(index).first.map { "\($0)" } ?? "missing")")
        }
    }
}

/// The document rewriter: what comes out is what went in, but for our markup, which stands in the same places however
/// the document arrives; and it holds no more than it may.
func fuzzRewriter(_ bytes: [UInt8]) {
    var random = Choices(bytes)
    for syntax in [DocumentSyntax.html, .xml] {
        let whole = Rewriting([bytes], syntax, memoryLimit: 65_536)
        check(whole, bytes)
        let parts = Rewriting(random.pieces(of: bytes), syntax, memoryLimit: 65_536)
        check(parts, bytes)
        // A tag that is whole in its piece is read in place, so only what is held counts towards the limit.
        if !parts.didBailOut { expect(parts.told == whole.told, "in pieces: \(parts) whole: \(whole)") }

        let limit = Int.random(in: 1...96, using: &random)
        let tight = Rewriting(random.pieces(of: bytes), syntax, memoryLimit: limit)
        check(tight, bytes)
        expect(tight.mostHeld <= limit, "\(tight.mostHeld) of \(limit) bytes held")
        if !tight.didBailOut { expect(tight.told == whole.told, "with a limit: \(tight) whole: \(whole)") }
    }
}

/// The gate: its additions taken away give the input back, a second pass adds nothing, and no cut changes anything.
func fuzzGating(_ bytes: [UInt8]) {
    // Its marks in the input could not be told from its own.
    if bytes.lowercased.contains(Array("crumbgate".utf8)) { return }
    var random = Choices(bytes)
    for syntax in [DocumentSyntax.html, .xml] {
        let whole = gated([bytes], syntax)
        expect(whole.withoutGating == bytes, "not given back: \(whole.shown)")
        // The mark of a frame's document is nobody's but ours.
        if whole.without(Array("oncrumbgate".utf8)) == whole {
            expect(gated([whole], syntax) == whole, "gated twice: \(whole.shown)")
        }
        let parts = gated(random.pieces(of: bytes), syntax)
        expect(parts == whole, "in pieces: \(parts.shown) whole: \(whole.shown)")
        // What is too long to be held is gated in parts, which may put a mark elsewhere.
        let tight = gated(random.pieces(of: bytes), syntax, memoryLimit: Int.random(in: 64...256, using: &random))
        expect(tight.withoutGating == bytes, "with a limit: \(tight.shown)")
    }
}

/// Withholds what has a `t` first in its host, or `fbq` in its script.
private struct FuzzGate: ElementGate {
    var isSecure: Bool { true }
    var withheldCategories: UInt64 { 0b110 }
    func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule? {
        host[0] | 0x20 == UInt8(ascii: "t") ? WithheldRule(number: 1, category: 1) : nil
    }
    func mayWithhold(host: RawSpan) -> Bool { host[0] == UInt8(ascii: "t") }
    func rule(forScript text: RawSpan) -> WithheldRule? {
        text.array.contains(Array("fbq".utf8)) ? WithheldRule(number: 2, category: 2) : nil
    }
    func writeCategories(_ categories: UInt64, into output: inout ByteBuffer) { output.append("x") }
    func writePlaceholder(
        _ place: FramePlace, url: RawSpan, document: borrowing DocumentRewriter, into output: inout ByteBuffer
    ) {}
    func writeClosingMarkup(into output: inout ByteBuffer) {}
    func writePolicy(_ policy: RawSpan, into output: inout ByteBuffer) { output.append(policy) }
}

private func gated(_ pieces: [[UInt8]], _ syntax: DocumentSyntax, memoryLimit: Int = 65_536) -> [UInt8] {
    var rewriter = DocumentRewriter(memoryLimit: memoryLimit, syntax: syntax)
    rewriter.reset(syntax: syntax, gating: .init(isSecure: true))
    var output = ByteBuffer()
    for piece in pieces {
        var offset = 0
        while case .insert = rewriter.step(piece.rawSpan, from: &offset, gate: FuzzGate(), into: &output) {}
        expect(offset == piece.count, "input left")
        expect(rewriter.heldBytes <= memoryLimit, "\(rewriter.heldBytes) of \(memoryLimit) bytes held")
    }
    while case .insert = rewriter.finish(gate: FuzzGate(), into: &output) {}
    return output.array
}

extension [UInt8] {
    /// Without what a gate adds.
    fileprivate var withoutGating: [UInt8] {
        var rest = self
        for mark in [
            #" data-crumbgate="x" type="text/plain""#, #"data-crumbgate="x" type="text/plain" "#,
            #" data-crumbgate="x""#,
            #"data-crumbgate="x" "#, "data-crumbgate-", "oncrumbgate",
        ] { rest = rest.without(Array(mark.utf8)) }
        return rest
    }

    fileprivate func without(_ mark: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < count {
            if self[at] == mark[0], count - at >= mark.count, self[at..<at + mark.count].elementsEqual(mark) {
                at += mark.count
            } else {
                result.append(self[at])
                at += 1
            }
        }
        return result
    }
}

private func check(_ result: Rewriting, _ bytes: [UInt8]) {
    expect(result.output == bytes, "changed: \(result.output.shown)")
    // An XHTML document implies no element, so that either point may be missing.
    let points = result.points.map(\.point)
    expect([[], [.headStart], [.bodyStart], [.headStart, .bodyStart]].contains(points), "points \(points)")
    let places = result.points.map(\.offset)
    expect(places == places.sorted() && places.allSatisfy { $0 <= bytes.count }, "places")
}

/// A token with all that it says; text and comments joined over their pieces.
private struct FoundToken: Equatable {
    enum Kind { case text, startTag, endTag, comment, doctype, markup }
    var kind: Kind
    var bytes: [UInt8]
    var model = ContentModel.data
    /// The name and each attribute's name and value; a comment's text.
    var parts: [[UInt8]] = []
    var isSelfClosing = false
    var isComplete = true
}

private func tokens(_ pieces: [[UInt8]], _ syntax: DocumentSyntax) -> [FoundToken] {
    var tokenizer = Tokenizer(syntax: syntax)
    var feedback = TreeFeedback(syntax: syntax)
    var found: [FoundToken] = []
    var window: [UInt8] = []
    for index in 0...pieces.count {
        let following = index == pieces.count ? Following.endOfDocument : .moreMayFollow
        if index < pieces.count { window += pieces[index] }
        var offset = 0
        while true {
            let start = offset
            let model = tokenizer.contentModel
            let token = tokenizer.next(window.rawSpan, from: &offset, following)
            if token == .needsMore || token == .end {
                expect(offset == start && (token == .needsMore || offset == window.count), "moved without a token")
                expect((token == .end) == (following == .endOfDocument), "end")
                break
            }
            append(token, model, window, start..<offset, tokenizer, to: &found)
            feedback.follow(token, &tokenizer, in: window.rawSpan)
        }
        window.removeFirst(offset)
    }
    return found
}

private func append(
    _ token: Token, _ model: ContentModel, _ window: [UInt8], _ moved: Range<Int>, _ tokenizer: borrowing Tokenizer,
    to found: inout [FoundToken]
) {
    func add(_ kind: FoundToken.Kind, _ range: ByteRange, _ parts: [ByteRange] = []) {
        // The last piece of a comment that the document's end cuts off may be empty.
        expect(range.range == moved && (kind == .comment || !moved.isEmpty), "\(token) is not \(moved)")
        for part in parts {
            expect(moved.lowerBound <= part.lowerBound && part.upperBound <= moved.upperBound, "part of \(token)")
        }
        found.append(FoundToken(kind: kind, bytes: window.part(range), parts: parts.map(window.part)))
    }
    let last = found.count - 1
    switch token {
    case .text(let range):
        if last >= 0, found[last].kind == .text, found[last].model == model {
            expect(range.range == moved && !moved.isEmpty, "\(token) is not \(moved)")
            found[last].bytes += window.part(range)
        } else {
            add(.text, range)
            found[last + 1].model = model
        }
    case .comment(let range):
        add(.comment, range, [tokenizer.commentText])
        found[last + 1].isComplete = tokenizer.isCommentComplete
        if last >= 0, found[last].kind == .comment, !found[last].isComplete {
            let piece = found.removeLast()
            found[last].bytes += piece.bytes
            found[last].parts[0] += piece.parts[0]
            found[last].isComplete = piece.isComplete
        }
    case .startTag(let range):
        var parts = [tokenizer.tagName]
        for index in 0..<tokenizer.attributeCount {
            let attribute = tokenizer.attribute(index)
            expect(attribute.name.upperBound <= attribute.value.lowerBound, "value before its name")
            expect(attribute.whole.upperBound <= moved.upperBound, "attribute of \(token)")
            parts += [attribute.name, attribute.value]
        }
        add(.startTag, range, parts)
        found[last + 1].isSelfClosing = tokenizer.isSelfClosing
        expect(window[moved.lowerBound] == UInt8(ascii: "<") && window[moved.upperBound - 1] == UInt8(ascii: ">"), "<>")
    case .endTag(let range):
        add(.endTag, range, [tokenizer.tagName])
        expect(window[moved.lowerBound] == UInt8(ascii: "<") && window[moved.upperBound - 1] == UInt8(ascii: ">"), "<>")
    case .doctype(let range): add(.doctype, range)
    case .markup(let range): add(.markup, range)
    case .needsMore, .end: break
    }
}

/// What a rewriter put out, without markup of ours, and where that would stand.
private struct Rewriting {
    struct Place: Equatable {
        var point: InsertionPoint
        var offset: Int
    }

    struct Told: Equatable {
        var points: [Place] = []
        var language: [UInt8] = []
        var looksLikeDocument = false
        var baseHrefSeen = false
        var contentSecurityPolicySeen = false
    }

    var output: [UInt8] = []
    var told = Told()
    var didBailOut = false
    var mostHeld = 0
    var points: [Place] { told.points }

    init(_ pieces: [[UInt8]], _ syntax: DocumentSyntax, memoryLimit: Int) {
        var rewriter = DocumentRewriter(memoryLimit: memoryLimit, syntax: syntax)
        var buffer = ByteBuffer()
        for piece in pieces {
            var offset = 0
            var isRead = false
            while !isRead, !rewriter.isPassthrough {
                switch rewriter.step(piece.rawSpan, from: &offset, into: &buffer) {
                case .insert(let point): note(point, rewriter, buffer)
                case .needsMore: isRead = true
                }
            }
            expect(rewriter.isPassthrough || offset == piece.count, "input left")
            buffer.append(piece.rawSpan.extracting(offset..<piece.count))
            mostHeld = max(mostHeld, rewriter.heldBytes)
        }
        while case .insert(let point) = rewriter.finish(into: &buffer) { note(point, rewriter, buffer) }
        expect(rewriter.heldBytes == 0 && rewriter.isPassthrough, "bytes held at the end")
        didBailOut = rewriter.didBailOut
        output = buffer.array
    }

    private mutating func note(
        _ point: InsertionPoint, _ rewriter: borrowing DocumentRewriter, _ output: borrowing ByteBuffer
    ) {
        expect(points.count < 2, "a third point")
        told.points.append(Place(point: point, offset: output.count))
        switch point {
        case .headStart:
            told.language = rewriter.language.array
            told.looksLikeDocument = rewriter.looksLikeDocument
        case .bodyStart:
            told.baseHrefSeen = rewriter.baseHrefSeen
            told.contentSecurityPolicySeen = rewriter.contentSecurityPolicySeen
        }
    }
}
