import Bytes

/// A response head of HTTP/1.1, as the gateway writes it, as a field section of HTTP/2 (RFC 9113 §8.3.2).
public struct ResponseMapping: Sendable {
    /// The status code.
    public let status: Int
    /// Bytes of the head, the empty line that ends it included.
    public let length: Int

    /// Whether another head follows.
    public var isInterim: Bool { status < 200 }

    /// Appends the fields of the head at the start of a buffer; nil when there is no head.
    public init?(_ buffer: borrowing ByteBuffer, into block: inout ByteBuffer) {
        self.init(buffer.bytes, into: &block)
    }

    /// Appends the fields of the head at the start of `bytes` (see `FieldBlock`); nil when there is no head.
    public init?(_ bytes: RawSpan, into block: inout ByteBuffer) {
        guard bytes.byteCount > 12, bytes.starts(with: "HTTP/1."),
            let status = bytes.extracting(9..<12).decimal, status >= 100,
            var start = bytes.lineFeed(from: 12)
        else { return nil }
        FieldBlock.append(staticBytes(":status"), bytes.extracting(9..<12), to: &block)
        start += 1
        while let end = bytes.lineFeed(from: start) {
            if end == start + 1 {
                self.status = Int(status)
                length = end + 1
                return
            }
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":"), from: start), colon < end else { return nil }
            let name = bytes.extracting(start..<colon)
            if !name.isOfConnection {
                let value = bytes.trimmed(ByteRange(colon + 1, end - 1))
                FieldBlock.append(lengths: name.byteCount, value.count, to: &block)
                for offset in 0..<name.byteCount { block.append(name[offset].lowercasedASCII) }
                block.append(bytes[value])
            }
            start = end + 1
        }
        return nil
    }
}

extension RawSpan {
    /// The next line feed that ends a line.
    fileprivate func lineFeed(from start: Int) -> Int? {
        guard let feed = firstIndex(of: 0x0A, from: start), feed > start, self[feed - 1] == 0x0D else { return nil }
        return feed
    }

    /// Whether a field of this name says something of a connection of HTTP/1.1 only (RFC 9113 §8.2.2).
    fileprivate var isOfConnection: Bool {
        switch byteCount {
        case 2: equalsIgnoringCase("te")
        case 7: equalsIgnoringCase("upgrade")
        case 10: equalsIgnoringCase("connection") || equalsIgnoringCase("keep-alive")
        case 16: equalsIgnoringCase("proxy-connection")
        case 17: equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }
}
