import Bytes
import ContentCoding

/// The content decoder, on a coding that the first octet chooses: no call puts out more than its limit, every call moves,
/// cuts and limits change nothing, and what was encoded comes back.
func fuzzContentDecoder(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let coding = ContentCoding.allCases[Int(first & 3)]
    let content = Array(bytes.dropFirst())
    var random = Choices(bytes)
    let whole = decode([content], coding, limit: 16_384)
    let parts = decode(random.pieces(of: content), coding, limit: Int.random(in: 1...300, using: &random))
    let isWhole = whole.output.count < bound && parts.output.count < bound
    if isWhole { expect(whole.status == parts.status, "\(whole.status), in pieces \(parts.status)") }
    if isWhole, whole.status != .broken {
        expect(whole.output == parts.output, "\(parts.output.count) bytes in pieces, else \(whole.output.count)")
    } else {
        // How much comes out before a fault is found, or beyond the bound, depends on the pieces; not what.
        let count = min(whole.output.count, parts.output.count)
        expect(whole.output.prefix(count) == parts.output.prefix(count), "beginning in pieces")
    }

    let encoded = encode(random.pieces(of: content), coding, &random)
    let back = decode(random.pieces(of: encoded), coding, limit: Int.random(in: 64...4096, using: &random))
    expect(
        back.output.elementsEqual(content.prefix(back.output.count)) && back.output.count >= min(content.count, bound),
        "back")
    if coding != .identity { expect(back.status == .finished, "\(back.status) after all") }

    var fields = ByteBuffer()
    let wroteOne = ContentCoding.writeDecodable(ofAcceptEncoding: content.rawSpan, into: &fields)
    expect(wroteOne == !fields.isEmpty && fields.count <= content.count * 2 + 2, "Accept-Encoding")
    _ = ContentCoding.parse(content.rawSpan)
}

/// Output is followed up to here.
private let bound = 1 << 18

private struct Decoded {
    var output: [UInt8] = []
    var status = DecodeStatus.needsInput
}

private func decode(_ pieces: [[UInt8]], _ coding: ContentCoding, limit: Int) -> Decoded {
    guard var decoder = ContentDecoder(coding) else { return Decoded() }
    var output = ByteBuffer()
    var status = DecodeStatus.needsInput
    for piece in pieces {
        var consumed = 0
        reading: while output.count < bound {
            let before = (consumed, output.count)
            status = decoder.decode(piece.rawSpan, consumed: &consumed, into: &output, limit: limit)
            expect(output.count - before.1 <= limit, "\(output.count - before.1) bytes with a limit of \(limit)")
            expect(consumed >= before.0 && consumed <= piece.count, "consumed \(consumed) of \(piece.count)")
            switch status {
            case .outputFull: expect(output.count - before.1 == limit, "full with \(output.count - before.1)")
            case .needsInput, .finished:
                expect(consumed == piece.count, "input left")
                break reading
            case .broken:
                let size = output.count
                let again = decoder.decode(piece.rawSpan, consumed: &consumed, into: &output, limit: limit)
                expect(again == .broken && output.count == size, "broken stays")
                return Decoded(output: output.array, status: status)
            }
        }
    }
    return Decoded(output: output.array, status: status)
}

private func encode(_ pieces: [[UInt8]], _ coding: ContentCoding, _ random: inout Choices) -> [UInt8] {
    guard var encoder = ContentEncoder(coding, effort: .fast) else { return [] }
    var output = ByteBuffer()
    for piece in pieces {
        encoder.encode(piece.rawSpan, into: &output, flush: Bool.random(using: &random) ? .sync : .none)
    }
    encoder.encode([UInt8]().rawSpan, into: &output, flush: .finish)
    return output.array
}
