/// What the banner, the settings, placeholders and the visitor's own record say in one language.
///
/// Both answers are worded alike, nothing is praised or regretted, and no law is claimed to be satisfied. Texts are
/// plain; whoever puts them into a page escapes them.
public struct InterfaceText: Hashable, Sendable {
    /// A BCP 47 language tag.
    public var language: String

    /// The banner's accessible name (WCAG 2.2, 4.1.2).
    public var bannerLabel: String
    /// The banner's heading.
    public var bannerTitle: String
    /// The banner's text.
    public var bannerText: String
    /// The button that grants every category.
    public var acceptAll: String
    /// The button that refuses every optional category.
    public var rejectAll: String
    /// The button that leads to the settings page.
    public var settings: String

    /// The settings page's heading and title.
    public var settingsTitle: String
    /// The settings page's introduction.
    public var settingsText: String
    /// The button that stores the choice as it is ticked.
    public var save: String
    /// The link back to the shop without a change.
    public var back: String
    /// In place of a checkbox: the category is required.
    public var required: String
    /// Why required categories cannot be switched off.
    public var requiredText: String
    /// The label of a category's list of vendors.
    public var vendors: String
    /// The label of a category's list of cookies.
    public var cookies: String
    /// The label of a cookie's name.
    public var cookieName: String
    /// The label of a cookie's lifetime.
    public var lifetime: String
    /// The lifetime of a session cookie.
    public var lifetimeSession: String
    /// A lifetime of one day.
    public var lifetimeDay: String
    /// A lifetime of more days, `{count}` of them.
    public var lifetimeDays: String

    /// Shown where GPC or DNT refuses categories.
    public var signalText: String
    /// Shown where an older decision no longer covers what is asked.
    public var changedText: String
    /// Says that a choice has been stored.
    public var savedText: String
    /// Says that a choice could not be stored.
    public var failedText: String

    /// The link or button on every page after a decision.
    public var settingsLink: String
    /// The button that closes the settings dialog without a change.
    public var close: String
    /// Says that a choice could not be stored, where it can be given again at once.
    public var retry: String

    /// In place of third-party content that waits for consent: whose it is, `{vendor}`.
    public var placeholderTitle: String
    /// Why that content is not shown.
    public var placeholderText: String
    /// The button that shows that content.
    public var placeholderShow: String
    /// The link that opens that content where it comes from, at `{host}`.
    public var placeholderLink: String

    /// The heading of the table of all cookies, in a page of the shop's own.
    public var declarationTitle: String
    /// The label of a category.
    public var category: String
    /// The label of a purpose.
    public var purpose: String
    /// Whose a cookie is: the site's own.
    public var firstParty: String
    /// Whose a cookie is: another site's.
    public var thirdParty: String

    /// The heading over the visitor's own record.
    public var receiptTitle: String
    /// What that record is, and what it does not hold.
    public var receiptText: String
    /// The label of the record's number.
    public var receiptID: String
    /// The link that downloads the record.
    public var receiptDownload: String
    /// The button that erases the record.
    public var receiptErase: String
    /// Says that the record has been erased.
    public var receiptErased: String
    /// Says that there is no record.
    public var receiptNone: String

    /// The heading over what visitors who have agreed to nothing are told of being counted.
    public var countingTitle: String
    /// What is counted of whom, and that one may object.
    public var countingText: String
    /// The button that objects.
    public var countingObject: String
    /// Says that the visitor is not counted, and how that is kept.
    public var countingObjected: String
    /// The button that takes the objection back.
    public var countingResume: String
}

extension InterfaceText {
    /// The texts that come with Crumbgate; the first is the fallback for other languages.
    public static let shipped = [
        english, german, french, spanish, italian, dutch, polish, portuguese, swedish, finnish, danish, arabic,
    ]

    /// The shipped text for a language tag or a more general one, else English.
    public static func shipped(for tag: String) -> InterfaceText {
        let languages = LanguageSet(shipped.map(\.language), default: english.language)
        return languages.index(of: tag).map { shipped[$0] } ?? english
    }

    /// The writing direction of the language.
    public var direction: TextDirection { TextDirection(language: language) }

    /// The names by which rules override texts, in the order above.
    public static var keys: [String] { fields.map(\.key) }

    /// Replaces the text with this key; false when there is no such key.
    public mutating func replace(_ key: String, with text: String) -> Bool {
        guard let field = Self.fields.first(where: { $0.key == key }) else { return false }
        self[keyPath: field.path] = text
        return true
    }

    /// The text with this key.
    public subscript(key: String) -> String? {
        Self.fields.first { $0.key == key }.map { self[keyPath: $0.path] }
    }

    private typealias Field = (key: String, path: any WritableKeyPath<InterfaceText, String> & Sendable)

    private static var fields: [Field] {
        [
            ("banner_label", \.bannerLabel), ("banner_title", \.bannerTitle), ("banner_text", \.bannerText),
            ("accept_all", \.acceptAll), ("reject_all", \.rejectAll), ("settings", \.settings),
            ("settings_title", \.settingsTitle), ("settings_text", \.settingsText), ("save", \.save),
            ("back", \.back), ("required", \.required), ("required_text", \.requiredText), ("vendors", \.vendors),
            ("cookies", \.cookies), ("cookie_name", \.cookieName), ("lifetime", \.lifetime),
            ("lifetime_session", \.lifetimeSession), ("lifetime_day", \.lifetimeDay),
            ("lifetime_days", \.lifetimeDays), ("signal_text", \.signalText), ("changed_text", \.changedText),
            ("saved_text", \.savedText), ("failed_text", \.failedText), ("settings_link", \.settingsLink),
            ("close", \.close), ("retry", \.retry), ("placeholder_title", \.placeholderTitle),
            ("placeholder_text", \.placeholderText), ("placeholder_show", \.placeholderShow),
            ("placeholder_link", \.placeholderLink), ("declaration_title", \.declarationTitle),
            ("category", \.category), ("purpose", \.purpose), ("first_party", \.firstParty),
            ("third_party", \.thirdParty), ("receipt_title", \.receiptTitle), ("receipt_text", \.receiptText),
            ("receipt_id", \.receiptID), ("receipt_download", \.receiptDownload),
            ("receipt_erase", \.receiptErase), ("receipt_erased", \.receiptErased),
            ("receipt_none", \.receiptNone), ("counting_title", \.countingTitle),
            ("counting_text", \.countingText), ("counting_object", \.countingObject),
            ("counting_objected", \.countingObjected), ("counting_resume", \.countingResume),
        ]
    }
}

/// The direction in which a language is written, as HTML's `dir` attribute spells it.
public enum TextDirection: String, Hashable, Sendable {
    case leftToRight = "ltr"
    case rightToLeft = "rtl"

    /// The direction of a BCP 47 language tag: by its script subtag, else by its language.
    public init(language tag: String) {
        let subtags = tag.lowercased().split(separator: "-")
        let scripts: Set<Substring> = ["arab", "hebr", "thaa", "syrc", "nkoo", "adlm", "rohg"]
        let languages: Set<Substring> = ["ar", "he", "iw", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb", "syr"]
        let script = subtags.dropFirst().prefix(2).first { $0.count == 4 && $0.allSatisfy(\.isLetter) }
        let isRightToLeft = script.map(scripts.contains) ?? subtags.first.map(languages.contains) ?? false
        self = isRightToLeft ? .rightToLeft : .leftToRight
    }
}
