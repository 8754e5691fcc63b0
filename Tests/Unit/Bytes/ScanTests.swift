import Bytes
import Testing

@Suite("Scanning bytes")
struct ScanTests {
    @Test("The first control character is that of a plain reading, from any place of texts of any length")
    func controls() {
        var random = SystemRandomNumberGenerator()
        let marks: [UInt8] = [0, 8, 9, 10, 13, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0xFE, 0xFF]
        var found = 0
        for round in 0..<20_000 {
            let count = round % 71
            var bytes = (0..<count).map { _ in UInt8.random(in: 0x20...0x7E, using: &random) }
            for _ in 0..<(count == 0 ? 0 : round % 3) {
                bytes[Int.random(in: 0..<count, using: &random)] =
                    marks[Int.random(in: 0..<marks.count, using: &random)]
            }
            let isControl = { (byte: UInt8) in byte < 0x20 && byte != 0x09 || byte == 0x7F }
            let from = Int.random(in: 0...count, using: &random)
            let offset = bytes.rawSpan.firstControl(from: from)
            #expect(offset == bytes[from...].firstIndex(where: isControl) ?? count, "\(bytes) from \(from)")
            let contains = bytes.rawSpan.containsControl
            #expect(contains == bytes.contains(where: isControl), "\(bytes)")
            if contains { found += 1 }
        }
        #expect(found > 2000)
    }

    @Test("The table hash tells texts of up to 24 bytes apart")
    func tableHash() {
        var seen: [UInt64: [UInt8]] = [:]
        for count in 0...24 {
            for place in 0..<max(count, 1) {
                for octet in UInt8(0x61)...0x7A {
                    var bytes = [UInt8](repeating: 0x61, count: count)
                    if count > 0 { bytes[place] = octet }
                    let other = seen.updateValue(bytes, forKey: bytes.rawSpan.tableHash)
                    #expect(other == nil || other == bytes)
                }
            }
        }
    }
}
