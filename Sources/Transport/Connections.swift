import Bytes
import Gateway
import Location
import Rules
import TLS

/// "No connection" where an index of a slab stands.
let noConnection = UInt32.max

/// "A stream" where a connection's TLS session stands: it receives and sends through its connection's frames.
let streamSession = UInt32.max - 1

/// A visitor's connection, or a stream of one: each carries one exchange at a time.
struct ClientConnection: ~Copyable {
    enum Phase {
        /// Before everything else: the proxy in front has not said yet who is there.
        case introduction
        /// Between requests, or inside a request head.
        case head
        /// Inside the body of a request to one of our own paths.
        case collecting
        /// The answer waits for its receipt to be on disk.
        case keeping
        /// The request waits for an origin connection.
        case waiting
        /// Request and response are under way.
        case exchanging
        /// After 101: bytes both ways.
        case tunnel
        /// Frames of HTTP/2 both ways: the exchanges are its streams'.
        case multiplexed
        /// The answer is complete but not all sent; then the connection, or the stream, ends.
        case flushing
        /// Our side is closed; what still comes is read and forgotten, so that the answer is not lost to a reset.
        case lingering
    }

    struct Flags: OptionSet {
        var rawValue: UInt8
        /// The kernel said that there is something to read, and we have not read it to its end.
        static let isReadable = Flags(rawValue: 1)
        /// The peer sent its last byte: reading must go on until the end is seen.
        static let isEnding = Flags(rawValue: 2)
        /// The end was read.
        static let hasEnded = Flags(rawValue: 4)
        static let isQueued = Flags(rawValue: 8)
        /// The request went out on a pooled connection.
        static let hasRetried = Flags(rawValue: 16)
        /// A response went out: what follows is another request.
        static let hasBeenServed = Flags(rawValue: 32)
    }

    /// How far its bytes were when it was looked at for being slow.
    struct Mark {
        var time: Int64
        var moved: Int64
    }

    let fd: Int32
    /// Who is at the other end, or behind the proxy there.
    var peer: ClientAddress
    /// Where its requests are sent on to; 0 where they are answered.
    let redirectPort: UInt16
    var phase = Phase.head
    var flags: Flags = []
    var origin = noConnection
    /// The endpoint whose queue it waits in, and its ticket there; nil and 0 when it does not wait.
    var awaited: Int?
    var ticket: UInt64 = 0
    var exchange = Exchange()
    /// Received and not consumed.
    var leftover = ByteBuffer()
    /// How much of it was looked at in vain.
    var examined = 0
    /// What the socket did not take yet.
    var outgoing = ByteBuffer()
    /// The pipe that a long body goes through.
    var conduit = noConnection
    /// Its TLS; none where HTTP is spoken without it.
    var session = noConnection
    /// Its HTTP/2, or that of the stream's connection; none where HTTP/1.1 is spoken.
    var multiplexer = noConnection
    /// What it has as a stream.
    var stream = StreamState()
    /// Milliseconds on the loop's clock.
    var deadline: Int64 = 0
    /// When the timer wheel looks at it next.
    var check: Int64 = .max
    /// Where it is counted among its network's; nobody's when there is no limit on them.
    var places = NetworkLimits.Places.none
    var mark: Mark?
    /// Since when `outgoing`, or the conduit, holds something, in milliseconds; only then.
    var blockedAt: Int64 = 0

    init(fd: Int32, peer: ClientAddress, redirectPort: UInt16) {
        self.fd = fd
        self.peer = peer
        self.redirectPort = redirectPort
    }

    /// A stream of a connection.
    init(stream: Int32, of multiplexer: UInt32, peer: ClientAddress) {
        self.init(fd: -1, peer: peer, redirectPort: 0)
        self.stream.id = stream
        self.multiplexer = multiplexer
        session = streamSession
        exchange = .onStream
    }
}

/// A connection to an origin server: in use by one client, or idle in its endpoint's pool.
struct OriginConnection: ~Copyable {
    struct Flags: OptionSet {
        var rawValue: UInt8
        static let isReadable = Flags(rawValue: 1)
        static let isEnding = Flags(rawValue: 2)
        static let isConnecting = Flags(rawValue: 4)
        /// It carried an exchange before: the server may have closed it in the meantime.
        static let isReused = Flags(rawValue: 8)
        static let isQueued = Flags(rawValue: 16)
        static let hasSentBytes = Flags(rawValue: 32)
        static let hasEnded = Flags(rawValue: 64)
        /// Connected, and the TLS handshake is under way.
        static let isShakingHands = Flags(rawValue: 128)
    }

    let fd: Int32
    let endpoint: Int
    /// Its TLS; none where HTTP is spoken without it.
    var session = noConnection
    var client = noConnection
    var flags: Flags = .isConnecting
    /// The beginning of a response head.
    var leftover = ByteBuffer()
    /// Parts of the request that the socket did not take yet.
    var outgoing = ByteBuffer()
    var deadline: Int64 = .max
    var check: Int64 = .max

    init(fd: Int32, endpoint: Int) {
        self.fd = fd
        self.endpoint = endpoint
    }
}

/// One origin server as a loop knows it: where it is, its idle connections, and who waits for one.
struct Endpoint {
    let host: String
    let port: UInt16
    let tls: OriginTLS?
    var context: ClientContext?
    var addresses: [SocketAddress]
    /// Rotates through the addresses when one cannot be reached.
    var preferred = 0
    /// Latest used last: it is the warmest.
    var idle: [UInt32] = []
    var open = 0
    var waiting: [Waiter] = []
    var firstWaiting = 0
    /// Clients that really wait: the queue also holds places of those who left.
    var waitingCount = 0
    /// When slow visitors are looked for again, in milliseconds.
    var nextRelief: Int64 = 0
    /// Whether the rules in force name it: if not, it only serves what began under older ones.
    var isCurrent = true

    init(_ origin: ResolvedOrigin) {
        host = origin.host
        port = origin.port
        tls = origin.tls
        context = origin.context
        addresses = origin.addresses
    }

    /// A place in the queue: worth something only while the client still holds the ticket.
    struct Waiter {
        let client: Handle
        let ticket: UInt64
    }

    /// Whether this is where an origin server is now. One that moved to other addresses is another endpoint: connections
    /// to the old ones would be kept warm by requests and never end.
    func isPlace(of origin: ResolvedOrigin) -> Bool {
        host == origin.host && port == origin.port && tls == origin.tls && addresses.count == origin.addresses.count
            && addresses.allSatisfy(origin.addresses.contains)
    }

    /// Places in the queue whose holders left.
    var absentCount: Int { waiting.count - firstWaiting - waitingCount }

    /// Somebody left the queue, served or not.
    mutating func leave() {
        waitingCount -= 1
        if waitingCount == 0 {
            waiting.removeAll(keepingCapacity: true)
            firstWaiting = 0
        }
    }

    mutating func popWaiting() -> Waiter? {
        guard firstWaiting < waiting.count else { return nil }
        let handle = waiting[firstWaiting]
        firstWaiting += 1
        if firstWaiting == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            firstWaiting = 0
        } else if firstWaiting > 256 {
            waiting.removeFirst(firstWaiting)
            firstWaiting = 0
        }
        return handle
    }
}
