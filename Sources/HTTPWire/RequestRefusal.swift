/// Why a request head is refused before anything of it reaches the origin server.
///
/// The refusal of a host that is not served (421) is the gateway's, which knows the hosts.
public enum RequestRefusal: Error, Hashable, Sendable, CaseIterable {
    /// A request line without a version, or with version 0.9.
    case http09
    /// The start of an HTTP/2 connection where HTTP/1.1 is spoken (RFC 9113 §3.4).
    case http2Preface
    /// A version that is not spelled `HTTP/` digit `.` digit.
    case invalidVersion
    /// A major version other than 1.
    case unsupportedVersion
    case invalidMethod
    /// `CONNECT` is for proxies that tunnel; 405, or 501 as configured.
    case methodConnect
    /// `TRACE` would show a script the fields it must not see; 405, or 501 as configured.
    case methodTrace
    case invalidTarget
    case targetTooLong
    case headTooLarge
    case tooManyFields
    case nul
    case bareCarriageReturn
    case bareLineFeed
    /// A line that begins with whitespace: folded, or before the first field line (RFC 9112 §5.2 and §2.2).
    case obsFold
    case whitespaceBeforeColon
    case invalidFieldName
    case invalidFieldValue
    /// No `Host` in an HTTP/1.1 request.
    case missingHost
    case duplicateHost
    case invalidHost
    /// The authority of an absolute-form target is not that of `Host`.
    case authorityMismatch
    /// Both `Content-Length` and `Transfer-Encoding`: request smuggling (RFC 9112 §6.1).
    case lengthAndTransferEncoding
    case invalidContentLength
    /// More than one `Content-Length` line, equal or not.
    case duplicateContentLength
    /// A `Transfer-Encoding` that is not exactly `chunked`, or any in HTTP/1.0.
    case invalidTransferEncoding

    /// The status code to answer with, before the connection is closed.
    public var status: Int {
        switch self {
        case .headTooLarge, .tooManyFields: 431
        case .targetTooLong: 414
        case .methodConnect, .methodTrace: 405
        case .unsupportedVersion: 505
        case .http09, .http2Preface, .invalidVersion, .invalidMethod, .invalidTarget, .nul, .bareCarriageReturn,
            .bareLineFeed, .obsFold, .whitespaceBeforeColon, .invalidFieldName, .invalidFieldValue, .missingHost,
            .duplicateHost, .invalidHost, .authorityMismatch, .lengthAndTransferEncoding, .invalidContentLength,
            .duplicateContentLength, .invalidTransferEncoding:
            400
        }
    }

    /// What is wrong, in a few words for a log or a page; nothing of the request is repeated.
    public var reason: StaticString {
        switch self {
        case .http09: "HTTP/0.9 is not spoken here"
        case .http2Preface: "HTTP/2 without negotiation"
        case .invalidVersion: "malformed version"
        case .unsupportedVersion: "unsupported version"
        case .invalidMethod: "malformed method"
        case .methodConnect: "CONNECT is not allowed"
        case .methodTrace: "TRACE is not allowed"
        case .invalidTarget: "malformed request target"
        case .targetTooLong: "request target too long"
        case .headTooLarge: "request head too large"
        case .tooManyFields: "too many fields"
        case .nul: "NUL in the request head"
        case .bareCarriageReturn: "bare CR in the request head"
        case .bareLineFeed: "bare LF in the request head"
        case .obsFold: "folded or indented field line"
        case .whitespaceBeforeColon: "whitespace before a colon"
        case .invalidFieldName: "malformed field name"
        case .invalidFieldValue: "malformed field value"
        case .missingHost: "missing Host"
        case .duplicateHost: "more than one Host"
        case .invalidHost: "malformed Host"
        case .authorityMismatch: "request target and Host differ"
        case .lengthAndTransferEncoding: "both Content-Length and Transfer-Encoding"
        case .invalidContentLength: "malformed Content-Length"
        case .duplicateContentLength: "more than one Content-Length"
        case .invalidTransferEncoding: "unsupported Transfer-Encoding"
        }
    }
}

extension RequestRefusal {
    init(_ fault: FieldFault) {
        self =
            switch fault {
            case .nul: .nul
            case .bareCarriageReturn: .bareCarriageReturn
            case .bareLineFeed: .bareLineFeed
            case .obsFold: .obsFold
            case .whitespaceBeforeColon: .whitespaceBeforeColon
            case .invalidName: .invalidFieldName
            case .control, .invalidValue: .invalidFieldValue
            case .tooManyFields: .tooManyFields
            }
    }
}
