import Foundation
import FoundationXML
import Reports
import Testing

@Suite("Charts")
struct ChartTests {
    /// What a stranger may have put into a page's name.
    static let hostile = "</title><script>alert(1)</script>\"' onload=\"x&\u{1B}[31m\u{202E}"

    private func charts(_ name: String) -> [any Chart] {
        [
            BarList(title: name, unit: name, rows: [.init(name: name, value: 3), .init(name: "b", value: nil)]),
            TimeChart(
                title: name, unit: name, labels: [name, "b", "c", "d"], values: [5, nil, 7, 0], previous: [1, 2, nil]),
            HeatMap(title: name, unit: name, rows: [name], columns: ["0", name], values: [[3, nil]]),
            FlowPicture(
                title: name, steps: [.init(from: name, to: "b", count: 3), .init(from: name, to: name, count: 9)]),
        ]
    }

    @Test("A chart is well-formed XML with a name and a description, whatever the names are made of")
    func wellFormed() throws {
        for name in ["/product/kettle", Self.hostile, "", "🫖", String(repeating: "長", count: 300)] {
            for chart in charts(name) {
                let svg = chart.svg(id: "c1")
                let parser = XMLParser(data: Data(svg.utf8))
                let elements = Elements()
                parser.delegate = elements
                #expect(parser.parse(), "\(type(of: chart)) of \(name): \(svg)")
                #expect(
                    elements.names.isSubset(of: ["svg", "title", "desc", "rect", "text", "path", "line", "circle"]))
                #expect(!elements.attributes.contains { $0.hasPrefix("on") || $0 == "style" || $0 == "href" })
                #expect(svg.contains("role=\"img\"") && svg.contains("aria-labelledby=\"c1-title c1-summary\""))
                #expect(!svg.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
            }
        }
    }

    @Test("Charts of nothing are empty, and of noise below zero draw nothing below the axis")
    func edges() {
        #expect(TimeChart(title: "t", unit: "u", labels: [], values: []).isEmpty)
        #expect(TimeChart(title: "t", unit: "u", labels: ["a"], values: [nil]).summary == "No figures.")
        #expect(HeatMap(title: "t", unit: "u", rows: [], columns: [], values: []).isEmpty)
        #expect(FlowPicture(title: "t", steps: [.init(from: "a", to: "b", count: -4)]).isEmpty)
        let noisy = TimeChart(title: "t", unit: "u", labels: ["a", "b"], values: [-30, 10]).svg(id: "x")
        #expect(noisy.contains("cy=\"192\"") && !noisy.contains("y=\"-"))
    }

    @Test("The most frequent steps are drawn, thickest first")
    func flow() {
        let steps = (1...30).map { FlowPicture.Step(from: "/a\($0 % 3)", to: "/b\($0)", count: $0) }
        let picture = FlowPicture(title: "t", steps: steps, limit: 12)
        #expect(picture.steps.count == 12 && picture.steps[0].count == 30)
        #expect(picture.summary == "12 steps; most often from /a0 to /b30 (30).")
    }

    @Test("Style has no colour of its own: each comes from a custom property or the text")
    func style() {
        #expect(!ChartStyle.css.contains("#") && !ChartStyle.css.contains("rgb"))
        #expect(ChartStyle.css.contains("currentColor") && ChartStyle.css.contains("@media print"))
    }
}

private final class Elements: NSObject, XMLParserDelegate {
    var names: Set<String> = []
    var attributes: Set<String> = []

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names.insert(name)
        self.attributes.formUnion(attributes.keys)
    }
}
