/// Text made safe for a terminal, and how many columns it takes there.
///
/// Page names, hosts and cookie names come from strangers: control characters, which a terminal would obey, and
/// characters that reorder what follows become U+FFFD.
func sanitized(_ text: String) -> String {
    // Most names are ASCII without control characters.
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: result.append("\u{FFFD}")
        case .format where scalar != "\u{200D}" && scalar != "\u{200C}": result.append("\u{FFFD}")
        default: result.append(scalar)
        }
    }
    return String(result)
}

/// The columns a text takes (Unicode Standard Annex 11: wide and full-width characters take two).
func displayWidth(_ text: String) -> Int {
    var width = 0
    for character in text { width += displayWidth(character) }
    return width
}

/// Cuts a text to a number of columns, the last of them an ellipsis where something is cut, and fills it with spaces.
func fitted(_ text: String, to columns: Int) -> String {
    let width = displayWidth(text)
    if width <= columns { return text + String(repeating: " ", count: columns - width) }
    var result = ""
    var used = 0
    for character in text {
        let next = displayWidth(character)
        if used + next > columns - 1 { break }
        result.append(character)
        used += next
    }
    return result + "…" + String(repeating: " ", count: max(0, columns - 1 - used))
}

/// Fills a text with spaces on its left.
func rightAligned(_ text: String, to columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - displayWidth(text))) + text
}

/// Breaks a text at spaces into lines of at most so many columns.
func wrapped(_ text: String, to columns: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, displayWidth(line) + 1 + displayWidth(String(word)) > columns {
            lines.append(line)
            line = ""
        }
        line += line.isEmpty ? String(word) : " " + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
}

private func displayWidth(_ character: Character) -> Int {
    var width = 0
    for scalar in character.unicodeScalars {
        // Asks for the emoji form of what precedes it.
        if scalar == "\u{FE0F}", width > 0 { return 2 }
        width = max(width, displayWidth(scalar))
    }
    return width
}

private func displayWidth(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}
