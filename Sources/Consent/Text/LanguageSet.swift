import Bytes

/// The languages that a site's texts exist in, and which of them to speak.
public struct LanguageSet: Sendable {
    /// BCP 47 language tags as given.
    public let tags: [String]
    /// The index of the language for visitors whose own is not among them.
    public let defaultIndex: Int

    /// The tags in lower case.
    private let octets: [[UInt8]]

    /// Makes a set; `default` is one of the tags in any case, else the first one is the default. Requires a tag.
    public init(_ tags: [String], default defaultTag: String) {
        precondition(!tags.isEmpty)
        self.tags = tags
        octets = tags.map { Array($0.lowercased().utf8) }
        defaultIndex = octets.firstIndex(of: Array(defaultTag.lowercased().utf8)) ?? 0
    }

    /// The language of a page: that of its `lang` attribute, else the best of the `Accept-Language` field value, else
    /// the default. Allocates nothing.
    public func choose(page: RawSpan?, acceptLanguage: RawSpan?) -> Int {
        if let page, let index = match(page) { return index }
        if let acceptLanguage, let index = negotiate(acceptLanguage) { return index }
        return defaultIndex
    }

    /// The language that answers a language tag: itself, or the next more general one there is.
    public func index(of tag: String) -> Int? { match(Array(tag.utf8).rawSpan) }

    /// The same for a tag in a buffer. Allocates nothing.
    public func index(of tag: RawSpan) -> Int? { match(tag) }

    /// The language of the range with the highest weight that any language answers (RFC 9110 §12.5.4); of equal weights
    /// the first counts.
    private func negotiate(_ field: RawSpan) -> Int? {
        var cursor = LanguageRangeCursor()
        var best: (index: Int, weight: Int)?
        while let range = cursor.next(in: field) {
            guard range.weight > best?.weight ?? 0 else { continue }
            let tag = field[range.tag]
            let isAny = tag.byteCount == 1 && tag[0] == UInt8(ascii: "*")
            guard let index = isAny ? anyLanguage(field) : match(tag) else { continue }
            best = (index, range.weight)
        }
        return best?.index
    }

    /// For `*`: the default unless it is refused by a weight of zero, else the first language that is not.
    private func anyLanguage(_ field: RawSpan) -> Int? {
        if !isRefused(defaultIndex, field) { return defaultIndex }
        return octets.indices.first { !isRefused($0, field) }
    }

    private func isRefused(_ index: Int, _ field: RawSpan) -> Bool {
        var cursor = LanguageRangeCursor()
        while let range = cursor.next(in: field) {
            if range.weight == 0, match(field[range.tag]) == index { return true }
        }
        return false
    }

    /// Lookup (RFC 4647 §3.4): subtags go from the end until a language fits. A range without its exact language
    /// also takes a more special one: `pt` finds `pt-BR`.
    private func match(_ range: RawSpan) -> Int? {
        var end = range.byteCount
        while end > 0 {
            let general = range.extracting(0..<end)
            for index in octets.indices {
                let language = octets[index]
                if general.equalsIgnoringCase(lowercase: language.rawSpan) { return index }
            }
            var cut = end
            while cut > 0, range[cut - 1] != UInt8(ascii: "-") { cut -= 1 }
            if cut == 0 { break }
            end = cut - 1
            // A single-character subtag goes with the one after it.
            if end >= 2, range[end - 2] == UInt8(ascii: "-") { end -= 2 }
        }
        return end > 0 ? firstSpecial(of: range.extracting(0..<end)) : nil
    }

    private func firstSpecial(of language: RawSpan) -> Int? {
        let count = language.byteCount
        for index in octets.indices {
            let special = octets[index]
            guard special.count > count, special[count] == UInt8(ascii: "-") else { continue }
            if language.equalsIgnoringCase(lowercase: special.rawSpan.extracting(0..<count)) { return index }
        }
        return nil
    }
}

/// Reads the language ranges of an `Accept-Language` field value.
private struct LanguageRangeCursor {
    private var offset = 0

    struct Range {
        let tag: ByteRange
        /// Thousandths: 0 to 1000.
        let weight: Int
    }

    mutating func next(in field: RawSpan) -> Range? {
        while offset < field.byteCount {
            let start = offset
            let end = field.firstIndex(of: UInt8(ascii: ","), from: start) ?? field.byteCount
            offset = end + 1
            let semicolon = field.extracting(start..<end).firstIndex(of: UInt8(ascii: ";")).map { start + $0 }
            let tag = field.trimmed(ByteRange(start, semicolon ?? end))
            if tag.isEmpty { continue }
            guard let semicolon else { return Range(tag: tag, weight: 1000) }
            let parameter = field.trimmed(ByteRange(semicolon + 1, end))
            // A weight that cannot be read is worth nothing, and refuses nothing.
            if let weight = Self.weight(field[parameter]) { return Range(tag: tag, weight: weight) }
        }
        return nil
    }

    /// `q=` and a qvalue (RFC 9110 §12.4.2).
    private static func weight(_ parameter: RawSpan) -> Int? {
        guard parameter.byteCount >= 3, parameter.byteCount <= 7, parameter[0] | 0x20 == UInt8(ascii: "q"),
            parameter[1] == UInt8(ascii: "="), parameter[2] == UInt8(ascii: "0") || parameter[2] == UInt8(ascii: "1")
        else { return nil }
        var weight = Int(parameter[2] - 0x30) * 1000
        if parameter.byteCount > 3, parameter[3] != UInt8(ascii: ".") { return nil }
        var place = 100
        for offset in 4..<max(4, parameter.byteCount) {
            guard parameter[offset].isASCIIDigit else { return nil }
            weight += Int(parameter[offset] - 0x30) * place
            place /= 10
        }
        return weight <= 1000 ? weight : nil
    }
}
