import Bytes
import Gateway

extension EventLoop {
    /// Hands over what a client's exchange waits for; false when there is nothing more to do for the client now.
    mutating func awaitReceipt(_ index: UInt32) -> Bool {
        guard let (site, work) = gateway.receiptWork(of: clients[index].exchange) else {
            abandonClient(index)
            return false
        }
        lastTicket += 1
        clients[index].ticket = lastTicket
        clients[index].phase = .keeping
        expect(client: index, within: ReceiptQueue.patience)
        let item = ReceiptQueue.Item(
            site: site, work: work, mailbox: mailbox, client: clients.handle(at: index), ticket: lastTicket)
        if receipts.submit(item) { return false }
        return resume(index, with: .failed)
    }

    /// Takes outcomes to those who still wait for them.
    mutating func deliver(_ answers: [ReceiptAnswer]) {
        for answer in answers {
            guard clients.contains(answer.client) else { continue }
            let index = answer.client.index
            // Whoever ran out of patience may be at another request by now.
            guard clients[index].phase == .keeping, clients[index].ticket == answer.ticket else { continue }
            _ = resume(index, with: answer.outcome)
        }
    }

    /// Ends a client's wait; false when there is nothing more to do for the client now.
    mutating func resume(_ index: UInt32, with outcome: ReceiptOutcome) -> Bool {
        clients[index].ticket = 0
        output.clear()
        gateway.resume(&clients[index].exchange, with: outcome, at: now, reply: &output)
        return deliverReply(to: index)
    }
}
