import Bytes
import HTTP2
import Testing

@Suite("A response head of HTTP/1.1 as fields of HTTP/2 (RFC 9113 §8)")
struct ResponseMappingTests {
    private func map(_ head: String) -> (mapping: ResponseMapping?, fields: [String]) {
        var output = ByteBuffer()
        let mapping = ResponseMapping(Array(head.utf8).rawSpan, into: &output)
        return (mapping, fields(output))
    }

    @Test("Names are in lower case, values without space around them, each line by itself")
    func head() {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type:  text/html \r\nSet-Cookie: a=1\r\nSet-Cookie: B=2\r\n"
            + "X-Empty:\r\n\r\n"
        let result = map(head + "body\r\n\r\n")
        #expect(
            result.fields == [
                ":status: 200", "content-type: text/html", "set-cookie: a=1", "set-cookie: B=2", "x-empty: ",
            ])
        #expect(result.mapping?.length == head.utf8.count)
        #expect(result.mapping?.status == 200)
        #expect(result.mapping?.isInterim == false)
    }

    @Test("Fields of the connection stay behind (RFC 9113 §8.2.2)")
    func connection() {
        let head =
            "HTTP/1.1 204 \r\nConnection: close\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\nTE: x\r\n"
            + "Upgrade: h2c\r\nProxy-Connection: close\r\nVia: 1.1 crumbgate\r\n\r\n"
        #expect(map(head).fields == [":status: 204", "via: 1.1 crumbgate"])
    }

    @Test("An interim head is one")
    func interim() {
        #expect(map("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").mapping?.isInterim == true)
    }

    @Test("What is no head is none, at whatever byte it ends")
    func cut() {
        let head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
        for count in 0..<head.utf8.count {
            #expect(map(String(decoding: head.utf8.prefix(count), as: UTF8.self)).mapping == nil)
        }
        #expect(map("HTTP/1.1 abc\r\n\r\n").mapping == nil)
        #expect(map("HTTP/1.1 200 OK\r\nno colon\r\n\r\n").mapping == nil)
    }
}
