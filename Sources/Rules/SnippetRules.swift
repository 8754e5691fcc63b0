import Bytes

/// The rules that recognise inline scripts: pieces of text that stand in them, each with a category.
///
/// A search looks at about every third byte of a script, whatever the number of rules (Wu and Manber, "A fast algorithm
/// for multi-pattern searching", 1994, with blocks of two bytes).
public struct SnippetRules: Sendable {
    /// The rules as written, in the order of the file; shipped ones behind them.
    public let rules: [SnippetRule]
    private var texts: [[UInt8]] = []
    /// Bytes of the shortest text: the width of the window that is moved.
    private var window = 0
    /// By block: how far the window may move when the block stands at its end.
    private var shifts: [UInt8] = []
    /// By block: 1 + the first rule whose window ends with it.
    private var heads: [UInt16] = []
    /// By rule: 1 + the next one of the same block.
    private var chain: [UInt16] = []

    /// The fewest bytes a text may have, and the most.
    package static let lengths = 4...200
    private static let size = 4096

    package init(_ rules: [SnippetRule]) {
        precondition(rules.count < Int(UInt16.max))
        self.rules = rules
        guard !rules.isEmpty else { return }
        texts = rules.map { Array($0.text.utf8) }
        window = texts.map(\.count).min() ?? 0
        precondition(window >= 2)
        let longest = UInt8(clamping: window - 1)
        shifts = Array(repeating: longest, count: Self.size)
        heads = Array(repeating: 0, count: Self.size)
        chain = Array(repeating: 0, count: rules.count)
        for (index, text) in texts.enumerated() {
            for end in 1..<window {
                let block = Self.block(text[end - 1], text[end])
                shifts[block] = min(shifts[block], UInt8(clamping: window - 1 - end))
            }
            let last = Self.block(text[window - 2], text[window - 1])
            chain[index] = heads[last]
            heads[last] = UInt16(index + 1)
        }
    }

    /// Whether there is no rule.
    public var isEmpty: Bool { rules.isEmpty }

    /// The index of a rule of one of `categories` whose text stands in a script; of several the one found first.
    public func rule(in script: RawSpan, categories: UInt64) -> Int? {
        guard window > 0, script.byteCount >= window else { return nil }
        let count = script.byteCount
        var end = window - 1
        while end < count {
            let block = Self.block(script[end &- 1], script[end])
            let shift = Int(shifts[block])
            if shift > 0 {
                end &+= shift
                continue
            }
            let start = end &- window &+ 1
            var next = Int(heads[block])
            while next > 0 {
                let index = next &- 1
                if categories >> UInt64(rules[index].category) & 1 == 1, matches(index, script, at: start) {
                    return index
                }
                next = Int(chain[index])
            }
            end &+= 1
        }
        return nil
    }

    private func matches(_ index: Int, _ script: RawSpan, at start: Int) -> Bool {
        let length = texts[index].count
        guard start &+ length <= script.byteCount else { return false }
        for offset in 0..<length where script[start &+ offset] != texts[index][offset] { return false }
        return true
    }

    @inline(__always)
    private static func block(_ first: UInt8, _ second: UInt8) -> Int {
        (Int(first) &* 31 ^ Int(second)) & (size &- 1)
    }
}

/// A rule for inline scripts as its operator wrote it.
public struct SnippetRule: Hashable, Sendable {
    /// What stands in the script.
    public let text: String
    /// Index of the category in the site's scheme.
    public let category: Int
    /// The rule's line in the rules file, from 1; 0 for a shipped one.
    public let sourceLine: Int
    /// The id of the known service that a shipped rule is about.
    public let service: String?

    package init(text: String, category: Int, sourceLine: Int, service: String? = nil) {
        self.text = text
        self.category = category
        self.sourceLine = sourceLine
        self.service = service
    }
}
