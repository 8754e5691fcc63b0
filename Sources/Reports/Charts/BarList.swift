/// Names with bars as long as their figures are large, in the order given.
public struct BarList: Chart {
    /// One name and its figure.
    public struct Row: Hashable, Sendable {
        /// The name, whoever made it up.
        public var name: String
        /// The figure; nil when none was released.
        public var value: Int?

        /// Makes a row.
        public init(name: String, value: Int?) {
            self.name = name
            self.value = value
        }
    }

    /// What it shows, in a few words.
    public var title: String
    /// What a figure counts: `visits`.
    public var unit: String
    /// Its rows.
    public var rows: [Row]

    /// Makes a list.
    public init(title: String, unit: String, rows: [Row]) {
        self.title = title
        self.unit = unit
        self.rows = rows
    }

    /// What can be seen in it, in a sentence.
    public var summary: String {
        guard let most = rows.max(by: { ($0.value ?? 0) < ($1.value ?? 0) }), let value = most.value else {
            return "No figures."
        }
        return "\(rows.count) rows; the largest is \(most.name) with \(grouped(value)) \(unit)."
    }

    /// Its height in CSS pixels.
    public var height: Int { rows.count * Self.step }
    /// Whether it has something to draw.
    public var isEmpty: Bool { rows.isEmpty }
    private static let step = 28

    /// What is within the `svg` element.
    public var content: String {
        let largest = rows.compactMap(\.value).max() ?? 0
        var output = ""
        for (index, row) in rows.enumerated() {
            let y = index * Self.step
            output += """
                <rect class="row" y="\(y)" width="\(percent(row.value ?? 0, of: largest))" height="\(Self.step - 4)" \
                rx="3"><title>\(markup(row.name))</title></rect>\
                <text x="8" y="\(y + 16)">\(markup(shortened(row.name, to: 36)))</text>\
                <text x="100%" y="\(y + 16)" text-anchor="end">\(row.value.map { grouped(max(0, $0)) } ?? "–")</text>
                """
        }
        return output
    }
}
