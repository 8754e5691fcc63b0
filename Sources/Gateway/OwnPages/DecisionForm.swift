import Bytes
import Consent

/// What a visitor sends from the banner or the settings page.
package struct DecisionForm {
    /// The button that was pressed.
    package enum Choice: String, Sendable {
        /// Every category.
        case accept
        /// The required ones only.
        case reject
        /// Those that are ticked.
        case save
        /// None yet: show the settings page.
        case settings
    }

    /// Why a body is not a decision.
    package enum Refusal: Error {
        /// It is not what its media type says.
        case malformed
        /// It is, but says something that no form of ours says.
        case unknown
    }

    /// What was pressed.
    package var choice: Choice
    /// What is ticked, as category ids.
    package var categories: [String] = []
    /// The page to go back to, as it was sent.
    package var returnPath: String?
    /// The language that the form was shown in.
    package var language: String?
    /// The policy revision and the words that the form was made with, as `AskedFields` names them.
    package var revision: String?
    package var text: String?
    /// Where it was answered, as our script says.
    package var source: Receipt.Source?

    private init(_ pairs: [(name: String, value: String)]) throws(Refusal) {
        var choices: [Choice] = []
        for (name, value) in pairs {
            if name.hasBytes(of: "choice") {
                guard let choice = Choice(rawValue: value) else { throw .unknown }
                choices.append(choice)
            } else if name.hasBytes(of: "category") {
                categories.append(value)
            } else if name.hasBytes(of: "return") {
                returnPath = value
            } else if name.hasBytes(of: "lang") {
                language = value
            } else if name.hasBytes(of: "revision") {
                revision = value
            } else if name.hasBytes(of: "text") {
                text = value
            } else if name.hasBytes(of: "source") {
                guard let layer = ShownText.Layer(rawValue: value) else { throw .unknown }
                source = layer == .banner ? .banner : .settings
            }
        }
        // Two answers at once are none.
        guard choices.count == 1 else { throw .unknown }
        choice = choices[0]
    }

    /// Reads `application/x-www-form-urlencoded` (WHATWG URL §5.1).
    package init(formEncoded body: [UInt8]) throws(Refusal) { try self.init(FormFields.parse(body)) }

    /// Reads a JSON object: `choice`, and with `"save"` the `categories` as an array.
    package init(json body: [UInt8]) throws(Refusal) {
        guard let members = FlatJSON.parse(body) else { throw .malformed }
        var pairs: [(name: String, value: String)] = []
        for member in members {
            switch member.value {
            case .text(let text) where !member.name.hasBytes(of: "categories"): pairs.append((member.name, text))
            case .list(let list) where member.name.hasBytes(of: "categories"):
                pairs += list.map { ("category", $0) }
            case .text, .list, .other: throw .unknown
            }
        }
        try self.init(pairs)
    }

    /// The optional categories that the choice grants.
    package func granted(in scheme: ConsentScheme) throws(Refusal) -> CategorySet {
        var ticked: CategorySet = []
        for id in categories {
            guard let index = scheme.index(of: Array(id.utf8).rawSpan) else { throw .unknown }
            ticked.insert(CategorySet(index: index))
        }
        switch choice {
        case .accept: return scheme.optional
        case .save: return ticked.intersection(scheme.optional)
        case .reject, .settings: return []
        }
    }
}

/// The name-value pairs of `application/x-www-form-urlencoded` text (WHATWG URL §5.1).
enum FormFields {
    static func parse(_ text: some Sequence<UInt8>) -> [(name: String, value: String)] {
        Array(text).split(separator: UInt8(ascii: "&")).map { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (decoded(pair[..<equals]), decoded(pair[equals...].dropFirst()))
        }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                result.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let octet = octet(rest.prefix(2)) {
                result.append(octet)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func octet(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | (digit - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | ((digit | 0x20) - 0x57)
            default: return nil
            }
        }
        return value
    }
}
