import Bytes

extension FieldSection {
    /// What the `Connection` fields say (RFC 9110 §7.6.1).
    func connectionOptions(in bytes: RawSpan) -> ConnectionOptions {
        var options = ConnectionOptions()
        var index = 0
        while let found = firstIndex(of: .connection, from: index) {
            var list = ListCursor(fields[found].value)
            while let member = list.next(in: bytes) {
                let option = bytes[member]
                if option.equalsIgnoringCase("close") {
                    options.insert(.close)
                } else if option.equalsIgnoringCase("keep-alive") {
                    options.insert(.keepAlive)
                } else if option.equalsIgnoringCase("upgrade") {
                    options.insert(.upgrade)
                } else {
                    options.insert(.others)
                }
            }
            index = found + 1
        }
        return options
    }

    /// Whether the `Connection` fields list the name of the field line at `index`.
    ///
    /// What says where the content ends or who is asked cannot be nominated away: without it the next server would read
    /// the content as another message (RFC 9112 §11.2).
    func isNominated(_ index: Int, in bytes: RawSpan) -> Bool {
        let id = self[index].id
        guard id != .contentLength, id != .transferEncoding, id != .host else { return false }
        let name = bytes[self[index].name]
        var start = 0
        while let found = firstIndex(of: .connection, from: start) {
            var list = ListCursor(fields[found].value)
            while let member = list.next(in: bytes) {
                if bytes[member].equalsIgnoringCase(name) { return true }
            }
            start = found + 1
        }
        return false
    }
}

/// The connection options of a message.
struct ConnectionOptions: OptionSet {
    let rawValue: UInt8

    static let close = ConnectionOptions(rawValue: 1)
    static let keepAlive = ConnectionOptions(rawValue: 2)
    static let upgrade = ConnectionOptions(rawValue: 4)
    /// Options that name other fields.
    static let others = ConnectionOptions(rawValue: 8)
}

/// Walks over the members of a comma-separated list, empty ones left out (RFC 9110 §5.6.1).
struct ListCursor {
    private var offset: Int
    private let end: Int

    init(_ range: ByteRange) {
        offset = range.lowerBound
        end = range.upperBound
    }

    mutating func next(in bytes: RawSpan) -> ByteRange? {
        while offset < end {
            var comma = offset
            while comma < end, bytes[comma] != 0x2C { comma &+= 1 }
            let member = bytes.trimmed(ByteRange(offset, comma))
            offset = comma &+ 1
            if !member.isEmpty { return member }
        }
        return nil
    }
}

extension RawSpan {
    /// Whether both hold the same bytes but for ASCII case.
    func equalsIgnoringCase(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in 0..<byteCount where self[offset].lowercasedASCII != other[offset].lowercasedASCII {
            return false
        }
        return true
    }
}
