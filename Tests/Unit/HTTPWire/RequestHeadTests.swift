import Bytes
import HTTPWire
import Testing

@Suite("Request heads")
struct RequestHeadTests {
    @Test("What is ambiguous is refused with its status code", arguments: WireCase.table("requests-refused.txt"))
    func refusal(_ wireCase: WireCase) {
        var head = RequestHead()
        let progress = head.parse(wireCase.bytes.rawSpan)
        guard case .refused(let refusal) = progress else {
            Issue.record("not refused: \(progress)")
            return
        }
        check("\(refusal)" == wireCase.expectations[0].key)
        check("\(refusal.status)" == wireCase.expectations[1].key)
        check(staticBytes(refusal.reason).byteCount > 0)
    }

    @Test("Every refusal has a case in the table")
    func coverage() {
        let covered = Set(WireCase.table("requests-refused.txt").map { $0.expectations[0].key })
        for refusal in RequestRefusal.allCases { check(covered.contains("\(refusal)"), "\(refusal)") }
    }

    @Test("A head says what it said on the wire", arguments: WireCase.table("requests-accepted.txt"))
    func accepted(_ wireCase: WireCase) {
        var head = RequestHead()
        guard case .complete(let length) = head.parse(wireCase.bytes.rawSpan) else {
            Issue.record("not complete: \(head.parse(wireCase.bytes.rawSpan))")
            return
        }
        for (key, value) in wireCase.expectations {
            let found = describe(head, wireCase.bytes.rawSpan, length, key)
            check(found == value, "\(key): \(String(decoding: found, as: UTF8.self))")
        }
    }

    @Test(
        "A head read at every split is the head read at once",
        arguments: WireCase.table("requests-refused.txt") + WireCase.table("requests-accepted.txt"))
    func everySplit(_ wireCase: WireCase) {
        let bytes = wireCase.bytes.rawSpan
        var whole = RequestHead()
        let expected = whole.parse(bytes)
        var head = RequestHead()
        for split in splits(of: bytes.byteCount) {
            var progress = head.parse(bytes.extracting(0..<split))
            if progress == .needsMore { progress = head.parse(bytes, resumingAt: split) }
            check(progress == expected, "split at \(split)")
            if progress != expected { return }
            if case .complete = progress { check(sameFields(head, whole), "split at \(split)") }
        }
    }

    @Test(
        "A head read byte by byte is the head read at once",
        arguments: (WireCase.table("requests-refused.txt") + WireCase.table("requests-accepted.txt"))
            .filter { $0.bytes.count < 2000 })
    func byteByByte(_ wireCase: WireCase) {
        let bytes = wireCase.bytes.rawSpan
        var head = RequestHead()
        let expected = head.parse(bytes)
        var progress = HeadProgress.needsMore
        var count = 0
        while progress == .needsMore, count < bytes.byteCount {
            count += 1
            progress = head.parse(bytes.extracting(0..<count), resumingAt: count - 1)
        }
        check(progress == expected)
        if case .complete(let length) = progress { check(count == length) }
    }

    @Test("No prefix of a head is complete")
    func prefixes() {
        let bytes = Array("GET /a?b HTTP/1.1\r\nHost: shop.example\r\nCookie: a=b\r\n\r\n".utf8)
        var head = RequestHead()
        for count in 0..<bytes.count {
            check(head.parse(bytes.rawSpan.extracting(0..<count)) == .needsMore)
        }
    }

    @Test("Limits are those given")
    func limits() {
        let bytes = Array("GET /abc HTTP/1.1\r\nHost: shop.example\r\nX: y\r\n\r\n".utf8)
        var head = RequestHead()
        let count = bytes.count
        check(head.parse(bytes.rawSpan, limits: HeadLimits(maxHeadBytes: count)) == .complete(length: count))
        check(head.parse(bytes.rawSpan, limits: HeadLimits(maxHeadBytes: count - 1)) == .refused(.headTooLarge))
        check(head.parse(bytes.rawSpan, limits: HeadLimits(maxFields: 2)) == .complete(length: count))
        check(head.parse(bytes.rawSpan, limits: HeadLimits(maxFields: 1)) == .refused(.tooManyFields))
        check(head.parse(bytes.rawSpan, limits: HeadLimits(maxTargetBytes: 4)) == .complete(length: count))
        check(head.parse(bytes.rawSpan, limits: HeadLimits(maxTargetBytes: 3)) == .refused(.targetTooLong))
    }

    @Test("A head reused holds nothing of the head before")
    func reuse() {
        let first = Array(
            """
            GET http://shop.example/ HTTP/1.1\r\nHost: shop.example\r\nConnection: upgrade\r\nUpgrade: websocket\r
            Expect: 100-continue\r\nCookie: a=b\r\n\r\n
            """.utf8)
        let second = Array("POST /x HTTP/1.0\r\n\r\n".utf8)
        var head = RequestHead()
        check(head.parse(first.rawSpan) != .needsMore)
        check(head.isWebSocketUpgrade && head.expectsContinue && head.form == .absolute)
        check(head.parse(second.rawSpan) == .complete(length: second.count))
        check(!head.isWebSocketUpgrade && !head.expectsContinue && head.form == .origin)
        check(head.fieldCount == 0 && head.firstIndex(of: .cookie) == nil && head.authority.isEmpty)
        check(head.method == .post && !head.isPersistent && head.port == nil)
    }

