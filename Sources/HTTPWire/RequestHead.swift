import Bytes

/// The shape of a request target (RFC 9112 §3.2); authority-form comes with `CONNECT` only, which is refused.
public enum TargetForm: UInt8, Hashable, Sendable { case origin, absolute, asterisk }

/// How far the reading of a request head came.
@frozen
public enum HeadProgress: Hashable, Sendable {
    /// The head does not end within the bytes.
    case needsMore
    /// The head is the first `length` bytes: empty lines before it and the empty line that ends it included.
    case complete(length: Int)
    case refused(RequestRefusal)
}

/// The head of an HTTP/1.1 or HTTP/1.0 request (RFC 9112 §3), as ranges into the bytes it was parsed from.
///
/// An event loop holds one and parses each head into it. All properties are those of the last head for which `parse`
/// returned `.complete`; after another outcome they mean nothing.
public struct RequestHead: ~Copyable {
    /// The field lines.
    public private(set) var fields = FieldSection()
    /// The method, told apart.
    public private(set) var method = Method.other
    /// The method as received.
    public private(set) var methodRange = ByteRange()
    /// The request target as received.
    public private(set) var targetRange = ByteRange()
    /// The target's path and query, or `*`. Of an absolute-form target it may be empty or begin with `?`: write a `/`
    /// before it then (see `writePathAndQuery`).
    public private(set) var pathAndQuery = ByteRange()
    /// The shape of the target.
    public private(set) var form = TargetForm.origin
    /// 1 for HTTP/1.1 and later minor versions, else 0.
    public private(set) var minorVersion: UInt8 = 1
    /// The host and port of an absolute-form target or of `Host`; empty when an HTTP/1.0 request has neither.
    public private(set) var authority = ByteRange()
    /// The authority's host, with the brackets of an IPv6 address.
    public private(set) var host = ByteRange()
    /// The authority's port, if it names one.
    public private(set) var port: UInt16?
    /// How the content's end is known; never `.untilClose`.
    public private(set) var framing = BodyFraming.none
    /// Whether the user agent lets the connection live on after the response (RFC 9112 §9.3).
    public private(set) var isPersistent = true
    /// Whether the request asks for a WebSocket (RFC 6455 §4.1).
    public private(set) var isWebSocketUpgrade = false
    /// Whether the user agent waits for a 100 before it sends the content (RFC 9110 §10.1.1).
    public private(set) var expectsContinue = false
    private var connection = ConnectionOptions()

    /// Makes a head to parse into.
    public init() {}

    /// The number of field lines.
    @inlinable public var fieldCount: Int { fields.count }

    /// The field line at `index`, which is below `fieldCount`.
    @inlinable public subscript(index: Int) -> Field { fields[index] }

    /// The first field line of this name, or nil at once when there is none.
    @inlinable public func firstIndex(of id: FieldID) -> Int? { fields.firstIndex(of: id) }

    /// Whether `Connection` lists anything beyond `close`, `keep-alive` and `upgrade`: then, and only then, field lines
    /// may be nominated.
    public var nominatesFields: Bool { connection.contains(.others) }

    /// Whether `Connection` lists the name of the field line at `index`, which is then not forwarded
    /// (RFC 9110 §7.6.1); `bytes` are those that were parsed.
    public func isNominatedByConnection(_ index: Int, in bytes: RawSpan) -> Bool {
        nominatesFields && fields.isNominated(index, in: bytes)
    }

    /// Appends the path and query in origin-form.
    public func writePathAndQuery(of bytes: RawSpan, into output: inout ByteBuffer) {
        let target = bytes[pathAndQuery]
        if form == .absolute, target.byteCount == 0 || target[0] == UInt8(ascii: "?") { output.append("/") }
        output.append(target)
    }

    /// Reads a head from the start of `bytes`.
    public mutating func parse(_ bytes: RawSpan, limits: HeadLimits = HeadLimits()) -> HeadProgress {
        parse(bytes, resumingAt: 0, limits: limits)
    }

