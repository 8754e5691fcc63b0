import Bytes
import Consent
import Rules

/// What one of our own paths asks of whoever keeps the receipts, before it can answer.
public enum ReceiptWork: Hashable, Sendable {
    /// Keep a receipt: the visitor is told of the decision once that is on disk.
    case keep(Receipt)
    /// Give what is kept under an id as a file.
    case show(ReceiptID, as: ReceiptForm)
    /// Erase what is kept under an id.
    case erase(ReceiptID)
}

/// The forms of the file with a visitor's own record.
public enum ReceiptForm: String, CaseIterable, Sendable { case json, csv, xml }

/// What became of it.
public enum ReceiptOutcome: Hashable, Sendable {
    /// It is done, and lasts.
    case done
    /// The file asked for.
    case file(mediaType: String, content: [UInt8])
    /// Nothing is kept under the id.
    case nothing
    /// It is not known to be done.
    case failed
}

/// What keeps an answer from being given, and the answers that take its place when that does not end well.
package final class PendingReceipt: Sendable {
    package let work: ReceiptWork
    package let nothing: OwnAnswer
    package let failed: OwnAnswer

    init(_ work: ReceiptWork, nothing: OwnAnswer, failed: OwnAnswer) {
        self.work = work
        self.nothing = nothing
        self.failed = failed
    }
}

extension Gateway {
    /// What an exchange waits for after `RequestStep.keep` or `BodyOutcome.keeps`, and at which site.
    public func receiptWork(of exchange: Exchange) -> (site: String, work: ReceiptWork)? {
        guard exchange.notes != Exchange.none, let snapshot = snapshots[Int(exchange.snapshot)],
            let pending = notes[exchange.notes].pendingAnswer?.pending
        else { return nil }
        return (snapshot.sites[Int(exchange.site)].site.name, pending.work)
    }

    /// Ends the wait: the answer that fits the outcome is appended to `reply`.
    public mutating func resume(
        _ exchange: inout Exchange, with outcome: ReceiptOutcome, at now: Moment, reply: inout ByteBuffer
    ) {
        guard exchange.notes != Exchange.none, let snapshot = snapshots[Int(exchange.snapshot)],
            var answer = notes[exchange.notes].pendingAnswer, let pending = answer.pending
        else { return }
        notes[exchange.notes].pendingAnswer = nil
        switch outcome {
        case .done: break
        case .file(let mediaType, let content):
            var fields = OwnFields()
            fields.add("Content-Type", mediaType)
            answer.fields += fields.bytes
            answer.body = content
        case .nothing: answer = pending.nothing
        case .failed: answer = pending.failed
        }
        write(answer, of: &exchange, context: snapshot.sites[Int(exchange.site)], at: now, reply: &reply)
    }
}

extension ShownText {
    /// Everything that visitors of a site may be shown before they answer, in each language and on both layers.
    public static func all(of site: Site) -> [ShownText] { ShownTexts(site: site).all }
}
