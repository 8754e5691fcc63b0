import Consent
import Testing

@Suite("Interface texts")
struct InterfaceTextTests {
    static let shippedTexts = InterfaceText.shipped.flatMap { text in InterfaceText.keys.compactMap { text[$0] } }

    static let placeholders = [
        "lifetime_days": "{count}", "placeholder_title": "{vendor}", "placeholder_link": "{host}",
    ]

    @Test("Every shipped language has every text, and its own")
    func complete() {
        for text in InterfaceText.shipped {
            for key in InterfaceText.keys {
                let value = text[key] ?? ""
                #expect(
                    !value.isEmpty && value == value.split(separator: " ").joined(separator: " "),
                    "\(text.language) \(key)")
            }
            for (key, placeholder) in Self.placeholders {
                #expect(text[key]?.contains(placeholder) == true, "\(text.language) \(key)")
            }
        }
        let equal = InterfaceText.keys.filter { InterfaceText.english[$0] == InterfaceText.german[$0] }
        #expect(equal == ["cookies", "cookie_name"])
    }

    @Test("Keys are distinct and reach every text")
    func keys() {
        #expect(Set(InterfaceText.keys).count == InterfaceText.keys.count)
        let strings = Mirror(reflecting: InterfaceText.english).children.filter { $0.value is String }
        #expect(strings.count == InterfaceText.keys.count + 1)
        var text = InterfaceText.german
        for key in InterfaceText.keys {
            let isKnown = text.replace(key, with: "<\(key)>")
            #expect(isKnown && text[key] == "<\(key)>")
        }
        #expect(text.acceptAll == "<accept_all>" && text.settingsLink == "<settings_link>")
        let isKnown = text.replace("accept", with: "x")
        #expect(!isKnown && text["accept"] == nil)
    }

    @Test(
        "Nothing claims that a law is satisfied, presses or praises",
        arguments: [
            "gdpr", "dsgvo", "compliant", "konform", "best experience", "beste erlebnis", "optimal", "unfortunately",
            "leider", "recommended", "empfohlen", "agree", "einverstanden", "we value", "!",
        ])
    func wording(phrase: String) {
        let categories = ShippedCategory.allCases.flatMap { Array($0.name.values) + Array($0.purpose.values) }
        for text in Self.shippedTexts + categories { #expect(!text.lowercased().contains(phrase), "\(text)") }
    }

    @Test("Accepting and refusing are worded alike")
    func symmetry() {
        for text in InterfaceText.shipped {
            #expect(text.acceptAll.split(separator: " ").count == text.rejectAll.split(separator: " ").count)
            #expect(abs(text.acceptAll.count - text.rejectAll.count) <= 2)
            #expect(text.bannerText.contains(text.settingsLink))
        }
    }

    @Test(
        "Shipped texts are found by tag",
        arguments: [
            ("de", "de"), ("de-CH", "de"), ("DE-at-1996", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"), ("d", "en"),
        ])
    func shipped(tag: String, language: String) {
        #expect(InterfaceText.shipped(for: tag).language == language)
    }

    @Test(
        "Writing direction follows the script, else the language",
        arguments: [
            ("en", "ltr"), ("ar", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("az-Arab", "rtl"), ("ar-Latn", "ltr"),
            ("ku-Arab-IQ", "rtl"), ("", "ltr"), ("de-1996", "ltr"), ("zh-yue-Hant", "ltr"),
        ])
    func direction(tag: String, direction: String) {
        #expect(TextDirection(language: tag).rawValue == direction)
    }

    @Test("The ten categories are valid, and have names and purposes in every shipped language")
    func categories() {
        #expect(ShippedCategory.allCases.count == 10)
        #expect(
            ShippedCategory.allCases.filter(\.isRequired).map(\.id)
                == ["authentication", "status", "cart", "security", "payment"])
        for shipped in ShippedCategory.allCases {
            let category = shipped.category()
            #expect(category.id == shipped.rawValue && Category.isValidID(category.id))
            for language in InterfaceText.shipped.map(\.language) {
                #expect(category.name[language]?.isEmpty == false && category.purpose[language]?.isEmpty == false)
            }
        }
    }

    @Test("A category's text falls back to the language's general form, English, any, and its id")
    func categoryTexts() {
        let full = Category(
            id: "a", isRequired: false, name: ["en": "English", "de": "Deutsch"], purpose: ["fr": "Français"])
        #expect(
            full.name(in: "de-AT") == "Deutsch" && full.name(in: "EN") == "English" && full.name(in: "fr") == "English")
        #expect(full.purpose(in: "de") == "Français")
        let bare = Category(id: "a", isRequired: false, name: [:], purpose: [:])
        #expect(bare.name(in: "en") == "a" && bare.purpose(in: "en") == "")
    }
}
