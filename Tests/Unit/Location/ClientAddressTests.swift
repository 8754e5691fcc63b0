import Bytes
import Location
import Testing

@Suite("Client addresses")
struct ClientAddressTests {
    static func parse(_ text: String) -> ClientAddress? {
        let bytes = Array(text.utf8)
        return ClientAddress(parsing: bytes.rawSpan)
    }

    static func full(_ address: ClientAddress) -> String {
        var output = ByteBuffer()
        address.writeFull(into: &output)
        return output.bytes.text
    }

    @Test(
        "Every form that peers write is read, and written in its canonical form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("192.0.2.1:443", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"),
            ("255.255.255.255", "255.255.255.255"), ("2001:db8::1", "2001:db8::1"), ("::", "::"), ("::1", "::1"),
            ("1::", "1::"), ("[2001:db8::1]", "2001:db8::1"), ("[2001:DB8::1]:8080", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"), ("[::ffff:c000:201]:1", "192.0.2.1"),
            ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"),
            ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"), ("1:0:0:4:5:6:7:8", "1::4:5:6:7:8"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("fe80::1:0:0", "fe80::1:0:0"),
        ])
    func read(text: String, canonical: String) throws {
        let address = try #require(Self.parse(text))
        #expect(Self.full(address) == canonical)
        #expect(Self.parse(canonical) == address)
    }

    @Test(
        "What is not an address is refused",
        arguments: [
            "", "1", "unknown", "_hidden", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.01", "192.0.2.", ".1.2.3",
            "192.0.2.1:", "192.0.2.1:99999", "192.0.2.1:x", "192.0.2.1 ", ":", ":::", "1::2::3", "12345::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1%eth0", "[::1", "[::1]x", "[::1]:", "[192.0.2.1]", "1:", ":1",
            "::192.0.2", "1:2:3:4:5:6:7:192.0.2.1", "::g", String(repeating: "1", count: 100),
        ])
    func refused(text: String) { #expect(Self.parse(text) == nil) }

    @Test("An address never shows in a description, a dump or a mirror")
    func silent() throws {
        let address = try #require(Self.parse("192.0.2.77"))
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] {
            #expect(!text.contains("77") && !text.contains("3221226061"))
        }
        #expect(Mirror(reflecting: address).children.isEmpty)
        #expect(!((address as Any) is any Encodable))
    }

    @Test("Truncation keeps 24 or 16 bits of IPv4, 48 or 32 of IPv6")
    func truncation() throws {
        let four = try #require(Self.parse("203.0.113.77"))
        let six = try #require(Self.parse("2001:db8:1:2:3:4:5:6"))
        let mapped = try #require(Self.parse("::ffff:203.0.113.77"))
        #expect(four.truncated(to: .fine).description == "203.0.113.0")
        #expect(four.truncated(to: .coarse).description == "203.0.0.0")
        #expect(six.truncated(to: .fine).description == "2001:db8:1::")
        #expect(six.truncated(to: .coarse).description == "2001:db8::")
        #expect(mapped.truncated(to: .fine).description == "203.0.113.0")
        #expect(AddressPrecision(ipv4Bits: 25, ipv6Bits: 48) == nil)
        #expect(AddressPrecision(ipv4Bits: 24, ipv6Bits: 64) == nil)
        #expect(AddressPrecision(ipv4Bits: 16, ipv6Bits: 32) == .coarse)
    }

    @Test("Octets make the same address as text")
    func octets() throws {
        var octets = [UInt8](repeating: 0, count: 16)
        (octets[0], octets[1], octets[15]) = (0x20, 0x01, 9)
        #expect(ClientAddress(ipv6: octets.rawSpan) == Self.parse("2001::9"))
        #expect(ClientAddress(ipv6: [1, 2].rawSpan) == nil)
        #expect(ClientAddress(ipv4: 0xC000_0201) == Self.parse("192.0.2.1"))
    }

    @Test(
        "A block holds what shares its prefix",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false), ("::/0", "2001:db8::1", true), ("::/0", "1.2.3.4", false),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1/32", "192.0.2.2", false),
            ("2001:db8::/32", "2001:db8:9::", true),
            ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
            ("::1/128", "::1", true), ("::1/128", "::2", false), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ])
    func block(block: String, text: String, isContained: Bool) throws {
        let block = try #require(AddressBlock(block))
        let address = try #require(Self.parse(text))
        #expect(address.isContained(in: block) == isContained)
    }

    @Test(
        "A block with bits beyond its prefix, or none, is refused",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "/8", "10.0.0.0/-1", "2001:db8::1/32", "::/129",
            "::ffff:10.0.0.0/104",
            "10.0.0.0/08x", "", "localhost",
        ])
    func refusedBlock(text: String) { #expect(AddressBlock(text) == nil) }
}
