import Bytes
import Consent

/// One line of a file of receipts: an entry of a site's chain in words, or where the chain ends.
struct ReceiptLine: Hashable, Sendable {
    /// What the line is.
    enum Kind: String { case receipt, erasure, sweep, erased, end }

    /// The names of the columns, in their order.
    static let columns = [
        "site", "number", "kind", "id", "time", "revision", "text", "language", "granted", "refused", "source",
        "action", "entries", "through", "previous", "commitment", "link", "salt",
    ]

    /// By column; one that is empty is left out. Lists are parted by spaces: no word of them has one.
    var values: [String: String]

    init(values: [String: String]) { self.values = values }

    init(_ entry: ChainEntry, site: String) {
        values = [
            "site": site, "number": "\(entry.number)", "kind": Kind.erased.rawValue,
            "previous": entry.previous.description, "commitment": entry.commitment.description,
            "link": entry.link.description,
        ]
        guard let content = entry.content else { return }
        values["salt"] = entry.salt?.description
        values["time"] = Minute(number: content.minute).description
        switch content {
        case .receipt(let receipt):
            values["kind"] = Kind.receipt.rawValue
            values["id"] = receipt.id.description
            values["revision"] = PolicyRevision.name(of: receipt.revision)
            values["text"] = receipt.text.description
            values["language"] = receipt.language
            values["granted"] = receipt.granted.joined(separator: " ")
            values["refused"] = receipt.refused.joined(separator: " ")
            values["source"] = receipt.source.rawValue
            values["action"] = receipt.action.rawValue
        case .erasure(let numbers, _):
            values["kind"] = Kind.erasure.rawValue
            values["entries"] = numbers.map(String.init).joined(separator: " ")
        case .sweep(let number, let link, _):
            values["kind"] = Kind.sweep.rawValue
            values["through"] = "\(number) \(link)"
        }
        values = values.filter { !$0.value.isEmpty }
    }

    init(end: ChainPlace, site: String) {
        values = [
            "site": site, "number": "\(end.number)", "kind": Kind.end.rawValue, "link": end.link.description,
        ]
    }

    var site: String { values["site"] ?? "" }

    /// Where the chain ends, of a line that says so.
    var end: ChainPlace? {
        guard values["kind"] == Kind.end.rawValue, let number = values["number"].flatMap({ Int64($0) }),
            let link = digest("link")
        else { return nil }
        return ChainPlace(number: number, link: link)
    }

    /// The entry; nil when the line is none.
    var entry: ChainEntry? {
        guard let kind = values["kind"].flatMap(Kind.init), kind != .end,
            let number = values["number"].flatMap({ Int64($0) }), let previous = digest("previous"),
            let commitment = digest("commitment"), let link = digest("link")
        else { return nil }
        // A content that cannot be read stays what it is: one that does not fit its commitment.
        return ChainEntry(
            number: number, previous: previous, commitment: commitment, link: link,
            text: kind == .erased ? nil : content(kind)?.text ?? "", salt: digest("salt"))
    }

    private func content(_ kind: Kind) -> ChainContent? {
        guard let minute = values["time"].flatMap({ Minute($0) })?.number else { return nil }
        switch kind {
        case .receipt:
            guard let id = ReceiptID(Array((values["id"] ?? "").utf8).rawSpan),
                let revision = values["revision"].flatMap({ UInt32($0, radix: 16) }), let text = digest("text"),
                let source = values["source"].flatMap(Receipt.Source.init),
                let action = values["action"].flatMap(Receipt.Action.init)
            else { return nil }
            return .receipt(
                Receipt(
                    id: id, minute: minute, revision: revision, text: text, language: values["language"] ?? "",
                    granted: list("granted"), refused: list("refused"), source: source, action: action))
        case .erasure: return .erasure(of: list("entries").compactMap { Int64($0) }, minute: minute)
        case .sweep:
            let parts = (values["through"] ?? "").split(separator: " ")
            guard parts.count == 2, let number = Int64(parts[0]), let link = Digest(hexadecimal: parts[1]) else {
                return nil
            }
            return .sweep(through: number, link: link, minute: minute)
        case .erased, .end: return nil
        }
    }

    private func digest(_ column: String) -> Digest? { values[column].flatMap { Digest(hexadecimal: $0) } }

    private func list(_ column: String) -> [String] { (values[column] ?? "").split(separator: " ").map(String.init) }
}
