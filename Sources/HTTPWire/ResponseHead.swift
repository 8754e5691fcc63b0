import Bytes

/// How far the reading of a response head came.
@frozen
public enum ResponseProgress: Hashable, Sendable {
    /// The head does not end within the bytes.
    case needsMore
    /// The head is the first `length` bytes, the empty line that ends it included.
    case complete(length: Int)
    case malformed(ResponseFault)
}

/// The head of an origin server's response (RFC 9112 §4), as ranges into the bytes it was parsed from.
///
/// An event loop holds one and parses each head into it. All properties are those of the last head for which `parse`
/// returned `.complete`; after another outcome they mean nothing.
public struct ResponseHead: ~Copyable {
    /// The field lines. `Content-Length` may stand there twice with one value: write `framing` out anew.
    public private(set) var fields = FieldSection()
    /// The status code, 100 to 999.
    public private(set) var status = 0
    /// 1 for HTTP/1.1 and later minor versions, else 0.
    public private(set) var minorVersion: UInt8 = 1
    /// The reason phrase, whatever it says; possibly empty.
    public private(set) var reason = ByteRange()
    /// How the content's end is known (RFC 9112 §6.3).
    public private(set) var framing = BodyFraming.none
    /// What `Content-Length` says, also where no content follows: of a HEAD's response or a 304.
    public private(set) var contentLength: Int?
    /// Whether the origin server lets the connection live on after this response (RFC 9112 §9.3).
    public private(set) var isPersistent = true
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

    /// Whether another head follows this one for the same request (RFC 9110 §15.2): 1xx but 101, after which the
    /// connection is no longer HTTP.
    @inlinable public var isInterim: Bool { status < 200 && status != 101 }

    /// Reads the head of the response to a request with this method from the start of `bytes`.
    public mutating func parse(
        _ bytes: RawSpan, requestMethod: Method, limits: HeadLimits = HeadLimits()
    ) -> ResponseProgress {
        parse(bytes, resumingAt: 0, requestMethod: requestMethod, limits: limits)
    }

    /// Reads a head from the start of `bytes`, of which the first `seen` were parsed before with the outcome
    /// `.needsMore` (see `RequestHead.parse(_:resumingAt:limits:)`).
    public mutating func parse(
        _ bytes: RawSpan, resumingAt seen: Int, requestMethod: Method, limits: HeadLimits = HeadLimits()
    ) -> ResponseProgress {
        let window = bytes.extracting(0..<min(bytes.byteCount, limits.maxHeadBytes))
        if seen > 0, window.byteCount < limits.maxHeadBytes, !window.mayEndHead(from: seen) { return .needsMore }
        do throws(ResponseFault) {
            if let length = try read(window, requestMethod, limits) { return .complete(length: length) }
        } catch {
            return .malformed(error)
        }
        return window.byteCount < limits.maxHeadBytes ? .needsMore : .malformed(.headTooLarge)
    }

    /// The length of the head, or nil when more bytes are needed.
    private mutating func read(
        _ bytes: RawSpan, _ method: Method, _ limits: HeadLimits
    ) throws(ResponseFault) -> Int? {
        let lineEnd: Int
        switch bytes.lineEnd(from: 0) {
        case .needsMore: return nil
        case .fault(.control, _): throw .invalidStatusLine
        case .fault(let fault, _): throw ResponseFault(fault)
        case .at(let end): lineEnd = end
        }
        try readStatusLine(bytes, lineEnd)
        switch fields.parse(bytes, from: lineEnd + 2, maxFields: limits.maxFields) {
        case .needsMore: return nil
        case .fault(let fault): throw ResponseFault(fault)
        case .complete: break
        }
        try readFraming(bytes, method)
        connection = fields.contains(.connection) ? fields.connectionOptions(in: bytes) : []
        isPersistent =
            framing != .untilClose && !connection.contains(.close)
            && (minorVersion == 1 || connection.contains(.keepAlive))
        return fields.end
    }

    private mutating func readStatusLine(_ bytes: RawSpan, _ end: Int) throws(ResponseFault) {
        guard end >= 12, let version = HTTPVersion(bytes.extracting(0..<8)), bytes[8] == .space else {
            throw .invalidStatusLine
        }
        guard version.major == 1 else { throw .unsupportedVersion }
        minorVersion = min(version.minor, 1)
        guard let code = bytes.extracting(9..<12).decimal, code >= 100 else { throw .invalidStatusLine }
        status = Int(code)
        // The space before an empty reason phrase is often left out.
        guard end == 12 || bytes[12] == .space else { throw .invalidStatusLine }
        reason = ByteRange(min(13, end), end)
    }

    private mutating func readFraming(_ bytes: RawSpan, _ method: Method) throws(ResponseFault) {
        contentLength = nil
        var length = BodyFraming.untilClose
        if let coding = fields.value(of: .transferEncoding) {
            if fields.contains(.contentLength) { throw .lengthAndTransferEncoding }
            guard minorVersion == 1, !fields.isRepeated(.transferEncoding),
                bytes[coding].equalsIgnoringCase("chunked")
            else { throw .invalidTransferEncoding }
            length = .chunked
        } else if fields.contains(.contentLength) {
            let count = try readContentLength(bytes)
            contentLength = count
            length = .length(count)
        }
        let hasNoContent = method == .head || status < 200 || status == 204 || status == 304
        framing = hasNoContent ? .none : length
    }

    private mutating func readContentLength(_ bytes: RawSpan) throws(ResponseFault) -> Int {
        var length: Int?
        var start = 0
        while let index = fields.firstIndex(of: .contentLength, from: start) {
            guard let count = bytes[fields[index].value].decimal.flatMap(Int.init(exactly:)) else {
                throw .invalidContentLength
            }
            if let length, length != count { throw .differingContentLength }
            length = count
            start = index + 1
        }
        guard let length else { throw .invalidContentLength }
        return length
    }
}
