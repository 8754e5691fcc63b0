/// A purpose that cookies and requests to other hosts serve, and that a visitor grants or refuses as a whole.
public struct Category: Hashable, Sendable {
    /// As rules, forms and the consent cookie spell it; see `isValidID(_:)`.
    public let id: String
    /// Whether it is strictly necessary for what the visitor asked for, and so exempt from consent
    /// (ePrivacy Directive art. 5(3)).
    public let isRequired: Bool
    /// Its name, by BCP 47 language tag.
    public let name: [String: String]
    /// What it is for, by BCP 47 language tag.
    public let purpose: [String: String]
    /// Who receives what it allows.
    public let vendors: [String]

    /// Makes a category; requires a valid id.
    public init(
        id: String, isRequired: Bool, name: [String: String], purpose: [String: String], vendors: [String] = []
    ) {
        precondition(Self.isValidID(id))
        self.id = id
        self.isRequired = isRequired
        self.name = name
        self.purpose = purpose
        self.vendors = vendors
    }

    /// Whether a text can be a category's id: a lower-case letter, then lower-case letters, digits, `_` and `-`; at
    /// most 32 in all.
    public static func isValidID(_ id: String) -> Bool {
        guard let first = id.utf8.first, first &- 0x61 < 26, id.utf8.count <= 32 else { return false }
        return id.utf8.allSatisfy {
            $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
    }
}

extension Category {
    /// The name in a language: its own text, a more general tag's, the English one, or the id.
    public func name(in language: String) -> String { Self.text(name, in: language) ?? id }

    /// The purpose in a language, by the same rule; empty without any text.
    public func purpose(in language: String) -> String { Self.text(purpose, in: language) ?? "" }

    private static func text(_ texts: [String: String], in language: String) -> String? {
        let tags = texts.keys.sorted()
        guard let first = tags.first else { return nil }
        let languages = LanguageSet(tags, default: "en")
        let tag = languages.index(of: language).map { tags[$0] } ?? (texts["en"] == nil ? first : "en")
        return texts[tag]
    }
}
