import Bytes
import Gateway
import Rules

/// Who makes room when there is none: connections that are idle, and visitors who keep something by being slow.
extension EventLoop {
    /// Connections looked at for one that makes room.
    private static let sample = 128
    /// Milliseconds in which nobody is called idle or slow.
    private static let leastAge: Int64 = 2000
    /// Bytes per second, either way, below which a visitor is slow.
    private static let leastRate: Int64 = 1024

    // MARK: Visitors' connections

    /// Ends the connection that was of no use for longest among some that are looked at; false when none was.
    mutating func displaceClient() -> Bool {
        var chosen = noConnection
        var oldest = now.milliseconds - Self.leastAge
        for _ in 0..<min(Self.sample, Int(clients.endIndex)) {
            displacing = displacing + 1 < clients.endIndex ? displacing + 1 : 0
            guard clients.isOccupied(displacing), let since = uselessSince(displacing), since < oldest else { continue }
            chosen = displacing
            oldest = since
        }
        guard chosen != noConnection else { return false }
        let handle = clients.handle(at: chosen)
        displace(chosen)
        // What it is told is with the kernel, and its place is wanted now.
        if clients.contains(handle), clients[chosen].phase == .lingering { abandonClient(chosen) }
        return true
    }

    /// Since when a connection is idle or its visitor slow, in milliseconds; nil when neither.
    private mutating func uselessSince(_ index: UInt32) -> Int64? {
        // A stream's end makes no room for a connection.
        guard clients[index].session != streamSession else { return nil }
        switch clients[index].phase {
        case .introduction: return clients[index].deadline - Int64(timeouts.requestHead)
        case .head:
            guard clients[index].outgoing.isEmpty else { return slowSince(index, began: clients[index].blockedAt) }
            if !isEstablished(index) { return clients[index].deadline - Int64(timeouts.handshake) }
            let isIdle = clients[index].leftover.isEmpty && clients[index].flags.contains(.hasBeenServed)
            return clients[index].deadline - Int64(isIdle ? timeouts.idle : timeouts.requestHead)
        case .exchanging: return isVisitorsTurn(index) ? slowSince(index, began: turnBegan(index)) : nil
        case .collecting: return slowSince(index, began: clients[index].exchange.beganAt)
        case .flushing: return slowSince(index, began: clients[index].blockedAt)
        case .multiplexed:
            guard clients[index].outgoing.isEmpty else { return slowSince(index, began: clients[index].blockedAt) }
            let streams = multiplexers[clients[index].multiplexer].streams
            guard streams.isEmpty else { return slowSince(index, streams) }
            let isIdle = clients[index].flags.contains(.hasBeenServed)
            return clients[index].deadline - Int64(isIdle ? timeouts.idle : timeouts.requestHead)
        case .keeping, .waiting, .tunnel, .lingering: return nil
        }
    }

    /// Since when all streams of a connection wait for a visitor who is slow; nil when one waits for anything else.
    private mutating func slowSince(_ connection: UInt32, _ streams: [UInt32]) -> Int64? {
        var began: Int64 = 0
        for stream in streams {
            switch clients[stream].phase {
            case .collecting: began = max(began, clients[stream].exchange.beganAt)
            case .exchanging where isVisitorsTurn(stream): began = max(began, turnBegan(stream))
            case .flushing: began = max(began, clients[stream].blockedAt)
            default: return nil
            }
        }
        return slowSince(connection, began: began)
    }

    /// When it became the visitor's turn, in milliseconds: time that the shop took is not theirs.
    private func turnBegan(_ index: UInt32) -> Int64 {
        let isBlocked = !clients[index].outgoing.isEmpty || clients[index].conduit != noConnection
        return isBlocked ? clients[index].blockedAt : clients[index].exchange.beganAt
    }

    private mutating func displace(_ index: UInt32) {
        gateway.counters.displacedConnections &+= 1
        if clients[index].phase == .exchanging, !clients[index].exchange.hasResponseBegun {
            failExchange(of: index, .requestTimedOut)
        } else {
            abandonSlow(index)
        }
    }

    /// Ends a connection whose visitor does not take what was sent: the kernel is not to keep it for them.
    mutating func abandonSlow(_ index: UInt32) {
        let isBlocked = !clients[index].outgoing.isEmpty || clients[index].conduit != noConnection
        if isBlocked, clients[index].session != streamSession { Socket.resetOnClose(clients[index].fd) }
        abandonClient(index)
    }

    // MARK: Origin connections

    /// Takes origin connections from slow visitors where others wait for one.
    mutating func relieveQueues() {
        while let endpoint = pressed.popLast() {
            guard now.milliseconds >= endpoints[endpoint].nextRelief else { continue }
            endpoints[endpoint].nextRelief = now.milliseconds + 100
            var wanted = endpoints[endpoint].waitingCount
            for index in 0..<origins.endIndex where wanted > 0 {
                guard origins.isOccupied(index), origins[index].endpoint == endpoint,
                    origins[index].client != noConnection
                else { continue }
                let client = origins[index].client
                guard clients[client].phase == .exchanging, isVisitorsTurn(client),
                    slowSince(client, began: turnBegan(client)) != nil
                else { continue }
                displace(client)
                wanted -= 1
            }
        }
    }

    /// Since when a visitor has moved next to nothing; nil when they moved something, or that is not known yet.
    ///
    /// - Parameter began: when what they are slow with began, in milliseconds.
    private mutating func slowSince(_ index: UInt32, began: Int64) -> Int64? {
        // A stream is slow when its connection is.
        let isStream = clients[index].session == streamSession
        let connection = isStream ? multiplexers[clients[index].multiplexer].client : index
        let moved = Socket.bytesMoved(clients[connection].fd)
        // At most all that the connection ever moved belongs to it.
        var since = began
        var before: Int64 = 0
        var isMarked = false
        if let mark = clients[index].mark, mark.time >= began {
            since = mark.time
            before = mark.moved
            isMarked = true
        }
        let age = now.milliseconds - since
        let least = Self.leastRate * (isStream ? visitorsStreams(beside: index) : 1)
        if age >= Self.leastAge, moved - before < least * age / 1000 { return since }
        if !isMarked || age >= Self.leastAge {
            clients[index].mark = ClientConnection.Mark(time: now.milliseconds, moved: moved)
        }
        return nil
    }

    /// How many streams of a stream's connection wait for the visitor: what the connection moves is theirs together.
    private func visitorsStreams(beside index: UInt32) -> Int64 {
        var count: Int64 = 0
        for stream in multiplexers[clients[index].multiplexer].streams
        where clients[stream].phase == .exchanging && isVisitorsTurn(stream) {
            count += 1
        }
        return max(count, 1)
    }

    /// Whether nothing goes on before the visitor sends or takes something.
    func isVisitorsTurn(_ index: UInt32) -> Bool {
        if !clients[index].outgoing.isEmpty { return true }
        let conduit = clients[index].conduit
        if conduit != noConnection, conduits[conduit].held > 0 { return true }
        let origin = clients[index].origin
        return !clients[index].exchange.isRequestComplete && !clients[index].exchange.hasResponseBegun
            && origin != noConnection && !origins[origin].flags.contains(.isConnecting)
            && origins[origin].outgoing.isEmpty
    }
}
