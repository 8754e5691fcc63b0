import Bytes
import ContentCoding
import Testing

/// `document` as other encoders put it: zlib 1.2 by Python, and brotli by hand.
enum Samples {
    static let document = Array(
        ("<!doctype html><title>Shop</title>" + String(repeating: "<p>Hello, Hello, Hello!</p>", count: 4)).utf8)
    static let gzip = bytes(
        "1f8b0800000000000203b3514cc94f2ea92c4855c828c9cdb1b329c92cc949b50bcec82fb0d187b06d0aec3c527372f2"
            + "75149029451bfd02ea4b010085f340c68e000000")
    static let zlib = bytes(
        "78dab3514cc94f2ea92c4855c828c9cdb1b329c92cc949b50bcec82fb0d187b06d0aec3c527372f275149029451bfd02"
            + "ea4b0100704e2eca")
    static let raw = bytes(
        "b3514cc94f2ea92c4855c828c9cdb1b329c92cc949b50bcec82fb0d187b06d0aec3c527372f275149029451bfd02ea4b" + "0100")
    /// `hello world` in a block that is not compressed.
    static let brotli = bytes("0b058068656c6c6f20776f726c6403")

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count, by: 2).map { offset in
            UInt8(String(decoding: digits[offset..<offset + 2], as: UTF8.self), radix: 16) ?? 0
        }
    }
}

/// What came out of a decoder.
struct Decoded: Equatable {
    var bytes: [UInt8] = []
    var status: DecodeStatus
}

/// Decodes pieces of input, with at most `limit` bytes of output a call.
func decode(_ pieces: [[UInt8]], _ coding: ContentCoding, limit: Int = 1 << 20) -> Decoded? {
    guard var decoder = ContentDecoder(coding) else { return nil }
    return decode(pieces, with: &decoder, limit: limit)
}

/// Decodes pieces of input with a decoder that was used before.
func decode(_ pieces: [[UInt8]], with decoder: inout ContentDecoder, limit: Int = 1 << 20) -> Decoded {
    var output = ByteBuffer()
    var status = DecodeStatus.needsInput
    for piece in pieces {
        var consumed = 0
        repeat {
            let before = output.count
            status = decoder.decode(piece.rawSpan, consumed: &consumed, into: &output, limit: limit)
            check(output.count - before <= limit)
        } while status == .outputFull
        if status == .broken { break }
        check(consumed == piece.count)
    }
    return Decoded(bytes: output.array, status: status)
}

/// Encodes pieces of content.
func encode(_ pieces: [[UInt8]], _ coding: ContentCoding, _ effort: EncodeEffort = .fast) -> [UInt8] {
    guard var encoder = ContentEncoder(coding, effort: effort) else { return [] }
    var output = ByteBuffer()
    for piece in pieces { encoder.encode(piece.rawSpan, into: &output) }
    let nothing: [UInt8] = []
    encoder.encode(nothing.rawSpan, into: &output, flush: .finish)
    return output.array
}
