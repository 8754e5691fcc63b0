/// A picture of figures as inline SVG: no script, no inline style, no colour of its own (`ChartStyle` has them).
///
/// It is as wide as what holds it and its text keeps its size. Assistive technology reads it as one image with a name
/// and a description; the figures themselves belong in a table beside it.
public protocol Chart: Hashable, Sendable {
    /// What it shows, in a few words.
    var title: String { get }
    /// What can be seen in it, in a sentence.
    var summary: String { get }
    /// Its height in CSS pixels.
    var height: Int { get }
    /// Whether it has something to draw.
    var isEmpty: Bool { get }
    /// What is within the `svg` element.
    var content: String { get }
}

extension Chart {
    /// The chart as an `svg` element (SVG 2, ARIA 1.2 `img`); `id` is unique in the document.
    public func svg(id: String) -> String {
        let id = markup(id)
        return """
            <svg class="chart" role="img" aria-labelledby="\(id)-title \(id)-summary" width="100%" height="\(height)">\
            <title id="\(id)-title">\(markup(title))</title>\
            <desc id="\(id)-summary">\(markup(summary))</desc>\(content)</svg>
            """
    }
}

/// The style sheet of charts, for `style` elements and files; what it does not find set is drawn in the text's colour.
///
/// Custom properties: `--chart-series` (bars, lines), `--chart-before` (the period before), `--chart-text`,
/// `--chart-grid`, `--chart-paper` (what is behind the chart).
public enum ChartStyle {
    /// The rules, all of them for elements within `.chart` or `.bar`.
    public static let css = """
        .chart{display:block;overflow:visible;font-size:.75rem;font-variant-numeric:tabular-nums}
        .chart text{fill:var(--chart-text,currentColor)}
        .chart .grid{stroke:var(--chart-grid,currentColor);stroke-width:1}
        .chart .line,.chart .before{fill:none;stroke:var(--chart-series,currentColor);stroke-width:2;\
        stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
        .chart .before{stroke:var(--chart-before,currentColor);stroke-width:1.5;stroke-dasharray:5 4}
        .chart .area,.chart .row{fill:var(--chart-series,currentColor);fill-opacity:.14}
        .chart .dot,.chart .cell,.chart .node,.bar rect{fill:var(--chart-series,currentColor)}
        .chart .flow{fill:var(--chart-series,currentColor);fill-opacity:.22}
        .chart .flow:hover,.chart .row:hover{fill-opacity:.4}
        .chart .none{fill:none;stroke:var(--chart-grid,currentColor)}
        .chart .hover{fill:transparent}
        .chart .hover:hover{fill:var(--chart-series,currentColor);fill-opacity:.1}
        .chart .over{paint-order:stroke;stroke:var(--chart-paper,transparent);stroke-width:3;stroke-linejoin:round}
        .chart .axis{fill:var(--chart-quiet,var(--chart-text,currentColor))}
        .bar{display:block}
        @media print{.chart,.bar{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        """
}

/// A bar for a cell of a table whose figure stands beside it: decoration, which assistive technology leaves out.
public func barMarkup(_ value: Int, of largest: Int, height: Int = 8) -> String {
    """
    <svg class="bar" aria-hidden="true" width="100%" height="\(height)">\
    <rect width="\(percent(value, of: largest))" height="100%" rx="2"/></svg>
    """
}

/// Text made safe as content or quoted attribute value of HTML and SVG; what would reorder or hide text becomes U+FFFD.
public func markup(_ text: String) -> String {
    let text = sanitized(text)
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
        default: true
        }
    }
    if isPlain { return text }
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// `42.5%`, between nothing and all; a value above zero is never invisible.
func percent(_ value: Int, of whole: Int) -> String {
    guard value > 0, whole > 0 else { return "0%" }
    return percent(max(0.4, Double(min(value, whole)) / Double(whole) * 100))
}

/// `42.5%`.
func percent(_ share: Double) -> String { number(share) + "%" }

/// At most two places behind the point, and no more than needed.
func number(_ value: Double) -> String {
    var text = decimal(value, places: 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
}

/// A name cut in its middle, as the ends of page names tell them apart.
func shortened(_ text: String, to columns: Int) -> String {
    let text = sanitized(text)
    guard displayWidth(text) > columns, columns > 4 else { return text }
    var head = ""
    var tail: [Character] = []
    var room = columns - 1
    for character in text {
        if displayWidth(head) + displayWidth(String(character)) > room / 2 { break }
        head.append(character)
    }
    room -= displayWidth(head)
    for character in text.reversed() {
        if displayWidth(String(tail)) + displayWidth(String(character)) > room { break }
        tail.append(character)
    }
    return head + "…" + String(tail.reversed())
}
