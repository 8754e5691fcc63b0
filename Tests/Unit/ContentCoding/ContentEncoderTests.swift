import Bytes
import ContentCoding
import Testing

@Suite("Putting content codings on")
struct ContentEncoderTests {
    static let contents: [[UInt8]] = [
        [], [0x61], Samples.document,
        (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
        Array(String(repeating: "<li class=\"product\">A chair</li>\n", count: 5000).utf8),
    ]

    @Test("What is encoded decodes to itself", arguments: ContentCoding.allCases, [EncodeEffort.fast, .small])
    func roundTrip(_ coding: ContentCoding, _ effort: EncodeEffort) {
        for content in Self.contents {
            if effort == .small, coding == .brotli, content.count > 100_000 { continue }
            let end: DecodeStatus = coding == .identity ? .needsInput : .finished
            check(decode([encode([content], coding, effort)], coding) == Decoded(bytes: content, status: end))
        }
    }

    @Test("Content in pieces decodes to the whole", arguments: ContentCoding.allCases)
    func pieces(_ coding: ContentCoding) {
        let content = Samples.document
        for split in 0...content.count {
            let encoded = encode([Array(content[..<split]), Array(content[split...])], coding)
            check(decode([encoded], coding)?.bytes == content, "split at \(split)")
        }
    }

    @Test("After a sync everything so far can be decoded", arguments: ContentCoding.allCases)
    func sync(_ coding: ContentCoding) {
        guard var encoder = ContentEncoder(coding), var decoder = ContentDecoder(coding) else { return }
        var encoded = ByteBuffer()
        var decoded = ByteBuffer()
        for piece in ["<!doctype html>", "<title>Shop</title>", "", "<p>Hello"] {
            let bytes = Array(piece.utf8)
            encoder.encode(bytes.rawSpan, into: &encoded, flush: .sync)
            var consumed = 0
            check(decoder.decode(encoded.bytes, consumed: &consumed, into: &decoded, limit: 4096) == .needsInput)
            encoded.clear()
            check(decoded.array == bytes)
            decoded.clear()
        }
    }

    @Test("An encoder that is reset starts anew", arguments: ContentCoding.allCases)
    func reset(_ coding: ContentCoding) {
        guard var encoder = ContentEncoder(coding) else { return }
        var first = ByteBuffer()
        var second = ByteBuffer()
        let other = Array("something else".utf8)
        encoder.encode(other.rawSpan, into: &first)
        encoder.reset()
        let document = Samples.document
        encoder.encode(document.rawSpan, into: &second, flush: .finish)
        check(decode([second.array], coding)?.bytes == Samples.document)
    }

    @Test("After the end nothing more is put out", arguments: [ContentCoding.gzip, .deflate, .brotli])
    func spent(_ coding: ContentCoding) {
        guard var encoder = ContentEncoder(coding) else { return }
        var output = ByteBuffer()
        let document = Samples.document
        encoder.encode(document.rawSpan, into: &output, flush: .finish)
        let count = output.count
        let more: [UInt8] = [0x61]
        encoder.encode(more.rawSpan, into: &output, flush: .finish)
        encoder.encode(more.rawSpan, into: &output, flush: .sync)
        check(output.count == count)
    }

    @Test("Content becomes small", arguments: [ContentCoding.gzip, .deflate, .brotli])
    func ratio(_ coding: ContentCoding) {
        check(encode([Self.contents[4]], coding).count < Self.contents[4].count / 50)
    }
}
