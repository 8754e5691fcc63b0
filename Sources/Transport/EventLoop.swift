import Bytes
import CLinux
import Gateway
import Glibc
import HTTP2
import Location
import Measurement
import Rules
import TLS

/// One thread's share of the proxy: its listening sockets, its connections and its gateway.
///
/// It does what the gateway decides and nothing else. A value without references into it: connections are named by
/// index, and every step ends before the next event is looked at.
struct EventLoop: ~Copyable {
    /// Bytes received in one call; the rule of the hot path: one shared buffer per loop.
    static let receiveSize = 65_536
    /// Steps of one connection before the others get their turn.
    static let turn = 16
    /// Milliseconds in which a response must begin for a visitor who sent their last byte.
    static let patienceAfterEnd: Int64 = 2000

    let poller: Poller
    let mailbox: Mailbox
    let connections: ConnectionCount
    let receipts: ReceiptQueue
    let ring: FactRing
    let measuringWaker: Waker
    var gateway: Gateway
    var clients = Slab<ClientConnection>()
    var origins = Slab<OriginConnection>()
    var sessions = Slab<Session>()
    var channel: Channel
    var multiplexers = Slab<Multiplexer>()
    var frames: HTTP2Channel
    /// Connections with frames to be sent.
    var unsent: [Handle] = []
    /// A batch's memory that no connection has: those that come and go hand it on.
    var spareBatch = ByteBuffer()
    /// How many of the clients are streams.
    var streamCount = 0
    /// A stream's request, and the fields of its response, in the form of the other side.
    var mapped = ByteBuffer()
    var conduits = Slab<Conduit>()
    /// Empty conduits that nobody uses.
    var spareConduits: [UInt32] = []
    var endpoints: [Endpoint] = []
    /// By snapshot and site: the endpoint.
    var routes: [[Int]] = []
    var listeners: [ListeningSocket]
    var timers: TimerWheel
    var input = ByteBuffer(capacity: receiveSize * 2)
    var output = ByteBuffer(capacity: receiveSize)
    var toOrigin = ByteBuffer(capacity: 4096)
    /// Connections with more to do that had their turn.
    var ready: [Token] = []
    var due: [Token] = []
    /// Endpoints with a free connection or place and somebody who waits for one.
    var released: [Int] = []
    /// Endpoints with somebody who waits and no connection.
    var pressed: [Int] = []
    /// The client that was looked at last for one that makes room.
    var displacing: UInt32 = 0
    var lastTicket: UInt64 = 0
    /// Given up for a moment when the process is out of descriptors, so that a visitor can be turned away.
    var reserve = FileDescriptor.reserve()
    var now: Moment
    var timeouts: Timeouts
    var limits: Limits
    var housekeeping: Int64 = 0
    var isDraining = false
    var drainDeadline = Int64.max

    /// Makes a loop; `listen` then begins its work.
    init(
        configuration: LoopConfiguration, mailbox: Mailbox, poller: consuming Poller, channel: consuming Channel,
        frames: consuming HTTP2Channel
    ) {
        self.poller = poller
        self.channel = channel
        self.frames = frames
        self.mailbox = mailbox
        connections = configuration.connections
        receipts = configuration.receipts
        ring = configuration.measuring.ring
        measuringWaker = configuration.measuringWaker
        now = Self.readClocks()
        timers = TimerWheel(now: now.milliseconds)
        gateway = Gateway(
            policy: configuration.policy, resources: configuration.resources, measuring: configuration.measuring)
        listeners = configuration.listeners
        timeouts = configuration.policy.timeouts
        limits = configuration.policy.limits
        adoptRoutes(configuration.endpoints)
        gateway.networks = configuration.networks
    }

    /// Begins to wait for connections and for orders.
    func listen() throws(SystemError) {
        for (index, listener) in listeners.enumerated() {
            try poller.add(readable: listener.fd, Token(.listener, Handle(index: UInt32(index), generation: 0)))
        }
        try poller.add(readable: mailbox.descriptor, Token(.wake, Handle(index: 0, generation: 0)))
    }

