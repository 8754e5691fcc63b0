import Bytes
import CLinux
import Gateway
import Glibc
import HTTP2
import HTTPWire
import Rules

extension EventLoop {
    mutating func handleClient(_ index: UInt32, _ event: Poller.Event) {
        if event.isBroken {
            // Both ends of a tunnel may be closed with bytes still to be read: they belong to the origin.
            guard clients[index].phase == .tunnel else {
                abandonClient(index)
                return
            }
            clients[index].flags.formUnion([.isReadable, .isEnding])
        }
        if event.isReadable { clients[index].flags.insert(.isReadable) }
        if event.isEnding {
            clients[index].flags.insert(.isEnding)
            // Whoever leaves the queue makes room in it.
            if clients[index].phase == .waiting, clients[index].leftover.isEmpty {
                abandonClient(index)
                return
            }
            if isAwaitingResponse(index) { hurryResponse(for: index) }
        }
        if event.isWritable, !clients[index].outgoing.isEmpty {
            guard flushClient(index) else { return }
        } else if event.isWritable, clients[index].conduit != noConnection {
            let handle = clients.handle(at: index)
            if drainConduit(of: index) { pumpOrigin(clients[index].origin) }
            guard clients.contains(handle) else { return }
        }
        pumpClient(index)
    }

    /// Goes on reading from a client as far as its phase allows.
    mutating func pumpClient(_ index: UInt32) {
        let handle = clients.handle(at: index)
        for _ in 0..<Self.turn {
            guard clients.contains(handle) else { return }
            let hasMoved: Bool
            switch clients[index].phase {
            case .introduction: hasMoved = receiveIntroduction(index)
            case .head:
                guard clients[index].outgoing.isEmpty else { return }
                hasMoved = receiveHead(index)
            case .collecting, .exchanging:
                if clients[index].exchange.isRequestComplete || clients[index].exchange.isAnswered { return }
                hasMoved = receiveBody(index)
            case .waiting, .keeping, .flushing: return
            case .tunnel: hasMoved = tunnelFromClient(index)
            case .multiplexed: hasMoved = receiveFrames(index)
            case .lingering: hasMoved = discardFromClient(index)
            }
            if !hasMoved { return }
        }
        if clients.contains(handle) { enqueueClient(index) }
    }

    /// What filling the input buffer from a client gave.
    enum Supply {
        case bytes
        case nothing
        case ended
        case failed
        /// An answer was sent already.
        case answered
    }

    /// Puts what the client sent into `input`: what was left over, and new bytes if all of that was looked at already.
    mutating func supply(from index: UInt32) -> Supply {
        input.clear()
        let kept = clients[index].leftover.count
        if kept > 0 {
            input.append(clients[index].leftover)
            clients[index].leftover.clear()
            if clients[index].examined < kept { return .bytes }
        }
        guard clients[index].flags.contains(.isReadable) else {
            keepInput(for: index)
            return .nothing
        }
        guard clients[index].session == noConnection else { return supplySecured(from: index) }
        switch Socket.receive(clients[index].fd, into: &input, limit: Self.receiveSize) {
        case .bytes(let count):
            // A short read emptied the socket (epoll(7)), unless its end is still to be read.
            if count < Self.receiveSize, !clients[index].flags.contains(.isEnding) {
                clients[index].flags.remove(.isReadable)
            }
            return .bytes
        case .wouldBlock:
            clients[index].flags.remove(.isReadable)
            keepInput(for: index)
            return .nothing
        case .closed:
            clients[index].flags.remove(.isReadable)
            clients[index].flags.insert(.hasEnded)
            return .ended
        case .failed:
            return .failed
        }
    }

    mutating func keepInput(for index: UInt32, from offset: Int = 0) {
        if offset < input.count { clients[index].leftover.append(input, from: offset) }
    }

    /// False when there is nothing more to do now.
    private mutating func receiveHead(_ index: UInt32) -> Bool {
        switch supply(from: index) {
        case .bytes: break
        case .nothing, .answered: return false
        case .ended, .failed:
            abandonClient(index)
            return false
        }
        output.clear()
        let peer = clients[index].peer
        let examined = clients[index].examined
        let step = gateway.receiveRequest(
            input, examined: examined, exchange: &clients[index].exchange, peer: peer,
            isSecure: clients[index].session != noConnection,
            isLast: isDraining, redirectingTo: clients[index].redirectPort, at: now, reply: &output)
        switch step {
        case .needsMore:
            if examined == 0 { expect(client: index, within: timeouts.requestHead) }
            clients[index].examined = input.count
            keepInput(for: index)
            return true
        case .forward(let consumed):
            clients[index].examined = 0
            keepInput(for: index, from: consumed)
            clients[index].phase = .waiting
            attachOrigin(to: index)
            return clients.isOccupied(index) && clients[index].phase == .exchanging
        case .collect(let consumed):
            clients[index].examined = 0
            keepInput(for: index, from: consumed)
            clients[index].phase = .collecting
            expect(client: index, within: timeouts.body)
            // 100 (Continue), where the user agent waits for it.
            return sendToClient(index, verbatim: ByteRange())
        case .reply(let consumed):
            clients[index].examined = 0
            keepInput(for: index, from: min(consumed, input.count))
            return deliverReply(to: index)
        case .keep(let consumed):
            clients[index].examined = 0
            keepInput(for: index, from: consumed)
            return awaitReceipt(index)
        }
    }

