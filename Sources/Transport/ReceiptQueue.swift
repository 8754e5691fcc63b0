import Bytes
import Gateway
import Synchronization

/// Decisions on their way from the event loops to the thread that keeps receipts, and the outcomes on their way back.
///
/// The loops never wait: a full queue refuses, and the visitor is told that nothing was stored.
public final class ReceiptQueue: Sendable {
    /// One thing to do, and who waits for it.
    public struct Item: Sendable {
        /// The site's name.
        public let site: String
        /// What is to be done.
        public let work: ReceiptWork
        let mailbox: Mailbox
        let client: Handle
        let ticket: UInt64
    }

    private struct State {
        var items: [Item] = []
        var isClosed = false
    }

    /// Things to do at a time.
    static let limit = 1024
    /// Milliseconds that a visitor waits at most.
    static let patience = 5000

    private let state = Mutex(State())
    private let waker: Waker

    /// Makes an empty queue.
    public init() throws(SystemError) { waker = try Waker() }

    /// False when the queue is full or closed.
    func submit(_ item: Item) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.items.count < Self.limit else { return false }
            state.items.append(item)
            return true
        }
        if isTaken { waker.signal() }
        return isTaken
    }

    /// Takes all there is to do, after waiting for it at most so long.
    public func take(milliseconds: Int32) -> [Item] {
        waker.wait(milliseconds: milliseconds)
        return state.withLock { state in
            var taken: [Item] = []
            swap(&taken, &state.items)
            return taken
        }
    }

    /// Refuses everything from now on; what is there can still be taken.
    public func close() { state.withLock { $0.isClosed = true } }

    /// Tells those who wait what became of it.
    public func complete(_ items: [(item: Item, outcome: ReceiptOutcome)]) {
        var rest = items[...]
        while let first = rest.first {
            let mailbox = first.item.mailbox
            let answers = rest.filter { $0.item.mailbox === mailbox }.map { item, outcome in
                ReceiptAnswer(client: item.client, ticket: item.ticket, outcome: outcome)
            }
            mailbox.post { $0.receipts += answers }
            rest = rest.filter { $0.item.mailbox !== mailbox }[...]
        }
    }
}

/// An outcome on its way to a loop: worth something only while the client still holds the ticket.
struct ReceiptAnswer: Sendable {
    let client: Handle
    let ticket: UInt64
    let outcome: ReceiptOutcome
}
