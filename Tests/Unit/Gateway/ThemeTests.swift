import Gateway
import HTTPWire
import Rules
import Testing

@Suite("Themes in stylesheet and markup")
struct ThemeTests {
    private func stylesheet(_ theme: String) throws -> (text: String, url: String) {
        let pages = OwnPages(site: try site("consent: { theme: \(theme) }"))
        let answer = pages.answer(request(.stylesheet, query: "v=\(pages.stylesheet.version)"))
        return (answer.text, pages.stylesheet.url)
    }

    @Test("Colours of the rules are written as the shop's fallbacks, in their scheme")
    func colours() throws {
        let text = try stylesheet("{ light: { ground: '#FAFAF0' }, dark: { link: 'rgb(200 220 255)' }, radius: 0 }")
            .text
        let schemes = text.split(separator: "@media (prefers-color-scheme:dark)")
        #expect(schemes.count == 2)
        #expect(schemes[0].contains("--ground:var(--crumbgate-ground,#fafaf0);"))
        #expect(schemes[0].contains("--link:var(--crumbgate-link,var(--text));"))
        #expect(schemes[0].contains("--button-text:var(--crumbgate-button-text,#ffffff);"))
        #expect(schemes[0].contains("--radius:var(--crumbgate-radius,0px);"))
        #expect(schemes[0].contains("color-scheme:light dark;"))
        #expect(schemes[1].contains("--ground:var(--crumbgate-ground,#1b1d22);"))
        #expect(schemes[1].contains("--link:var(--crumbgate-link,#c8dcff);"))
    }

    @Test("A fixed scheme has one palette", arguments: ["light", "dark"])
    func fixed(scheme: String) throws {
        let text = try stylesheet("{ scheme: \(scheme), font: inherit }").text
        #expect(!text.contains("prefers-color-scheme") && text.contains("color-scheme:\(scheme);"))
        #expect(text.contains("--ground:var(--crumbgate-ground,\(scheme == "dark" ? "#1b1d22" : "#ffffff"));"))
        #expect(text.contains("font-family:var(--crumbgate-font,inherit);"))
    }

    @Test("The stylesheet's URL changes with the theme, and only with it")
    func versions() throws {
        let themes = ["{}", "{ radius: 8 }", "{ font: inherit }", "{ scheme: light }", "{ dark: { text: '#fff' } }"]
        let urls = try themes.map { try stylesheet($0).url }
        #expect(Set(urls).count == themes.count)
        #expect(try stylesheet("{}").url == OwnPages(site: try site("consent: { language: de }")).stylesheet.url)
    }

    @Test("Every property that the stylesheet uses is one that the theme sets")
    func complete() throws {
        let text = try stylesheet("{}").text
        let used = Set(text.matches(of: /var\(--([a-z-]+)/).map { String($0.output.1) })
        let ours = used.filter { !$0.hasPrefix("crumbgate-") }
        #expect(ours == ["ground", "text", "line", "button", "button-text", "link", "focus", "radius"])
        for name in ours { #expect(text.contains("--\(name):var(--crumbgate-\(name),"), "\(name)") }
    }

    @Test("The logo is in the banner and on the settings page, its text escaped")
    func logo() throws {
        let pages = OwnPages(
            site: try site("consent: { theme: { logo: { path: '/a.svg?x=1&y', alt: 'Mugs & \"more\"' } } }"))
        let image = #"<img id="crumbgate-logo" src="/a.svg?x=1&amp;y" alt="Mugs &amp; &quot;more&quot;"/>"#
        #expect(text(pages.bannerMarkup(0)).contains(image + "<h2>"))
        #expect(pages.answer(request(.settings)).text.contains(image + "<h1>"))
        let plain = OwnPages(site: try site("consent: { theme: { logo: { path: /a.svg } } }"))
        #expect(text(plain.bannerMarkup(0)).contains(#"<img id="crumbgate-logo" src="/a.svg" alt=""/>"#))
    }
}
