import Bytes

/// Prefixes as a trie whose edges lie in one open-addressing hash table: one probe per octet until the first that no
/// prefix goes on with.
struct PrefixTable: Sendable {
    private struct Edge {
        /// The parent node and the octet.
        var key: UInt32 = 0
        /// Zero marks a free slot: the root is nobody's child.
        var child: UInt32 = 0
    }

    /// `none` where no prefix ends.
    private var payloads: [UInt32] = [none]
    private var edges = [Edge(), Edge()]
    private var shift: UInt32 = 31
    private static let none = UInt32.max

    init(_ prefixes: [(prefix: [UInt8], payload: UInt32)]) {
        for (prefix, payload) in prefixes {
            var node: UInt32 = 0
            for octet in prefix {
                if let next = child(of: node, octet) {
                    node = next
                } else {
                    let next = UInt32(payloads.count)
                    payloads.append(Self.none)
                    add(Edge(key: node << 8 | UInt32(octet), child: next))
                    node = next
                }
            }
            if payloads[Int(node)] == Self.none { payloads[Int(node)] = payload }
        }
    }

    /// The payload of the longest prefix that the name begins with.
    func longest(of name: RawSpan) -> UInt32? {
        if payloads.count == 1 { return nil }
        var found = Self.none
        var node: UInt32 = 0
        for offset in 0..<name.byteCount {
            guard let next = child(of: node, name[offset]) else { break }
            node = next
            let payload = payloads[Int(node)]
            if payload != Self.none { found = payload }
        }
        return found == Self.none ? nil : found
    }

    @inline(__always)
    private func child(of node: UInt32, _ octet: UInt8) -> UInt32? {
        let key = node &<< 8 | UInt32(octet)
        var index = Int((key &* 0x9E37_79B1) &>> shift)
        while true {
            let edge = edges[index]
            // At least half of the slots are free, so the search ends.
            if edge.child == 0 { return nil }
            if edge.key == key { return edge.child }
            index = (index &+ 1) & (edges.count &- 1)
        }
    }

    private mutating func add(_ edge: Edge) {
        if payloads.count * 2 > edges.count {
            let old = edges
            edges = Array(repeating: Edge(), count: max(16, old.count * 2))
            shift = UInt32(32 - edges.count.trailingZeroBitCount)
            for edge in old where edge.child != 0 { place(edge) }
        }
        place(edge)
    }

    private mutating func place(_ edge: Edge) {
        var index = Int((edge.key &* 0x9E37_79B1) &>> shift)
        while edges[index].child != 0 { index = (index + 1) & (edges.count - 1) }
        edges[index] = edge
    }
}
