/// Steps from page to page as ribbons between two columns of names, as thick as the steps are many.
public struct FlowPicture: Chart {
    /// A step and how often it was made.
    public struct Step: Hashable, Sendable {
        /// The page left.
        public var from: String
        /// The page come to.
        public var to: String
        /// How often.
        public var count: Int

        /// Makes a step.
        public init(from: String, to: String, count: Int) {
            self.from = from
            self.to = to
            self.count = count
        }
    }

    /// What it shows, in a few words.
    public var title: String
    /// The steps drawn, most frequent first.
    public let steps: [Step]
    private let left: [Node]
    private let right: [Node]

    /// Makes a picture of the most frequent steps, at most `limit`.
    public init(title: String, steps: [Step], limit: Int = 12) {
        self.title = title
        let sorted = steps.filter { $0.count > 0 }.sorted {
            ($1.count, $0.from, $0.to) < ($0.count, $1.from, $1.to)
        }
        self.steps = Array(sorted.prefix(limit))
        let largest = max(
            1, Node.sums(self.steps.map { ($0.from, $0.count) }).map(\.1).max() ?? 1,
            Node.sums(self.steps.map { ($0.to, $0.count) }).map(\.1).max() ?? 1)
        left = Node.column(self.steps.map { ($0.from, $0.count) }, largest: largest)
        right = Node.column(self.steps.map { ($0.to, $0.count) }, largest: largest)
    }

    /// What can be seen in it, in a sentence.
    public var summary: String {
        guard let first = steps.first else { return "No figures." }
        return "\(steps.count) steps; most often from \(first.from) to \(first.to) (\(grouped(first.count)))."
    }

    /// Its height in CSS pixels.
    public var height: Int { Int(max(left.last?.bottom ?? 0, right.last?.bottom ?? 0).rounded(.up)) + 2 }
    /// Whether it has something to draw.
    public var isEmpty: Bool { steps.isEmpty }

    /// What is within the `svg` element.
    public var content: String {
        var output = """
            <svg width="100%" height="\(height)" viewBox="0 0 100 \(height)" preserveAspectRatio="none">
            """
        var used: [Side: Double] = [:]
        for step in steps {
            guard let from = left.first(where: { $0.name == step.from }),
                let to = right.first(where: { $0.name == step.to })
            else { continue }
            let start = from.top + used[.left(step.from), default: 0]
            let end = to.top + used[.right(step.to), default: 0]
            let (ofStart, ofEnd) = (from.thickness(of: step.count), to.thickness(of: step.count))
            used[.left(step.from), default: 0] += ofStart
            used[.right(step.to), default: 0] += ofEnd
            let (a, b, c, d) = (number(start), number(end), number(end + ofEnd), number(start + ofStart))
            let text = "\(step.from) → \(step.to): \(grouped(step.count))"
            output += """
                <path class="flow" d="M1,\(a)C50,\(a) 50,\(b) 99,\(b)L99,\(c)C50,\(c) 50,\(d) 1,\(d)Z">\
                <title>\(markup(text))</title></path>
                """
        }
        for (nodes, x) in [(left, "0"), (right, "99")] {
            for node in nodes {
                output += """
                    <rect class="node" x="\(x)" y="\(number(node.top))" width="1" height="\(number(node.height))"/>
                    """
            }
        }
        output += "</svg>"
        for (nodes, place) in [(left, "x=\"1%\" dx=\"6\""), (right, "x=\"99%\" dx=\"-6\" text-anchor=\"end\"")] {
            for node in nodes {
                output += """
                    <text class="over" \(place) y="\(number(node.top + node.height / 2 + 4))">\
                    \(markup(shortened(node.name, to: 20)))</text>
                    """
            }
        }
        return output
    }

    private enum Side: Hashable { case left(String), right(String) }

    /// A name in a column.
    private struct Node: Hashable {
        var name: String
        var sum: Int
        var top: Double
        var height: Double
        var bottom: Double { top + height }

        func thickness(of count: Int) -> Double { height * Double(count) / Double(max(1, sum)) }

        /// How often each name comes, most first.
        static func sums(_ ends: [(String, Int)]) -> [(String, Int)] {
            ends.reduce(into: [String: Int]()) { $0[$1.0, default: 0] += $1.1 }.sorted {
                ($1.value, $0.key) < ($0.value, $1.key)
            }
        }

        static func column(_ ends: [(String, Int)], largest: Int) -> [Node] {
            var y = 0.0
            return sums(ends).map { name, sum in
                let height = max(20, Double(sum) / Double(largest) * 110)
                defer { y += height + 6 }
                return Node(name: name, sum: sum, top: y, height: height)
            }
        }
    }
}