    /// Reads a head from the start of `bytes`, of which the first `seen` were parsed before with the outcome
    /// `.needsMore`: until its end has come they are not read again, so that a slow head costs no more than a fast one.
    public mutating func parse(
        _ bytes: RawSpan, resumingAt seen: Int, limits: HeadLimits = HeadLimits()
    ) -> HeadProgress {
        let window = bytes.extracting(0..<min(bytes.byteCount, limits.maxHeadBytes))
        if seen > 0, window.byteCount < limits.maxHeadBytes, !window.mayEndHead(from: seen) { return .needsMore }
        do throws(RequestRefusal) {
            if let length = try read(window, limits) { return .complete(length: length) }
        } catch {
            return .refused(error)
        }
        if window.byteCount < limits.maxHeadBytes { return .needsMore }
        let isInTarget = window.firstLineFeed == nil && window.firstIndex(of: .space) != nil
        return .refused(isInTarget ? .targetTooLong : .headTooLarge)
    }

    /// The length of the head, or nil when more bytes are needed.
    private mutating func read(_ bytes: RawSpan, _ limits: HeadLimits) throws(RequestRefusal) -> Int? {
        var offset = 0
        while offset < bytes.byteCount, bytes[offset] == .carriageReturn {
            if offset + 1 == bytes.byteCount { return nil }
            guard bytes[offset + 1] == .lineFeed else { throw .bareCarriageReturn }
            offset += 2
        }
        let line: Range<Int>
        switch bytes.lineEnd(from: offset) {
        case .needsMore: return nil
        case .fault(let fault, let place): throw requestLineRefusal(fault, bytes, offset..<place)
        case .at(let end): line = offset..<end
        }
        let target = try readRequestLine(bytes, line, limits)
        switch fields.parse(bytes, from: line.upperBound + 2, maxFields: limits.maxFields) {
        case .needsMore: return nil
        case .fault(let fault): throw RequestRefusal(fault)
        case .complete: break
        }
        try readAuthority(bytes, ofTarget: target)
        try readFraming(bytes)
        readConnection(bytes)
        return fields.end
    }

    /// Reads method, target and version; returns the authority of an absolute-form target.
    private mutating func readRequestLine(
        _ bytes: RawSpan, _ line: Range<Int>, _ limits: HeadLimits
    ) throws(RequestRefusal) -> ByteRange? {
        var offset = line.lowerBound
        while offset < line.upperBound, bytes[offset].isTokenOctet { offset &+= 1 }
        guard offset > line.lowerBound, offset < line.upperBound, bytes[offset] == .space else { throw .invalidMethod }
        methodRange = ByteRange(line.lowerBound, offset)
        method = Method(bytes[methodRange])
        let start = offset &+ 1
        let space = bytes.firstIndex(of: .space, from: start) ?? line.upperBound
        let end = min(space, line.upperBound)
        if end - start > limits.maxTargetBytes { throw .targetTooLong }
        guard start < end, bytes.firstNonTargetOctet(in: start..<end) == nil else { throw .invalidTarget }
        targetRange = ByteRange(start, end)
        guard end < line.upperBound else { throw .http09 }
        try readVersion(bytes, end + 1..<line.upperBound)
        switch method {
        case .connect: throw .methodConnect
        case .trace: throw .methodTrace
        case .get, .head, .post, .put, .delete, .options, .patch, .other: return try readTarget(bytes)
        }
    }

    private mutating func readVersion(_ bytes: RawSpan, _ range: Range<Int>) throws(RequestRefusal) {
        guard let version = HTTPVersion(bytes.extracting(range)) else { throw .invalidVersion }
        switch version.major {
        case 1: minorVersion = min(version.minor, 1)
        case 0: throw .http09
        case 2: throw bytes[methodRange].equals("PRI") ? .http2Preface : .unsupportedVersion
        default: throw .unsupportedVersion
        }
    }

