/// Figures by two names, such as hours by days of the week: the more, the fuller the colour.
public struct HeatMap: Chart {
    /// What it shows, in a few words.
    public var title: String
    /// What a figure counts: `page views`.
    public var unit: String
    /// The names of its rows.
    public var rows: [String]
    /// The names of its columns.
    public var columns: [String]
    /// The figure of each column of each row; nil where none was released.
    public var values: [[Int?]]

    /// Makes a map of as many rows as there are values.
    public init(title: String, unit: String, rows: [String], columns: [String], values: [[Int?]]) {
        self.title = title
        self.unit = unit
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// What can be seen in it, in a sentence.
    public var summary: String {
        var most: (row: Int, column: Int, value: Int)?
        for (row, line) in values.enumerated() {
            for (column, value) in line.enumerated() {
                if let value, value > most?.value ?? Int.min { most = (row, column, value) }
            }
        }
        guard let most, most.row < rows.count, most.column < columns.count else { return "No figures." }
        return "Most \(unit): \(rows[most.row]), \(columns[most.column]) (\(grouped(most.value)))."
    }

    /// Its height in CSS pixels.
    public var height: Int { values.count * Self.step + 22 }
    /// Whether it has something to draw.
    public var isEmpty: Bool { values.allSatisfy { $0.allSatisfy { $0 == nil } } }
    private static let step = 24
    /// The share of the width that the rows' names take.
    private static let gutter = 11.0

    /// What is within the `svg` element.
    public var content: String {
        let largest = values.joined().compactMap { $0 }.max() ?? 0
        let width = (100 - Self.gutter) / Double(max(1, columns.count))
        var output = ""
        for (row, (name, line)) in zip(rows, values).enumerated() {
            let y = row * Self.step
            output += "<text x=\"0\" y=\"\(y + 16)\">\(markup(String(name.prefix(3))))</text>"
            for (column, value) in line.enumerated() where column < columns.count {
                let place = "x=\"\(percent(Self.gutter + Double(column) * width))\" y=\"\(y)\""
                let size = "width=\"\(percent(width * 0.9))\" height=\"\(Self.step - 3)\" rx=\"2\""
                let text = "\(name), \(columns[column]): \(value.map { grouped(max(0, $0)) } ?? "no") \(unit)"
                let shade = value.map { " fill-opacity=\"\(number(opacity($0, of: largest)))\"" } ?? ""
                output += """
                    <rect class="\(value == nil ? "none" : "cell")" \(place) \(size)\(shade)>\
                    <title>\(markup(text))</title></rect>
                    """
            }
        }
        for column in stride(from: 0, to: columns.count, by: max(1, (columns.count + 7) / 8)) {
            let x = Self.gutter + Double(column) * width
            output += "<text class=\"axis\" x=\"\(percent(x))\" y=\"\(height - 4)\">\(markup(columns[column]))</text>"
        }
        return output
    }

    private func opacity(_ value: Int, of largest: Int) -> Double {
        guard value > 0, largest > 0 else { return 0.05 }
        return 0.08 + 0.92 * Double(value) / Double(largest)
    }
}
