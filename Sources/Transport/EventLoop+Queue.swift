import Bytes
import Gateway
import Rules

/// The queues of requests for which there is no origin connection yet.
extension EventLoop {
    /// The client waits for a connection to the endpoint.
    mutating func enterQueue(_ index: UInt32, of endpoint: Int) {
        clients[index].phase = .waiting
        lastTicket += 1
        clients[index].ticket = lastTicket
        clients[index].awaited = endpoint
        if endpoints[endpoint].absentCount > limits.queue { forgetAbsent(from: endpoint) }
        endpoints[endpoint].waiting.append(
            Endpoint.Waiter(client: clients.handle(at: index), ticket: lastTicket))
        endpoints[endpoint].waitingCount += 1
        // When this step is over: it may still be using the loop's buffers.
        pressed.append(endpoint)
        expectResponse(for: index)
    }

    /// The client does not wait for a connection any more.
    mutating func leaveQueue(_ index: UInt32) {
        guard let endpoint = clients[index].awaited else { return }
        clients[index].awaited = nil
        clients[index].ticket = 0
        endpoints[endpoint].leave()
    }

    /// Takes the places of those who left out of a queue: nobody may be served for long, and visitors come and go.
    private mutating func forgetAbsent(from endpoint: Int) {
        var waiting: [Endpoint.Waiter] = []
        while let waiter = endpoints[endpoint].popWaiting() {
            if isWaiting(waiter) { waiting.append(waiter) }
        }
        endpoints[endpoint].waiting = waiting
    }

    private func isWaiting(_ waiter: Endpoint.Waiter) -> Bool {
        clients.contains(waiter.client) && clients[waiter.client.index].ticket == waiter.ticket
    }

    /// Gives the connections and places that became free to those who wait, first come first.
    mutating func serveQueues() {
        if !pressed.isEmpty { relieveQueues() }
        while let endpoint = released.popLast() {
            while !endpoints[endpoint].idle.isEmpty || endpoints[endpoint].open < limits.originConnections,
                let waiter = endpoints[endpoint].popWaiting()
            {
                guard isWaiting(waiter) else { continue }
                leaveQueue(waiter.client.index)
                attachOrigin(to: waiter.client.index)
            }
        }
    }
}
