import Bytes
import CLinux
import Gateway
import Glibc
import Rules
import Synchronization
import TLS

/// An origin server's host and port with the addresses that were found for it.
struct ResolvedOrigin: Sendable {
    let host: String
    let port: UInt16
    let addresses: [SocketAddress]
    let tls: OriginTLS?
    /// What TLS is spoken with; nil where it is not.
    let context: ClientContext?
}

/// New certificates under the rules in force.
struct CertificateUpdate: Sendable {
    /// By listening socket.
    let listening: [ServerContext?]
    /// By site.
    let connecting: [ClientContext?]
}

/// New rules for a loop, ready to be used.
struct PolicyUpdate: Sendable {
    let policy: Policy
    let resources: Resources
    /// By site.
    let endpoints: [ResolvedOrigin]
    /// By listening socket.
    let contexts: [ServerContext?]
    let redirectPorts: [UInt16]
    let expectsProxyHeader: [Bool]
    /// Nil as long as no rules have limited networks.
    let networks: NetworkLimits?
}

/// A listening socket of one loop.
struct ListeningSocket: Sendable {
    let fd: Int32
    /// What TLS is spoken with; nil where it is not.
    var context: ServerContext?
    /// Where requests without TLS are sent on to; 0 where they are answered.
    var redirectPort: UInt16
    /// Whether only trusted proxies connect, and say who is behind them (`ProxyHeader`).
    var expectsProxyHeader: Bool
}

/// Visitors' connections over all loops; the limit on them is one of the process.
final class ConnectionCount: Sendable {
    private let count = Atomic<Int>(0)

    /// Counts one more, unless there are `limit` already.
    func enter(limit: Int) -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= limit { return true }
        count.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// What a loop starts with.
struct LoopConfiguration: Sendable {
    let policy: Policy
    let resources: Resources
    let endpoints: [ResolvedOrigin]
    let measuring: MeasuringContext
    let connections: ConnectionCount
    let networks: NetworkLimits?
    let receipts: ReceiptQueue
    /// Wakes the measurement thread.
    let measuringWaker: Waker
    let listeners: [ListeningSocket]
}

/// How the main thread speaks to an event loop, and the loop hands over its log lines; never waited for by either.
/// Outcomes of what exchanges wait for come back the same way.
final class Mailbox: Sendable {
    struct Orders {
        var update: PolicyUpdate?
        var certificates: CertificateUpdate?
        var stops = false
        var receipts: [ReceiptAnswer] = []
    }

    private let waker: Waker
    private let orders = Mutex(Orders())
    private let log = Mutex<[UInt8]>([])
    private let problems = Mutex<[String]>([])
    private let counted = Mutex(TrafficCounters())

    /// Log bytes held at most until the main thread takes them.
    private static let logLimit = 4 << 20

    init() throws(SystemError) { waker = try Waker() }

    /// Readable while there are orders.
    var descriptor: Int32 { waker.descriptor }

    func post(_ change: @Sendable (inout Orders) -> Void) {
        orders.withLock { change(&$0) }
        waker.signal()
    }

    func collect() -> Orders {
        waker.reset()
        return orders.withLock { state in
            let taken = state
            state.update = nil
            state.certificates = nil
            state.receipts = []
            return taken
        }
    }

    /// Takes over the lines that a loop wrote, and what it counted.
    func deliver(_ gateway: inout Gateway) {
        let counters = gateway.counters
        counted.withLock { $0 = counters }
        var lines = ByteBuffer()
        gateway.drainLog(into: &lines)
        guard !lines.isEmpty else { return }
        let bytes = lines.array
        log.withLock { kept in
            if kept.count < Self.logLimit { kept += bytes }
        }
    }

    /// Notes something for the operator; of many at once some are left out.
    func report(_ problem: String) {
        problems.withLock { if $0.count < 8, !$0.contains(problem) { $0.append(problem) } }
    }

    func takeProblems() -> [String] {
        problems.withLock { kept in
            let taken = kept
            kept = []
            return taken
        }
    }

    /// What the loop has done, up to a second ago.
    var counters: TrafficCounters { counted.withLock { $0 } }

    func takeLog() -> [UInt8] {
        log.withLock { kept in
            var taken: [UInt8] = []
            swap(&taken, &kept)
            return taken
        }
    }
}
