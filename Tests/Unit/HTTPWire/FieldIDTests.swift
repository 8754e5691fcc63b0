import Bytes
import HTTPWire
import Testing

@Suite("Field names")
struct FieldIDTests {
    @Test("Every known name is found in any case", arguments: FieldID.allCases.filter { $0 != .other })
    func known(_ id: FieldID) {
        let name = staticBytes(id.name).array
        let capital = name.map { $0.isASCIILetter ? $0 & ~0x20 : $0 }
        let mixed = name.enumerated().map {
            $0.offset % 2 == 0 && $0.element.isASCIILetter ? $0.element & ~0x20 : $0.element
        }
        check(FieldID.lookup(name.rawSpan) == id)
        check(FieldID.lookup(capital.rawSpan) == id)
        check(FieldID.lookup(mixed.rawSpan) == id)
    }

    @Test("A name that differs in one bit is another name", arguments: FieldID.allCases.filter { $0 != .other })
    func neighbours(_ id: FieldID) {
        let name = staticBytes(id.name).array
        for offset in name.indices {
            for bit in 0..<8 {
                var other = name
                other[offset] ^= 1 << bit
                let isSameName = other[offset].lowercasedASCII == name[offset]
                let found = FieldID.lookup(other.rawSpan)
                check(isSameName ? found == id : found != id)
            }
            check(FieldID.lookup(Array(name[..<offset]).rawSpan) != id)
        }
        check(FieldID.lookup((name + [0x61]).rawSpan) != id)
    }

    @Test("Unknown names are other", arguments: ["", "x", "x-note", "hosts", String(repeating: "a", count: 400)])
    func unknown(_ name: String) {
        check(FieldID.lookup(Array(name.utf8).rawSpan) == .other)
    }
}
