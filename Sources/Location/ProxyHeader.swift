import Bytes

/// What a proxy says of a connection before its first byte: the header of the PROXY protocol, versions 1 and 2
/// (HAProxy, "The PROXY protocol", 2020).
public enum ProxyHeader: Hashable, Sendable {
    /// The connection was made by somebody at this address.
    case relayed(ClientAddress)
    /// The proxy's own connection, to see whether somebody is there: its address is the connection's.
    case own
    /// The connection was made by somebody whose address the proxy cannot tell.
    case unknown

    /// How far a header has come.
    public enum Step: Hashable, Sendable {
        /// What is there may be the beginning of a header.
        case needsMore
        /// The header, and how many bytes it has.
        case complete(ProxyHeader, length: Int)
        /// This is no header, or one that breaks its rules: nothing that follows can be trusted.
        case malformed
    }

    /// The most bytes that are read of a header; version 2 has room for 64 KiB, of which nobody needs so much.
    public static let longest = 4096

    /// Reads the header that a connection begins with; anything may follow it.
    public static func parse(_ bytes: RawSpan) -> Step {
        guard bytes.byteCount > 0 else { return .needsMore }
        return bytes[0] == UInt8(ascii: "P") ? parseLine(bytes) : parseBlock(bytes)
    }
}

/// Version 1 (§2.1): `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443` and a line end.
extension ProxyHeader {
    /// The longest line, its end included.
    private static let longestLine = 107

    private static func parseLine(_ bytes: RawSpan) -> Step {
        let start = staticBytes("PROXY ")
        guard bytes.byteCount >= start.byteCount else { return start.starts(with: bytes) ? .needsMore : .malformed }
        guard bytes.starts(with: start) else { return .malformed }
        let seen = bytes.extracting(0..<min(bytes.byteCount, longestLine))
        guard let end = seen.firstIndex(of: UInt8(ascii: "\r"), or: UInt8(ascii: "\n")) else {
            return seen.byteCount == longestLine ? .malformed : .needsMore
        }
        guard seen[end] == UInt8(ascii: "\r"), end + 1 < longestLine else { return .malformed }
        guard end + 1 < seen.byteCount else { return .needsMore }
        guard seen[end + 1] == UInt8(ascii: "\n"),
            let header = read(line: seen.extracting(start.byteCount..<end))
        else { return .malformed }
        return .complete(header, length: end + 2)
    }

    /// Reads what follows `PROXY `, without the line end.
    private static func read(line: RawSpan) -> ProxyHeader? {
        var offset = 0
        /// The next word; empty where there is none.
        func word() -> ByteRange {
            let start = min(offset, line.byteCount)
            let end = line.firstIndex(of: UInt8(ascii: " "), from: start) ?? line.byteCount
            offset = end + 1
            return ByteRange(start, end)
        }
        let family = word()
        // Whatever follows this word says nothing.
        if line[family].equals("UNKNOWN") { return .unknown }
        let isIPv6 = line[family].equals("TCP6")
        guard isIPv6 || line[family].equals("TCP4"), let source = address(line[word()], isIPv6: isIPv6),
            address(line[word()], isIPv6: isIPv6) != nil, isPort(line[word()]), isPort(line[word()]),
            offset > line.byteCount
        else { return nil }
        return .relayed(source)
    }

    private static func address(_ text: RawSpan, isIPv6: Bool) -> ClientAddress? {
        if isIPv6 { return parseIPv6(text) }
        guard let number = parseIPv4(text) else { return nil }
        return ClientAddress(ipv4: number)
    }

    /// Whether the text is a port number without zeros in front.
    private static func isPort(_ text: RawSpan) -> Bool {
        guard text.byteCount > 0, text.byteCount == 1 || text[0] != UInt8(ascii: "0") else { return false }
        guard let number = text.decimal else { return false }
        return number <= 65_535
    }
}

/// Version 2 (§2.2): a signature, what is told and how much of it, addresses and ports, then fields of type and length.
extension ProxyHeader {
    private static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]
    private static let fixedLength = 16

    private static func parseBlock(_ bytes: RawSpan) -> Step {
        for offset in 0..<min(bytes.byteCount, signature.count) where bytes[offset] != signature[offset] {
            return .malformed
        }
        if bytes.byteCount > 12 {
            guard bytes[12] == 0x20 || bytes[12] == 0x21 else { return .malformed }
        }
        guard bytes.byteCount >= fixedLength else { return .needsMore }
        let length = fixedLength + number(bytes, at: 14)
        guard length <= longest else { return .malformed }
        guard bytes.byteCount >= length else { return .needsMore }
        // Of the proxy's own connections nothing else means anything.
        guard bytes[12] == 0x21 else { return .complete(.own, length: length) }
        guard let header = read(block: bytes.extracting(fixedLength..<length), family: bytes[13]) else {
            return .malformed
        }
        return .complete(header, length: length)
    }

    /// Reads the addresses of a connection that is relayed, by the octet for its family and transport.
    private static func read(block: RawSpan, family: UInt8) -> ProxyHeader? {
        switch family {
        case 0x00: return .unknown
        case 0x11:
            guard block.byteCount >= 12, areFields(block, from: 12) else { return nil }
            return .relayed(ClientAddress(ipv4: UInt32(number(block, at: 0)) << 16 | UInt32(number(block, at: 2))))
        case 0x21:
            guard block.byteCount >= 36, areFields(block, from: 36),
                let address = ClientAddress(ipv6: block.extracting(0..<16))
            else { return nil }
            return .relayed(address)
        case 0x31:
            // Two paths of Unix sockets.
            return block.byteCount >= 216 && areFields(block, from: 216) ? .unknown : nil
        default: return nil
        }
    }

    /// Whether the rest is fields of one octet of type, two of length, and as many as those say (§2.2.7).
    private static func areFields(_ block: RawSpan, from start: Int) -> Bool {
        var offset = start
        while offset < block.byteCount {
            guard offset + 3 <= block.byteCount else { return false }
            offset += 3 + number(block, at: offset + 1)
        }
        return offset == block.byteCount
    }

    private static func number(_ bytes: RawSpan, at offset: Int) -> Int {
        Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
    }
}