    static func readClocks() -> Moment {
        Moment(monotonic: crumbgate_monotonic_ns(), epoch: crumbgate_realtime_s())
    }

    /// Serves until it was told to stop and the last connection ended, or the time for that is over.
    mutating func run() {
        while !(isDraining && (clients.count == 0 || now.milliseconds >= drainDeadline)) {
            let count = poller.wait(milliseconds: waitTime())
            now = Self.readClocks()
            if count > 1 {
                for index in 0..<count { dropSpoiled(poller.event(index)) }
            }
            for index in 0..<count { handle(poller.event(index)) }
            serveQueues()
            runReady()
            runTimers()
            serveQueues()
            while !unsent.isEmpty {
                sendFrames()
                serveQueues()
            }
            if ring.asksToBeDrained() { measuringWaker.signal() }
            if now.milliseconds >= housekeeping { keepHouse() }
        }
        keepHouse()
    }

    private mutating func waitTime() -> Int32 {
        if !ready.isEmpty { return 0 }
        let next = timers.untilNext(now: now.milliseconds) ?? 1000
        return Int32(clamping: min(max(next, 1), 1000))
    }

    private mutating func handle(_ event: Poller.Event) {
        switch event.token.kind {
        case .listener:
            // Orders read earlier in the same batch may have closed it.
            guard Int(event.token.index) < listeners.count else { return }
            accept(Int(event.token.index))
        case .wake: readMailbox()
        case .client:
            guard clients.contains(event.token.handle) else { return }
            handleClient(event.token.index, event)
        case .origin:
            guard origins.contains(event.token.handle) else { return }
            handleOrigin(event.token.index, event)
        }
    }

    /// Ends an idle origin connection that spoke or ended, before a request of the same batch takes it: what came unasked
    /// would be that visitor's response.
    private mutating func dropSpoiled(_ event: Poller.Event) {
        guard event.token.kind == .origin, origins.contains(event.token.handle),
            origins[event.token.index].client == noConnection
        else { return }
        handleOrigin(event.token.index, event)
    }

    private mutating func runReady() {
        guard !ready.isEmpty else { return }
        var batch: [Token] = []
        swap(&batch, &ready)
        for token in batch {
            if token.kind == .client {
                guard clients.contains(token.handle) else { continue }
                clients[token.index].flags.remove(.isQueued)
                pumpClient(token.index)
            } else {
                guard origins.contains(token.handle) else { continue }
                origins[token.index].flags.remove(.isQueued)
                pumpOrigin(token.index)
            }
        }
        if ready.isEmpty {
            batch.removeAll(keepingCapacity: true)
            swap(&batch, &ready)
        }
    }

    mutating func enqueueClient(_ index: UInt32) {
        guard !clients[index].flags.contains(.isQueued) else { return }
        clients[index].flags.insert(.isQueued)
        ready.append(Token(.client, clients.handle(at: index)))
    }

    mutating func enqueueOrigin(_ index: UInt32) {
        guard !origins[index].flags.contains(.isQueued) else { return }
        origins[index].flags.insert(.isQueued)
        ready.append(Token(.origin, origins.handle(at: index)))
    }

    // MARK: Time

    private mutating func runTimers() {
        timers.advance(to: now.milliseconds, into: &due)
        guard !due.isEmpty else { return }
        for token in due {
            if token.kind == .client {
                guard clients.contains(token.handle), clients[token.index].check <= now.milliseconds else { continue }
                if clients[token.index].deadline <= now.milliseconds {
                    clients[token.index].check = .max
                    clientTimedOut(token.index)
                    guard clients.contains(token.handle) else { continue }
                }
                let deadline = clients[token.index].deadline
                clients[token.index].check = timers.insert(token, deadline: deadline, now: now.milliseconds)
            } else {
                guard origins.contains(token.handle), origins[token.index].check <= now.milliseconds else { continue }
                if origins[token.index].deadline <= now.milliseconds {
                    closeIdleOrigin(token.index)
                    continue
                }
                let deadline = origins[token.index].deadline
                origins[token.index].check = timers.insert(token, deadline: deadline, now: now.milliseconds)
            }
        }
        due.removeAll(keepingCapacity: true)
    }

