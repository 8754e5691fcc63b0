import Bytes
import Gateway
import Glibc
import Rules
import TLS

/// Connections that speak TLS: they receive and send through a session, and wait with records, not with bytes.
extension EventLoop {
    /// The most bytes of one record (RFC 8446 §5.1).
    private static let recordSize = 16_384

    /// New connections speak TLS with these.
    mutating func adopt(_ contexts: [ServerContext?]) {
        for index in listeners.indices { listeners[index].context = contexts[index] }
    }

    /// New connections speak TLS with these.
    mutating func adopt(_ certificates: CertificateUpdate) {
        adopt(certificates.listening)
        let current = routes[gateway.currentSnapshot]
        for (site, context) in certificates.connecting.enumerated() where site < current.count {
            endpoints[current[site]].context = context
        }
    }

    /// Gives a new connection a session; false when there is no memory.
    mutating func secure(_ index: UInt32, with context: ServerContext) -> Bool {
        guard let session = Session(accepting: context, over: channel) else { return false }
        clients[index].session = sessions.insert(session).index
        return true
    }

    /// Whether a connection's handshake is over, or none is needed.
    func isEstablished(_ index: UInt32) -> Bool {
        clients[index].session == noConnection || sessions[clients[index].session].isEstablished
    }

    /// Puts what the client sent through its session behind what is in `input`.
    @inline(never)
    mutating func supplySecured(from index: UInt32) -> Supply {
        let session = clients[index].session
        let wasEstablished = sessions[session].isEstablished
        let received = sessions[session].receive(
            from: clients[index].fd, over: &channel, readsToEnd: clients[index].flags.contains(.isEnding),
            into: &input)
        if case .plainHTTP = received {
            channel.clear()
            answerPlain(index)
            return .answered
        }
        guard sendRecords(to: index) else { return .failed }
        if !wasEstablished, sessions[session].isEstablished {
            expect(client: index, within: timeouts.requestHead)
            if sessions[session].speaksHTTP2 { return multiplex(index, received) }
        }
        switch received {
        case .bytes(_, let isDrained):
            if isDrained { clients[index].flags.remove(.isReadable) }
            return .bytes
        case .wouldBlock:
            clients[index].flags.remove(.isReadable)
            keepInput(for: index)
            return .nothing
        case .closed, .cut:
            clients[index].flags.remove(.isReadable)
            clients[index].flags.insert(.hasEnded)
            return .ended
        case .failed, .plainHTTP: return .failed
        }
    }

    /// Says in plaintext that this is not the way here.
    private mutating func answerPlain(_ index: UInt32) {
        sessions.remove(clients[index].session)
        clients[index].session = noConnection
        output.clear()
        gateway.writePlainOverTLS(at: now, into: &output)
        if sendToClient(index, verbatim: ByteRange()) { endExchange(of: index) }
    }

    /// Sends `output`, then a range of `input`, through the client's session. False when the client is gone.
    @inline(never)
    mutating func sendSecured(_ index: UInt32, verbatim: ByteRange) -> Bool {
        guard clients[index].session != streamSession else { return sendToStream(index, verbatim: verbatim) }
        var rest = verbatim
        if !output.isEmpty, output.count < Self.recordSize {
            let first = min(rest.count, Self.recordSize - output.count)
            output.append(input, ByteRange(rest.lowerBound, rest.lowerBound + first))
            rest = ByteRange(rest.lowerBound + first, rest.upperBound)
        }
        let session = clients[index].session
        var isSealed = sessions[session].send(output, ByteRange(0, output.count), over: &channel)
        if isSealed { isSealed = sessions[session].send(input, rest, over: &channel) }
        guard isSealed, sendRecords(to: index) else {
            // What the session left there is for nobody else.
            channel.clear()
            abandonClient(index)
            return false
        }
        return true
    }

    /// Sends the channel's records; what the socket does not take is kept. False when the connection is of no use.
    mutating func sendRecords(to index: UInt32) -> Bool {
        let count = channel.outgoing.byteCount
        guard count > 0 else { return true }
        var sent = 0
        if clients[index].outgoing.isEmpty {
            switch Socket.send(clients[index].fd, channel.outgoing) {
            case .bytes(let taken): sent = taken
            case .wouldBlock: break
            case .closed, .failed:
                channel.clear()
                return false
            }
            clients[index].blockedAt = now.milliseconds
            // A handshake has one deadline, whatever moves.
            if sent < count, isEstablished(index) { expect(client: index, within: timeouts.body) }
        }
        channel.take(from: sent, into: &clients[index].outgoing)
        return true
    }

    /// Says that nothing more will be sent, as far as the socket takes that.
    mutating func endSession(of index: UInt32) {
        let session = clients[index].session
        guard session != noConnection else { return }
        sessions[session].end(over: &channel)
        _ = sendRecords(to: index)
        clients[index].outgoing.clear()
    }
}
