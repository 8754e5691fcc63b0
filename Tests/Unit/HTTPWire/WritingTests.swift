import Bytes
import HTTPWire
import Testing

@Suite("Writing")
struct WritingTests {
    @Test("A status line has the usual phrase")
    func statusLine() {
        var buffer = ByteBuffer()
        writeStatusLine(431, into: &buffer)
        check(buffer.bytes.equals("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
    }

    @Test("A status line without a phrase keeps its space")
    func unknownStatus() {
        var buffer = ByteBuffer()
        writeStatusLine(599, into: &buffer)
        check(buffer.bytes.equals("HTTP/1.1 599 \r\n"))
    }

    @Test("Chunk lines are those of RFC 9112 §7.1", arguments: [(1, "1"), (16, "10"), (0xABCDEF, "abcdef")])
    func chunkHeader(_ size: Int, _ digits: String) {
        var buffer = ByteBuffer()
        writeChunkHeader(size: size, into: &buffer)
        check(buffer.array == Array((digits + "\r\n").utf8))
    }
}
