import Bytes
import Cookies

// The testing macros take no spans, so what they call takes arrays.

extension SetCookieLine {
    init?(_ bytes: [UInt8]) { self.init(parsing: bytes.rawSpan) }

    func isAcceptable(_ source: [UInt8], overSecureTransport isSecureTransport: Bool) -> Bool {
        isAcceptable(source.rawSpan, overSecureTransport: isSecureTransport)
    }
}

extension NameClassifier {
    func classify(_ name: [UInt8]) -> UInt32? { classify(name.rawSpan) }
    func classify(_ name: String) -> UInt32? { classify(Array(name.utf8).rawSpan) }
}

extension NameRegex {
    func matches(_ name: [UInt8]) -> Bool { matches(name.rawSpan) }
}

extension CookieDate {
    static func parse(_ bytes: [UInt8]) -> Int64? { parse(bytes.rawSpan) }
}

extension Array<UInt8> {
    func part(_ range: ByteRange) -> [UInt8] { Array(self[range.range]) }
}
