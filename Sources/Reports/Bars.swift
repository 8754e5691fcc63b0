/// A bar of eighths of a block, never empty for a value above zero.
func bar(_ value: Int, of largest: Int, columns: Int) -> String {
    guard value > 0, largest > 0, columns > 0 else { return String(repeating: " ", count: max(0, columns)) }
    let eighths = max(1, Int((Double(min(value, largest)) / Double(largest) * Double(columns * 8)).rounded()))
    let partial = eighths % 8 == 0 ? "" : String(partialBlocks[eighths % 8 - 1])
    let full = String(repeating: "█", count: eighths / 8)
    return full + partial + String(repeating: " ", count: columns - eighths / 8 - (partial.isEmpty ? 0 : 1))
}

/// One block per value, as high as the value is large; a blank where nothing is known. More values than columns are
/// summed in equal groups.
func sparkline(_ values: [Int?], columns: Int) -> String {
    guard columns > 0, !values.isEmpty else { return "" }
    var groups = values
    if values.count > columns {
        let size = (values.count + columns - 1) / columns
        groups = stride(from: 0, to: values.count, by: size).map { start in
            let known = values[start..<min(start + size, values.count)].compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0, +)
        }
    }
    let largest = groups.compactMap { $0 }.max() ?? 0
    var line = ""
    for group in groups {
        guard let group else {
            line += " "
            continue
        }
        let step = largest > 0 ? Int((Double(max(0, group)) / Double(largest) * 7).rounded()) : 0
        line.append(heights[step])
    }
    return line
}

/// A shade of a block, never empty for a value above zero.
func shade(_ value: Int, of largest: Int) -> Character {
    guard value > 0, largest > 0 else { return " " }
    return shades[min(shades.count - 1, Int(Double(value) / Double(largest) * Double(shades.count)))]
}

private let shades: [Character] = ["░", "▒", "▓", "█"]
private let partialBlocks: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
private let heights: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
