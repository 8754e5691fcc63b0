import Bytes

/// Where markup of ours goes into a document.
@frozen
public enum InsertionPoint: Equatable, Sendable {
    /// Right after `<head …>`, or where the head is implied.
    case headStart
    /// Right after `<body …>`, or where the body is implied.
    case bodyStart
}

/// What the caller does next.
@frozen
public enum RewriteStep: Equatable, Sendable {
    /// The input is used up, or, when `isPassthrough`, the rest of it goes out as it is.
    case needsMore
    /// The caller appends its markup to the output and calls again.
    case insert(InsertionPoint)
}

/// Finds, in a document that arrives in pieces, the places where a head and a body begin, and copies every other byte.
///
/// The points are those of tree construction (WHATWG HTML §13.2.6.4.1 to §13.2.6.4.6): after the start tag, or, where the
/// tag is missing, before the first token that implies the element. Neither lies within a comment, a `template`, a
/// `noscript` or an element that holds text. A frameset document has no body, an XHTML document implies nothing.
/// At most `memoryLimit` bytes are held, and only of a tag or declaration that is not complete: a longer one means that
/// the document goes out as it is (`didBailOut`).
///
/// A gated document is read to its end, and references that the gate withholds are taken out of the browser's sight
/// (`DocumentRewriter+Gating.swift`). There nothing makes the rewriter give up but UTF-16: a longer tag is handled in parts.
public struct DocumentRewriter: ~Copyable {
    var tokenizer: Tokenizer
    var feedback: TreeFeedback
    var mode = Mode.beforeHead
    /// The token in hand when a point lies before it, or when the start of the document decides.
    var pending: Pending?
    /// Bytes of earlier inputs that wait for the rest of their token.
    var held = ByteBuffer()
    /// Where in the document the position is.
    var passed = 0
    var isBegun = false
    var languageText = ByteBuffer(capacity: 48)
    let memoryLimit: Int
    var syntax: DocumentSyntax
    var gating: Gating?
    var judge = ElementJudge()
    let plainMarkup = PlainMarkup()
    var doubts = DoubtScan()
    /// From where on nothing in the input, which is all that is left of the document, can be withheld; beyond every
    /// input where that is not known.
    var doubtEnd = Int.max
    /// Reads what `noscript` holds, and ahead to a script's end.
    var inner = Tokenizer()
    var innerFeedback = TreeFeedback()
    var isInNoscript = false
    /// The tag in hand is one of `inner`.
    var isTagInner = false
    /// What the inline script in hand holds, in bytes behind the `<` of its tag.
    var scriptText = ByteRange()
    /// What comes after the tag in hand.
    var pointBehindTag: InsertionPoint?
    var closing = Closing.open
    /// More may not be held: what is there has to do.
    var isForced = false

    /// Whether nothing is left to do: all further input may be sent unread.
    public internal(set) var isPassthrough = false
    /// Whether the rewriter gave up: a tag beyond the memory limit, UTF-16, or templates nested absurdly deep.
    public internal(set) var didBailOut = false
    /// Whether the document began with a sign that it is a document of its own: a doctype, `<html>`, `<head>`, `<body>`
    /// and the like as its first token or within its first 1,024 bytes. Settled at the first point.
    public internal(set) var looksLikeDocument = false
    /// Whether the head had a `<base href>`; settled at the body's start.
    public internal(set) var baseHrefSeen = false
    /// Whether the head had a `<meta http-equiv="Content-Security-Policy">`; settled at the body's start.
    public internal(set) var contentSecurityPolicySeen = false

    /// Makes a rewriter that holds at most `memoryLimit` bytes.
    public init(memoryLimit: Int = 65_536, syntax: DocumentSyntax = .html) {
        self.memoryLimit = memoryLimit
        self.syntax = syntax
        tokenizer = Tokenizer(syntax: syntax)
        tokenizer.skipsAttributes = true
        feedback = TreeFeedback(syntax: syntax)
    }

    /// Begins another document and keeps a little memory.
    ///
    /// - Parameter gating: what the gate of each step looks at; nil for a document of which nothing is withheld.
    public mutating func reset(syntax: DocumentSyntax = .html, gating: Gating? = nil) {
        self.syntax = syntax
        self.gating = gating
        tokenizer.reset(syntax: syntax)
        tokenizer.keepsReferences = gating != nil
        judge.reset(isSecure: gating?.isSecure ?? true)
        doubts.reset()
        isInNoscript = false
        isTagInner = false
        pointBehindTag = nil
        closing = .open
        isForced = false
        feedback = TreeFeedback(syntax: syntax)
        mode = .beforeHead
        pending = nil
        held.clear()
        held.shrink(to: 1024)
        passed = 0
        isBegun = false
        languageText.clear()
        isPassthrough = false
        didBailOut = false
        looksLikeDocument = false
        baseHrefSeen = false
        contentSecurityPolicySeen = false
    }

    /// The value of `<html lang>` (or `xml:lang`), known at the head's start; empty when there is none of use.
    public var language: RawSpan {
        @_lifetime(borrow self)
        get { languageText.bytes }
    }

    /// Bytes of the document held at present.
    public var heldBytes: Int { held.count }
    /// Bytes of memory held at present, besides the rewriter itself.
    public var heldMemory: Int { held.capacity }

