import Bytes
import HTMLRewriting

/// A document after a rewriter, with what it told on the way.
struct Rewritten: Equatable {
    var output: [UInt8] = []
    var language = ""
    var looksLikeDocument = false
    var baseHrefSeen = false
    var contentSecurityPolicySeen = false
    var didBailOut = false
    var isPassthroughAt: Int?
    var mostHeld = 0
}

/// Rewrites `pieces`, presented one after the other, as the gateway does: `{head}` and `{body}` stand for our markup.
func rewrite(
    _ pieces: [[UInt8]], syntax: DocumentSyntax = .html, memoryLimit: Int = 65_536
) -> Rewritten {
    var rewriter = DocumentRewriter(memoryLimit: memoryLimit, syntax: syntax)
    return rewrite(pieces, with: &rewriter)
}

func rewrite(_ pieces: [[UInt8]], with rewriter: inout DocumentRewriter) -> Rewritten {
    var result = Rewritten()
    var output = ByteBuffer()
    func insert(_ point: InsertionPoint, _ rewriter: borrowing DocumentRewriter) {
        switch point {
        case .headStart:
            output.append("{head}")
            result.language = rewriter.language.text
            result.looksLikeDocument = rewriter.looksLikeDocument
        case .bodyStart:
            output.append("{body}")
            result.baseHrefSeen = rewriter.baseHrefSeen
            result.contentSecurityPolicySeen = rewriter.contentSecurityPolicySeen
        }
    }
    for piece in pieces {
        var offset = 0
        reading: while true {
            if rewriter.isPassthrough {
                output.append(piece.rawSpan.extracting(offset..<piece.count))
                break
            }
            switch rewriter.step(piece.rawSpan, from: &offset, into: &output) {
            case .insert(let point): insert(point, rewriter)
            case .needsMore: if !rewriter.isPassthrough { break reading }
            }
        }
        result.mostHeld = max(result.mostHeld, rewriter.heldMemory)
    }
    finishing: while true {
        switch rewriter.finish(into: &output) {
        case .insert(let point): insert(point, rewriter)
        case .needsMore: break finishing
        }
    }
    result.didBailOut = rewriter.didBailOut
    result.output = output.array
    return result
}

/// The document cut in two at `offset`.
func cut(_ bytes: [UInt8], at offset: Int) -> [[UInt8]] {
    [Array(bytes[..<offset]), Array(bytes[offset...])]
}

extension Rewritten {
    /// The same but for how much was held, which depends on the cuts.
    var told: Rewritten {
        var copy = self
        copy.mostHeld = 0
        return copy
    }
    var text: String { String(decoding: output, as: UTF8.self) }
}
