import Bytes

/// Tokens that are all looked for in one pass over a text.
///
/// A token is found without regard to ASCII case where a word begins, `*token` anywhere; one that begins with neither
/// letter nor digit is found anywhere too. Places are by the token's first two bytes, so that most offsets of a text
/// compare nothing.
struct TokenIndex: Sendable {
    private struct Token {
        /// Into `bytes`.
        var range: ByteRange
        var isWithinWords: Bool
    }

    private static let bucketCount = 2048
    private var bytes: [UInt8] = []
    private var tokens: [Token] = []
    private var numbers: [String: UInt16] = [:]
    /// The tokens by bucket, and where each bucket begins.
    private var order: [UInt16] = []
    private var starts = [UInt16](repeating: 0, count: bucketCount + 1)

    /// The shortest token.
    static let leastCount = 2

    /// The number of a token, made when it is new; nil when it is too short or there are too many.
    mutating func number(of token: String) -> UInt16? {
        let lowercase = token.lowercased()
        if let number = numbers[lowercase] { return number }
        var text = Array(lowercase.utf8)
        let isStarred = text.first == UInt8(ascii: "*")
        if isStarred { text.removeFirst() }
        guard text.count >= TokenIndex.leastCount, tokens.count < Int(UInt16.max) else { return nil }
        let isWithinWords = isStarred || !text[0].isWordByte
        let start = bytes.count
        bytes += text
        tokens.append(Token(range: ByteRange(start, bytes.count), isWithinWords: isWithinWords))
        let number = UInt16(tokens.count - 1)
        numbers[lowercase] = number
        return number
    }

    /// Makes the tokens ready to be looked for.
    mutating func close() {
        let buckets = tokens.map { TokenIndex.bucket(bytes[$0.range.lowerBound], bytes[$0.range.lowerBound + 1]) }
        order = tokens.indices.map { UInt16($0) }.sorted { (buckets[Int($0)], $0) < (buckets[Int($1)], $1) }
        var next = 0
        for bucket in 0...TokenIndex.bucketCount {
            while next < order.count, buckets[Int(order[next])] < bucket { next += 1 }
            starts[bucket] = UInt16(next)
        }
        numbers = [:]
    }

    /// How many tokens there are.
    var count: Int { tokens.count }

    /// Finds the first place of every token; `text` is in lowercase.
    func scan(_ text: RawSpan, into hits: inout TokenHits) {
        hits.clear(count: tokens.count)
        guard text.byteCount >= TokenIndex.leastCount else { return }
        var isWordStart = true
        for offset in 0..<(text.byteCount - 1) {
            let bucket = TokenIndex.bucket(text[offset], text[offset + 1])
            for place in Int(starts[bucket])..<Int(starts[bucket + 1]) {
                let number = order[place]
                let token = tokens[Int(number)]
                let end = offset + token.range.count
                guard isWordStart || token.isWithinWords, end <= text.byteCount, !hits.contains(number),
                    text.extracting(offset..<end).equals(bytes.rawSpan[token.range])
                else { continue }
                hits.insert(number, end: end)
            }
            isWordStart = !text[offset].isWordByte
        }
    }

    private static func bucket(_ first: UInt8, _ second: UInt8) -> Int {
        (Int(first) &* 61 &+ Int(second)) & (bucketCount - 1)
    }
}

/// Which tokens a text holds, and where the first of each ends.
struct TokenHits {
    /// 0 for a token that does not occur.
    private var ends: [UInt16] = []
    private var found: [UInt16] = []

    mutating func clear(count: Int) {
        if ends.count != count { ends = [UInt16](repeating: 0, count: count) }
        for number in found { ends[Int(number)] = 0 }
        found.removeAll(keepingCapacity: true)
    }

    func contains(_ number: UInt16) -> Bool { ends[Int(number)] != 0 }

    /// The offset behind a token that occurs; nil for one that does not.
    func end(of number: UInt16) -> Int? { ends[Int(number)] == 0 ? nil : Int(ends[Int(number)]) }

    mutating func insert(_ number: UInt16, end: Int) {
        ends[Int(number)] = UInt16(clamping: end)
        found.append(number)
    }
}

extension UInt8 {
    /// An ASCII letter or digit.
    var isWordByte: Bool { isASCIILetter || isASCIIDigit }
}
