import Bytes
import CLinux
import Gateway
import Glibc
import HTTPWire
import Rules

extension EventLoop {
    // MARK: Getting a connection

    /// Gives the client's request an origin connection: an idle one, a new one, or a place in the queue.
    mutating func attachOrigin(to index: UInt32, isFresh: Bool = false) {
        let route = gateway.route(of: &clients[index].exchange)
        let endpoint = routes[route.snapshot][route.site]
        if !isFresh, let idle = endpoints[endpoint].idle.popLast() {
            origins[idle].flags.insert(.isReused)
            couple(index, idle)
            sendHead(index, idle)
            return
        }
        if endpoints[endpoint].open < limits.originConnections {
            openOrigin(endpoint, for: index)
            return
        }
        guard endpoints[endpoint].waitingCount < limits.queue else {
            failExchange(of: index, .saturated)
            return
        }
        enterQueue(index, of: endpoint)
    }

    private mutating func couple(_ client: UInt32, _ origin: UInt32) {
        leaveQueue(client)
        clients[client].origin = origin
        clients[client].phase = .exchanging
        origins[origin].client = client
        origins[origin].flags.remove(.hasSentBytes)
        origins[origin].deadline = .max
    }

    private mutating func openOrigin(_ endpoint: Int, for client: UInt32) {
        let addresses = endpoints[endpoint].addresses
        var opened: Int32?
        for _ in 0..<addresses.count {
            let address = addresses[endpoints[endpoint].preferred % addresses.count]
            if let fd = try? Socket.connect(to: address) {
                opened = fd
                break
            }
            endpoints[endpoint].preferred &+= 1
        }
        guard let fd = opened else {
            failExchange(of: client, .unreachable)
            return
        }
        let handle = origins.insert(OriginConnection(fd: fd, endpoint: endpoint))
        endpoints[endpoint].open += 1
        couple(client, handle.index)
        do {
            try poller.add(stream: fd, Token(.origin, handle))
        } catch {
            detachOrigin(of: client)
            failExchange(of: client, .unreachable)
            return
        }
        expect(client: client, within: timeouts.originConnect)
    }

    mutating func sendHead(_ client: UInt32, _ origin: UInt32) {
        toOrigin.clear()
        gateway.writeOriginHead(of: &clients[client].exchange, into: &toOrigin)
        expectResponse(for: client)
        guard sendToOrigin(origin, verbatim: ByteRange()) else { return }
        if !clients[client].exchange.isRequestComplete { enqueueClient(client) }
    }

    /// Sends `toOrigin`, then a range of `input`; what the socket does not take is kept. False when that failed and
    /// the exchange went another way.
    mutating func sendToOrigin(_ index: UInt32, verbatim: ByteRange) -> Bool {
        let total = toOrigin.count + verbatim.count
        guard total > 0 else { return true }
        // First: what waits in `outgoing` then are records.
        guard origins[index].session == noConnection else { return sendSecured(toOrigin: index, verbatim: verbatim) }
        guard origins[index].outgoing.isEmpty else {
            origins[index].outgoing.append(toOrigin)
            origins[index].outgoing.append(input, verbatim)
            return true
        }
        let fd = origins[index].fd
        let result: TransferResult
        if toOrigin.isEmpty {
            result = Socket.send(fd, input.bytes[verbatim])
        } else if verbatim.isEmpty {
            result = Socket.send(fd, toOrigin.bytes)
        } else {
            result = Socket.send(fd, toOrigin.bytes, input.bytes[verbatim])
        }
        var sent = 0
        switch result {
        case .bytes(let count): sent = count
        case .wouldBlock: break
        case .closed, .failed:
            originBroke(index)
            return false
        }
        if sent < total {
            let fromHead = min(sent, toOrigin.count)
            origins[index].outgoing.append(toOrigin, from: fromHead)
            origins[index].outgoing.append(
                input, ByteRange(verbatim.lowerBound + (sent - fromHead), verbatim.upperBound))
        }
        return true
    }

    // MARK: Events

