import Bytes

/// `browsers.yaml` and `bots.yaml`, compiled: rules over the tokens that occur in a user agent's words.
struct UserAgentList: Sendable {
    /// A rule: what must occur, and the number that stands for its answer.
    struct Rule {
        /// Ranges of `references`.
        var any: Range<Int>
        var all: Range<Int>
        var none: Range<Int>
        var version: Range<Int>
        var major: UInt16
        var answer: UInt16
    }

    var tokens = TokenIndex()
    /// Token numbers, by the ranges of rules.
    var references: [UInt16] = []
    var browsers: [Rule] = []
    var systems: [Rule] = []
    var devices: [Rule] = []
    var bots: [Rule] = []
    /// What the words of browsers begin with, in lowercase.
    var browserStarts: [[UInt8]] = []
    /// Browser families by number; 0 is none that is known.
    var families = [Array("other".utf8)]
    /// Operating systems by number; 0 is none that is known.
    var systemNames = [Array("other".utf8)]
    /// Names of bots by number less one.
    var botNames = [Array("(no user agent)".utf8), Array("(no browser)".utf8)]
    /// The reason for each name, into `reasons`.
    var botReasons: [Int] = [0, 1]
    /// Why a bot is one.
    var reasons = [Array("no user agent".utf8), Array("no browser".utf8)]

    private static let noUserAgent: UInt16 = 1
    private static let noBrowser: UInt16 = 2

    /// The class of a user agent's words, given in lowercase.
    func classify(lowercase text: RawSpan, hits: inout TokenHits) -> UserAgentClass {
        var answer = UserAgentClass()
        tokens.scan(text, into: &hits)
        answer.bot = bot(text, hits)
        if let rule = first(of: systems, hits) { answer.system = UInt8(truncatingIfNeeded: rule.answer) }
        if let rule = first(of: devices, hits) { answer.device = Device(rawValue: UInt8(rule.answer)) ?? .other }
        if let rule = first(of: browsers, hits) {
            answer.browser = UInt8(truncatingIfNeeded: rule.answer)
            answer.major = rule.major
            for token in references[rule.version] where answer.major == 0 {
                if let end = hits.end(of: token) { answer.major = number(in: text, at: end) }
            }
        }
        return answer
    }

    private func bot(_ text: RawSpan, _ hits: TokenHits) -> UInt16 {
        if text.byteCount == 0 || text.starts(with: " hint-") { return UserAgentList.noUserAgent }
        if let rule = first(of: bots, hits) { return rule.answer }
        let isBrowser = browserStarts.contains { text.starts(with: $0.rawSpan) }
        return isBrowser ? 0 : UserAgentList.noBrowser
    }

    private func first(of rules: [Rule], _ hits: TokenHits) -> Rule? {
        rules.first { rule in
            references[rule.any].contains { hits.contains($0) } && references[rule.all].allSatisfy { hits.contains($0) }
                && !references[rule.none].contains { hits.contains($0) }
        }
    }
}

/// The number at an offset, up to 9999; 0 for a longer one, or none.
private func number(in text: RawSpan, at start: Int) -> UInt16 {
    var value: UInt16 = 0
    var offset = start
    while offset < text.byteCount, text[offset].isASCIIDigit {
        if value > 999 { return 0 }
        value = value * 10 + UInt16(text[offset] &- 0x30)
        offset += 1
    }
    return value
}
