import Bytes

/// How much an encoder puts out.
public enum EncodeFlush: Hashable, Sendable {
    /// Whatever is ready: best for size.
    case none
    /// All input so far, so that the user agent can show it.
    case sync
    /// All, and the end of the content.
    case finish
}

/// What an encoder spends on making content small.
public enum EncodeEffort: Hashable, Sendable {
    /// For content made anew for each request.
    case fast
    /// For content made once and sent often.
    case small
}

/// Puts a content coding on, a piece at a time, with memory that does not grow with the content.
///
/// Memory with `.fast`: none for `identity`; about 140 KiB for `gzip` and `deflate`; about 600 KiB for `brotli`.
public struct ContentEncoder: ~Copyable {
    /// The coding put on.
    public let coding: ContentCoding
    private let effort: EncodeEffort
    private var deflater: Deflater?
    private var brotli: BrotliWriter?

    /// Makes an encoder; nil when there is no memory for it.
    public init?(_ coding: ContentCoding, effort: EncodeEffort = .fast) {
        self.coding = coding
        self.effort = effort
        switch coding {
        case .identity:
            deflater = nil
            brotli = nil
        case .gzip, .deflate:
            guard let made = Deflater(coding == .gzip ? .gzip : .zlib, effort) else { return nil }
            deflater = consume made
            brotli = nil
        case .brotli:
            guard let made = BrotliWriter(effort) else { return nil }
            deflater = nil
            brotli = consume made
        }
    }

    /// Encodes all of `input`, and appends what `flush` asks for.
    ///
    /// After `.finish` the encoder is spent until `reset()`.
    public mutating func encode(_ input: RawSpan, into output: inout ByteBuffer, flush: EncodeFlush = .none) {
        switch coding {
        case .identity: output.append(input)
        case .gzip, .deflate: deflater?.encode(input, into: &output, flush: flush)
        case .brotli: brotli?.encode(input, into: &output, flush: flush)
        }
    }

    /// Makes the encoder ready for other content in the same coding.
    public mutating func reset() {
        deflater?.reset()
        if coding == .brotli { brotli = BrotliWriter(effort) }
    }
}
