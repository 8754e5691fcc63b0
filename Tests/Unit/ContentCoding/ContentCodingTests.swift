import Bytes
import ContentCoding
import Testing

@Suite("Content codings")
struct ContentCodingTests {
    @Test(
        "A field value names one coding",
        arguments: [
            ("gzip", .gzip), (" GZip\t", .gzip), ("x-gzip", .gzip), ("br", .brotli), ("BR", .brotli),
            ("deflate", .deflate), ("identity", .identity), ("", .identity), ("gzip, br", nil), ("gzip,", nil),
            ("zstd", nil), ("compress", nil), ("gzip;q=1", nil), ("b r", nil),
        ] as [(String, ContentCoding?)])
    func names(_ value: String, _ coding: ContentCoding?) {
        check(ContentCoding.parse(Array(value.utf8).rawSpan) == coding)
    }

    @Test("A coding's name is parsed as that coding", arguments: ContentCoding.allCases)
    func ownName(_ coding: ContentCoding) {
        check(ContentCoding.parse(staticBytes(coding.name)) == coding)
    }

    @Test(
        "Accept-Encoding keeps only what can be decoded here",
        arguments: [
            ("gzip, deflate, br, zstd", "gzip, deflate, br"), ("zstd", ""), ("*", ""), ("", ""), (",,", ""),
            ("gzip;q=0.5 ,br; q=1,dcb", "gzip;q=0.5, br; q=1"), ("gzip;q=0, identity", "gzip;q=0, identity"),
        ])
    func narrowing(_ value: String, _ expected: String) {
        var output = ByteBuffer()
        let bytes = Array(value.utf8)
        let wrote = ContentCoding.writeDecodable(ofAcceptEncoding: bytes.rawSpan, into: &output)
        check(wrote == !expected.isEmpty)
        check(output.bytes.text == expected)
    }
}

/// Records an issue unless `condition` holds: for values that `#expect` cannot capture, spans and noncopyable ones.
func check(
    _ condition: Bool, _ comment: @autoclosure () -> Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if !condition { Issue.record(comment(), sourceLocation: sourceLocation) }
}
