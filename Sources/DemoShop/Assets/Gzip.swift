/// The gzip file format (RFC 1952) around one block of fixed Huffman codes (RFC 1951 §3.2.6).
enum Gzip {
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
        var bits = BitWriter()
        bits.write(0b011, count: 3)
        var latest: [UInt32: Int] = [:]
        var index = 0
        while index < bytes.count {
            if let (distance, length) = match(bytes, at: index, &latest) {
                bits.write(length: length, distance: distance)
                index += length
            } else {
                bits.write(symbol: Int(bytes[index]))
                index += 1
            }
        }
        bits.write(symbol: 256)
        output += bits.finished
        for word in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
            output += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return output
    }

    private static func match(
        _ bytes: [UInt8], at index: Int, _ latest: inout [UInt32: Int]
    ) -> (distance: Int, length: Int)? {
        guard index + 4 <= bytes.count else { return nil }
        let key = bytes[index..<index + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let found = latest.updateValue(index, forKey: key)
        guard let start = found, index - start <= 32_768 else { return nil }
        var length = 4
        while length < 258, index + length < bytes.count, bytes[start + length] == bytes[index + length] { length += 1 }
        return (index - start, length)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { sum, byte in (sum >> 8) ^ table[Int((sum ^ UInt32(byte)) & 0xff)] }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { word, _ in word & 1 == 1 ? 0xedb8_8320 ^ (word >> 1) : word >> 1 }
    }
}

/// Bits packed from the least significant on, Huffman codes from their most significant bit on (RFC 1951 §3.1.1).
private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt32 = 0
    private var pendingCount = 0

    var finished: [UInt8] { pendingCount == 0 ? bytes : bytes + [UInt8(truncatingIfNeeded: pending)] }

    mutating func write(_ value: Int, count: Int) {
        pending |= UInt32(value) << pendingCount
        pendingCount += count
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingCount -= 8
        }
    }

    mutating func write(symbol: Int) {
        switch symbol {
        case ..<144: write(code: 0x30 + symbol, count: 8)
        case ..<256: write(code: 0x190 + symbol - 144, count: 9)
        case ..<280: write(code: symbol - 256, count: 7)
        default: write(code: 0xc0 + symbol - 280, count: 8)
        }
    }

    mutating func write(length: Int, distance: Int) {
        if length == 258 {
            write(symbol: 285)
        } else {
            let (symbol, extra, base) = Self.bucket(length - 3, doubling: 4)
            write(symbol: 257 + symbol)
            write(length - 3 - base, count: extra)
        }
        let (symbol, extra, base) = Self.bucket(distance - 1, doubling: 2)
        write(code: symbol, count: 5)
        write(distance - 1 - base, count: extra)
    }

    private mutating func write(code: Int, count: Int) {
        for bit in (0..<count).reversed() { write(code >> bit & 1, count: 1) }
    }

    /// The code whose range holds the value; ranges double in width after every `doubling` codes.
    private static func bucket(_ value: Int, doubling: Int) -> (symbol: Int, extra: Int, base: Int) {
        var symbol = 0
        var base = 0
        var extra = 0
        while value >= base + 1 << extra {
            base += 1 << extra
            symbol += 1
            extra = max(symbol / doubling - 1, 0)
        }
        return (symbol, extra, base)
    }
}
