import Bytes

/// Request targets that lately were page names as they stood: most of a shop's views are of pages whose paths hold
/// nothing to hide, and to see that again costs less than to judge every word again.
///
/// A target that is not its own page's name is never kept.
struct PageNames {
    private static let slots = 64
    private static let longest = 63

    /// In each slot a length and the bytes; a slot is chosen by a hash, and a newcomer takes its place.
    private var bytes = [UInt8](repeating: 0, count: slots * (longest + 1))

    func holds(_ target: RawSpan) -> Bool {
        let count = target.byteCount
        let slot = place(of: target)
        guard count > 0, Int(bytes[slot]) == count else { return false }
        return bytes.rawSpan.extracting((slot + 1)..<(slot + 1 + count)).equals(target)
    }

    mutating func keep(_ target: RawSpan) {
        guard target.byteCount <= PageNames.longest else { return }
        let slot = place(of: target)
        bytes[slot] = UInt8(target.byteCount)
        for offset in 0..<target.byteCount { bytes[slot + 1 + offset] = target[offset] }
    }

    private func place(of target: RawSpan) -> Int {
        Int(truncatingIfNeeded: target.tableHash & UInt64(PageNames.slots - 1)) * (PageNames.longest + 1)
    }
}
