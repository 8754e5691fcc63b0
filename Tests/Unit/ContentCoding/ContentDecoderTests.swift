import Bytes
import ContentCoding
import Testing

@Suite("Taking content codings off")
struct ContentDecoderTests {
    static let whole: [(ContentCoding, [UInt8], [UInt8])] = [
        (.gzip, Samples.gzip, Samples.document),
        (.deflate, Samples.zlib, Samples.document),
        (.deflate, Samples.raw, Samples.document),
        (.brotli, Samples.brotli, Array("hello world".utf8)),
        (.gzip, Samples.gzip + Samples.gzip, Samples.document + Samples.document),
        (.gzip, Samples.gzip + [0, 0, 0, 0, 0], Samples.document),
        (.gzip, Samples.gzip + [0x1F, 0x8B, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0], Samples.document),
        (.deflate, Samples.zlib + [1, 2, 3], Samples.document),
        (.brotli, Samples.brotli + [1, 2, 3], Array("hello world".utf8)),
    ]

    @Test("What other encoders made is decoded, and padding ignored", arguments: 0..<9)
    func samples(_ index: Int) {
        let (coding, input, content) = Self.whole[index]
        check(decode([input], coding) == Decoded(bytes: content, status: .finished))
    }

    @Test("Input at every split, and output in every size, decode to the same", arguments: 0..<9)
    func everySplit(_ index: Int) {
        let (coding, input, content) = Self.whole[index]
        let expected = Decoded(bytes: content, status: .finished)
        for split in 0...input.count {
            let pieces = [Array(input[..<split]), Array(input[split...])]
            check(decode(pieces, coding) == expected, "split at \(split)")
            check(decode(pieces, coding, limit: 1) == expected, "split at \(split), output by bytes")
        }
        check(decode(input.map { [$0] }, coding) == expected)
        check(decode(input.map { [$0] }, coding, limit: 7) == expected)
    }

    @Test("Content that is cut off never finishes", arguments: 0..<4)
    func truncated(_ index: Int) {
        let (coding, input, content) = Self.whole[index]
        for count in 0..<input.count {
            guard let decoded = decode([Array(input[..<count])], coding) else { return }
            check(decoded.status == .needsInput, "\(count) bytes")
            check(content.starts(with: decoded.bytes))
        }
    }

    @Test("All that the input gives comes out before more is asked for", arguments: 0..<4)
    func pending(_ index: Int) {
        let (coding, input, _) = Self.whole[index]
        for count in 0..<input.count {
            let beginning = [Array(input[..<count])]
            check(decode(beginning, coding, limit: 1) == decode(beginning, coding), "\(count) bytes")
        }
    }

    @Test("Content in another coding is broken", arguments: [ContentCoding.gzip, .deflate, .brotli])
    func wrongCoding(_ coding: ContentCoding) {
        let page = Array("\u{FF}<!doctype html><title>not compressed at all</title>".utf8)
        check(decode([page], coding)?.status == .broken)
        check(decode(page.map { [$0] }, coding)?.status == .broken)
    }

    @Test("A wrong checksum is broken, after the content")
    func checksum() {
        var input = Samples.gzip
        input[input.count - 5] ^= 1
        check(decode([input], .gzip) == Decoded(bytes: Samples.document, status: .broken))
    }

    @Test("What is broken stays broken until the reset", arguments: [ContentCoding.gzip, .deflate, .brotli])
    func reset(_ coding: ContentCoding) {
        guard var decoder = ContentDecoder(coding) else { return }
        let content = Array("some content".utf8)
        for _ in 0..<3 {
            check(decode([[0xFF, 0xFF, 0xFF, 0xFF]], with: &decoder).status == .broken)
            check(decode([encode([content], coding)], with: &decoder).status == .broken)
            decoder.reset()
            let decoded = decode([encode([content], coding)], with: &decoder)
            check(decoded == Decoded(bytes: content, status: .finished))
            decoder.reset()
        }
    }

    @Test("A bomb comes out no faster than asked for", arguments: [ContentCoding.gzip, .deflate, .brotli])
    func bomb(_ coding: ContentCoding) {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        let input = encode([zeros], coding)
        check(input.count < 20_000)
        guard var decoder = ContentDecoder(coding) else { return }
        var output = ByteBuffer()
        var consumed = 0
        var total = 0
        while true {
            let status = decoder.decode(input.rawSpan, consumed: &consumed, into: &output, limit: 4096)
            check(output.count <= 4096)
            check(output.capacity <= 64 << 10)
            total += output.count
            output.clear()
            guard status == .outputFull else {
                check(status == .finished)
                break
            }
        }
        check(total == zeros.count)
    }

    @Test("Without a coding bytes pass, up to the limit")
    func identity() {
        guard var decoder = ContentDecoder(.identity) else { return }
        var output = ByteBuffer()
        var consumed = 0
        let input = Array("hello".utf8)
        check(decoder.decode(input.rawSpan, consumed: &consumed, into: &output, limit: 3) == .outputFull)
        check(output.bytes.equals("hel"))
        check(decoder.decode(input.rawSpan, consumed: &consumed, into: &output, limit: 3) == .needsInput)
        check(output.bytes.equals("hello") && consumed == 5)
    }
}
