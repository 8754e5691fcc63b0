import Bytes

/// What the tokenizer found; the ranges of successive tokens cover the document without gap or overlap.
@frozen
public enum Token: Equatable, Sendable {
    /// Nothing more can be told from these bytes; those from the offset on are to be presented again, with more.
    case needsMore
    /// A run of character data, as received: character references are not decoded, newlines not normalized.
    case text(ByteRange)
    /// A start tag from `<` to `>`; its parts are the tokenizer's `tagName`, `element` and attributes.
    case startTag(ByteRange)
    /// An end tag from `<` to `>`; its attributes mean nothing to a browser.
    case endTag(ByteRange)
    /// A comment or a piece of one; its part between the delimiters is the tokenizer's `commentText`.
    case comment(ByteRange)
    /// A document type declaration from `<` to `>`.
    case doctype(ByteRange)
    /// Bytes that yield no token: `</>`, the delimiters of a CDATA section, a tag cut off by the end of the document.
    case markup(ByteRange)
    /// The end of the document.
    case end
}

/// Whether the bytes presented are the last ones.
@frozen
public enum Following: Sendable {
    case moreMayFollow
    case endOfDocument
}

/// How the tokenizer reads character data (WHATWG HTML §13.2.5.1 to §13.2.5.5 and §13.2.5.69).
@frozen
public enum ContentModel: UInt8, Sendable {
    case data
    /// `title`, `textarea`: character references, no tags.
    case rcdata
    /// `style`, `xmp`, `iframe`, `noembed`, `noframes`, `noscript`: no character references, no tags.
    case rawtext
    case scriptData
    /// Everything to the end of the document is text.
    case plaintext
    case cdata
}
