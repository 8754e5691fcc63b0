import Bytes
import Location
import Testing

@Suite("Headers of the PROXY protocol")
struct ProxyHeaderTests {
    static func address(_ text: String) throws -> ClientAddress {
        let bytes = Array(text.utf8)
        let address = ClientAddress(parsing: bytes.rawSpan)
        return try #require(address)
    }

    static func parse(_ bytes: [UInt8]) -> ProxyHeader.Step { ProxyHeader.parse(bytes.rawSpan) }

    static func line(_ text: String) -> [UInt8] { Array("PROXY \(text)\r\n".utf8) }

    static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

    static func block(_ command: UInt8, _ family: UInt8, _ content: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(content.count >> 8), UInt8(content.count & 255)] + content
    }

    static let ipv4: [UInt8] = [192, 0, 2, 1, 198, 51, 100, 1, 0xDC, 0x04, 0x01, 0xBB]
    static let ipv6: [UInt8] =
        [0x20, 1, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1] + [0x20, 1, 0x0D, 0xB8]
        + Array(repeating: 0, count: 11) + [2] + [0xDC, 0x04, 0x01, 0xBB]
    static let fields: [UInt8] = [0x04, 0, 2, 9, 9, 0x02, 0, 0, 0x20, 0, 3, 1, 2, 3]

    static let longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"

    /// What it is told of: nil for somebody unknown.
    static let relayed: [(header: [UInt8], address: String?)] = [
        (line("TCP4 192.0.2.1 198.51.100.1 56324 443"), "192.0.2.1"),
        (line("TCP4 255.255.255.255 255.255.255.255 65535 65535"), "255.255.255.255"),
        (line("TCP4 192.0.2.1 198.51.100.1 0 0"), "192.0.2.1"),
        (line("TCP6 2001:db8::1 2001:db8::2 56324 443"), "2001:db8::1"),
        (line("TCP6 \(longest) \(longest) 65535 65535"), longest),
        (line("TCP6 ::ffff:192.0.2.1 ::1 56324 443"), "192.0.2.1"),
        (line("UNKNOWN"), nil),
        (line("UNKNOWN ffff::1 whatever, 5"), nil),
        (block(0x21, 0x11, ipv4), "192.0.2.1"),
        (block(0x21, 0x11, ipv4 + fields), "192.0.2.1"),
        (block(0x21, 0x21, ipv6), "2001:db8::1"),
        (block(0x21, 0x21, ipv6 + fields), "2001:db8::1"),
        (block(0x21, 0x11, ipv4 + [0xE0, 0x0F, 0xC1] + Array(repeating: 7, count: 4033)), "192.0.2.1"),
        (block(0x21, 0x31, Array(repeating: 0, count: 216)), nil),
        (block(0x21, 0x00, []), nil),
        (block(0x21, 0x00, [1, 2, 3]), nil),
    ]

    @Test("A header tells the address, at every cut, with anything behind it", arguments: relayed)
    func read(header: [UInt8], address: String?) throws {
        let expected = try address.map { ProxyHeader.relayed(try Self.address($0)) } ?? .unknown
        for count in 0..<header.count {
            let part = Array(header[..<count])
            #expect(Self.parse(part) == .needsMore, "\(count) of \(header.count)")
        }
        for rest in ["", "GET / HTTP/1.1\r\n", "PROXY TCP4 203.0.113.9 203.0.113.9 1 1\r\n"] {
            let whole = header + Array(rest.utf8)
            #expect(Self.parse(whole) == .complete(expected, length: header.count))
        }
    }

    @Test("Of the proxy's own connections everything else is skipped", arguments: [0x00, 0x11, 0x21, 0xFF] as [UInt8])
    func own(family: UInt8) {
        for content in [[], Self.ipv4, [1, 2, 3], Array(repeating: 0xFF, count: 4080)] {
            let header = Self.block(0x20, family, content)
            #expect(Self.parse(header) == .complete(.own, length: header.count))
            let part = Array(header.dropLast())
            #expect(Self.parse(part) == .needsMore)
        }
    }

    static let brokenLines: [[UInt8]] = [
        "TCP4", "TCP4 ", "TCP4 192.0.2.1", "TCP4 192.0.2.1 198.51.100.1", "TCP4 192.0.2.1 198.51.100.1 1",
        "TCP4 192.0.2.1 198.51.100.1 1 ", "TCP4 192.0.2.1 198.51.100.1 1 2 3", "TCP4 192.0.2.1 198.51.100.1 1 2 ",
        "TCP4  192.0.2.1 198.51.100.1 1 2", " TCP4 192.0.2.1 198.51.100.1 1 2", "TCP4 192.0.2.1 198.51.100.1 01 2",
        "TCP4 192.0.2.1 198.51.100.1 1 65536", "TCP4 192.0.2.1 198.51.100.1 -1 2",
        "TCP4 192.0.2.1 198.51.100.1 1\t2", "TCP4 192.0.2.01 198.51.100.1 1 2", "TCP4 192.0.2 198.51.100.1 1 2",
        "TCP4 2001:db8::1 2001:db8::2 1 2", "TCP6 192.0.2.1 198.51.100.1 1 2", "TCP6 2001:db8::1 198.51.100.1 1 2",
        "TCP6 [2001:db8::1] 2001:db8::2 1 2", "TCP6 fe80::1%eth0 2001:db8::2 1 2",
        "tcp4 192.0.2.1 198.51.100.1 1 2", "UDP4 192.0.2.1 198.51.100.1 1 2", "UNKNOWNS", "", "unknown",
    ].map(line)

    static let otherStarts: [[UInt8]] = [
        "PROXY UNKNOWN\n", "PROXY UNKNOWN\r\r\n", "PROXY UNKNOWN\rX", "PROXY TCP4 192.0.2.1\n 198.51.100.1 1 2\r\n",
        "PROXY UNKNOWN " + String(repeating: "a", count: 92) + "\r\n",
        "PROXY " + String(repeating: "a", count: 101),
        "PROXX", "PO", "PROXY\r\n", "GET / HTTP/1.1\r\n", "\r\n\r\nGET / HTTP/1.1\r\n", "\u{16}\u{3}\u{1}", "\0",
    ].map { Array($0.utf8) }

    static let brokenBlocks: [[UInt8]] = [
        block(0x22, 0x11, ipv4), block(0x11, 0x11, ipv4), block(0x01, 0x11, ipv4), block(0x31, 0x11, ipv4),
        block(0x21, 0x12, ipv4), block(0x21, 0x10, ipv4), block(0x21, 0x22, ipv6), block(0x21, 0x41, ipv6),
        block(0x21, 0x32, Array(repeating: 0, count: 216)), block(0x21, 0x31, Array(repeating: 0, count: 215)),
        block(0x21, 0x11, Array(ipv4.dropLast())), block(0x21, 0x21, Array(ipv6.dropLast())),
        block(0x21, 0x21, ipv4), block(0x21, 0x11, ipv4 + [4]), block(0x21, 0x11, ipv4 + [4, 0]),
        block(0x21, 0x11, ipv4 + [4, 0, 1]), block(0x21, 0x11, ipv4 + fields + [4, 0xFF, 0xFF, 1]),
        block(0x21, 0x11, ipv4 + Array(repeating: 0, count: 4069)),
        block(0x20, 0, Array(repeating: 0, count: 4081)),
    ]

    static let broken = brokenLines + otherStarts + brokenBlocks

    @Test("What breaks a rule is no header, whatever follows", arguments: broken)
    func refused(header: [UInt8]) {
        let whole = header + Array("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n".utf8) + Array(repeating: 65, count: 4096)
        #expect(Self.parse(whole) == .malformed, "\(String(decoding: header, as: UTF8.self))")
    }

    @Test("Once it is told to be malformed, more bytes change nothing, and none is ever asked for beyond the longest")
    func monotonous() {
        for header in Self.broken + Self.relayed.map(\.header) {
            let whole = header + Array(repeating: 65, count: 5000)
            var isMalformed = false
            for count in 0..<min(whole.count, ProxyHeader.longest + 2) {
                let part = Array(whole[..<count])
                let step = Self.parse(part)
                if isMalformed { #expect(step == .malformed) }
                if step == .malformed { isMalformed = true }
                if count > ProxyHeader.longest { #expect(step != .needsMore) }
                if count > 200, isMalformed { break }
            }
        }
    }

    @Test("Any bytes are taken without a crash, and what is complete is never longer than what was there")
    func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = Self.relayed.randomElement(using: &generator)?.header ?? []
            for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<min(bytes.count, 60), using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...min(bytes.count, 20), using: &generator))
            if case .complete(_, let length) = Self.parse(bytes) { #expect(length <= bytes.count) }
        }
    }
}