    /// False when there is nothing more to do now.
    private mutating func receiveBody(_ index: UInt32) -> Bool {
        let origin = clients[index].origin
        let isForwarding = clients[index].phase == .exchanging
        if isForwarding {
            // Back-pressure: nothing is read from the visitor before the origin took what was read earlier.
            guard origin != noConnection, !origins[origin].flags.contains(.isConnecting),
                origins[origin].outgoing.isEmpty
            else { return false }
        }
        if clients[index].session == streamSession { creditContent(of: index) }
        switch supply(from: index) {
        case .bytes: break
        case .nothing, .answered: return false
        case .ended, .failed:
            abandonClient(index)
            return false
        }
        output.clear()
        toOrigin.clear()
        clients[index].examined = 0
        let step = gateway.receiveRequestBody(
            input, exchange: &clients[index].exchange, at: now, output: &toOrigin, reply: &output)
        keepInput(for: index, from: step.consumed)
        if step.outcome == .replied { return deliverReply(to: index) }
        if step.outcome == .keeps { return awaitReceipt(index) }
        if isForwarding, !sendToOrigin(origin, verbatim: step.verbatim) { return false }
        switch step.outcome {
        case .more:
            // The decoder has seen all that was left.
            clients[index].examined = clients[index].leftover.count
            expect(client: index, within: timeouts.body)
            return true
        case .finished:
            // No more will come on this stream: its window is the others' again.
            if clients[index].session == streamSession { creditContent(of: index) }
            if !clients[index].exchange.hasResponseBegun { expectResponse(for: index) }
            return false
        case .malformed:
            detachOrigin(of: index)
            output.clear()
            if gateway.requestBroke(exchange: &clients[index].exchange, at: now, output: &output) {
                return deliverReply(to: index)
            }
            abandonClient(index)
            return false
        case .replied, .keeps:
            return true
        }
    }

    /// Sends an answer of our own and ends the exchange.
    mutating func deliverReply(to index: UInt32) -> Bool {
        guard sendToClient(index, verbatim: ByteRange()) else { return false }
        endExchange(of: index)
        return clients.isOccupied(index) && clients[index].phase == .head
    }

    /// Sends `output`, then a range of `input`; what the socket does not take is kept. False when the client is gone.
    mutating func sendToClient(_ index: UInt32, verbatim: ByteRange) -> Bool {
        let total = output.count + verbatim.count
        guard total > 0 else { return true }
        guard clients[index].session == noConnection else { return sendSecured(index, verbatim: verbatim) }
        guard clients[index].outgoing.isEmpty else {
            clients[index].outgoing.append(output)
            clients[index].outgoing.append(input, verbatim)
            return true
        }
        let fd = clients[index].fd
        let result: TransferResult
        var rest = verbatim
        if rest.count > 0, rest.count <= 2048, !output.isEmpty {
            output.append(input, rest)
            rest = ByteRange()
        }
        if output.isEmpty {
            result = Socket.send(fd, input.bytes[rest])
        } else if rest.isEmpty {
            result = Socket.send(fd, output.bytes)
        } else {
            result = Socket.send(fd, output.bytes, input.bytes[rest])
        }
        var sent = 0
        switch result {
        case .bytes(let count): sent = count
        case .wouldBlock: break
        case .closed, .failed:
            abandonClient(index)
            return false
        }
        if sent < total {
            clients[index].blockedAt = now.milliseconds
            let fromOutput = min(sent, output.count)
            clients[index].outgoing.append(output, from: fromOutput)
            clients[index].outgoing.append(
                input, ByteRange(rest.lowerBound + (sent - fromOutput), rest.upperBound))
            expect(client: index, within: timeouts.body)
        }
        return true
    }

