import Bytes
import CLinux
import Gateway
import Glibc
import Location
import Rules

extension EventLoop {
    /// Takes the connections that wait at a listening socket.
    mutating func accept(_ listener: Int, limit: Int = 64) {
        let socket = listeners[listener].fd
        var accepted = 0
        while accepted < limit {
            guard let (fd, peer) = SocketAddress.accept(socket) else {
                if crumbgate_errno() == EMFILE || crumbgate_errno() == ENFILE { turnAway(socket) }
                return
            }
            accepted += 1
            gateway.counters.acceptedConnections &+= 1
            let isIntroduced = listeners[listener].expectsProxyHeader
            guard !isIntroduced || gateway.trusts(peer) else {
                gateway.counters.refusedConnections &+= 1
                mailbox.report("a peer that is not in `trusted_proxies` connected where proxy_protocol is expected")
                close(fd)
                continue
            }
            guard let places = isIntroduced ? NetworkLimits.Places.none : gateway.admitsConnection(of: peer, at: now)
            else {
                gateway.counters.limitedConnections &+= 1
                close(fd)
                continue
            }
            let hasRoom =
                connections.enter(limit: limits.clients)
                || displaceClient() && connections.enter(limit: limits.clients)
            guard hasRoom else {
                gateway.networks?.leave(places)
                gateway.counters.refusedConnections &+= 1
                // Said in one packet and without reading anything: nothing is held for a visitor beyond the limit.
                if listeners[listener].context == nil {
                    output.clear()
                    gateway.writeOverload(at: now, into: &output)
                    _ = Socket.send(fd, output.bytes)
                }
                close(fd)
                continue
            }
            Socket.setNoDelay(fd)
            let handle = clients.insert(
                ClientConnection(fd: fd, peer: peer, redirectPort: listeners[listener].redirectPort))
            clients[handle.index].places = places
            if let context = listeners[listener].context, !secure(handle.index, with: context) {
                closeClient(handle.index)
                continue
            }
            do {
                try poller.add(stream: fd, Token(.client, handle))
            } catch {
                closeClient(handle.index)
                continue
            }
            if isIntroduced {
                clients[handle.index].phase = .introduction
                expect(client: handle.index, within: timeouts.requestHead)
            } else {
                expectBeginning(of: handle.index)
            }
        }
    }

    /// Sets how long a visitor has to begin.
    private mutating func expectBeginning(of index: UInt32) {
        let isSecured = clients[index].session != noConnection
        expect(client: index, within: isSecured ? timeouts.handshake : timeouts.requestHead)
    }

    /// Reads who is behind the proxy that made a connection; false when there is nothing more to do now.
    ///
    /// What came stays in the socket until the header is whole: what follows it is TLS's, or the next step's.
    mutating func receiveIntroduction(_ index: UInt32) -> Bool {
        guard clients[index].flags.contains(.isReadable) else { return false }
        input.clear()
        guard case .bytes = Socket.peek(clients[index].fd, into: &input, limit: ProxyHeader.longest) else {
            return introductionStopped(index)
        }
        switch ProxyHeader.parse(input.bytes) {
        case .needsMore: return introductionStopped(index)
        case .malformed:
            gateway.counters.refusedConnections &+= 1
            mailbox.report("a connection from a trusted proxy did not begin with a PROXY protocol header")
            abandonClient(index)
            return false
        case .complete(let header, let length):
            input.clear()
            guard case .bytes(length) = Socket.receive(clients[index].fd, into: &input, limit: length) else {
                abandonClient(index)
                return false
            }
            switch header {
            case .relayed(let address): clients[index].peer = address
            case .own: break
            case .unknown:
                // Nobody's address: with the proxy's own the visitor's forwarding fields would be believed.
                clients[index].peer = ClientAddress(ipv4: 0)
            }
            guard let places = gateway.admitsConnection(of: clients[index].peer, at: now) else {
                gateway.counters.limitedConnections &+= 1
                abandonClient(index)
                return false
            }
            clients[index].places = places
            clients[index].phase = .head
            expectBeginning(of: index)
            return true
        }
    }

    /// No more of the header is there: what comes is told, unless nothing will come.
    private mutating func introductionStopped(_ index: UInt32) -> Bool {
        clients[index].flags.remove(.isReadable)
        if clients[index].flags.contains(.isEnding) { abandonClient(index) }
        return false
    }

    /// Out of descriptors: takes one connection on the reserved one and ends it, so that the loop is not woken for it
    /// again and again.
    private mutating func turnAway(_ listener: Int32) {
        reserve = FileDescriptor(-1)
        if let (fd, _) = SocketAddress.accept(listener) { close(fd) }
        reserve = FileDescriptor.reserve()
    }
}
