import Bytes
import CLinux
import Foundation
import Logging
import Measurement
import Rules
import Store
import Synchronization
import Transport

/// Takes the event loops' facts, keeps the open window over a restart and releases the closed ones; on a thread of its
/// own, so that no request ever waits for it.
///
/// Whatever fails here is said in the log and tried again; visitors never notice (spec: "aggregates, store").
final class MeasuringThread: Sendable {
    /// Signalled when a ring should not wait for the next round.
    let waker: Waker
    private let service: MeasurementService
    private let rings: [FactRing]
    private let store: ReleaseStore
    private let stateDirectory: String
    private let checkpoint: CheckpointFile?
    private let logger: Logger
    private let settings = Mutex<[SiteMeasurement]>([])
    private let zones = Mutex<[Zone]>([])

    /// A site's clock, and how long its figures are kept.
    private struct Zone {
        var name: String
        var zone: TimeZone
        var retentionDays: Int
        var afterRetention: AfterRetention
    }

    private let hasSaidCheckpointFails = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    /// Sites came, or their retention may have changed.
    private let isSweepDue = Atomic<Bool>(false)
    private let stopped = DispatchSemaphore(value: 0)

    /// Opens the store and takes up the window that an earlier process left.
    init(policy: Policy, rings: [FactRing], logger: Logger) throws {
        self.rings = rings
        self.logger = logger
        waker = try Waker()
        stateDirectory = policy.stateDirectory
        try FileManager.default.createDirectory(
            atPath: stateDirectory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // The call reads the path.
        guard unsafe crumbgate_lock_file(stateDirectory + "/lock") == 0 else {
            throw StateDirectoryError(path: stateDirectory, code: crumbgate_errno())
        }
        store = try ReleaseStore.open(path: stateDirectory + "/" + ReleaseStore.fileName)
        service = MeasurementService(sink: store)
        do {
            checkpoint = try CheckpointFile(
                stateDirectory: stateDirectory, memoryDirectory: policy.memoryDirectory)
        } catch {
            // Where the operator named the place, something else is not what they want.
            if policy.memoryDirectory != nil { throw error }
            checkpoint = nil
            logger.warning("the open day's counts are lost if the process ends: \(error)")
        }
        guard var bytes = checkpoint?.read() else { return }
        defer { bytes.wipe() }
        do {
            try service.restore(bytes.bytes)
            logger.info("took up the open day's counts")
        } catch {
            logger.warning("the open day's counts of an earlier process cannot be read: \(error)")
        }
    }

    /// Tells measuring about a policy's sites; returns what the event loops need, in their order.
    func configure(_ policy: Policy) -> [MeasuredSite] {
        let now = Date()
        let zones = policy.sites.map { site in
            Zone(
                name: site.name, zone: TimeZone(identifier: site.measurement.timeZone) ?? .gmt,
                retentionDays: site.measurement.retentionDays,
                afterRetention: AfterRetention(site.measurement.afterRetention))
        }
        self.zones.withLock { $0 = zones }
        isSweepDue.store(true, ordering: .releasing)
        let sites = zip(policy.sites, zones).map { site, zone in
            SiteMeasurement(site, lists: policy.lists, offset: zone.zone.secondsFromGMT(for: now))
        }
        return service.configure(sites, now: Int64(now.timeIntervalSince1970))
    }

    /// The sites of the rules in force and their zones.
    var sites: [(name: String, zone: TimeZone)] { zones.withLock { $0.map { ($0.name, $0.zone) } } }

    /// Whether a window could be released now.
    var isStoreWritable: Bool { store.isWritable }

    func start() {
        let thread = Thread { [self] in run() }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Takes in what is left, after the event loops have ended, and keeps the open window for the next process.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        waker.signal()
        stopped.wait()
    }

    /// Between two checkpoints: with the wait for a look at the rings and the writing, a kill loses a second at most.
    private static let pause = Duration.milliseconds(800)
    private static let pausesOfAnHour = 4500

    private func run() {
        // The call reads the name.
        unsafe crumbgate_name_thread("measuring")
        var bytes = ByteBuffer(capacity: 4096)
        var round = 0
        var nextRound = ContinuousClock.now
        while !isStopping.load(ordering: .acquiring) {
            for ring in rings { service.ingest(ring) }
            if ContinuousClock.now >= nextRound {
                nextRound = .now + Self.pause
                everyRound(round, &bytes)
                round += 1
            }
            waker.wait(milliseconds: 100)
        }
        for ring in rings { service.ingest(ring) }
        tick(&bytes)
        publish()
        if checkpoint == nil { releaseAll() }
        stopped.signal()
    }

    /// - Parameters:
    ///   - round: pauses since the start.
    ///   - bytes: room for a checkpoint, empty before and after.
    private func everyRound(_ round: Int, _ bytes: inout ByteBuffer) {
        tick(&bytes)
        // Clocks, and what the report shows of today.
        if round % 5 == 0 { publish() }
        if isSweepDue.exchange(false, ordering: .acquiring) || round % Self.pausesOfAnHour == 0 { sweep() }
        // What starting took is touched no more by now: the sweep, the console and the first checkpoint are done.
        if round == 1 { crumbgate_trim_memory() }
    }

    /// - Parameter bytes: room for a checkpoint, empty before and after.
    private func tick(_ bytes: inout ByteBuffer) {
        let now = Int64(Date().timeIntervalSince1970)
        do {
            try service.tick(now: now)
        } catch {
            logger.error("a closed day could not be stored and is kept for the next try: \(error)")
        }
        guard let checkpoint else { return }
        service.checkpoint(into: &bytes)
        defer { bytes.wipe() }
        do {
            try checkpoint.write(bytes.bytes)
        } catch {
            if hasSaidCheckpointFails.exchange(true, ordering: .relaxed) { return }
            logger.warning("the open day's counts are not kept for a restart: \(error)")
        }
    }

    private func publish() {
        let date = Date()
        let now = Int64(date.timeIntervalSince1970)
        for zone in zones.withLock({ $0 }) {
            service.setOffset(zone.zone.secondsFromGMT(for: date), ofSite: zone.name, now: now)
        }
        do {
            try OpenWindowSnapshot(cells: service.snapshot(), time: now).write(toDirectory: stateDirectory)
        } catch {
            logger.warning("today's figures are not shown in reports: \(error)")
        }
    }

    /// Without a memory file system to keep it in, the open day is released as it stands.
    private func releaseAll() {
        do {
            try service.releaseAll()
        } catch {
            logger.error("the open day could not be stored and is lost: \(error)")
        }
    }

    private func sweep() {
        let date = Date()
        for zone in zones.withLock({ $0 }) {
            let day = (Int(date.timeIntervalSince1970) + zone.zone.secondsFromGMT(for: date)) / 86_400
            do {
                let count = try store.sweep(
                    site: zone.name, today: Int32(day), retentionDays: zone.retentionDays,
                    afterwards: zone.afterRetention)
                if count > 0 { logger.info("removed figures past their retention", metadata: ["rows": "\(count)"]) }
            } catch {
                logger.warning("retention could not be enforced and is tried again: \(error)")
            }
        }
    }
}

extension AfterRetention {
    /// What a site's rules say.
    init(_ rule: MeasurementSettings.AfterRetention) {
        switch rule {
        case .delete: self = .delete
        case .months: self = .months
        }
    }
}

extension SiteMeasurement {
    /// A site's rules in the form that measuring asks them.
    init(_ site: Site, lists: TrafficLists, offset: Int) {
        let rules = site.measurement
        let profile: MeasuredSite.Profile =
            switch rules.profile {
            case .consent: .consent
            case .exempt: .exempt
            case .off: .off
            }
        let rule: ReleaseRule =
            switch rules.gate {
            case .threshold: .threshold
            case .noise(.standard): .noise(.standard)
            case .noise(.strict): .noise(.strict)
            }
        self.init(
            name: site.name, profile: profile, threshold: rules.threshold, rule: rule, offset: offset,
            hosts: site.hosts,
            pages: rules.pages.map { PagePattern($0.pattern, page: $0.page) },
            goals: rules.goals.flatMap { goal in
                goal.triggers.map { trigger in
                    switch trigger {
                    case .page(let pattern): GoalPattern(goal.name, pattern: pattern, trigger: .pageView)
                    case .post(let pattern): GoalPattern(goal.name, pattern: pattern, trigger: .post)
                    }
                }
            },
            queryParameters: rules.queryParameters, campaignParameters: rules.campaignParameters,
            campaigns: rules.campaigns, searchParameters: rules.searchParameters,
            downloads: rules.downloads.map { Array($0.utf8) })
        self.lists = lists
    }
}

/// A state directory that cannot be had.
struct StateDirectoryError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String {
        code == EWOULDBLOCK
            ? "another crumbgate uses the state directory \(path): give each its own `state_directory`"
            : "cannot use the state directory \(path) (error \(code)): is it writable?"
    }
}
