import Bytes
import ContentCoding
import HTMLRewriting

/// One HTML body on its way to the user agent: decoded, given its insertions, encoded again; streaming, with bounded
/// memory, pooled from response to response.
struct DocumentTransform: ~Copyable {
    /// Largest piece of decoded text held at once.
    private static let window = 32_768

    private var rewriter: DocumentRewriter
    private let memoryLimit: Int
    private var decoder: ContentDecoder?
    private var encoder: ContentEncoder?
    private var decoded = ByteBuffer(capacity: 16)
    private var rewritten = ByteBuffer(capacity: 16)
    /// How much longer than the document what came of it is.
    private(set) var grownBytes = 0
    private var coding = ContentCoding.identity
    private var isStarted = false
    /// The coded content came to an end, or there was none: an empty body is not a coded one cut short.
    private var isWhole = true

    /// Makes a transform whose rewriter holds at most `memoryLimit` bytes.
    init(memoryLimit: Int) {
        self.memoryLimit = memoryLimit
        rewriter = DocumentRewriter(memoryLimit: memoryLimit)
    }

    /// The rules that withheld something of the document.
    var withheldRules: WithheldRules { rewriter.withheldRules }

    /// Whether there are any.
    var hasWithheld: Bool { mutating get { rewriter.hasWithheld } }

    /// Whether what follows may be sent as it comes, unread.
    var isPassthrough: Bool { coding == .identity && rewriter.isPassthrough }

    /// Makes ready for a body in `coding`; false when there is no decoder for it.
    ///
    /// - Parameter gating: nil when nothing is withheld from the document.
    mutating func start(
        coding: ContentCoding, syntax: DocumentSyntax, gating: DocumentRewriter.Gating?, memoryLimit limit: Int
    ) -> Bool {
        if limit != memoryLimit { self = DocumentTransform(memoryLimit: limit) }
        rewriter.reset(syntax: syntax, gating: gating)
        self.coding = coding
        grownBytes = 0
        isStarted = true
        isWhole = true
        guard coding != .identity else { return true }
        decoder = ContentDecoder(coding)
        encoder = ContentEncoder(coding)
        return decoder != nil && encoder != nil
    }

    mutating func reset() {
        guard isStarted else { return }
        decoder = nil
        encoder = nil
        decoded.clear()
        rewritten.clear()
        decoded.shrink(to: 65_536)
        rewritten.shrink(to: 65_536)
        isStarted = false
    }

    /// Whether the coded body broke; the rest of it cannot be trusted.
    enum Outcome { case fine, broken }

    /// Takes bytes of the body from `offset` on and appends what is to be sent.
    ///
    /// It stops early, with `offset` before the end, once nothing more needs to be read (`isPassthrough`).
    mutating func transform(
        _ input: RawSpan, from offset: inout Int, isLast: Bool, insertions: Insertions, into output: inout ByteBuffer
    ) -> Outcome {
        if coding == .identity {
            Self.rewrite(
                input, from: &offset, isLast: isLast, rewriter: &rewriter, grown: &grownBytes,
                insertions: insertions, into: &output)
            return .fine
        }
        while true {
            decoded.clear()
            let before = offset
            let status = decoder?.decode(input, consumed: &offset, into: &decoded, limit: Self.window)
            guard let status, status != .broken else { return .broken }
            // Content may be whole and go on all the same: gzip allows several members (RFC 1952 §2.2).
            if status == .finished {
                isWhole = true
                offset = input.byteCount
            } else if offset > before || !decoded.isEmpty {
                isWhole = false
            }
            let needsMore = status != .outputFull
            let isEnd = isLast && needsMore
            rewritten.clear()
            Self.rewriteAll(
                of: decoded, isLast: isEnd, rewriter: &rewriter, grown: &grownBytes, insertions: insertions,
                into: &rewritten)
            Self.encode(rewritten, with: &encoder, flush: isEnd ? .finish : needsMore ? .sync : .none, into: &output)
            if isEnd { return isWhole ? .fine : .broken }
            if needsMore { return .fine }
        }
    }

    private static func encode(
        _ piece: borrowing ByteBuffer, with encoder: inout ContentEncoder?, flush: EncodeFlush,
        into output: inout ByteBuffer
    ) {
        encoder?.encode(piece.bytes, into: &output, flush: flush)
    }

    private static func rewriteAll(
        of piece: borrowing ByteBuffer, isLast: Bool, rewriter: inout DocumentRewriter, grown: inout Int,
        insertions: Insertions, into output: inout ByteBuffer
    ) {
        var position = 0
        rewrite(
            piece.bytes, from: &position, isLast: isLast, rewriter: &rewriter, grown: &grown,
            insertions: insertions, into: &output)
        output.append(piece.bytes.extracting(position..<piece.count))
    }

    private static func rewrite(
        _ input: RawSpan, from offset: inout Int, isLast: Bool, rewriter: inout DocumentRewriter,
        grown: inout Int, insertions: Insertions, into output: inout ByteBuffer
    ) {
        let before = output.count - offset
        defer { grown += output.count - offset - before }
        while !rewriter.isPassthrough {
            guard
                case .insert(let point) = rewriter.step(
                    input, from: &offset, isLast: isLast, gate: insertions, into: &output)
            else { break }
            insertions.write(point, rewriter: rewriter, into: &output)
        }
        guard isLast, !rewriter.isPassthrough else { return }
        while case .insert(let point) = rewriter.finish(gate: insertions, into: &output) {
            insertions.write(point, rewriter: rewriter, into: &output)
        }
    }
}

/// The markup that a document gets, chosen when its place is reached: the page's own language may decide.
struct Insertions {
    let pages: OwnPages
    let gate: GateMarkup
    let withholding: Withholding
    let isPageSecure: Bool
    let isDecided: Bool
    /// Whether it is a document, or part of one, as far as the request tells.
    let nature: Nature
    let languagePreference: UInt8
    /// What the page's Content-Security-Policy asks of our script; empty for most pages.
    let nonce: [UInt8]

    /// What was asked for.
    enum Nature {
        case document
        /// Part of a document, for a script to put into a page: it gets nothing of ours but what gating needs.
        case fragment
        /// The beginning tells.
        case unknown
    }

    /// Appends the markup for a point.
    func write(_ point: InsertionPoint, rewriter: borrowing DocumentRewriter, into output: inout ByteBuffer) {
        switch nature {
        case .document: break
        case .fragment: return
        case .unknown: if !rewriter.looksLikeDocument { return }
        }
        switch point {
        case .headStart: pages.writeHead(nonce: nonce, into: &output)
        case .bodyStart:
            let language = pages.language(ofPage: rewriter.language, preference: languagePreference)
            output.append(isDecided ? pages.linkMarkup(language) : pages.bannerMarkup(language))
        }
    }
}
