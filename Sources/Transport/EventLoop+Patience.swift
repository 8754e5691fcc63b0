import Bytes
import Gateway
import Rules

/// How long a visitor and an origin server are waited for.
extension EventLoop {
    /// Whether the request is complete and nothing of its response has come.
    func isAwaitingResponse(_ index: UInt32) -> Bool {
        clients[index].phase == .exchanging && clients[index].exchange.isRequestComplete
            && !clients[index].exchange.hasResponseBegun
    }

    /// Sets how long the origin server has for the beginning of its response.
    mutating func expectResponse(for index: UInt32) {
        expect(client: index, within: timeouts.originFirstByte)
        if clients[index].flags.contains(.isEnding) { hurryResponse(for: index) }
    }

    /// The visitor sent their last byte: has most likely left, and their origin connection is needed by others. Who
    /// closed one half only and still reads gets what comes soon; there is no telling the two apart (RFC 9293 §3.6).
    mutating func hurryResponse(for index: UInt32) {
        if clients[index].deadline > now.milliseconds + Self.patienceAfterEnd {
            expect(client: index, within: Int(Self.patienceAfterEnd))
        }
    }

    /// A client connection's patience has ended.
    mutating func clientTimedOut(_ index: UInt32) {
        switch clients[index].phase {
        case .head:
            // An idle connection just ends; a head that does not come to its end is told so (RFC 9110 §15.5.9).
            guard !clients[index].leftover.isEmpty, clients[index].outgoing.isEmpty else {
                abandonSlow(index)
                return
            }
            output.clear()
            gateway.writeRequestTimeout(at: now, into: &output)
            if sendToClient(index, verbatim: ByteRange()) { endExchange(of: index) }
        case .multiplexed: framesTimedOut(index)
        case .waiting: failExchange(of: index, .timedOut)
        case .keeping: _ = resume(index, with: .failed)
        case .exchanging:
            guard clients[index].outgoing.isEmpty, !clients[index].exchange.hasResponseBegun else {
                abandonSlow(index)
                return
            }
            // Most likely nobody is there any more to be told.
            guard !clients[index].flags.contains(.isEnding) || !isAwaitingResponse(index) else {
                abandonClient(index)
                return
            }
            failExchange(of: index, isVisitorsTurn(index) ? .requestTimedOut : .timedOut)
        case .introduction, .collecting, .tunnel, .flushing, .lingering: abandonSlow(index)
        }
    }
}
