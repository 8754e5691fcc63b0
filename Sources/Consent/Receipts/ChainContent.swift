import Bytes

/// What one entry of a receipts chain says.
public enum ChainContent: Hashable, Sendable {
    /// A visitor's decision.
    case receipt(Receipt)
    /// The contents of these entries were erased on request (GDPR art. 17).
    case erasure(of: [Int64], minute: Int64)
    /// The chain's beginning up to the entry with this number and link was removed: its retention was over.
    case sweep(through: Int64, link: Digest, minute: Int64)

    /// When, in minutes since 1970-01-01T00:00Z.
    public var minute: Int64 {
        switch self {
        case .receipt(let receipt): receipt.minute
        case .erasure(_, let minute), .sweep(_, _, let minute): minute
        }
    }

    /// The receipt, of an entry that is one.
    public var receipt: Receipt? {
        if case .receipt(let receipt) = self { receipt } else { nil }
    }

    /// The content as one text, which is what is kept and committed to: `init(text:)` reads it.
    public var text: String {
        switch self {
        case .receipt(let receipt):
            LengthPrefixed.text(
                [
                    "receipt", receipt.id.description, "\(receipt.minute)", PolicyRevision.name(of: receipt.revision),
                    receipt.text.description, receipt.language, receipt.source.rawValue, receipt.action.rawValue,
                    "\(receipt.granted.count)",
                ] + receipt.granted + receipt.refused)
        case .erasure(let numbers, let minute):
            LengthPrefixed.text(["erasure", "\(minute)"] + numbers.map(String.init))
        case .sweep(let number, let link, let minute):
            LengthPrefixed.text(["sweep", "\(minute)", "\(number)", link.description])
        }
    }

    /// Reads a content's text; nil for a text that no content has.
    public init?(text: String) {
        guard let parts = LengthPrefixed.parts(text), let content = Self.read(parts), content.text == text else {
            return nil
        }
        self = content
    }

    private static func read(_ parts: [String]) -> ChainContent? {
        switch parts.first {
        case "receipt": return receipt(parts).map(ChainContent.receipt)
        case "erasure":
            let numbers = parts.dropFirst(2).compactMap { Int64($0) }
            guard parts.count >= 2, let minute = Int64(parts[1]), numbers.count == parts.count - 2 else { return nil }
            return .erasure(of: numbers, minute: minute)
        case "sweep":
            guard parts.count == 4, let minute = Int64(parts[1]), let number = Int64(parts[2]),
                let link = Digest(hexadecimal: parts[3])
            else { return nil }
            return .sweep(through: number, link: link, minute: minute)
        default: return nil
        }
    }

    private static func receipt(_ parts: [String]) -> Receipt? {
        guard parts.count >= 9, let id = ReceiptID(Array(parts[1].utf8).rawSpan), let minute = Int64(parts[2]),
            let revision = UInt32(parts[3], radix: 16), let text = Digest(hexadecimal: parts[4]),
            let source = Receipt.Source(rawValue: parts[6]), let action = Receipt.Action(rawValue: parts[7]),
            let count = Int(parts[8]), count >= 0, count <= parts.count - 9
        else { return nil }
        return Receipt(
            id: id, minute: minute, revision: revision, text: text, language: parts[5],
            granted: Array(parts.dropFirst(9).prefix(count)), refused: Array(parts.dropFirst(9 + count)),
            source: source, action: action)
    }
}