    /// Tells the form of the target and takes it apart; returns the authority of an absolute-form one.
    private mutating func readTarget(_ bytes: RawSpan) throws(RequestRefusal) -> ByteRange? {
        let target = bytes[targetRange]
        if target[0] == UInt8(ascii: "/") {
            form = .origin
            pathAndQuery = targetRange
            return nil
        }
        if target[0] == UInt8(ascii: "*") {
            guard target.byteCount == 1, method == .options else { throw .invalidTarget }
            form = .asterisk
            pathAndQuery = targetRange
            return nil
        }
        let scheme: Int
        if target.byteCount > 7, target.extracting(0..<7).equalsIgnoringCase("http://") {
            scheme = 7
        } else if target.byteCount > 8, target.extracting(0..<8).equalsIgnoringCase("https://") {
            scheme = 8
        } else {
            throw .invalidTarget
        }
        form = .absolute
        let start = targetRange.lowerBound + scheme
        var end = start
        while end < targetRange.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") {
            end += 1
        }
        pathAndQuery = ByteRange(end, targetRange.upperBound)
        return ByteRange(start, end)
    }

    /// Settles which host is meant: `Host`, and the target's authority if it has one, which must be the same.
    private mutating func readAuthority(_ bytes: RawSpan, ofTarget target: ByteRange?) throws(RequestRefusal) {
        if fields.isRepeated(.host) { throw .duplicateHost }
        authority = ByteRange()
        host = ByteRange()
        port = nil
        guard let named = fields.value(of: .host) ?? (minorVersion == 0 ? target : nil) else {
            if minorVersion == 0 { return }
            throw .missingHost
        }
        guard let parsed = Authority(parsing: bytes, named) else { throw .invalidHost }
        if let target {
            guard Authority(parsing: bytes, target) != nil else { throw .invalidTarget }
            guard bytes[target].equalsIgnoringCase(bytes[named]) else { throw .authorityMismatch }
        }
        authority = named
        host = parsed.host
        port = parsed.port
    }

    /// Settles where the content ends (RFC 9112 §6.3), refusing whatever two servers could read in two ways.
    private mutating func readFraming(_ bytes: RawSpan) throws(RequestRefusal) {
        if let coding = fields.value(of: .transferEncoding) {
            if fields.contains(.contentLength) { throw .lengthAndTransferEncoding }
            guard minorVersion == 1, !fields.isRepeated(.transferEncoding),
                bytes[coding].equalsIgnoringCase("chunked")
            else { throw .invalidTransferEncoding }
            framing = .chunked
        } else if let length = fields.value(of: .contentLength) {
            if fields.isRepeated(.contentLength) { throw .duplicateContentLength }
            guard let count = bytes[length].decimal.flatMap(Int.init(exactly:)) else { throw .invalidContentLength }
            framing = .length(count)
        } else {
            framing = .none
        }
    }

    private mutating func readConnection(_ bytes: RawSpan) {
        connection = fields.contains(.connection) ? fields.connectionOptions(in: bytes) : []
        isPersistent = !connection.contains(.close) && (minorVersion == 1 || connection.contains(.keepAlive))
        isWebSocketUpgrade = false
        if connection.contains(.upgrade), method == .get, minorVersion == 1, framing == .none,
            !fields.isRepeated(.upgrade), let upgrade = fields.value(of: .upgrade)
        {
            isWebSocketUpgrade = bytes[upgrade].equalsIgnoringCase("websocket")
        }
        expectsContinue = false
        if minorVersion == 1, let expect = fields.value(of: .expect) {
            expectsContinue = bytes[expect].equalsIgnoringCase("100-continue")
        }
    }

    /// The refusal for a request line that a control character ends; `part` is what stands before it.
    private func requestLineRefusal(_ fault: FieldFault, _ bytes: RawSpan, _ part: Range<Int>) -> RequestRefusal {
        guard case .control = fault else { return RequestRefusal(fault) }
        guard let space = bytes.firstIndex(of: .space, from: part.lowerBound), space < part.upperBound else {
            return .invalidMethod
        }
        return .invalidTarget
    }
}

/// The version of a message: `HTTP/`, a digit, a dot and a digit (RFC 9112 §2.3).
struct HTTPVersion {
    let major: UInt8
    let minor: UInt8

    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == 8, bytes.starts(with: "HTTP/"), bytes[6] == UInt8(ascii: "."),
            bytes[5].isASCIIDigit, bytes[7].isASCIIDigit
        else { return nil }
        major = bytes[5] &- 0x30
        minor = bytes[7] &- 0x30
    }
}

extension RawSpan {
    /// Whether bytes from `seen` on may end a head or its first line, or hold a bare LF.
    func mayEndHead(from seen: Int) -> Bool {
        if let feed = firstLineFeed, feed >= seen { return true }
        var offset = max(0, min(seen, byteCount) - 3)
        while let feed = firstIndex(of: .lineFeed, from: offset) {
            if feed == 0 || self[feed - 1] != .carriageReturn { return true }
            if feed + 2 < byteCount, self[feed + 1] == .carriageReturn, self[feed + 2] == .lineFeed { return true }
            offset = feed + 1
        }
        return false
    }

    /// The end of the first line that is not empty.
    fileprivate var firstLineFeed: Int? {
        var offset = 0
        while offset + 1 < byteCount, self[offset] == .carriageReturn { offset += 2 }
        return offset < byteCount ? firstIndex(of: .lineFeed, from: offset) : nil
    }
}
