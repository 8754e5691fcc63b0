import Bytes
import HTTPWire

/// A request head: any arrival in pieces equals one, and what it says is what a plain reading of the lines says.
func fuzzRequestHead(_ bytes: [UInt8]) {
    var random = Choices(bytes)
    let limits = headLimits(&random)
    var whole = RequestHead()
    let outcome = whole.parse(bytes.rawSpan, limits: limits)

    var parts = RequestHead()
    var last = HeadProgress.needsMore
    var seen = 0
    for cut in random.cuts(of: bytes.count) + [bytes.count] where last == .needsMore {
        last = parts.parse(bytes.rawSpan.extracting(0..<cut), resumingAt: seen, limits: limits)
        seen = cut
    }
    switch outcome {
    // Until its end has come, a faulty head may pass for an incomplete one.
    case .refused: expect(last == outcome || last == .needsMore, "in pieces \(last), whole \(outcome)")
    case .needsMore, .complete: expect(last == outcome, "in pieces \(last), whole \(outcome)")
    }
    guard case .complete(let length) = outcome else { return }
    expect(length <= bytes.count && length <= limits.maxHeadBytes, "length \(length)")
    expect(whole.fieldCount == parts.fieldCount && whole.fieldCount <= limits.maxFields, "field count")
    for index in 0..<whole.fieldCount { expect(whole[index] == parts[index], "field \(index) in pieces") }
    expect(whole.framing == parts.framing && whole.isPersistent == parts.isPersistent, "framing in pieces")
    expect(whole.authority == parts.authority && whole.host == parts.host && whole.port == parts.port, "authority")

    let head = Array(bytes[..<length])
    let start = whole.methodRange.lowerBound
    let lines = plainLines(head, from: start)
    let words = lines[0].separated(by: 0x20)
    expect(words.count == 3, "request line")
    expect(words[0] == bytes.part(whole.methodRange) && words[1] == bytes.part(whole.targetRange), "method and target")
    expect(words[1].count <= limits.maxTargetBytes, "target length")
    expect(!words[1].contains { $0 <= 0x20 || $0 == 0x7F }, "target octets")
    expect(whole.framing != .untilClose, "framing until close")
    checkFields(lines, head, whole.fieldCount) {
        whole[$0]
    } line: {
        whole.fields.line($0)
    }

    func values(_ name: String) -> [[UInt8]] { plainValues(lines, name) }
    expect(values("host").count <= 1 && (whole.minorVersion == 0 || values("host").count == 1), "Host")
    if let host = values("host").first { expect(host == bytes.part(whole.authority), "authority is Host") }
    expect(whole.host.lowerBound == whole.authority.lowerBound, "host")
    expect(whole.host.upperBound <= whole.authority.upperBound, "host")
    let codings = values("transfer-encoding")
    let lengths = values("content-length")
    expect(codings.isEmpty || lengths.isEmpty, "Transfer-Encoding and Content-Length")
    switch whole.framing {
    case .none: expect(codings.isEmpty && lengths.isEmpty, "no framing")
    case .chunked: expect(codings.map(\.lowercased) == [Array("chunked".utf8)] && whole.minorVersion == 1, "chunked")
    case .length(let count): expect(lengths.count == 1 && plainNumber(lengths[0]) == count, "length")
    case .untilClose: break
    }
    for index in 0..<whole.fieldCount where whole.isNominatedByConnection(index, in: bytes.rawSpan) {
        let named = plainList(values("connection")).contains(bytes.part(whole[index].name).lowercased)
        expect(named && whole[index].id != .contentLength && whole[index].id != .host, "nominated")
    }
    let options = plainList(values("connection"))
    expect(!(whole.isPersistent && options.contains(Array("close".utf8))), "persistent in spite of close")

    // What follows the head does not matter, and its end is where it was found.
    var alone = RequestHead()
    expect(alone.parse(head.rawSpan, limits: limits) == outcome, "the head alone")
    expect(alone.parse(Array(head.dropLast()).rawSpan, limits: limits) == .needsMore, "the head but for its last byte")
}

