import Bytes

/// Why a decoder stopped.
public enum DecodeStatus: Hashable, Sendable {
    /// All input is consumed, and the content goes on.
    case needsInput
    /// The output's limit is reached; there may be more without more input.
    case outputFull
    /// The content is whole. More input is another gzip member, which is decoded, or padding, which is ignored.
    case finished
    /// The input is not in this coding. What was appended before is right.
    case broken
}

/// Takes a content coding off, a piece at a time, with memory that does not grow with the content.
///
/// Memory: none for `identity`; about 40 KiB for `gzip` and `deflate`; for `brotli` what the stream's window asks for,
/// up to 16 MiB (RFC 7932 §9.1).
public struct ContentDecoder: ~Copyable {
    /// The coding taken off.
    public let coding: ContentCoding
    private var inflater: Inflater?
    private var brotli: BrotliReader?

    /// Makes a decoder; nil when there is no memory for it.
    public init?(_ coding: ContentCoding) {
        self.coding = coding
        switch coding {
        case .identity:
            inflater = nil
            brotli = nil
        case .gzip, .deflate:
            guard let made = Inflater(coding == .gzip ? .gzip : .deflate) else { return nil }
            inflater = consume made
            brotli = nil
        case .brotli:
            guard let made = BrotliReader() else { return nil }
            inflater = nil
            brotli = consume made
        }
    }

    /// Decodes `input` from the offset `consumed`, which moves, and appends at most `limit` bytes to `output`.
    ///
    /// To be called again with the rest of the input, possibly none, after `.outputFull`. The end of the input is the
    /// end of the content only if the last status was `.finished` (`identity` never finishes).
    public mutating func decode(
        _ input: RawSpan, consumed: inout Int, into output: inout ByteBuffer, limit: Int
    ) -> DecodeStatus {
        switch coding {
        case .identity:
            let count = min(limit, input.byteCount - consumed)
            output.append(input.extracting(consumed..<consumed + count))
            consumed += count
            return consumed < input.byteCount ? .outputFull : .needsInput
        case .gzip, .deflate:
            return inflater?.decode(input, at: &consumed, into: &output, limit: limit) ?? .broken
        case .brotli:
            return brotli?.decode(input, at: &consumed, into: &output, limit: limit) ?? .broken
        }
    }

    /// Makes the decoder ready for other content in the same coding.
    public mutating func reset() {
        inflater?.reset()
        if coding == .brotli { brotli = BrotliReader() }
    }
}
