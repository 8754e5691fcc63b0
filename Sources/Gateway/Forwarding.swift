import Bytes
import HTTPWire
import Location
import Rules

/// Who sent a request: the peer, or what a trusted proxy says of it.
struct Forwarding {
    let address: ClientAddress
    let isSecure: Bool

    /// Believes forwarding fields only from a trusted peer, and of those only the right-most address that is not
    /// itself trusted: everything left of it the client may have written (RFC 7239 §8.1).
    init(head: borrowing RequestHead, bytes: RawSpan, peer: ClientAddress, isSecure: Bool, policy: Policy) {
        guard !policy.trustedProxies.isEmpty, policy.trusts(peer) else {
            address = peer
            self.isSecure = isSecure
            return
        }
        if head.firstIndex(of: .xForwardedFor) != nil {
            address = Self.walk(head, bytes: bytes, field: .xForwardedFor, peer: peer, policy: policy)
        } else if head.firstIndex(of: .forwarded) != nil {
            address = Self.walk(head, bytes: bytes, field: .forwarded, peer: peer, policy: policy)
        } else {
            address = peer
        }
        if let field = head.firstIndex(of: .xForwardedProto) {
            self.isSecure = bytes[head[field].value].equalsIgnoringCase("https")
        } else {
            self.isSecure = isSecure
        }
    }

    private static func walk(
        _ head: borrowing RequestHead, bytes: RawSpan, field id: FieldID, peer: ClientAddress, policy: Policy
    ) -> ClientAddress {
        var known = peer
        var index = head.fieldCount
        while index > 0 {
            index -= 1
            let field = head[index]
            guard field.id == id else { continue }
            var end = field.value.upperBound
            while end > field.value.lowerBound {
                var start = end
                while start > field.value.lowerBound, bytes[start - 1] != UInt8(ascii: ",") { start -= 1 }
                let element = bytes.trimmed(ByteRange(start, end))
                let node = id == .forwarded ? forParameter(bytes, element) : element
                guard let node, let address = ClientAddress(parsing: bytes[node]) else { return known }
                known = address
                if !policy.trusts(address) { return address }
                end = start - 1
            }
        }
        return known
    }

    /// The value of `for=` in one forwarded-element, quotes taken off (RFC 7239 §4).
    private static func forParameter(_ bytes: RawSpan, _ element: ByteRange) -> ByteRange? {
        var start = element.lowerBound
        while start < element.upperBound {
            let end = min(
                bytes.firstIndex(of: UInt8(ascii: ";"), from: start) ?? element.upperBound, element.upperBound)
            let pair = bytes.trimmed(ByteRange(start, end))
            if pair.count > 4, bytes.extracting(pair.lowerBound..<pair.lowerBound + 4).equalsIgnoringCase("for=") {
                var value = ByteRange(pair.lowerBound + 4, pair.upperBound)
                if value.count >= 2, bytes[value.lowerBound] == UInt8(ascii: "\""),
                    bytes[value.upperBound - 1] == UInt8(ascii: "\"")
                {
                    value = ByteRange(value.lowerBound + 1, value.upperBound - 1)
                }
                return value
            }
            start = end + 1
        }
        return nil
    }
}

extension Gateway {
    /// Whether a peer is one of our own proxies, whose word is taken for who is behind it.
    public mutating func trusts(_ peer: ClientAddress) -> Bool { snapshots[current]?.policy.trusts(peer) ?? false }
}

extension Policy {
    /// Whether forwarding fields from this address are believed.
    func trusts(_ address: ClientAddress) -> Bool {
        for block in trustedProxies where address.isContained(in: block) { return true }
        return false
    }
}