    @Test("Field lines are found by name, by number and as received")
    func fields() {
        let bytes = Array("GET / HTTP/1.1\r\nHOST: shop.example \r\nCookie: a=b\r\nX: 1\r\ncookie:c=d\r\n\r\n".utf8)
        var head = RequestHead()
        check(head.parse(bytes.rawSpan) == .complete(length: bytes.count))
        check(head.fieldCount == 4)
        check(head.firstIndex(of: .host) == 0)
        check(head.firstIndex(of: .cookie) == 1)
        check(head.fields.firstIndex(of: .cookie, from: 2) == 3)
        check(head.fields.isRepeated(.cookie) && !head.fields.isRepeated(.host))
        check(head.firstIndex(of: .range) == nil)
        check(head[2].id == .other)
        check(bytes.rawSpan[head[2].name].equals("X"))
        check(bytes.rawSpan[head.fields.line(0)].equals("HOST: shop.example \r\n"))
        check(bytes.rawSpan[head.fields.line(3)].equals("cookie:c=d\r\n"))
    }

    @Test("Connection names the fields that end here")
    func nominated() {
        let bytes = Array(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Hop ,, close\r\nX-HOP: 1\r\nX-Hop-2: 1\r\nconnection: x-two\r\nX-Two: 2\r\n\r\n"
                .utf8)
        var head = RequestHead()
        check(head.parse(bytes.rawSpan) == .complete(length: bytes.count))
        let nominated = (0..<head.fieldCount).filter { head.isNominatedByConnection($0, in: bytes.rawSpan) }
        check(nominated == [2, 5])
        check(!head.isPersistent)
    }

    @Test("Connection cannot nominate away what says where the content ends")
    func nominatedFraming() {
        let bytes = Array(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: host, Content-Length\r\nContent-Length: 3\r\n\r\n".utf8)
        var head = RequestHead()
        check(head.parse(bytes.rawSpan) == .complete(length: bytes.count))
        check((0..<head.fieldCount).allSatisfy { !head.isNominatedByConnection($0, in: bytes.rawSpan) })
    }

    @Test("Methods are safe and idempotent as RFC 9110 §9.2 says")
    func methods() {
        check(Method.get.isSafe && Method.head.isSafe && Method.options.isSafe)
        check(!Method.put.isSafe && Method.put.isIdempotent && Method.delete.isIdempotent)
        check(!Method.post.isIdempotent && !Method.patch.isIdempotent && !Method.other.isIdempotent)
    }
}

private func sameFields(_ a: borrowing RequestHead, _ b: borrowing RequestHead) -> Bool {
    guard a.fieldCount == b.fieldCount, a.framing == b.framing, a.authority == b.authority else { return false }
    for index in 0..<a.fieldCount where a[index] != b[index] { return false }
    return a.pathAndQuery == b.pathAndQuery && a.isPersistent == b.isPersistent
}

private func describe(_ head: borrowing RequestHead, _ bytes: RawSpan, _ length: Int, _ key: String) -> [UInt8] {
    if key.hasPrefix("field.") { return value(of: String(key.dropFirst(6)), in: head.fields, bytes) }
    switch key {
    case "method": return Array("\(head.method)".utf8)
    case "target": return bytes[head.targetRange].array
    case "path": return bytes[head.pathAndQuery].array
    case "written":
        var buffer = ByteBuffer()
        head.writePathAndQuery(of: bytes, into: &buffer)
        return buffer.array
    case "form": return Array("\(head.form)".utf8)
    case "version": return Array("\(head.minorVersion)".utf8)
    case "authority": return bytes[head.authority].array
    case "host": return bytes[head.host].array
    case "port": return Array((head.port.map { "\($0)" } ?? "").utf8)
    case "framing": return Array("\(head.framing)".utf8)
    case "persistent": return Array((head.isPersistent ? "yes" : "no").utf8)
    case "upgrade": return Array((head.isWebSocketUpgrade ? "yes" : "no").utf8)
    case "continue": return Array((head.expectsContinue ? "yes" : "no").utf8)
    case "fields": return Array("\(head.fieldCount)".utf8)
    case "rest": return bytes.extracting(length..<bytes.byteCount).array
    default: return Array("no such property".utf8)
    }
}

/// The value of the first field line with this name, compared without case.
func value(of name: String, in fields: borrowing FieldSection, _ bytes: RawSpan) -> [UInt8] {
    for index in 0..<fields.count where bytes[fields[index].name].text.lowercased() == name.lowercased() {
        return bytes[fields[index].value].array
    }
    return Array("no such field".utf8)
}
