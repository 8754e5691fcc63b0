import Rules

extension Theme {
    /// The rules that come after those of `Sources/Browser/banner.css`: its custom properties.
    ///
    /// A shop's own stylesheet may set each by its public name, which begins with `--crumbgate-`.
    var stylesheet: String {
        let roots = "#crumbgate,.crumbgate-page,.crumbgate-placeholder"
        var text = "\(roots){color-scheme:\(scheme == .auto ? "light dark" : scheme.rawValue);"
        text += "--radius:var(--crumbgate-radius,\(radius)px);"
        switch font {
        case .system: break
        case .inherit: text += "font-family:var(--crumbgate-font,inherit);"
        }
        text += (scheme == .dark ? dark : light).properties + "}\n"
        if scheme == .auto { text += "@media (prefers-color-scheme:dark){\(roots){\(dark.properties)}}\n" }
        return text
    }
}

extension Palette {
    /// Each part as a custom property: the shop's own, else this palette's.
    fileprivate var properties: String {
        Part.allCases.map { part in
            let name = part.rawValue.replacing("_", with: "-")
            // A link has the colour of text where nobody chose another.
            let fallback =
                part == .link && self[.link] == self[.text] ? "var(--text)" : self[part].hexadecimal
            return "--\(name):var(--crumbgate-\(name),\(fallback));"
        }.joined()
    }
}
