import Bytes
import HTTPWire
import Testing

@Suite("Response heads")
struct ResponseHeadTests {
    @Test("A response head is framed as RFC 9112 §6.3 says", arguments: WireCase.table("responses.txt"))
    func table(_ wireCase: WireCase) {
        let bytes = wireCase.bytes.rawSpan
        var head = ResponseHead()
        let progress = head.parse(bytes, requestMethod: method(wireCase))
        switch progress {
        case .needsMore: Issue.record("needs more")
        case .malformed(let fault):
            check(wireCase.text("fault") == "\(fault)")
            check(staticBytes(fault.reason).byteCount > 0)
        case .complete(let length):
            for (key, value) in wireCase.expectations where key != "for" {
                let found = describe(head, bytes, length, key)
                check(found == value, "\(key): \(String(decoding: found, as: UTF8.self))")
            }
        }
    }

    @Test("Every fault has a case in the table")
    func coverage() {
        let covered = Set(WireCase.table("responses.txt").compactMap { $0.text("fault") })
        for fault in ResponseFault.allCases { check(covered.contains("\(fault)"), "\(fault)") }
    }

    @Test("A head read at every split is the head read at once", arguments: WireCase.table("responses.txt"))
    func everySplit(_ wireCase: WireCase) {
        let bytes = wireCase.bytes.rawSpan
        var head = ResponseHead()
        let expected = head.parse(bytes, requestMethod: method(wireCase))
        for split in splits(of: bytes.byteCount) {
            var progress = head.parse(bytes.extracting(0..<split), requestMethod: method(wireCase))
            if progress == .needsMore {
                progress = head.parse(bytes, resumingAt: split, requestMethod: method(wireCase))
            }
            check(progress == expected, "split at \(split)")
            if progress != expected { return }
        }
    }

    @Test("Connection names the fields that end here")
    func nominated() {
        let bytes = Array("HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nX: 2\r\n\r\n".utf8)
        var head = ResponseHead()
        check(head.parse(bytes.rawSpan, requestMethod: .get) == .complete(length: bytes.count))
        check((0..<head.fieldCount).filter { head.isNominatedByConnection($0, in: bytes.rawSpan) } == [1])
    }

    private func method(_ wireCase: WireCase) -> Method {
        switch wireCase.text("for") {
        case "get": .get
        case "head": .head
        case "post": .post
        default: .other
        }
    }
}

private func describe(_ head: borrowing ResponseHead, _ bytes: RawSpan, _ length: Int, _ key: String) -> [UInt8] {
    if key.hasPrefix("field.") { return value(of: String(key.dropFirst(6)), in: head.fields, bytes) }
    switch key {
    case "status": return Array("\(head.status)".utf8)
    case "version": return Array("\(head.minorVersion)".utf8)
    case "reason": return bytes[head.reason].array
    case "framing": return Array("\(head.framing)".utf8)
    case "length": return Array((head.contentLength.map { "\($0)" } ?? "").utf8)
    case "persistent": return Array((head.isPersistent ? "yes" : "no").utf8)
    case "interim": return Array((head.isInterim ? "yes" : "no").utf8)
    case "rest": return bytes.extracting(length..<bytes.byteCount).array
    default: return Array("no such property".utf8)
    }
}
