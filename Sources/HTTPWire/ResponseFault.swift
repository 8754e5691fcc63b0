/// What makes the response head of an origin server malformed; the user agent gets a 502.
public enum ResponseFault: Error, Hashable, Sendable, CaseIterable {
    /// A status line that is not version, status code and reason phrase.
    case invalidStatusLine
    /// A version other than HTTP/1.
    case unsupportedVersion
    case headTooLarge
    case tooManyFields
    case nul
    case bareCarriageReturn
    case bareLineFeed
    case obsFold
    case whitespaceBeforeColon
    case invalidFieldName
    case invalidFieldValue
    /// Both `Content-Length` and `Transfer-Encoding`: response smuggling (RFC 9112 §6.3).
    case lengthAndTransferEncoding
    case invalidContentLength
    /// `Content-Length` lines that differ.
    case differingContentLength
    /// A `Transfer-Encoding` that is not exactly `chunked`, or any in HTTP/1.0.
    case invalidTransferEncoding

    /// What is wrong, in a few words for a log.
    public var reason: StaticString {
        switch self {
        case .invalidStatusLine: "malformed status line"
        case .unsupportedVersion: "unsupported version"
        case .headTooLarge: "response head too large"
        case .tooManyFields: "too many fields"
        case .nul: "NUL in the response head"
        case .bareCarriageReturn: "bare CR in the response head"
        case .bareLineFeed: "bare LF in the response head"
        case .obsFold: "folded field line"
        case .whitespaceBeforeColon: "whitespace before a colon"
        case .invalidFieldName: "malformed field name"
        case .invalidFieldValue: "malformed field value"
        case .lengthAndTransferEncoding: "both Content-Length and Transfer-Encoding"
        case .invalidContentLength: "malformed Content-Length"
        case .differingContentLength: "differing Content-Length"
        case .invalidTransferEncoding: "unsupported Transfer-Encoding"
        }
    }
}

extension ResponseFault {
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
