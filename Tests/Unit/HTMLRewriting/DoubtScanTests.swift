import CDoubt
import Testing

@Suite("The search for doubtful bytes")
struct DoubtScanTests {
    @Test("Every pair is found, at every place in a block, by either set of instructions")
    func search() {
        var generator = Xorshift(state: 7)
        let alphabet = Array("//::\\\\&&ssSScCpqrtPQ<a \n\t\u{f}\u{10}0".utf8)
        for round in 0..<4000 {
            let count = Int.random(in: 1...130, using: &generator)
            var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: count)
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let place = Int.random(in: 0..<count, using: &generator)
                bytes[place] =
                    round % 2 == 0
                    ? alphabet.randomElement(using: &generator)! : UInt8.random(in: 0...255, using: &generator)
            }
            let start = Int.random(in: 0..<count, using: &generator)
            let end = Int.random(in: start..<count, using: &generator)
            let expected = (start..<end).last { isPair(bytes[$0], bytes[$0 + 1]) } ?? -1
            #expect(unsafe crumbgate_last_doubt(bytes, start, end) == expected, "\(bytes) from \(start) to \(end)")
            #expect(unsafe crumbgate_last_doubt_portable(bytes, start, end) == expected)
        }
    }

    @Test("Every escape and every 2022 is found, at every place in a block, by either set of instructions")
    func escapes() {
        var generator = Xorshift(state: 9)
        for _ in 0..<4000 {
            let count = Int.random(in: 1...130, using: &generator)
            var bytes = (0..<count).map { _ in Array("2022022x".utf8).randomElement(using: &generator)! }
            for _ in 0..<Int.random(in: 0...120, using: &generator) {
                bytes[Int.random(in: 0..<count, using: &generator)] = UInt8(ascii: "x")
            }
            if Bool.random(using: &generator) { bytes[Int.random(in: 0..<count, using: &generator)] = 0x1B }
            let end = Int.random(in: 0...count, using: &generator)
            let start = Int.random(in: 0...end, using: &generator)
            let expected =
                (start..<end).first { at in
                    bytes[at] == 0x1B || at + 4 <= end && bytes[at..<at + 4].elementsEqual("2022".utf8)
                } ?? end
            #expect(unsafe crumbgate_next_escape(bytes, start, end) == expected, "\(bytes) from \(start) to \(end)")
            #expect(unsafe crumbgate_next_escape_portable(bytes, start, end) == expected)
        }
    }

    @Test("Every import is found, at every place in a block, by either set of instructions")
    func imports() {
        var generator = Xorshift(state: 11)
        for _ in 0..<4000 {
            let count = Int.random(in: 1...130, using: &generator)
            var bytes = (0..<count).map { _ in Array("import".utf8).randomElement(using: &generator)! }
            for _ in 0..<Int.random(in: 0...2, using: &generator) where count >= 6 {
                let place = Int.random(in: 0...count - 6, using: &generator)
                bytes.replaceSubrange(place..<place + 6, with: Array("import".utf8))
            }
            let end = Int.random(in: 0...count, using: &generator)
            let start = Int.random(in: 0...end, using: &generator)
            let expected =
                (start..<end).first { $0 + 6 <= end && bytes[$0..<$0 + 6].elementsEqual("import".utf8) } ?? end
            #expect(unsafe crumbgate_next_import(bytes, start, end) == expected, "\(bytes) from \(start) to \(end)")
            #expect(unsafe crumbgate_next_import_portable(bytes, start, end) == expected)
        }
    }

    private func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
        switch (first, second) {
        case (0x2F, 0x2F), (0x2F, 0..<0x10), (0x5C, _), (0x26, _): true
        case (0..<0x10, 0x3A), (0x50...0x53, 0x3A), (0x70...0x73, 0x3A): true
        case (0x53, 0x43), (0x53, 0x63), (0x73, 0x43), (0x73, 0x63): true
        default: false
        }
    }
}
