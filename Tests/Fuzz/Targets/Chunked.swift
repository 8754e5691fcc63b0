import Bytes
import HTTPWire

/// The chunked transfer coding: however it arrives the same comes out, and what was read can be written and read again.
func fuzzChunked(_ bytes: [UInt8]) {
    var random = Choices(bytes)
    let whole = Dechunked([bytes])
    expect(whole == Dechunked(random.pieces(of: bytes)), "in pieces")
    expect(whole.content.count + whole.trailers.count <= bytes.count, "more out than in")
    guard whole.fault == nil, let end = whole.end else { return }
    let plain = plainReading(Array(bytes[..<end]))
    expect(plain?.content == whole.content && plain?.trailers == whole.trailers, "plain reading")
    expect(whole == Dechunked([Array(bytes[..<end])]), "the message alone")

    var section = FieldSection()
    let lines = whole.trailers + [0x0D, 0x0A]
    let isSection = section.parse(trailers: lines.rawSpan)
    let count = whole.trailers.filter { $0 == 0x0A }.count
    expect(isSection == (count <= FieldSection.capacity), "trailers \(whole.trailers.shown)")
    if isSection { expect(section.count == count, "trailer count") }

    var again = ByteBuffer()
    var offset = 0
    while offset < whole.content.count {
        let size = Int.random(in: 1...(whole.content.count - offset), using: &random)
        writeChunkHeader(size: size, into: &again)
        again.append(whole.content.rawSpan.extracting(offset..<offset + size))
        again.append("\r\n")
        offset += size
    }
    writeLastChunk(into: &again)
    let reread = Dechunked(random.pieces(of: again.array))
    expect(reread.content == whole.content && reread.end == again.count && reread.trailers.isEmpty, "read again")
}

/// Reads a whole message line by line (RFC 9112 §7.1); nil where it is not one.
private func plainReading(_ bytes: [UInt8]) -> (content: [UInt8], trailers: [UInt8])? {
    var content: [UInt8] = []
    var rest = bytes[...]
    func line() -> [UInt8]? {
        guard let feed = rest.firstIndex(of: 0x0A), feed > rest.startIndex, rest[feed - 1] == 0x0D else { return nil }
        let line = Array(rest[..<(feed - 1)])
        rest = rest[(feed + 1)...]
        return line.contains(0x0D) ? nil : line
    }
    while let head = line() {
        let digits = head.prefix { $0.isASCIIDigit || ($0 | 0x20) &- 0x61 < 6 }
        let tail = Array(head.dropFirst(digits.count)).trimmed
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), digits.count <= 16,
            tail.isEmpty && digits.count == head.count || tail.first == UInt8(ascii: ";")
        else { return nil }
        if size == 0 {
            let trailers = Array(rest.dropLast(2))
            while let field = line(), !field.isEmpty {
                guard let colon = field.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
            }
            return rest.isEmpty ? (content, trailers) : nil
        }
        guard rest.count >= size + 2, rest.dropFirst(size).starts(with: [0x0D, 0x0A]) else { return nil }
        content += rest.prefix(size)
        rest = rest.dropFirst(size + 2)
    }
    return nil
}

/// What a decoder made of pieces.
private struct Dechunked: Equatable {
    var content: [UInt8] = []
    var trailers: [UInt8] = []
    /// Behind the end of the content.
    var end: Int?
    var fault: ChunkFault?

    init(_ pieces: [[UInt8]]) {
        var decoder = ChunkedDecoder()
        var before = 0
        for piece in pieces {
            var offset = 0
            reading: while true {
                let start = offset
                switch decoder.next(piece.rawSpan, at: &offset) {
                case .needsMore:
                    expect(offset == piece.count, "bytes left")
                    break reading
                case .bytes(let range):
                    expect(range.lowerBound >= start && range.upperBound == offset && !range.isEmpty, "content range")
                    content += piece.part(range)
                case .trailer(let range):
                    expect(range.lowerBound >= start && range.upperBound == offset && !range.isEmpty, "trailer range")
                    trailers += piece.part(range)
                case .end:
                    end = before + offset
                    expect(decoder.isAtEnd && decoder.next(piece.rawSpan, at: &offset) == .end, "end stays")
                    return
                case .malformed(let found):
                    fault = found
                    expect(decoder.next(piece.rawSpan, at: &offset) == .malformed(found), "fault stays")
                    return
                }
            }
            before += piece.count
        }
    }
}
