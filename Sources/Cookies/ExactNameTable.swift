import Bytes

/// Names in an open-addressing hash table on two flat arrays.
struct ExactNameTable: Sendable {
    private struct Slot {
        var hash: UInt32 = 0
        /// Zero marks a free slot: no name is empty.
        var length: UInt32 = 0
        var start: UInt32 = 0
        var payload: UInt32 = 0
    }

    private var slots: [Slot]
    private var octets: [UInt8] = []
    private let mask: Int

    init(_ names: [(name: [UInt8], payload: UInt32)]) {
        var size = names.isEmpty ? 1 : 8
        while size < names.count * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        mask = size - 1
        for (name, payload) in names where !name.isEmpty && find(name.rawSpan) == nil {
            let hash = name.rawSpan.tableHash
            var index = Int(truncatingIfNeeded: hash) & mask
            while slots[index].length != 0 { index = (index + 1) & mask }
            slots[index] = Slot(
                hash: UInt32(truncatingIfNeeded: hash >> 32), length: UInt32(name.count), start: UInt32(octets.count),
                payload: payload)
            octets += name
        }
    }

    func find(_ name: RawSpan) -> UInt32? {
        let hash = name.tableHash
        let high = UInt32(truncatingIfNeeded: hash >> 32)
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[index]
            // At least half of the slots are free, so the search ends.
            if slot.length == 0 { return nil }
            if slot.hash == high, Int(slot.length) == name.byteCount {
                let start = Int(slot.start)
                if octets.rawSpan.extracting(start..<start + Int(slot.length)).equals(name) { return slot.payload }
            }
            index = (index &+ 1) & mask
        }
    }
}