    mutating func handleOrigin(_ index: UInt32, _ event: Poller.Event) {
        if origins[index].flags.contains(.isConnecting) {
            guard event.isWritable || event.isBroken || origins[index].flags.contains(.isShakingHands) else { return }
            let client = origins[index].client
            if origins[index].flags.contains(.isShakingHands) {
                shakeHands(index, event)
                return
            }
            guard crumbgate_socket_error(origins[index].fd) == 0, !event.isBroken else {
                endpoints[origins[index].endpoint].preferred &+= 1
                originBroke(index)
                return
            }
            if endpoints[origins[index].endpoint].context != nil {
                beginHandshake(index, event)
                return
            }
            origins[index].flags.remove(.isConnecting)
            guard client != noConnection else { return }
            if event.isReadable { origins[index].flags.insert(.isReadable) }
            sendHead(client, index)
            return
        }
        if event.isReadable { origins[index].flags.insert(.isReadable) }
        if event.isEnding || event.isBroken { origins[index].flags.formUnion([.isEnding, .isReadable]) }
        guard origins[index].client != noConnection else {
            // An idle server that speaks or leaves is of no use any more.
            if origins[index].session != noConnection, !event.isBroken, !event.isEnding, hasOnlyRecords(index) {
                return
            }
            if event.isReadable || event.isBroken { closeIdleOrigin(index) }
            return
        }
        let handle = origins.handle(at: index)
        if event.isWritable, !origins[index].outgoing.isEmpty { flushOrigin(index) }
        if origins.contains(handle) { pumpOrigin(index) }
    }

    private mutating func flushOrigin(_ index: UInt32) {
        switch Socket.send(origins[index].fd, origins[index].outgoing) {
        case .bytes(let count): origins[index].outgoing.consume(count)
        case .wouldBlock: return
        case .closed, .failed:
            originBroke(index)
            return
        }
        guard origins[index].outgoing.isEmpty else { return }
        origins[index].outgoing.shrink(to: 16)
        let client = origins[index].client
        if client != noConnection {
            if isAwaitingResponse(client) {
                expectResponse(for: client)
            } else if !clients[client].exchange.hasResponseBegun {
                expect(client: client, within: timeouts.body)
            }
            enqueueClient(client)
        }
    }

    /// Goes on reading from an origin server as far as the visitor takes it.
    mutating func pumpOrigin(_ index: UInt32) {
        let handle = origins.handle(at: index)
        for _ in 0..<Self.turn {
            guard origins.contains(handle) else { return }
            let client = origins[index].client
            guard client != noConnection, clients[client].outgoing.isEmpty,
                origins[index].flags.contains(.isReadable), !origins[index].flags.contains(.hasEnded)
            else { return }
            if takeConduit(for: client, from: index) {
                if spliceResponse(from: index, to: client) { continue }
                return
            }
            input.clear()
            input.append(origins[index].leftover)
            origins[index].leftover.clear()
            let received =
                origins[index].session == noConnection
                ? Socket.receive(origins[index].fd, into: &input, limit: Self.receiveSize)
                : receiveSecured(fromOrigin: index)
            switch received {
            case .bytes(let count):
                if count < Self.receiveSize, !origins[index].flags.contains(.isEnding) {
                    origins[index].flags.remove(.isReadable)
                }
                origins[index].flags.insert(.hasSentBytes)
                receiveResponse(index, client)
            case .wouldBlock:
                origins[index].flags.remove(.isReadable)
                origins[index].leftover.append(input)
                return
            case .closed:
                originClosed(index, client)
                return
            case .failed:
                originBroke(index)
                return
            }
        }
        if origins.contains(handle) { enqueueOrigin(index) }
    }

    /// Passes on what `input` holds of a response.
    private mutating func receiveResponse(_ index: UInt32, _ client: UInt32) {
        if clients[client].phase == .tunnel {
            output.clear()
            expect(client: client, within: timeouts.tunnel)
            _ = sendToClient(client, verbatim: ByteRange(0, input.count))
            return
        }
        var offset = 0
        while true {
            output.clear()
            let step = gateway.receiveResponse(
                input, from: offset, exchange: &clients[client].exchange, at: now, output: &output)
            let verbatim =
                step.verbatim.isEmpty
                ? ByteRange() : ByteRange(step.verbatim.lowerBound + offset, step.verbatim.upperBound + offset)
            switch step.outcome {
            case .needsMore:
                origins[index].leftover.append(input, from: offset)
                return
            case .malformed:
                // What was made of the bytes before the break still belongs to the visitor.
                if clients[client].exchange.hasResponseBegun { _ = sendToClient(client, verbatim: verbatim) }
                if origins.isOccupied(index), origins[index].client == client {
                    detachOrigin(of: client)
                    failExchange(of: client, .malformed)
                }
                return
            case .more:
                guard sendToClient(client, verbatim: verbatim) else { return }
                if clients[client].outgoing.isEmpty { expect(client: client, within: timeouts.body) }
                return
            case .interim:
                guard sendToClient(client, verbatim: verbatim) else { return }
                offset += step.consumed
                if offset == input.count { return }
            case .switched:
                guard sendToClient(client, verbatim: verbatim) else { return }
                offset += step.consumed
                beginTunnel(index, client, from: offset)
                return
            case .finished(let isReusable):
                let isClean = isReusable && offset + step.consumed == input.count
                guard sendToClient(client, verbatim: verbatim) else { return }
                clients[client].origin = noConnection
                releaseOrigin(index, isReusable: isClean)
                endExchange(of: client)
                return
            }
        }
    }