    /// Sets when a client connection's patience ends.
    mutating func expect(client index: UInt32, within milliseconds: Int) {
        let deadline = now.milliseconds + Int64(milliseconds)
        clients[index].deadline = deadline
        if deadline < clients[index].check {
            clients[index].check = timers.insert(
                Token(.client, clients.handle(at: index)), deadline: deadline, now: now.milliseconds)
        }
    }

    mutating func expect(origin index: UInt32, within milliseconds: Int) {
        let deadline = now.milliseconds + Int64(milliseconds)
        origins[index].deadline = deadline
        if deadline < origins[index].check {
            origins[index].check = timers.insert(
                Token(.origin, origins.handle(at: index)), deadline: deadline, now: now.milliseconds)
        }
    }

    /// Once a second and at the end: what is gathered goes to the threads that keep it.
    private mutating func keepHouse() {
        housekeeping = now.milliseconds + 1000
        gateway.counters.clientConnections = UInt64(clients.count - streamCount)
        gateway.counters.originConnections = UInt64(origins.count)
        for index in endpoints.indices where endpoints[index].waitingCount > 0 { pressed.append(index) }
        mailbox.deliver(&gateway)
    }

    // MARK: Orders

    private mutating func readMailbox() {
        let orders = mailbox.collect()
        // What comes with rules that are not adopted does not fit those in force.
        if let update = orders.update, gateway.adopt(update.policy, resources: update.resources) {
            timeouts = update.policy.timeouts
            limits = update.policy.limits
            adoptRoutes(update.endpoints)
            adopt(update.contexts)
            gateway.networks = update.networks
            for index in listeners.indices {
                listeners[index].redirectPort = update.redirectPorts[index]
                listeners[index].expectsProxyHeader = update.expectsProxyHeader[index]
            }
            released.append(contentsOf: endpoints.indices.filter { endpoints[$0].waitingCount > 0 })
        }
        if let certificates = orders.certificates { adopt(certificates) }
        deliver(orders.receipts)
        if orders.stops, !isDraining { beginDraining() }
    }

    /// Maps the current snapshot's sites to endpoints: those that are still in use keep their connections, idle ones of
    /// others end.
    private mutating func adoptRoutes(_ resolved: [ResolvedOrigin]) {
        let indices = resolved.map { origin in
            if let known = endpoints.firstIndex(where: { $0.isPlace(of: origin) }) {
                endpoints[known].addresses = origin.addresses
                endpoints[known].context = origin.context
                return known
            }
            endpoints.append(Endpoint(origin))
            return endpoints.count - 1
        }
        let snapshot = gateway.currentSnapshot
        while routes.count <= snapshot { routes.append([]) }
        routes[snapshot] = indices
        for index in endpoints.indices {
            endpoints[index].isCurrent = indices.contains(index)
            guard !endpoints[index].isCurrent else { continue }
            while let idle = endpoints[index].idle.last { closeIdleOrigin(idle) }
        }
    }

    /// Stops accepting; idle connections get a moment in which a request already on its way is still answered.
    private mutating func beginDraining() {
        isDraining = true
        drainDeadline = now.milliseconds + Int64(timeouts.drain)
        for index in listeners.indices {
            accept(index, limit: .max)
            close(listeners[index].fd)
        }
        listeners = []
        for index in 0..<clients.endIndex where clients.isOccupied(index) {
            if clients[index].phase == .multiplexed { announceEnd(of: index) }
            let isQuiet = clients[index].phase == .head || clients[index].phase == .introduction
            if isQuiet, clients[index].leftover.isEmpty, clients[index].outgoing.isEmpty {
                expect(client: index, within: min(500, timeouts.drain))
            }
        }
    }
}
