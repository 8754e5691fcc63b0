import Bytes
import HTTPWire
import Testing

@Suite("Chunked content")
struct ChunkedDecoderTests {
    @Test("Chunks are undone, or refused", arguments: WireCase.table("chunked.txt"))
    func table(_ wireCase: WireCase) {
        let outcome = decode([wireCase.bytes])
        check(outcome.content == wireCase["content"] ?? [])
        check(outcome.trailer == wireCase["trailer"] ?? [])
        check(outcome.fault == wireCase.text("fault"))
        if let rest = wireCase["rest"] { check(outcome.rest == rest) }
    }

    @Test("Every fault has a case in the table")
    func coverage() {
        let covered = Set(WireCase.table("chunked.txt").compactMap { $0.text("fault") })
        for fault in ChunkFault.allCases { check(covered.contains("\(fault)"), "\(fault)") }
    }

    @Test("Chunks read at every split are the chunks read at once", arguments: WireCase.table("chunked.txt"))
    func everySplit(_ wireCase: WireCase) {
        let bytes = wireCase.bytes
        let whole = decode([bytes])
        for split in 0...bytes.count {
            check(decode([Array(bytes[..<split]), Array(bytes[split...])]) == whole, "split at \(split)")
            if bytes.count > 2000, split > 600 { break }
        }
        check(decode(bytes.map { [$0] }) == whole)
    }

    @Test("Content of many pieces comes out as it went in")
    func roundTrip() {
        var wire = ByteBuffer()
        var content: [UInt8] = []
        for size in [1, 9, 10, 15, 16, 255, 256, 4095, 4096, 70_000] {
            let piece = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ size) }
            content += piece
            writeChunkHeader(size: size, into: &wire)
            wire.append(piece)
            wire.append("\r\n")
        }
        writeLastChunk(into: &wire)
        let outcome = decode([wire.array])
        check(outcome.content == content)
        check(outcome.fault == nil && outcome.rest.isEmpty)
    }

    @Test("The largest size is only waited for")
    func largestSize() {
        let bytes = Array("7fffffffffffffff\r\nabc".utf8)
        var decoder = ChunkedDecoder()
        var offset = 0
        check(decoder.next(bytes.rawSpan, at: &offset) == .bytes(ByteRange(18, 21)))
        check(decoder.next(bytes.rawSpan, at: &offset) == .needsMore)
        check(!decoder.isAtEnd)
    }

    @Test("The end stays the end, and reads nothing behind it")
    func end() {
        let bytes = Array("0\r\n\r\n5\r\n".utf8)
        var decoder = ChunkedDecoder()
        var offset = 0
        check(decoder.next(bytes.rawSpan, at: &offset) == .end)
        check(decoder.next(bytes.rawSpan, at: &offset) == .end)
        check(offset == 5 && decoder.isAtEnd)
    }

    @Test("A collected trailer section is read as fields")
    func trailers() {
        let outcome = decode([Array("0\r\nX-Sum: 1\r\nSet-Cookie: a=b\r\n\r\n".utf8)])
        let section = outcome.trailer + [13, 10]
        var fields = FieldSection()
        check(fields.parse(trailers: section.rawSpan))
        check(fields.count == 2)
        check(fields.firstIndex(of: .setCookie) == 1)
        check(!fields.parse(trailers: outcome.trailer.rawSpan))
        check(fields.count == 0)
    }

    @Test("Many small chunks with extensions each are no fault")
    func extensionsAreBoundedEach() {
        var bytes: [UInt8] = []
        for _ in 0..<100 { bytes += Array("1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n".utf8) }
        bytes += Array("0\r\n\r\n".utf8)
        check(decode([bytes]).content.count == 100)
    }

    private struct Outcome: Equatable {
        var content: [UInt8] = []
        var trailer: [UInt8] = []
        var rest: [UInt8] = []
        var fault: String?
    }

    private func decode(_ pieces: [[UInt8]]) -> Outcome {
        var outcome = Outcome()
        var decoder = ChunkedDecoder()
        outcome.fault = "incomplete"
        for piece in pieces {
            var offset = 0
            reading: while true {
                switch decoder.next(piece.rawSpan, at: &offset) {
                case .needsMore:
                    check(offset == piece.count)
                    break reading
                case .bytes(let range): outcome.content += piece.rawSpan[range].array
                case .trailer(let range): outcome.trailer += piece.rawSpan[range].array
                case .malformed(let fault):
                    outcome.fault = "\(fault)"
                    return outcome
                case .end:
                    outcome.fault = nil
                    outcome.rest += piece[offset...]
                    break reading
                }
            }
        }
        return outcome
    }
}