    private mutating func beginTunnel(_ index: UInt32, _ client: UInt32, from offset: Int) {
        clients[client].phase = .tunnel
        clients[client].examined = 0
        expect(client: client, within: timeouts.tunnel)
        if offset < input.count {
            output.clear()
            guard sendToClient(client, verbatim: ByteRange(offset, input.count)) else { return }
        }
        enqueueClient(client)
    }

    /// The origin ended its side.
    mutating func originClosed(_ index: UInt32, _ client: UInt32) {
        if clients[client].phase == .tunnel {
            origins[index].flags.insert(.hasEnded)
            if clients[client].flags.contains(.hasEnded) {
                abandonClient(client)
            } else {
                endSession(of: client)
                shutdown(clients[client].fd, Int32(SHUT_WR))
            }
            return
        }
        guard clients[client].exchange.hasResponseBegun else {
            originBroke(index)
            return
        }
        output.clear()
        let outcome = gateway.originClosed(&clients[client].exchange, at: now, output: &output)
        guard case .finished = outcome else {
            abandonClient(client)
            return
        }
        guard sendToClient(client, verbatim: ByteRange()) else { return }
        detachOrigin(of: client)
        endExchange(of: client)
    }

    // MARK: Letting go

    /// A connection failed before its response was complete: a fresh one may still save the exchange.
    mutating func originBroke(_ index: UInt32) {
        let client = origins[index].client
        let isUntouched =
            origins[index].flags.contains(.isReused) && !origins[index].flags.contains(.hasSentBytes)
        let wasConnecting = origins[index].flags.contains(.isConnecting)
        let endpoint = origins[index].endpoint
        guard client != noConnection else {
            closeIdleOrigin(index)
            return
        }
        detachOrigin(of: client)
        if isUntouched, gateway.mayRetry(&clients[client].exchange) {
            attachOrigin(to: client, isFresh: true)
        } else if wasConnecting, endpoints[endpoint].addresses.count > 1,
            !clients[client].flags.contains(.hasRetried)
        {
            clients[client].flags.insert(.hasRetried)
            attachOrigin(to: client, isFresh: true)
        } else {
            failExchange(of: client, wasConnecting ? .unreachable : .closedEarly)
        }
    }

    /// No response will come: says so, or ends the connection where one had begun.
    mutating func failExchange(of index: UInt32, _ failure: OriginFailure) {
        leaveQueue(index)
        detachOrigin(of: index)
        output.clear()
        guard gateway.originFailed(failure, exchange: &clients[index].exchange, at: now, output: &output) else {
            abandonClient(index)
            return
        }
        if sendToClient(index, verbatim: ByteRange()) { endExchange(of: index) }
    }

    /// Parts the client from its origin connection, which ends: its response was not read to the end.
    mutating func detachOrigin(of client: UInt32) {
        let index = clients[client].origin
        guard index != noConnection else { return }
        clients[client].origin = noConnection
        releaseOrigin(index, isReusable: false)
    }

    mutating func releaseOrigin(_ index: UInt32, isReusable: Bool) {
        origins[index].client = noConnection
        let endpoint = origins[index].endpoint
        let isClean =
            isReusable && !isDraining && endpoints[endpoint].isCurrent && origins[index].outgoing.isEmpty
            && origins[index].leftover.isEmpty
            && origins[index].flags.isDisjoint(with: [.isEnding, .isConnecting, .isReadable])
        if isClean {
            endpoints[endpoint].idle.append(index)
            expect(origin: index, within: timeouts.originIdle)
        } else {
            closeOrigin(index)
        }
        // Others are served when this step is over: it may still be using the loop's buffers.
        if endpoints[endpoint].waitingCount > 0 { released.append(endpoint) }
    }

    mutating func closeIdleOrigin(_ index: UInt32) {
        let endpoint = origins[index].endpoint
        if let place = endpoints[endpoint].idle.lastIndex(of: index) { endpoints[endpoint].idle.remove(at: place) }
        closeOrigin(index)
    }

    private mutating func closeOrigin(_ index: UInt32) {
        endpoints[origins[index].endpoint].open -= 1
        endOriginSession(index)
        if origins[index].session != noConnection { sessions.remove(origins[index].session) }
        close(origins[index].fd)
        origins.remove(index)
    }
}
