import Bytes

/// What decides about references to other hosts while a document is rewritten: the rules, and what the visitor granted.
///
/// The rewriter finds elements, decodes attributes and resolves URLs; it asks nothing about a URL of the page's own host
/// but one that is spelled out.
public protocol ElementGate {
    /// Whether the page was asked for by https: what a scheme-relative URL means.
    var isSecure: Bool { get }

    /// The categories that are withheld at present: bit *n* for the one with index *n*.
    var withheldCategories: UInt64 { get }

    /// The rule that withholds a URL at present; nil when it may be loaded.
    ///
    /// - Parameters:
    ///   - host: of any case, percent-decoded, perhaps with a trailing dot; with bytes beyond ASCII as they stand in the
    ///     document, or in UTF-8 where they were written as references.
    ///   - port: the scheme's default included.
    ///   - path: from its `/` on, without dot segments, query and fragment.
    func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule?

    /// Whether some URL of a host may be withheld at present: no promise, but that of a no.
    func mayWithhold(host: RawSpan) -> Bool

    /// The rule that withholds an inline script at present.
    func rule(forScript text: RawSpan) -> WithheldRule?

    /// Appends the ids of categories, with a space between two.
    func writeCategories(_ categories: UInt64, into output: inout ByteBuffer)

    /// Appends what stands in for a frame: `url` as it stands in the attribute, character references included; empty for
    /// a frame without a URL.
    func writePlaceholder(
        _ place: FramePlace, url: RawSpan, document: borrowing DocumentRewriter, into output: inout ByteBuffer)

    /// Appends markup that closes a document which cannot be read: ASCII, in front of all that it holds.
    func writeClosingMarkup(into output: inout ByteBuffer)

    /// Appends a Content-Security-Policy of the document, extended by what our own script and stylesheet need.
    func writePolicy(_ policy: RawSpan, into output: inout ByteBuffer)
}

/// A rule whose category is not granted.
@frozen
public struct WithheldRule: Equatable, Sendable {
    /// The gate's own number for it.
    public var number: UInt32
    /// The index of its category, below 64.
    public var category: UInt8

    /// No rule: what nobody can judge is withheld.
    public static let none = WithheldRule(number: .max, category: 0)

    /// Makes it of its parts.
    @inlinable
    public init(number: UInt32, category: UInt8) {
        self.number = number
        self.category = category
    }
}

/// A frame that does not load, and the room it would have taken.
@frozen
public struct FramePlace: Equatable, Sendable {
    /// A length as its attribute gives it.
    @frozen
    public enum Length: Equatable, Sendable {
        case unknown
        case pixels(Int)
        case percent(Int)
    }

    /// The categories it waits for: bit *n* for the one with index *n*.
    public var categories: UInt64
    /// One of the rules that withhold it.
    public var rule: WithheldRule
    /// Its `width`.
    public var width = Length.unknown
    /// Its `height`.
    public var height = Length.unknown
}

/// The gate of documents of which nothing is withheld.
struct OpenGate: ElementGate {
    var isSecure: Bool { true }
    var withheldCategories: UInt64 { 0 }
    func rule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> WithheldRule? { nil }
    func mayWithhold(host: RawSpan) -> Bool { false }
    func rule(forScript text: RawSpan) -> WithheldRule? { nil }
    func writeCategories(_ categories: UInt64, into output: inout ByteBuffer) {}
    func writePlaceholder(
        _ place: FramePlace, url: RawSpan, document: borrowing DocumentRewriter, into output: inout ByteBuffer
    ) {}
    func writeClosingMarkup(into output: inout ByteBuffer) {}
    func writePolicy(_ policy: RawSpan, into output: inout ByteBuffer) { output.append(policy) }
}
