/// How the banner, the settings and placeholders look, as far as a shop may choose.
///
/// What it may not choose is a difference between the buttons: they share one colour, size and weight.
public struct Theme: Hashable, Sendable {
    /// Whose choice it is between light and dark.
    public enum Scheme: String, CaseIterable, Sendable {
        /// The visitor's (`prefers-color-scheme`).
        case auto
        case light
        case dark
    }

    /// Whose typeface it is.
    public enum Font: String, CaseIterable, Sendable {
        /// The visitor's system.
        case system
        /// The page's.
        case inherit
    }

    /// A picture that the shop's own server has.
    public struct Logo: Hashable, Sendable {
        /// The absolute path of its URL.
        public let path: String
        /// What it says to those who do not see it; empty where that adds nothing.
        public let alternative: String
    }

    /// Light, dark, or as the visitor prefers.
    public var scheme = Scheme.auto
    /// The colours of the light scheme.
    public var light = Palette.light
    /// The colours of the dark scheme.
    public var dark = Palette.dark
    /// The corners' radius in CSS pixels.
    public var radius = 6
    /// The typeface; those of the settings page are always the system's.
    public var font = Font.system
    /// A picture beside the headings.
    public var logo: Logo?

    /// What a shop has that chooses nothing.
    public static let shipped = Theme()

    /// The palettes that a visitor may see, with their names.
    public var palettes: [(name: String, palette: Palette)] {
        switch scheme {
        case .auto: [("light", light), ("dark", dark)]
        case .light: [("light", light)]
        case .dark: [("dark", dark)]
        }
    }
}

/// The colours of a scheme.
public struct Palette: Hashable, Sendable {
    /// What has a colour, as rules spell it.
    public enum Part: String, CaseIterable, Sendable {
        case ground
        case text
        case line
        case button
        case buttonText = "button_text"
        case link
        case focus
    }

    private var colours: [Part: Colour]

    /// The colour of a part.
    public subscript(part: Part) -> Colour {
        get { colours[part] ?? Colour(red: 0, green: 0, blue: 0) }
        set { colours[part] = newValue }
    }

    private init(_ hexadecimal: [Part: UInt32]) {
        colours = hexadecimal.mapValues {
            Colour(
                red: UInt8(truncatingIfNeeded: $0 >> 16), green: UInt8(truncatingIfNeeded: $0 >> 8),
                blue: UInt8(truncatingIfNeeded: $0))
        }
    }

    /// Dark on light.
    public static let light = Palette([
        .ground: 0xFFFFFF, .text: 0x1B1D22, .line: 0x767B85, .button: 0x24344D, .buttonText: 0xFFFFFF, .link: 0x1B1D22,
        .focus: 0x1553C7,
    ])

    /// Light on dark.
    public static let dark = Palette([
        .ground: 0x1B1D22, .text: 0xF1F2F4, .line: 0x8D929C, .button: 0xDBE3F0, .buttonText: 0x14181F, .link: 0xF1F2F4,
        .focus: 0x9CC2FF,
    ])
}

/// What is seen against what, and how clearly it has to be.
public struct ContrastRequirement: Hashable, Sendable {
    /// What has to be seen.
    public let part: Palette.Part
    /// What it is seen on.
    public let background: Palette.Part
    /// The least contrast ratio.
    public let minimum: Double
    /// The success criterion of WCAG 2.2.
    public let criterion: String

    /// Text needs 4.5:1 (1.4.3), what shows where something is or begins 3:1 (1.4.11).
    public static let all = [
        ContrastRequirement(part: .text, background: .ground, minimum: 4.5, criterion: "1.4.3"),
        ContrastRequirement(part: .link, background: .ground, minimum: 4.5, criterion: "1.4.3"),
        ContrastRequirement(part: .buttonText, background: .button, minimum: 4.5, criterion: "1.4.3"),
        ContrastRequirement(part: .button, background: .ground, minimum: 3, criterion: "1.4.11"),
        ContrastRequirement(part: .focus, background: .ground, minimum: 3, criterion: "1.4.11"),
        ContrastRequirement(part: .line, background: .ground, minimum: 3, criterion: "1.4.11"),
    ]

    /// What a palette reaches.
    public func contrast(in palette: Palette) -> Double { palette[part].contrast(with: palette[background]) }
}

/// A contrast ratio for people: cut off, so that 4.499 is not shown as the 4.5 that it misses.
public func spell(contrast: Double) -> String {
    let hundredths = Int(contrast * 100)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest):1"
}
