import Rules
import Testing

@Suite("Colours")
struct ColourTests {
    @Test(
        "CSS spells a colour in several ways",
        arguments: [
            ("#fff", "#ffffff"), ("#1B1d22", "#1b1d22"), ("#a0C", "#aa00cc"), ("rgb(36, 52, 77)", "#24344d"),
            ("rgb(36 52 77)", "#24344d"), ("RGB(0,0,0)", "#000000"), ("rgb(300 0 12.6)", "#ff000d"),
            ("rgb(100% 50% 0%)", "#ff8000"), ("hsl(0 0% 100%)", "#ffffff"), ("hsl(120, 100%, 25%)", "#008000"),
            ("hsl(217deg 36% 22%)", "#24334c"), ("hsl(300 100% 50%)", "#ff00ff"), ("hsl(780 100% 50%)", "#ffff00"),
        ])
    func spellings(css: String, hexadecimal: String) throws {
        #expect(try #require(Colour(css: css)).hexadecimal == hexadecimal)
    }

    @Test(
        "Nothing else is a colour, and nothing else can reach the stylesheet",
        arguments: [
            "", "#", "#ff", "#ffff", "#fffff", "#1234567", "#24344d80", "#ggg", "#٣٣٣", "fff", "navy", "transparent",
            "currentColor", "inherit", "var(--x)", "rgb()", "rgb(1 2)", "rgb(1 2 3 4)", "rgb(1 2 3 / 50%)",
            "rgb(1, 2, 3, .5)", "rgba(1,2,3,1)", "rgb(1% 2 3)", "rgb(-1 2 3)", "rgb(1e9 2 3)", "rgb(nan 2 3)",
            "rgb(1 2 3", "rgb 1 2 3)", "hsl(1 2 3)", "hsl(1% 2% 3%)", "hsl(1rad 2% 3%)", "color(srgb 1 1 1)",
            "#fff;", "#fff}", "#fff\n", " #fff", "rgb(1 2 3);", "url(//x)", "rgb(1,,3)", "rgb(99999 0 0)", "rgb(. 0 0)",
        ])
    func others(css: String) {
        #expect(Colour(css: css) == nil)
    }

    @Test(
        "Contrast is that of WCAG 2.2",
        arguments: [
            ("#000", "#fff", "21.00:1"), ("#fff", "#fff", "1.00:1"), ("#777777", "#ffffff", "4.47:1"),
            ("#767676", "#ffffff", "4.54:1"), ("#ff0000", "#ffffff", "3.99:1"), ("#0000ff", "#ffff00", "8.00:1"),
        ])
    func contrast(one: String, other: String, figure: String) throws {
        let one = try #require(Colour(css: one))
        let other = try #require(Colour(css: other))
        #expect(spell(contrast: one.contrast(with: other)) == figure)
        #expect(one.contrast(with: other) == other.contrast(with: one))
    }

    @Test("What is shipped can be read, in both schemes")
    func shipped() {
        for palette in [Palette.light, .dark] {
            for requirement in ContrastRequirement.all {
                #expect(requirement.contrast(in: palette) >= requirement.minimum, "\(requirement)")
            }
        }
        #expect(Theme.shipped.palettes.map(\.name) == ["light", "dark"])
    }
}
