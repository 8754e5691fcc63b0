/// What is wrong with a line of a head, whoever sent it (RFC 9112 §2.2 and §5).
enum FieldFault {
    case nul, bareCarriageReturn, bareLineFeed, control
    case obsFold, whitespaceBeforeColon, invalidName, invalidValue, tooManyFields
}

/// Where the line that starts at an offset ends.
enum LineEnd {
    /// The offset of its CR LF.
    case at(Int)
    case needsMore
    /// The first octet that ends the line in a wrong way.
    case fault(FieldFault, at: Int)
}
