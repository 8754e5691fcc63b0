import Bytes
import HTTPWire

/// What a request's fields say about the kind of thing it asks for (Fetch Metadata Request Headers §2).
enum DocumentHint {
    static func flags(of head: borrowing RequestHead, in bytes: RawSpan) -> Exchange.Flags {
        guard head.method == .get || head.method == .head || head.method == .post else { return [] }
        var flags: Exchange.Flags = []
        if let index = head.firstIndex(of: .secFetchDest) {
            let destination = bytes[head[index].value]
            if destination.equals("document") || destination.equals("empty") && isNavigation(head, in: bytes) {
                flags = [.isDocument, .isViewCandidate]
            } else if destination.equals("iframe") || destination.equals("frame") {
                flags = .isDocument
            } else if destination.equals("empty") || destination.equals("object") || destination.equals("embed") {
                return .isFragment
            } else {
                return .isSubresource
            }
        } else if let index = head.firstIndex(of: .xRequestedWith), head[index].value.count == 14 {
            // XMLHttpRequest, of a browser that does not say what it fetches for.
            return .isFragment
        } else if let index = head.firstIndex(of: .accept), mentionsHTML(bytes[head[index].value]) {
            flags = [.isDocument, .isViewCandidate]
        } else {
            return []
        }
        if head.method != .get || isSpeculative(head, in: bytes) { flags.remove(.isViewCandidate) }
        return flags
    }

    /// A service worker that passes a navigation on says so in the mode alone (Fetch Metadata Request Headers §2.2).
    private static func isNavigation(_ head: borrowing RequestHead, in bytes: RawSpan) -> Bool {
        head.firstIndex(of: .secFetchMode).map { bytes[head[$0].value].equals("navigate") } ?? false
    }

    private static func isSpeculative(_ head: borrowing RequestHead, in bytes: RawSpan) -> Bool {
        for field in [FieldID.secPurpose, .purpose] {
            if let index = head.firstIndex(of: field), bytes[head[index].value].starts(with: "prefetch") { return true }
        }
        return false
    }

    private static func mentionsHTML(_ accept: RawSpan) -> Bool {
        var offset = 0
        while let slash = accept.firstIndex(of: UInt8(ascii: "/"), from: offset) {
            if slash >= 4, accept.byteCount >= slash + 5, accept.extracting(slash - 4..<slash + 5).equals("text/html") {
                return true
            }
            if slash >= 11, accept.byteCount >= slash + 10,
                accept.extracting(slash - 11..<slash + 10).equals("application/xhtml+xml")
            {
                return true
            }
            offset = slash + 1
        }
        return false
    }
}
