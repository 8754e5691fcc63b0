import Bytes
import Consent
import Testing

@Suite("Choice of language")
struct LanguageSetTests {
    static let languages = LanguageSet(["en", "de", "pt-BR", "zh-Hant", "fr"], default: "EN")

    @Test(
        "Accept-Language is weighed",
        arguments: [
            ("de", "de"), ("de-CH", "de"), ("DE", "de"), ("de-CH-1996", "de"), ("fr;q=0.5, de;q=0.8", "de"),
            ("fr, de", "fr"), ("fr;q=0.8,de;q=0.8", "fr"), ("es, de;q=0.1", "de"), ("es", "en"), ("", "en"),
            (",,", "en"),
            ("*", "en"), ("es, *;q=0.1", "en"), ("de;q=0.9, *;q=1", "en"), ("*, de", "en"), ("en;q=0, *", "de"),
            ("en;q=0, de;q=0, *;q=0.5", "pt-BR"), ("de;q=0", "en"), ("de;q=0.0, fr;q=0.001", "fr"), ("pt", "pt-BR"),
            ("pt-PT", "pt-BR"), ("zh-Hant-TW", "zh-Hant"), ("zh-Hans", "zh-Hant"), ("de-x-private", "de"), ("d", "en"),
            ("deu", "en"), (" fr ; q=0.2 ,\tde\t;\tq=0.3 ", "de"), ("fr;Q=0.2, de;Q=0.3", "de"),
            ("fr;q=1.000, de", "fr"),
            ("fr;q=1.001, de;q=0.1", "de"), ("fr;q=2, de;q=0.1", "de"), ("fr;q=, de;q=0.1", "de"),
            ("fr;q, de;q=0.1", "de"),
            ("fr;q=0.1234, de;q=0.1", "de"), ("fr;q=.9, de;q=0.1", "de"), ("fr;q=-1, de;q=0.1", "de"),
            ("fr;level=1, de;q=0.1", "de"), ("-", "en"), ("--", "en"), ("de-", "de"), ("-de", "en"), ("x-de", "en"),
            ("en-US,en;q=0.9,de;q=0.8", "en"), ("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"),
        ])
    func negotiation(field: String, language: String) {
        #expect(choose(page: nil, field) == language)
    }

    @Test(
        "The page's language goes first where there is a text in it",
        arguments: [
            ("de", "fr", "de"), ("de-AT", nil, "de"), ("es", "fr", "fr"), ("es", nil, "en"), ("", "fr", "fr"),
            (nil, nil, "en"),
        ] as [(String?, String?, String)])
    func page(page: String?, field: String?, language: String) {
        #expect(choose(page: page, field) == language)
    }

    @Test("A default that is not among the languages gives the first one")
    func unknownDefault() {
        #expect(LanguageSet(["de", "en"], default: "fr").defaultIndex == 0)
    }

    private func choose(page: String?, _ field: String?) -> String {
        let languages = Self.languages
        let pageBytes = Array((page ?? "").utf8)
        let fieldBytes = Array((field ?? "").utf8)
        let index =
            switch (page, field) {
            case (nil, nil): languages.choose(page: nil, acceptLanguage: nil)
            case (_?, nil): languages.choose(page: pageBytes.rawSpan, acceptLanguage: nil)
            case (nil, _?): languages.choose(page: nil, acceptLanguage: fieldBytes.rawSpan)
            case (_?, _?): languages.choose(page: pageBytes.rawSpan, acceptLanguage: fieldBytes.rawSpan)
            }
        return languages.tags[index]
    }
}
