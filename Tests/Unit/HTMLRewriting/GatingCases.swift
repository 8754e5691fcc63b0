import Bytes
import Foundation
import HTMLRewriting

/// The rules of `fixtures/gating`, with nothing optional granted; see its README.
struct CaseGate: ElementGate {
    var isSecure: Bool { true }
    var withheldCategories: UInt64 { 0b111 }

    func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule? {
        var components = URLComponents()
        components.host = host.text
        var name = (components.encodedHost ?? host.text).lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        if name == "tracker.example" { return WithheldRule(number: 0, category: 0) }
        if name.hasSuffix(".ads.example") { return WithheldRule(number: 1, category: 1) }
        if name == "third.example", port == 9001, path.text.hasPrefix("/video/") {
            return WithheldRule(number: 2, category: 2)
        }
        return nil
    }

    func mayWithhold(host: RawSpan) -> Bool {
        var name = host.text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return name == "tracker.example" || name.hasSuffix(".ads.example") || name == "third.example"
    }

    func rule(forScript text: RawSpan) -> WithheldRule? {
        text.text.contains("fbq(") ? WithheldRule(number: 3, category: 1) : nil
    }

    func writeCategories(_ categories: UInt64, into output: inout ByteBuffer) {
        let names = ["analytics", "remarketing", "social"].enumerated().filter {
            categories >> UInt64($0.offset) & 1 == 1
        }
        output.append(utf8: names.map(\.element).joined(separator: " "))
    }

    func writePlaceholder(
        _ place: FramePlace, url: RawSpan, document: borrowing DocumentRewriter, into output: inout ByteBuffer
    ) {
        output.append("{place}")
    }

    func writeClosingMarkup(into output: inout ByteBuffer) { output.append("{closed}") }

    func writePolicy(_ policy: RawSpan, into output: inout ByteBuffer) {
        output.append("{policy}")
        output.append(policy)
    }
}

/// One case of `fixtures/gating/elements.txt`.
struct GatingCase: Sendable {
    var title: String
    var input: String
    var expected: String
}

/// The cases of `fixtures/gating/elements.txt`.
func gatingCases() -> [GatingCase] {
    let file = URL(filePath: #filePath).appending(path: "../../../../fixtures/gating/elements.txt").standardized
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "## ").dropFirst().map { part in
        let lines = part.components(separatedBy: "\n")
        let sign = lines.firstIndex { $0 == "=>" || $0 == "==" } ?? lines.count
        let input = lines[1..<sign].joined(separator: "\n")
        let isSame = sign == lines.count || lines[sign] == "=="
        // The line end before the next title is no part of a case.
        let expected = isSame ? input : lines[(sign + 1)..<(lines.count - 1)].joined(separator: "\n")
        return GatingCase(title: lines[0], input: input, expected: expected)
    }
}

/// What the rewriter makes of a page that comes in pieces.
///
/// - Parameter isLastKnown: whether the rewriter learns that the last piece is the last.
func gated(
    _ pieces: [[UInt8]], syntax: DocumentSyntax = .html, memoryLimit: Int = 65_536, isLastKnown: Bool = true
) -> [UInt8] {
    var rewriter = DocumentRewriter(memoryLimit: memoryLimit, syntax: syntax)
    rewriter.reset(syntax: syntax, gating: .init(isSecure: true))
    var output = ByteBuffer()
    for (index, piece) in pieces.enumerated() {
        var offset = 0
        let isLast = isLastKnown && index == pieces.count - 1
        while case .insert = rewriter.step(
            piece.rawSpan, from: &offset, isLast: isLast, gate: CaseGate(), into: &output)
        {}
        precondition(offset == piece.count || isLast && rewriter.isPassthrough)
        precondition(rewriter.heldBytes <= memoryLimit)
        output.append(piece.rawSpan.extracting(offset..<piece.count))
    }
    while case .insert = rewriter.finish(gate: CaseGate(), into: &output) {}
    return output.array
}
