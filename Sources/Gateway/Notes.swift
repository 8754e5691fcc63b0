import Bytes
import Location
import Measurement

/// What one exchange remembers beyond a few words; pooled, so that its buffers are allocated once.
struct Notes: ~Copyable {
    /// The head for the origin server, kept for a retry until the response begins (RFC 9110 §9.2.2).
    var originHead = ByteBuffer(capacity: 1024)
    /// Complete field lines to add to the response: expiry of withheld cookies.
    var responseFields = ByteBuffer(capacity: 256)
    /// Text for the facts, by the ranges below; and the authority.
    var text = ByteBuffer(capacity: 512)
    var path = ByteRange()
    var referrer = ByteRange()
    var userAgent = ByteRange()
    /// Where the response leads.
    var location = ByteRange()
    /// Whether the response is to be kept as a file.
    var isAttachment = false
    var authority = ByteRange()
    /// The body of a request to one of our own paths.
    var ownBody = ByteBuffer(capacity: 16)
    /// The request to one of our own paths.
    var ownRequest: OwnRequest?
    /// The answer to it, while it waits for its receipt.
    var pendingAnswer: OwnAnswer?
    /// What the exchange is counted by, but for its end; made where it lies, for it is not small.
    var fact = ExchangeFact(time: 0, kind: .other, status: 0)
    /// Whether the exchange is counted.
    var hasFact = false
    /// What events beside the exchange are made from.
    var event: EventFact?
    /// The truncated address, where the operator logs it.
    var network = ByteRange()
    /// The variant that a revalidation named.
    var variant: UInt32 = 0
    /// The language that the user agent prefers among those of the interface; 0 is none.
    var language: UInt8 = 0
    /// What the page's Content-Security-Policy asks of our script.
    var nonce: [UInt8] = []

    init() {}

    mutating func reset() {
        originHead.clear()
        responseFields.clear()
        text.clear()
        ownBody.clear()
        path = ByteRange()
        referrer = ByteRange()
        userAgent = ByteRange()
        location = ByteRange()
        isAttachment = false
        authority = ByteRange()
        if ownRequest != nil { ownRequest = nil }
        if pendingAnswer != nil { pendingAnswer = nil }
        hasFact = false
        event = nil
        network = ByteRange()
        variant = 0
        language = 0
        if !nonce.isEmpty { nonce = [] }
    }

    /// Keeps a copy of at most `limit` bytes and returns where it lies in `text`.
    mutating func keep(_ bytes: RawSpan, limit: Int) -> ByteRange {
        let start = text.count
        text.append(bytes.extracting(first: min(limit, bytes.byteCount)))
        return ByteRange(start, text.count)
    }

    /// Whether a Location names a host, and another one than was asked.
    mutating func leadsElsewhere(_ location: RawSpan) -> Bool {
        guard let start = startOfHost(location) else { return false }
        return !hostsAreEqual(location.extracting(start...), text.bytes[authority])
    }

    /// Offers the exchange with the text that was kept for it.
    mutating func offerFact(to ring: FactRing) {
        let leadsOn = fact.kind == .departure || fact.kind == .post
        ring.offer(
            fact, path: text.bytes[path], referrer: text.bytes[leadsOn ? location : referrer],
            userAgent: text.bytes[userAgent])
    }

    /// Writes the exchange's line with the text that was kept for it.
    mutating func write(_ exchange: inout Exchange, to log: inout AccessLog, at now: Moment) {
        log.write(
            exchange, path: text.bytes[path], authority: text.bytes[authority], address: text.bytes[network], at: now)
    }
}

/// Where the host of `https://host/path` or `//host/path` begins.
private func startOfHost(_ location: RawSpan) -> Int? {
    for offset in 0..<min(8, max(0, location.byteCount - 1))
    where location[offset] == UInt8(ascii: "/") && location[offset + 1] == UInt8(ascii: "/") {
        return offset + 2
    }
    return nil
}

/// Whether two authorities name the same host, whatever their ports.
private func hostsAreEqual(_ a: RawSpan, _ b: RawSpan) -> Bool {
    var offset = 0
    while offset < a.byteCount, offset < b.byteCount, !isEndOfHost(a[offset]), !isEndOfHost(b[offset]) {
        if a[offset].lowercasedASCII != b[offset].lowercasedASCII { return false }
        offset += 1
    }
    return (offset == a.byteCount || isEndOfHost(a[offset])) && (offset == b.byteCount || isEndOfHost(b[offset]))
}

private func isEndOfHost(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ":")
}
