import Yams

/// What a rules file says of the look, before its colours are known to go together.
struct ThemeDraft {
    var scheme = Theme.shipped.scheme
    var light: [Palette.Part: (colour: Colour, node: Node)] = [:]
    var dark: [Palette.Part: (colour: Colour, node: Node)] = [:]
    var radius = Theme.shipped.radius
    var font = Theme.shipped.font
    var logo: Theme.Logo?
}

/// Reads the look of a site, and sees to it that it can be read.
struct ThemeDecoder {
    let reader: RulesReader

    /// Reads the keys of a theme into a draft; what they do not say stays.
    func read(_ node: Node, into draft: inout ThemeDraft) {
        guard let section = reader.section(node, .theme, "theme") else { return }
        if let node = section["scheme"] {
            draft.scheme = reader.word(node, "scheme", Theme.Scheme.self) ?? draft.scheme
        }
        if let node = section["light"] { readPalette(node, "light", into: &draft.light) }
        if let node = section["dark"] { readPalette(node, "dark", into: &draft.dark) }
        if let node = section["radius"] { draft.radius = reader.integer(node, "radius", in: 0...32) ?? draft.radius }
        if let node = section["font"] { draft.font = reader.word(node, "font", Theme.Font.self) ?? draft.font }
        if let node = section["logo"] { draft.logo = logo(node) ?? draft.logo }
    }

    private func readPalette(
        _ node: Node, _ name: String, into palette: inout [Palette.Part: (colour: Colour, node: Node)]
    ) {
        guard let section = reader.section(node, .palette, name) else { return }
        for part in Palette.Part.allCases {
            guard let node = section[part.rawValue], let colour = colour(node, part.rawValue) else { continue }
            palette[part] = (colour, node)
        }
    }

    private func colour(_ node: Node, _ what: String) -> Colour? {
        let expected = "\"#rgb\", \"#rrggbb\", \"rgb(r g b)\" or \"hsl(h s% l%)\", in quotes and opaque"
        if reader.isNull(node) {
            reader.report(
                "\(what) must be a colour, not nothing: a # without quotes begins a comment", at: node,
                expected: expected)
            return nil
        }
        guard let text = reader.text(node, what) else { return nil }
        if let colour = Colour(css: text) { return colour }
        reader.report("\(what) must be a colour, not \(reader.describe(node))", at: node, expected: expected)
        return nil
    }

    private func logo(_ node: Node) -> Theme.Logo? {
        guard let section = reader.section(node, .logo, "logo") else { return nil }
        guard let path = section["path"] else {
            reader.report("a logo without `path`", at: node, expected: "`path`: where your shop has it: `/logo.svg`")
            return nil
        }
        guard let text = reader.text(path, "path") else { return nil }
        let isPath =
            text.hasPrefix("/") && !text.hasPrefix("//") && text.utf8.count <= 1024
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"'<>\\`{}#".utf8.contains($0) }
        guard isPath else {
            reader.report(
                "a logo cannot be at \(reader.describe(path))", at: path,
                expected: "an absolute path on your own host, such as `/logo.svg`")
            return nil
        }
        let alternative = section["alt"].flatMap { reader.text($0, "alt") } ?? ""
        return Theme.Logo(path: text, alternative: alternative)
    }
}

extension ThemeDecoder {
    /// The theme of a draft, after the reader was told which of its colours cannot be told apart.
    func theme(_ draft: ThemeDraft) -> Theme {
        var theme = Theme(scheme: draft.scheme, radius: draft.radius, font: draft.font, logo: draft.logo)
        theme.light = palette(draft.light, over: .light)
        theme.dark = palette(draft.dark, over: .dark)
        for (name, palette) in theme.palettes {
            check(palette, name, written: (name == "light" ? draft.light : draft.dark).mapValues(\.node))
        }
        return theme
    }

    private func palette(
        _ draft: [Palette.Part: (colour: Colour, node: Node)], over shipped: Palette
    ) -> Palette {
        var palette = shipped
        for (part, written) in draft { palette[part] = written.colour }
        // A link is told from other text by its underline.
        if draft[.link] == nil { palette[.link] = palette[.text] }
        return palette
    }

    /// Reports pairs of which the file chose at least one.
    private func check(_ palette: Palette, _ name: String, written: [Palette.Part: Node]) {
        for requirement in ContrastRequirement.all {
            guard let node = written[requirement.part] ?? written[requirement.background] else { continue }
            if requirement.part == .link, written[.link] == nil { continue }
            let contrast = requirement.contrast(in: palette)
            guard contrast < requirement.minimum else { continue }
            let background = palette[requirement.background]
            let black = background.contrast(with: Colour(red: 0, green: 0, blue: 0))
            let white = background.contrast(with: Colour(red: 255, green: 255, blue: 255))
            reader.report(
                "`\(requirement.part.rawValue)` (\(palette[requirement.part].hexadecimal)) on "
                    + "`\(requirement.background.rawValue)` (\(background.hexadecimal)) has a contrast of "
                    + "\(spell(contrast: contrast)) in the \(name) scheme", at: node,
                expected: "\(spell(contrast: requirement.minimum)) or more (WCAG 2.2, \(requirement.criterion)); black "
                    + "has \(spell(contrast: black)) on it, white \(spell(contrast: white))",
                // Headings separate what lines do, and a button is found by its text (Understanding 1.4.11).
                severity: [.line, .button].contains(requirement.part) ? .warning : .error)
        }
    }
}
