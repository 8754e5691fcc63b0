/// The proof of one decision that granted something, or took back what had been granted (GDPR art. 7(1), "shall be able
/// to demonstrate").
///
/// It names no address, no user agent and no page. A visitor who refuses everything and never granted anything leaves
/// none.
public struct Receipt: Hashable, Sendable {
    /// Where an answer was given.
    public enum Source: String, Sendable, CaseIterable {
        /// On the first layer, with our script.
        case banner
        /// On the second layer, with our script.
        case settings
        /// By a form of either layer, without our script.
        case noScript = "no-js"
        /// On either layer by a visitor whose browser says `Sec-GPC: 1`: the explicit choice wins over the signal.
        case globalPrivacyControl = "gpc"
    }

    /// What an answer did to the one before.
    public enum Action: String, Sendable, CaseIterable {
        /// There was none, or one that granted nothing.
        case given
        /// Other categories are granted now.
        case changed
        /// Everything that had been granted is refused.
        case withdrawn
        /// The same is granted for another term, or what was asked anew is granted.
        case renewed
    }

    /// The same for all answers of one visitor, as long as the cookie lasts.
    public var id: ReceiptID
    /// When, in minutes since 1970-01-01T00:00Z.
    public var minute: Int64
    /// The policy revision that was in force.
    public var revision: UInt32
    /// The SHA-256 of the words that were shown, as a `ShownText` has them.
    public var text: Digest
    /// The language they were in.
    public var language: String
    /// The optional categories that were granted, in the order of the rules.
    public var granted: [String]
    /// The optional categories that were refused, in the order of the rules.
    public var refused: [String]
    /// Where the answer was given.
    public var source: Source
    /// What it did to the one before.
    public var action: Action

    /// Makes a receipt of its parts.
    public init(
        id: ReceiptID, minute: Int64, revision: UInt32, text: Digest, language: String, granted: [String],
        refused: [String], source: Source, action: Action
    ) {
        self.id = id
        self.minute = minute
        self.revision = revision
        self.text = text
        self.language = language
        self.granted = granted
        self.refused = refused
        self.source = source
        self.action = action
    }
}

/// What a visitor reads before an answer, in one language.
public struct ShownText: Hashable, Sendable {
    /// Where it stands.
    public enum Layer: String, Sendable, CaseIterable {
        case banner
        case settings
    }

    /// Where it stands.
    public let layer: Layer
    /// A BCP 47 language tag.
    public let language: String
    /// All words in their order, a line for each piece of text.
    public let words: String
    /// The SHA-256 of the words in UTF-8.
    public let digest: Digest

    /// Makes the text of some words.
    public init(layer: Layer, language: String, words: String) {
        self.layer = layer
        self.language = language
        self.words = words
        digest = Digest(of: words.utf8)
    }

    /// How forms name it: the digest's first 16 digits.
    public var name: String { Self.name(of: digest) }

    /// How forms name a text with this digest.
    public static func name(of digest: Digest) -> String { String(digest.description.prefix(16)) }
}
