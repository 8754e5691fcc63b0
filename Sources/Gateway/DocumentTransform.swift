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
    private(set) var insertedBytes = 0
    private var coding = ContentCoding.identity
    private var isStarted = false
    /// The coded content came to an end, or there was none: an empty body is not a coded one cut short.
    private var isWhole = true

    /// Makes a transform whose rewriter holds at most `memoryLimit` bytes.
    init(memoryLimit: Int) {
        self.memoryLimit = memoryLimit
        rewriter = DocumentRewriter(memoryLimit: memoryLimit)
    }

    /// Whether what follows may be sent as it comes, unread.
    var isPassthrough: Bool { coding == .identity && rewriter.isPassthrough }

    /// Makes ready for a body in `coding`; false when there is no decoder for it.
    mutating func start(coding: ContentCoding, syntax: DocumentSyntax, memoryLimit limit: Int) -> Bool {
        if limit != memoryLimit { self = DocumentTransform(memoryLimit: limit) }
        rewriter.reset(syntax: syntax)
        self.coding = coding
        insertedBytes = 0
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
                input, from: &offset, isLast: isLast, rewriter: &rewriter, inserted: &insertedBytes,
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
                of: decoded, isLast: isEnd, rewriter: &rewriter, inserted: &insertedBytes, insertions: insertions,
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
        of piece: borrowing ByteBuffer, isLast: Bool, rewriter: inout DocumentRewriter, inserted: inout Int,
        insertions: Insertions, into output: inout ByteBuffer
    ) {
        var position = 0
        rewrite(
            piece.bytes, from: &position, isLast: isLast, rewriter: &rewriter, inserted: &inserted,
            insertions: insertions, into: &output)
        output.append(piece.bytes.extracting(position..<piece.count))
    }

    private static func rewrite(
        _ input: RawSpan, from offset: inout Int, isLast: Bool, rewriter: inout DocumentRewriter,
        inserted: inout Int, insertions: Insertions, into output: inout ByteBuffer
    ) {
        while !rewriter.isPassthrough {
            guard case .insert(let point) = rewriter.step(input, from: &offset, into: &output) else { break }
            inserted += insertions.write(point, rewriter: rewriter, into: &output)
        }
        guard isLast, !rewriter.isPassthrough else { return }
        while case .insert(let point) = rewriter.finish(into: &output) {
            inserted += insertions.write(point, rewriter: rewriter, into: &output)
        }
    }
}

/// The markup that a document gets, chosen when its place is reached: the page's own language may decide.
struct Insertions {
    let pages: OwnPages
    let isDecided: Bool
    /// Known to be no document, or to be one, or to be judged by its beginning.
    let isDocument: Bool
    let languagePreference: UInt8
    /// What the page's Content-Security-Policy asks of our script; empty for most pages.
    let nonce: [UInt8]

    /// Appends the markup for a point and returns how many bytes it has.
    func write(_ point: InsertionPoint, rewriter: borrowing DocumentRewriter, into output: inout ByteBuffer) -> Int {
        guard isDocument || rewriter.looksLikeDocument else { return 0 }
        let before = output.count
        switch point {
        case .headStart: pages.writeHead(nonce: nonce, into: &output)
        case .bodyStart:
            let language = pages.language(ofPage: rewriter.language, preference: languagePreference)
            output.append(isDecided ? pages.linkMarkup(language) : pages.bannerMarkup(language))
        }
        return output.count - before
    }
}