    /// Sends what the socket did not take before; false when the client is gone or still blocked.
    private mutating func flushClient(_ index: UInt32) -> Bool {
        switch Socket.send(clients[index].fd, clients[index].outgoing) {
        case .bytes(let count):
            clients[index].outgoing.consume(count)
            if isEstablished(index) { expect(client: index, within: timeouts.body) }
        case .wouldBlock: return false
        case .closed, .failed:
            abandonClient(index)
            return false
        }
        guard clients[index].outgoing.isEmpty else { return false }
        clients[index].outgoing.shrink(to: 16)
        switch clients[index].phase {
        case .flushing:
            finishConnection(index)
            return false
        case .exchanging, .tunnel:
            let origin = clients[index].origin
            let handle = clients.handle(at: index)
            if origin != noConnection { pumpOrigin(origin) }
            return clients.contains(handle)
        case .head:
            if isEstablished(index) { awaitRequest(of: index) }
            return true
        case .multiplexed:
            awaitFrames(of: index)
            noteUnsent(index)
            return true
        case .introduction, .collecting, .keeping, .waiting, .lingering: return true
        }
    }

    /// Nothing is under way: the next request may take a while, but not when the loop is to end.
    mutating func awaitRequest(of index: UInt32) {
        expect(client: index, within: isDraining ? min(500, timeouts.idle) : timeouts.idle)
    }

    /// The response is complete: the connection waits for the next request, or ends.
    mutating func endExchange(of index: UInt32) {
        let keeps = gateway.keepsConnection(after: &clients[index].exchange)
        gateway.finish(&clients[index].exchange, at: now)
        clients[index].flags = clients[index].flags.subtracting(.hasRetried).union(.hasBeenServed)
        if keeps {
            clients[index].phase = .head
            clients[index].examined = 0
            let isQuiet = clients[index].leftover.isEmpty
            awaitRequest(of: index)
            if !isQuiet || clients[index].flags.contains(.isReadable) { enqueueClient(index) }
        } else if clients[index].outgoing.isEmpty {
            finishConnection(index)
        } else {
            clients[index].phase = .flushing
        }
    }

    /// Everything is sent: ends our side, and the connection when the visitor's bytes are all read (RFC 9112 §9.6).
    mutating func finishConnection(_ index: UInt32) {
        guard clients[index].session != streamSession else {
            finishStream(index)
            return
        }
        endSession(of: index)
        if clients[index].flags.contains(.hasEnded) {
            closeClient(index)
            return
        }
        shutdown(clients[index].fd, Int32(SHUT_WR))
        clients[index].phase = .lingering
        clients[index].leftover.clear()
        clients[index].examined = 0
        expect(client: index, within: 2000)
        enqueueClient(index)
    }

    private mutating func discardFromClient(_ index: UInt32) -> Bool {
        input.clear()
        switch Socket.receive(clients[index].fd, into: &input, limit: Self.receiveSize) {
        case .bytes: return true
        case .wouldBlock: return false
        case .closed, .failed:
            closeClient(index)
            return false
        }
    }

    /// Ends a connection at once, and what hangs on it.
    mutating func abandonClient(_ index: UInt32) {
        guard clients[index].multiplexer == noConnection else {
            if clients[index].session == streamSession {
                abandonStream(index, .internalError)
            } else {
                abandonFrames(index)
            }
            return
        }
        leaveQueue(index)
        detachOrigin(of: index)
        // Only where nothing is cut: the visitor's browser can tell (RFC 8446 §6.1).
        if clients[index].phase == .head, clients[index].outgoing.isEmpty { endSession(of: index) }
        gateway.finish(&clients[index].exchange, at: now)
        closeClient(index)
    }

    mutating func closeClient(_ index: UInt32) {
        releaseConduit(of: index)
        if clients[index].session != noConnection { sessions.remove(clients[index].session) }
        if clients[index].places != .none { gateway.networks?.leave(clients[index].places) }
        close(clients[index].fd)
        clients.remove(index)
        connections.leave()
    }

    // MARK: Tunnel

    private mutating func tunnelFromClient(_ index: UInt32) -> Bool {
        let origin = clients[index].origin
        guard origin != noConnection, origins[origin].outgoing.isEmpty else { return false }
        switch supply(from: index) {
        case .bytes: break
        case .nothing, .answered: return false
        case .ended:
            endOriginSession(origin)
            shutdown(origins[origin].fd, Int32(SHUT_WR))
            if origins[origin].client == noConnection || origins[origin].flags.contains(.hasEnded) {
                abandonClient(index)
            }
            return false
        case .failed:
            abandonClient(index)
            return false
        }
        toOrigin.clear()
        expect(client: index, within: timeouts.tunnel)
        return sendToOrigin(origin, verbatim: ByteRange(0, input.count))
    }
}
