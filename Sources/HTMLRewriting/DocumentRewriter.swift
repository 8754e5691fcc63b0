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

    /// Whether both points are passed: all further input may be sent unread.
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
    public mutating func reset(syntax: DocumentSyntax = .html) {
        self.syntax = syntax
        tokenizer.reset(syntax: syntax)
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
        while true {
            if held.isEmpty {
                if isPassthrough { return copyRest(input, from: &offset, into: &output) }
                let start = offset
                let progress = advance(input, from: &offset, .moreMayFollow)
                output.append(input.extracting(start..<offset))
                switch progress {
                case .point(let point):
                    if case .done = mode { isPassthrough = true }
                    return .insert(point)
                case .passthrough: return .needsMore
                case .needsMore:
                    guard hold(input, from: &offset, to: input.byteCount) else {
                        bailOut()
                        return .needsMore
                    }
                    return .needsMore
                }
            }
            switch advanceHeld(.moreMayFollow, into: &output) {
            case .point(let point): return .insert(point)
            case .passthrough: return .needsMore
            case .needsMore: break
            }
            if held.isEmpty { continue }
            guard offset < input.byteCount else { return .needsMore }
            // Up to a `>`, which ends most of what is held: then the input is read in place again.
            let limit = min(input.byteCount, offset + 4096)
            let close = input.extracting(offset..<limit).firstIndex(of: UInt8(ascii: ">"))
            if !hold(input, from: &offset, to: close.map { offset + $0 + 1 } ?? limit) {
                bailOut()
                output.append(held.bytes)
                held.clear()
                return .needsMore
            }
        }
    }

    /// Copies what is held at the end of the document; after `.insert`, call again until `.needsMore`.
    public mutating func finish(into output: inout ByteBuffer) -> RewriteStep {
        if !isPassthrough {
            switch advanceHeld(.endOfDocument, into: &output) {
            case .point(let point): return .insert(point)
            case .passthrough, .needsMore: break
            }
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

    mutating func advanceHeld(_ following: Following, into output: inout ByteBuffer) -> Progress {
        // The bytes leave `self` for the call, so that it can read them while it changes the rest.
        var bytes = ByteBuffer()
        swap(&bytes, &held)
        var position = 0
        let progress = advance(bytes.bytes, from: &position, following)
        if case .passthrough = progress { position = bytes.count }
        output.append(bytes.bytes.extracting(0..<position))
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
