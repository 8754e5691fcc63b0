import Bytes

/// The tokenizer of WHATWG HTML §13.2.5, streaming: bytes in, ranges out, no allocation per token.
///
/// It reads every encoding whose bytes below 0x40 always stand for ASCII, which leaves out only UTF-16 and ISO-2022-JP.
/// Character references are not decoded and NUL is not replaced, neither of which moves a boundary. Presented with a
/// document in pieces, however cut, it reads no byte of a tag twice and finds the same tokens, but that text and
/// comments come in pieces too.
///
/// By itself it never leaves the data state after a start tag; that is for tree construction to tell (`TreeFeedback`).
public struct Tokenizer: ~Copyable {
    var state = State.text
    /// How character data is read at present.
    public internal(set) var contentModel = ContentModel.data
    /// Whether `<![CDATA[` opens a section, as it does in foreign content (§13.2.5.42) and in XML.
    public var allowsCDATA = false
    /// Whether attributes that nothing here asks for are passed over; those of a tag then may be missing.
    var skipsAttributes = false
    /// Whether, of those, the attributes of elements that may refer to other hosts are asked for all the same.
    var keepsReferences = false
    var endTagName = PackedName()
    var scriptEscape = ScriptEscape.none
    var scriptDashes: UInt8 = 0

    // The token in hand; all but `tokenStart` are relative to its first byte.
    var tokenStart = 0
    var scanned = 0
    var isEndTag = false
    /// The tag's beginning was taken away by `cut`.
    var isCut = false
    var nameEnd = 0
    var attributes = AttributeList()
    var pendingName = ByteRange()
    var valueStart = 0
    var textStart = 0
    var textEnd = 0

    /// Which element a tag's name means.
    public internal(set) var element = Element.other
    /// Whether a tag ends in `/>`.
    public internal(set) var isSelfClosing = false
    /// Whether the comment ended with the piece last returned; never, where the document ends first.
    public internal(set) var isCommentComplete = true

    var syntax: DocumentSyntax

    /// Makes a tokenizer at the start of a document.
    public init(syntax: DocumentSyntax = .html) {
        self.syntax = syntax
        allowsCDATA = syntax == .xml
    }

    /// Forgets the document and keeps the memory.
    public mutating func reset(syntax: DocumentSyntax = .html) {
        self.syntax = syntax
        state = .text
        contentModel = .data
        allowsCDATA = syntax == .xml
        endTagName = PackedName()
        scriptEscape = .none
        scriptDashes = 0
        scanned = 0
        isCut = false
        isCommentComplete = true
        attributes.clear()
    }

    /// Returns the next token at or after `offset` and moves `offset` behind it.
    ///
    /// After `.needsMore`, the bytes from `offset` on are to be presented again at the start of, or anywhere in, a longer
    /// span; everything before may be dropped. Ranges are valid in `input` until the next call.
    public mutating func next(
        _ input: RawSpan, from offset: inout Int, _ following: Following = .moreMayFollow
    ) -> Token {
        tokenStart = offset
        switch state {
        case .text: return character(input, from: &offset, following)
        case .comment: return comment(input, from: &offset, following)
        case .bogusComment: return bogusComment(input, from: &offset, following)
        case .instruction: return instruction(input, from: &offset, following)
        case .doctype: return doctype(input, from: &offset, following)
        case .tagName, .beforeAttributeName, .attributeName, .afterAttributeName, .beforeAttributeValue,
            .doubleQuotedValue, .singleQuotedValue, .unquotedValue, .afterQuotedValue, .selfClosing:
            return tag(input, from: &offset, following)
        }
    }

    /// Reads what follows in `model` until an end tag named `element`, as tree construction tells.
    public mutating func enter(_ model: ContentModel, until element: Element) {
        enter(model, endTagName: PackedName(staticBytes(element.name)))
    }

    /// Reads what follows in `model` until an end tag of this name: lowercase, at most sixteen bytes.
    package mutating func enter(_ model: ContentModel, endTagName name: RawSpan) {
        enter(model, endTagName: PackedName(name))
    }

    mutating func enter(_ model: ContentModel, endTagName name: PackedName) {
        contentModel = model
        endTagName = name
        scriptEscape = .none
        scriptDashes = 0
    }

    /// The name of the tag last returned, as received.
    public var tagName: ByteRange { ByteRange(tokenStart + (isEndTag ? 2 : 1), tokenStart + nameEnd) }

    /// The piece last returned of a comment, without delimiters.
    public var commentText: ByteRange { ByteRange(tokenStart + textStart, tokenStart + textEnd) }

    /// How many attributes the tag last returned has, repeated names included.
    public var attributeCount: Int { attributes.count }

    /// The attribute at `index` of the tag last returned.
    public func attribute(_ index: Int) -> Attribute {
        precondition(index >= 0 && index < attributes.count)
        return attributes[index].moved(by: tokenStart)
    }

    /// The first attribute of this name, which is the one that counts (§13.2.5.33); `name` is lowercase.
    public func attribute(named name: StaticString, in input: RawSpan) -> Attribute? {
        for index in 0..<attributes.count {
            let attribute = attribute(index)
            if input[attribute.name].equalsIgnoringCase(name) { return attribute }
        }
        return nil
    }

    /// Takes back what `enter` said.
    mutating func readMarkup() { contentModel = .data }

    /// Says that the tag last returned now begins at `offset`, having been presented again.
    mutating func moveTag(to offset: Int) { tokenStart = offset }

    /// Whether no token is begun.
    var isBetweenTokens: Bool { state == .text }

    enum State: UInt8 {
        case text
        case comment, bogusComment, instruction, doctype
        case tagName, beforeAttributeName, attributeName, afterAttributeName, beforeAttributeValue
        case doubleQuotedValue, singleQuotedValue, unquotedValue, afterQuotedValue, selfClosing
    }

    enum ScriptEscape: UInt8 {
        case none, escaped, doubleEscaped
    }

    /// What a look at the bytes after `<` tells.
    enum Lookahead {
        case yes, no, undecided
    }
}
