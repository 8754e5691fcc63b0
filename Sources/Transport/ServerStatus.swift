import Gateway
import Synchronization

/// What the server is doing, for other threads to look at.
public final class ServerStatus: Sendable {
    /// Where the process stands.
    public enum Phase: UInt8, Sendable {
        /// Listeners are not open yet.
        case starting
        /// Visitors are accepted.
        case serving
        /// What is in flight ends, and then the process.
        case draining
    }

    private let phaseNumber = Atomic<UInt8>(Phase.starting.rawValue)
    private let reloads = Atomic<Int>(0)
    private let refusals = Atomic<Int>(0)
    private let isLastRefused = Atomic<Bool>(false)
    private let mailboxes = Mutex<[Mailbox]>([])

    /// Makes the status of a server that has not begun.
    public init() {}

    /// Where the process stands.
    public internal(set) var phase: Phase {
        get { Phase(rawValue: phaseNumber.load(ordering: .acquiring)) ?? .starting }
        set { phaseNumber.store(newValue.rawValue, ordering: .releasing) }
    }

    /// What all event loops have done, up to a second ago.
    public var traffic: TrafficCounters {
        mailboxes.withLock { mailboxes in
            mailboxes.reduce(into: TrafficCounters()) { $0.add($1.counters) }
        }
    }

    func watch(_ loops: [Mailbox]) { mailboxes.withLock { $0 = loops } }

    /// How often changed rules were taken since the start.
    public var reloadsTaken: Int { reloads.load(ordering: .relaxed) }

    /// How often changed rules were refused since the start, and the old ones stayed in force.
    public var reloadsRefused: Int { refusals.load(ordering: .relaxed) }

    /// Whether the rules file on disk is the one in force.
    public var isLastReloadTaken: Bool { !isLastRefused.load(ordering: .relaxed) }

    func noteReload(isTaken: Bool) {
        if isTaken {
            reloads.wrappingAdd(1, ordering: .relaxed)
        } else {
            refusals.wrappingAdd(1, ordering: .relaxed)
        }
        isLastRefused.store(!isTaken, ordering: .relaxed)
    }
}
