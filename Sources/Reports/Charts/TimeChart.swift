/// A figure over time as a line with the area under it, and that of the period before as a dashed line.
public struct TimeChart: Chart {
    /// What it shows, in a few words.
    public var title: String
    /// What a figure counts: `page views`.
    public var unit: String
    /// The name of each point of time: `Sun 15 Nov`.
    public var labels: [String]
    /// The figure at each point of time; nil where none was released, which parts the line.
    public var values: [Int?]
    /// The figures of the period before, point by point; may be empty.
    public var previous: [Int?]

    /// Makes a chart of as many points as there are labels.
    public init(title: String, unit: String, labels: [String], values: [Int?], previous: [Int?] = []) {
        self.title = title
        self.unit = unit
        self.labels = labels
        self.values = Array((values + [Int?](repeating: nil, count: labels.count)).prefix(labels.count))
        self.previous = Array(previous.prefix(labels.count))
    }

    /// What can be seen in it, in a sentence.
    public var summary: String {
        let known = values.enumerated().compactMap { index, value in value.map { (index, $0) } }
        guard let most = known.max(by: { $0.1 < $1.1 }), let least = known.min(by: { $0.1 < $1.1 }) else {
            return "No figures."
        }
        let range = "\(labels[0]) to \(labels[labels.count - 1]), \(unit)"
        return "\(range): most \(grouped(most.1)) (\(labels[most.0])), fewest \(grouped(least.1)) (\(labels[least.0]))."
    }

    /// Its height in CSS pixels.
    public var height: Int { 220 }
    /// Whether it has something to draw.
    public var isEmpty: Bool { values.allSatisfy { $0 == nil } }

    private static let top = 18
    private static let bottom = 192

    /// What is within the `svg` element.
    public var content: String {
        let scale = Scale(upTo: (values + previous).compactMap { $0 }.max() ?? 0)
        func y(_ value: Int) -> Double {
            Double(Self.bottom) - Double(max(0, value)) / Double(scale.top) * Double(Self.bottom - Self.top)
        }
        var output = ""
        for tick in scale.ticks {
            let height = number(y(tick))
            output += """
                <line class="grid" x1="0" x2="100%" y1="\(height)" y2="\(height)"/>\
                <text class="axis" x="0" y="\(number(y(tick) - 4))">\(grouped(tick))</text>
                """
        }
        // Shapes are stretched to the width there is, which text and strokes are not.
        output += """
            <svg width="100%" height="\(height)" viewBox="0 0 1000 \(height)" preserveAspectRatio="none" overflow="visible">
            """
        for run in runs(of: previous) where run.count > 1 {
            output += "<path class=\"before\" d=\"\(path(run.map { (x($0.0), y($0.1)) }))\"/>"
        }
        for run in runs(of: values) where run.count > 1 {
            let line = path(run.map { (x($0.0), y($0.1)) })
            let (start, end) = (number(x(run[0].0)), number(x(run[run.count - 1].0)))
            output += """
                <path class="area" d="\(line)L\(end),\(Self.bottom)L\(start),\(Self.bottom)Z"/>\
                <path class="line" d="\(line)"/>
                """
        }
        return output + "</svg>" + dots(y) + axis + hovers
    }

    private func x(_ index: Int) -> Double { (Double(index) + 0.5) / Double(max(1, labels.count)) * 1000 }

    /// Points of few, and those that no line reaches.
    private func dots(_ y: (Int) -> Double) -> String {
        var output = ""
        for run in runs(of: values) where run.count == 1 || labels.count <= 31 {
            for (index, value) in run {
                output += """
                    <circle class="dot" cx="\(percent(x(index) / 10))" cy="\(number(y(value)))" r="3"/>
                    """
            }
        }
        return output
    }

    /// As many names below as have room on a phone, the last one among them.
    private var axis: String {
        guard !labels.isEmpty else { return "" }
        // Dates need more room than hours.
        let most = labels.contains { displayWidth($0) > 8 } ? 4 : 5
        let step = max(1, (labels.count + most - 1) / most)
        var output = ""
        for index in stride(from: labels.count - 1, through: 0, by: -step) {
            let place = x(index) / 10
            let anchor = place < 8 ? "start" : place > 92 ? "end" : "middle"
            let edge = place < 8 ? 0 : place > 92 ? 100 : place
            output += """
                <text class="axis" x="\(percent(edge))" y="212" text-anchor="\(anchor)">\(markup(labels[index]))</text>
                """
        }
        return output
    }

    /// What the browser shows of a point that the pointer is over.
    private var hovers: String {
        var output = ""
        let width = 100 / Double(max(1, labels.count))
        for (index, label) in labels.enumerated() {
            var text = "\(label): \(values[index].map { grouped(max(0, $0)) } ?? "no") \(unit)"
            if index < previous.count, let before = previous[index] { text += ", before: \(grouped(max(0, before)))" }
            output += """
                <rect class="hover" x="\(percent(Double(index) * width))" width="\(percent(width))" \
                height="\(Self.bottom)"><title>\(markup(text))</title></rect>
                """
        }
        return output
    }

    /// Neighbouring points with a figure.
    private func runs(of values: [Int?]) -> [[(Int, Int)]] {
        var runs: [[(Int, Int)]] = [[]]
        for (index, value) in values.enumerated() {
            if let value { runs[runs.count - 1].append((index, value)) } else { runs.append([]) }
        }
        return runs.filter { !$0.isEmpty }
    }

    private func path(_ points: [(Double, Double)]) -> String {
        points.enumerated().map { index, point in
            (index == 0 ? "M" : "L") + number(point.0) + "," + number(point.1)
        }.joined()
    }
}

/// An axis from zero to a round number.
struct Scale: Hashable {
    /// The round number: at least the largest value, and at least 1.
    let top: Int
    /// What to mark, from zero up.
    let ticks: [Int]

    init(upTo largest: Int) {
        var unit = 1
        while unit <= largest / 10 { unit *= 10 }
        let step = [1, 2, 5, 10].map { $0 * unit }.first { $0 * 3 >= largest } ?? unit * 10
        let count = max(1, (largest + step - 1) / step)
        top = count * step
        ticks = (0...count).map { $0 * step }
    }
}