/// A response head, likewise.
func fuzzResponseHead(_ bytes: [UInt8]) {
    var random = Choices(bytes)
    let limits = headLimits(&random)
    let method: Method = Bool.random(using: &random) ? .get : .head
    var whole = ResponseHead()
    let outcome = whole.parse(bytes.rawSpan, requestMethod: method, limits: limits)

    var parts = ResponseHead()
    var last = ResponseProgress.needsMore
    var seen = 0
    for cut in random.cuts(of: bytes.count) + [bytes.count] where last == .needsMore {
        last = parts.parse(
            bytes.rawSpan.extracting(0..<cut), resumingAt: seen, requestMethod: method, limits: limits)
        seen = cut
    }
    switch outcome {
    case .malformed: expect(last == outcome || last == .needsMore, "in pieces \(last), whole \(outcome)")
    case .needsMore, .complete: expect(last == outcome, "in pieces \(last), whole \(outcome)")
    }
    guard case .complete(let length) = outcome else { return }
    expect(length <= bytes.count && length <= limits.maxHeadBytes, "length \(length)")
    expect(whole.fieldCount == parts.fieldCount && whole.fieldCount <= limits.maxFields, "field count")
    for index in 0..<whole.fieldCount { expect(whole[index] == parts[index], "field \(index) in pieces") }
    expect(whole.framing == parts.framing && whole.isPersistent == parts.isPersistent, "framing in pieces")
    expect(whole.status == parts.status && whole.contentLength == parts.contentLength, "status in pieces")

    let head = Array(bytes[..<length])
    let lines = plainLines(head, from: 0)
    expect(plainNumber(Array(lines[0].dropFirst(9).prefix(3))) == whole.status, "status")
    expect((100...999).contains(whole.status), "status \(whole.status)")
    expect(Array(lines[0].dropFirst(13)) == bytes.part(whole.reason), "reason")
    checkFields(lines, head, whole.fieldCount) {
        whole[$0]
    } line: {
        whole.fields.line($0)
    }

    let codings = plainValues(lines, "transfer-encoding")
    let lengths = plainValues(lines, "content-length")
    expect(codings.isEmpty || lengths.isEmpty, "Transfer-Encoding and Content-Length")
    for value in lengths { expect(plainNumber(value) == whole.contentLength, "Content-Length") }
    let isEmpty = method == .head || whole.status < 200 || whole.status == 204 || whole.status == 304
    switch whole.framing {
    case .none: expect(isEmpty, "content lost")
    case .chunked: expect(!isEmpty && codings.map(\.lowercased) == [Array("chunked".utf8)], "chunked")
    case .length(let count): expect(!isEmpty && !lengths.isEmpty && whole.contentLength == count, "length")
    case .untilClose: expect(!isEmpty && codings.isEmpty && lengths.isEmpty && !whole.isPersistent, "until close")
    }
    var alone = ResponseHead()
    expect(alone.parse(head.rawSpan, requestMethod: method, limits: limits) == outcome, "the head alone")
    let incomplete = alone.parse(Array(head.dropLast()).rawSpan, requestMethod: method, limits: limits)
    expect(incomplete == .needsMore, "the head but for its last byte")
}

/// The defaults, or limits that short inputs reach.
private func headLimits(_ random: inout Choices) -> HeadLimits {
    if Int.random(in: 0..<4, using: &random) > 0 { return HeadLimits() }
    return HeadLimits(
        maxHeadBytes: Int.random(in: 16...512, using: &random), maxFields: Int.random(in: 1...6, using: &random),
        maxTargetBytes: Int.random(in: 1...64, using: &random))
}

/// The lines of a head without their CR LF, the empty one left out.
private func plainLines(_ head: [UInt8], from start: Int) -> [[UInt8]] {
    let lines = Array(head[start...]).separated(by: 0x0A)
    expect(lines.count >= 3 && lines[lines.count - 1].isEmpty && lines[lines.count - 2] == [0x0D], "end of the head")
    return lines.dropLast(2).map { line in
        expect(line.last == 0x0D, "bare LF")
        expect(!line.dropLast().contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }, "control in \(line.shown)")
        return Array(line.dropLast())
    }
}

private func plainField(_ line: [UInt8]) -> (name: [UInt8], value: [UInt8]) {
    let colon = line.firstIndex(of: 0x3A) ?? 0
    return (Array(line[..<colon]), Array(line[(colon + 1)...]).trimmed)
}

private func plainValues(_ lines: [[UInt8]], _ name: String) -> [[UInt8]] {
    lines.dropFirst().map(plainField).filter { $0.name.lowercased == Array(name.utf8) }.map(\.value)
}

private func plainList(_ values: [[UInt8]]) -> [[UInt8]] {
    values.flatMap { $0.separated(by: 0x2C) }.map(\.trimmed.lowercased)
}

private func plainNumber(_ digits: [UInt8]) -> Int? {
    digits.isEmpty || !digits.allSatisfy(\.isASCIIDigit) ? nil : Int(String(decoding: digits, as: UTF8.self))
}

/// Checks the fields found against the lines.
private func checkFields(
    _ lines: [[UInt8]], _ head: [UInt8], _ count: Int, field: (Int) -> Field, line: (Int) -> ByteRange
) {
    expect(lines.count == count + 1, "\(count) fields in \(lines.count) lines")
    for index in 0..<count {
        let found = field(index)
        let plain = plainField(lines[index + 1])
        expect(head.part(found.name) == plain.name && head.part(found.value) == plain.value, "field \(index)")
        expect(head.part(line(index)) == lines[index + 1] + [0x0D, 0x0A], "line \(index)")
        expect(!plain.name.isEmpty && plain.name.allSatisfy(isTokenOctet), "name \(plain.name.shown)")
        let known = FieldID.allCases.first { $0 != .other && Array($0.name.description.utf8) == plain.name.lowercased }
        expect(found.id == known ?? .other, "id of \(plain.name.shown)")
    }
}

/// `tchar` of RFC 9110 §5.6.2.
private func isTokenOctet(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
}
