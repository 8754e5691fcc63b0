import Bytes
import CLinux
import Gateway
import Glibc
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
            guard connections.enter(limit: limits.clients) else {
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
            let isSecured = clients[handle.index].session != noConnection
            expect(client: handle.index, within: isSecured ? timeouts.handshake : timeouts.requestHead)
        }
    }

    /// Out of descriptors: takes one connection on the reserved one and ends it, so that the loop is not woken for it
    /// again and again.
    private mutating func turnAway(_ listener: Int32) {
        reserve = FileDescriptor(-1)
        if let (fd, _) = SocketAddress.accept(listener) { close(fd) }
        reserve = FileDescriptor.reserve()
    }
}
