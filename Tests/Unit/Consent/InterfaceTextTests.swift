import Consent
import Testing

@Suite("Interface texts")
struct InterfaceTextTests {
    static let shippedTexts = InterfaceText.shipped.flatMap { text in InterfaceText.keys.compactMap { text[$0] } }

    static let categoryTexts = ShippedCategory.allCases.flatMap { Array($0.name.values) + Array($0.purpose.values) }

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
    }

    @Test("There are twelve languages, each with words of its own", arguments: InterfaceText.shipped)
    func translated(text: InterfaceText) {
        #expect(Set(InterfaceText.shipped.map(\.language)).count == 12)
        #expect(Set(ShippedCategory.chat.name.keys) == Set(InterfaceText.shipped.map(\.language)))
        if text == .english { return }
        let equal = InterfaceText.keys.filter { InterfaceText.english[$0] == text[$0] }
        #expect(Set(equal).isSubset(of: ["cookies", "cookie_name"]), "\(text.language) \(equal)")
        let purposes = ShippedCategory.allCases.filter { $0.purpose[text.language] == $0.purpose["en"] }
        #expect(purposes.isEmpty, "\(text.language) \(purposes)")
    }

    @Test("Texts are plain: no markup, no placeholder that nothing fills, no invisible direction marks")
    func plain() {
        for text in InterfaceText.shipped {
            for key in InterfaceText.keys {
                var value = text[key] ?? ""
                if let placeholder = Self.placeholders[key] { value = value.replacing(placeholder, with: "") }
                #expect(!value.contains { "<>&{}\"\\\n\t".contains($0) }, "\(text.language) \(key)")
            }
        }
        for value in Self.shippedTexts + Self.categoryTexts {
            let marks = value.unicodeScalars.filter { $0.properties.isBidiControl || $0.value == 0x200B }
            #expect(marks.isEmpty && !value.contains("<"), "\(value)")
        }
    }

    @Test("The Arabic texts are Arabic, and the others hold no Arabic letter")
    func scripts() {
        for text in InterfaceText.shipped {
            for key in InterfaceText.keys {
                let isArabic = text[key]?.unicodeScalars.contains { (0x600...0x6FF).contains($0.value) }
                #expect(isArabic == (text.direction == .rightToLeft), "\(text.language) \(key)")
            }
        }
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
            "leider", "recommended", "empfohlen", "agree", "einverstanden", "we value", "!", "rgpd", "avg-", "rodo",
            "conforme", "malheureusement", "lamentablemente", "purtroppo", "helaas", "niestety", "infelizmente",
            "tyvärr", "valitettavasti", "desværre", "للأسف", "recommand", "recomend", "consigliat", "aanbevolen",
            "zalecan", "rekommender", "suosittel", "anbefal", "موصى", "meilleur", "mejor ", "miglior", "beste ",
            "najleps",
            "melhor", "bästa", "parhaa", "bedste", "أفضل",
        ])
    func wording(phrase: String) {
        for text in Self.shippedTexts + Self.categoryTexts { #expect(!text.lowercased().contains(phrase), "\(text)") }
    }

    @Test("Accepting and refusing are worded alike")
    func symmetry() {
        for text in InterfaceText.shipped {
            #expect(text.acceptAll != text.rejectAll)
            #expect(text.acceptAll.split(separator: " ").count == text.rejectAll.split(separator: " ").count)
            #expect(abs(text.acceptAll.count - text.rejectAll.count) <= 2)
            #expect(text.bannerText.contains(text.settingsLink))
        }
    }

    @Test(
        "Shipped texts are found by tag",
        arguments: [
            ("de", "de"), ("de-CH", "de"), ("DE-at-1996", "de"), ("en-GB", "en"), ("", "en"), ("d", "en"),
            ("fr-CA", "fr"), ("pt-BR", "pt"), ("ar-EG", "ar"), ("zh", "en"), ("nb", "en"), ("no", "en"), ("fil", "en"),
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
