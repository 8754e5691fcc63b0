import Bytes
import CLinux
import Gateway
import Glibc
import Rules

/// A pipe through which a body goes from socket to socket (splice(2)): its bytes are never copied into this process.
struct Conduit: ~Copyable {
    /// The most bytes moved in one call.
    static let size = 262_144

    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor
    /// Bytes in the pipe.
    var held = 0

    /// Nil when there is no descriptor left.
    static func open() -> Conduit? {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        // The call writes the two descriptors.
        guard unsafe crumbgate_pipe(&ends.read, &ends.write, Int32(size)) == 0 else { return nil }
        return Conduit(readEnd: FileDescriptor(ends.read), writeEnd: FileDescriptor(ends.write))
    }
}

extension EventLoop {
    /// A shorter rest of a body costs less when it is read.
    private static let leastSplice = 262_144
    /// Bodies under way at once that take this way: each may hold a pipe full of memory for a visitor who is slow.
    private static let maximumConduits = 128
    private static let maximumSpareConduits = 16

    /// Whether what comes next from an origin need not be read, and there is a pipe for it.
    mutating func takeConduit(for client: UInt32, from origin: UInt32) -> Bool {
        if clients[client].conduit != noConnection { return true }
        guard clients[client].phase == .exchanging, clients[client].session == noConnection,
            origins[origin].session == noConnection,
            origins[origin].leftover.isEmpty,
            gateway.verbatimRest(of: &clients[client].exchange) >= Self.leastSplice
        else { return false }
        if let spare = spareConduits.popLast() {
            clients[client].conduit = spare
            return true
        }
        guard conduits.count < Self.maximumConduits, let conduit = Conduit.open() else { return false }
        clients[client].conduit = conduits.insert(conduit).index
        return true
    }

    /// Moves a part of a body to the visitor; false when there is nothing more to do now.
    mutating func spliceResponse(from origin: UInt32, to client: UInt32) -> Bool {
        let conduit = clients[client].conduit
        if conduits[conduit].held > 0 { return drainConduit(of: client) }
        let limit = min(gateway.verbatimRest(of: &clients[client].exchange), Conduit.size)
        switch Socket.splice(from: origins[origin].fd, to: conduits[conduit].writeEnd.rawValue, limit: limit) {
        case .bytes(let count):
            conduits[conduit].held = count
            clients[client].blockedAt = now.milliseconds
            return drainConduit(of: client)
        case .wouldBlock:
            // The pipe was empty: it is the socket that has nothing.
            origins[origin].flags.remove(.isReadable)
            return false
        case .closed:
            originClosed(origin, client)
            return false
        case .failed:
            originBroke(origin)
            return false
        }
    }

    /// Sends what the pipe holds; true when it is empty and the body goes on.
    mutating func drainConduit(of client: UInt32) -> Bool {
        let conduit = clients[client].conduit
        while conduits[conduit].held > 0 {
            let held = conduits[conduit].held
            switch Socket.splice(from: conduits[conduit].readEnd.rawValue, to: clients[client].fd, limit: held) {
            case .bytes(let count):
                conduits[conduit].held = held - count
                expect(client: client, within: timeouts.body)
                let outcome = gateway.passed(count, of: &clients[client].exchange)
                if case .finished(let isReusable) = outcome {
                    finishSplicing(client, isReusable: isReusable)
                    return false
                }
            case .wouldBlock: return false
            case .closed, .failed:
                abandonClient(client)
                return false
            }
        }
        return true
    }

    private mutating func finishSplicing(_ client: UInt32, isReusable: Bool) {
        releaseConduit(of: client)
        let origin = clients[client].origin
        if !origins[origin].flags.contains(.isEnding), crumbgate_is_drained(origins[origin].fd) != 0 {
            origins[origin].flags.remove(.isReadable)
        }
        clients[client].origin = noConnection
        releaseOrigin(origin, isReusable: isReusable)
        endExchange(of: client)
    }

    /// Gives a client's pipe back; one that still holds bytes goes with them.
    mutating func releaseConduit(of client: UInt32) {
        let conduit = clients[client].conduit
        guard conduit != noConnection else { return }
        clients[client].conduit = noConnection
        if conduits[conduit].held == 0, spareConduits.count < Self.maximumSpareConduits {
            spareConduits.append(conduit)
        } else {
            conduits.remove(conduit)
        }
    }
}
