/// By which grammar a browser reads a document.
@frozen
public enum DocumentSyntax: Sendable {
    /// `text/html` (WHATWG HTML §13).
    case html
    /// `application/xhtml+xml` (WHATWG HTML §14): no element is implied, none holds raw text, `/>` closes any.
    case xml
}
