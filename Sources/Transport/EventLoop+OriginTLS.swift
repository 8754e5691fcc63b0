import Bytes
import CLinux
import Gateway
import Glibc
import Rules
import TLS

/// Origin servers that speak TLS. A connection is being made until its handshake is over.
extension EventLoop {
    /// The connection stands: says hello.
    mutating func beginHandshake(_ index: UInt32, _ event: Poller.Event) {
        let endpoint = endpoints[origins[index].endpoint]
        let name = endpoint.tls?.serverName ?? endpoint.host
        guard let context = endpoint.context,
            let session = Session(connecting: context, to: name, isAddress: isAddress(name), over: channel)
        else {
            channel.clear()
            originBroke(index)
            return
        }
        origins[index].session = sessions.insert(session).index
        origins[index].flags.insert(.isShakingHands)
        guard sendRecords(toOrigin: index) else {
            originBroke(index)
            return
        }
        if event.isReadable { shakeHands(index, event) }
    }

    /// Goes on with a handshake; the request follows it.
    mutating func shakeHands(_ index: UInt32, _ event: Poller.Event) {
        if event.isWritable, !origins[index].outgoing.isEmpty {
            switch Socket.send(origins[index].fd, origins[index].outgoing) {
            case .bytes(let count): origins[index].outgoing.consume(count)
            case .wouldBlock: break
            case .closed, .failed:
                originBroke(index)
                return
            }
        }
        guard event.isReadable || event.isBroken else { return }
        input.clear()
        let session = origins[index].session
        let received = sessions[session].receive(
            from: origins[index].fd, over: &channel, readsToEnd: event.isEnding || event.isBroken, into: &input)
        if case .wouldBlock = received {
            guard sendRecords(toOrigin: index) else {
                originBroke(index)
                return
            }
            guard sessions[session].isEstablished else { return }
            origins[index].flags.subtract([.isConnecting, .isShakingHands])
            let client = origins[index].client
            if client != noConnection { sendHead(client, index) }
            return
        }
        // A server that speaks before it was asked is as little use as one that cannot be believed.
        reportFailure(of: index)
        _ = sendRecords(toOrigin: index)
        endpoints[origins[index].endpoint].preferred &+= 1
        originBroke(index)
    }

    /// Receives through a connection's session. That the socket has more is told by a full count.
    @inline(never)
    mutating func receiveSecured(fromOrigin index: UInt32) -> TransferResult {
        let session = origins[index].session
        let received = sessions[session].receive(
            from: origins[index].fd, over: &channel, readsToEnd: origins[index].flags.contains(.isEnding),
            into: &input)
        guard sendRecords(toOrigin: index) else { return .failed(0) }
        switch received {
        case .bytes(let count, let isDrained):
            if isDrained { origins[index].flags.remove(.isReadable) }
            return .bytes(isDrained ? count : Self.receiveSize)
        case .wouldBlock: return .wouldBlock
        case .closed: return .closed
        // A body that goes on until the end may have been cut (RFC 9112 §9.8).
        case .cut: return .failed(0)
        case .failed, .plainHTTP:
            reportFailure(of: index)
            return .failed(0)
        }
    }

    private func reportFailure(of index: UInt32) {
        let endpoint = endpoints[origins[index].endpoint]
        let reason = sessions[origins[index].session].failure
        mailbox.report("no TLS with \(endpoint.host):\(endpoint.port): \(reason)")
    }

    /// Sends `toOrigin`, then a range of `input`, through the connection's session. False when that failed and the
    /// exchange went another way.
    @inline(never)
    mutating func sendSecured(toOrigin index: UInt32, verbatim: ByteRange) -> Bool {
        let session = origins[index].session
        var isSealed = sessions[session].send(toOrigin, ByteRange(0, toOrigin.count), over: &channel)
        if isSealed { isSealed = sessions[session].send(input, verbatim, over: &channel) }
        guard isSealed, sendRecords(toOrigin: index) else {
            // What the session left there is for nobody else.
            channel.clear()
            originBroke(index)
            return false
        }
        return true
    }

    /// Whether an idle connection got nothing but what TLS itself has to say, such as a ticket.
    mutating func hasOnlyRecords(_ index: UInt32) -> Bool {
        input.clear()
        guard case .wouldBlock = receiveSecured(fromOrigin: index) else { return false }
        origins[index].flags.remove(.isReadable)
        return origins[index].outgoing.isEmpty
    }

    /// Says that nothing more will be sent, as far as the socket takes that.
    mutating func endOriginSession(_ index: UInt32) {
        let session = origins[index].session
        guard session != noConnection, origins[index].outgoing.isEmpty else { return }
        sessions[session].end(over: &channel)
        _ = sendRecords(toOrigin: index)
    }

    private mutating func sendRecords(toOrigin index: UInt32) -> Bool {
        let count = channel.outgoing.byteCount
        guard count > 0 else { return true }
        var sent = 0
        if origins[index].outgoing.isEmpty {
            switch Socket.send(origins[index].fd, channel.outgoing) {
            case .bytes(let taken): sent = taken
            case .wouldBlock: break
            case .closed, .failed:
                channel.clear()
                return false
            }
        }
        channel.take(from: sent, into: &origins[index].outgoing)
        return true
    }
}

func isAddress(_ name: String) -> Bool {
    name.contains(":") || name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
}