    /// Copies what precedes the next point and moves `offset` behind what it took.
    ///
    /// After `.insert`, call again with the same input and offset. After `.needsMore` all of the input is taken, unless
    /// `isPassthrough`: then the caller sends the input from `offset` on itself (a further call would copy it).
    public mutating func step(
        _ input: RawSpan, from offset: inout Int, into output: inout ByteBuffer
    ) -> RewriteStep {
        step(input, from: &offset, gate: OpenGate(), into: &output)
    }

    /// The same for a document that is gated.
    ///
    /// - Parameter isLast: whether the document ends with the input. Then the rewriter passes on unread what cannot hold
    ///   anything that the gate withholds.
    public mutating func step(
        _ input: RawSpan, from offset: inout Int, isLast: Bool = false, gate: borrowing some ElementGate,
        into output: inout ByteBuffer
    ) -> RewriteStep {
        var doubtEndOfInput: Int?
        if case .beforeHead = mode { noteCharset(input) }
        while true {
            if held.isEmpty {
                if isPassthrough { return copyRest(input, from: &offset, into: &output) }
                let start = offset
                if isLast, case .done = mode, pointBehindTag == nil, syntax == .html, gating != nil,
                    !judge.isBaseWithheld(by: gate)
                {
                    if doubtEndOfInput == nil { doubtEndOfInput = doubts.end(in: input, from: offset, gate: gate) }
                    doubtEnd = doubtEndOfInput ?? .max
                }
                let progress = advance(input, from: &offset, .moreMayFollow)
                doubtEnd = .max
                output.append(input.extracting(start..<offset))
                switch progress {
                case .point(let point):
                    if case .done = mode, gating == nil { isPassthrough = true }
                    return insertion(point, gate: gate, into: &output)
                case .passthrough: return .needsMore
                case .tag, .part, .closed: write(progress, input, from: &offset, gate: gate, into: &output)
                case .needsMore:
                    if hold(input, from: &offset, to: input.byteCount) {
                        isForced = false
                        return .needsMore
                    }
                    guard gating != nil else {
                        bailOut()
                        return .needsMore
                    }
                    if isForced { return copyRest(input, from: &offset, into: &output) }
                    isForced = true
                }
                continue
            }
            switch advanceHeld(.moreMayFollow, gate: gate, into: &output) {
            case .point(let point): return insertion(point, gate: gate, into: &output)
            case .passthrough: return .needsMore
            case .tag, .part, .closed: continue
            case .needsMore: break
            }
            if held.isEmpty { continue }
            guard offset < input.byteCount else { return .needsMore }
            // Up to a `>`, which ends most of what is held: then the input is read in place again.
            // A gated tag is cut where it must be and no sooner.
            let room = gating == nil ? 4096 : max(1, min(4096, memoryLimit - held.count))
            let limit = min(input.byteCount, offset + room)
            let close = input.extracting(offset..<limit).firstIndex(of: UInt8(ascii: ">"))
            if !hold(input, from: &offset, to: close.map { offset + $0 + 1 } ?? limit) {
                if gating != nil, !isForced {
                    isForced = true
                    continue
                }
                if gating == nil { bailOut() }
                isForced = false
                output.append(held.bytes)
                held.clear()
                return .needsMore
            }
        }
    }

    /// Copies what is held at the end of the document; after `.insert`, call again until `.needsMore`.
    public mutating func finish(into output: inout ByteBuffer) -> RewriteStep {
        finish(gate: OpenGate(), into: &output)
    }

    /// The same for a document that is gated.
    public mutating func finish(gate: borrowing some ElementGate, into output: inout ByteBuffer) -> RewriteStep {
        while !isPassthrough {
            let progress = advanceHeld(.endOfDocument, gate: gate, into: &output)
            if case .point(let point) = progress { return insertion(point, gate: gate, into: &output) }
            if case .needsMore = progress { break }
        }
        output.append(held.bytes)
        held.clear()
        isPassthrough = true
        return .needsMore
    }

    func copyRest(_ input: RawSpan, from offset: inout Int, into output: inout ByteBuffer) -> RewriteStep {
        output.append(input.extracting(offset..<input.byteCount))
        offset = input.byteCount
        return .needsMore
    }

    mutating func advanceHeld(
        _ following: Following, gate: borrowing some ElementGate, into output: inout ByteBuffer
    ) -> Progress {
        // The bytes leave `self` for the call, so that it can read them while it changes the rest.
        var bytes = ByteBuffer()
        swap(&bytes, &held)
        var position = 0
        let progress = advance(bytes.bytes, from: &position, following)
        if case .passthrough = progress { position = bytes.count }
        output.append(bytes.bytes.extracting(0..<position))
        switch progress {
        case .tag, .part, .closed: write(progress, bytes.bytes, from: &position, gate: gate, into: &output)
        case .needsMore, .passthrough, .point: break
        }
        bytes.consume(position)
        swap(&bytes, &held)
        return progress
    }

    /// Keeps the input up to `end`; false when that is more than may be kept, with nothing taken.
    mutating func hold(_ input: RawSpan, from offset: inout Int, to end: Int) -> Bool {
        let needed = held.count + end - offset
        guard needed <= memoryLimit else { return false }
        if needed > held.capacity, needed > memoryLimit / 8 {
            // At once all that may be kept: doubling would pass the limit.
            held.reserve(memoryLimit - held.count)
        }
        held.append(input.extracting(offset..<end))
        offset = end
        return true
    }

    mutating func bailOut() {
        didBailOut = true
        isPassthrough = true
    }
}
