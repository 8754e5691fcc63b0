import Bytes
import HTTPWire

/// The chunked coding taken off and put on again (RFC 9112 §7.1): sizes are checked, extensions and trailers end here,
/// and the chunks of one read leave as one.
enum Rechunking {
    /// Copies the payload found in `bytes` from `offset` on as at most one chunk, and the last chunk at the body's end.
    static func copy(
        _ bytes: RawSpan, from offset: inout Int, decoder: inout ChunkedDecoder, into output: inout ByteBuffer
    ) -> BodyOutcome {
        // The payload of one read is at most the read: its size line is written when the size is known, so the runs
        // are walked twice; the walk is a few dozen bytes, the payload is copied once.
        var probe = decoder
        var position = offset
        var size = 0
        measuring: while true {
            switch probe.next(bytes, at: &position) {
            case .bytes(let range): size += range.count
            case .needsMore, .end, .malformed: break measuring
            case .trailer: continue
            }
        }
        if size > 0 { writeChunkHeader(size: size, into: &output) }
        while true {
            switch decoder.next(bytes, at: &offset) {
            case .bytes(let range): output.append(bytes[range])
            case .trailer: continue
            case .needsMore:
                if size > 0 { output.append("\r\n") }
                return .more
            case .end:
                if size > 0 { output.append("\r\n") }
                writeLastChunk(into: &output)
                return .finished
            case .malformed:
                return .malformed
            }
        }
    }

    /// Copies the payload without any framing, for a body that ends with its connection.
    static func unwrap(
        _ bytes: RawSpan, from offset: inout Int, decoder: inout ChunkedDecoder, into output: inout ByteBuffer
    ) -> BodyOutcome {
        while true {
            switch decoder.next(bytes, at: &offset) {
            case .bytes(let range): output.append(bytes[range])
            case .trailer: continue
            case .needsMore: return .more
            case .end: return .finished
            case .malformed: return .malformed
            }
        }
    }
}
