import CLinux
import Consent
import Foundation
import Gateway
import Logging
import Reports
import Rules
import Store
import Synchronization
import Transport

/// Keeps receipts on a thread of its own: decisions that come in while one sync is under way share the next.
///
/// Whatever fails is told to the visitor who waits (spec: "receipts", closed), and said in the log.
final class ReceiptThread: Sendable {
    let queue: ReceiptQueue
    private let store: ReceiptStore
    private let logger: Logger
    private let isStopping = Atomic<Bool>(false)
    private let stopped = DispatchSemaphore(value: 0)
    /// Seconds since 1970 when a failure was last said.
    private let lastComplaint = Atomic<Int64>(0)

    /// Opens the file in the state directory, which must exist.
    init(policy: Policy, logger: Logger) throws {
        self.logger = logger
        queue = try ReceiptQueue()
        store = try ReceiptStore.open(path: policy.stateDirectory + "/" + ReceiptStore.fileName)
    }

    /// Keeps what a policy's sites ask and show before the first visitor sees it; returns what they did before, in
    /// their order.
    func configure(_ policy: Policy) throws -> [SiteHistory] {
        let asked = policy.sites.map { site in
            AskedPolicy(
                site: site.name, revision: PolicyRevision(categories: site.consent.categories),
                texts: ShownText.all(of: site), retentionDays: site.consentSettings.receiptRetentionDays)
        }
        let recorded = try store.record(asked, minute: minute)
        return policy.sites.indices.map { index in
            SiteHistory(
                policy: PolicyHistory(recorded[index].earlier, scheme: policy.sites[index].consent),
                texts: recorded[index].texts, shown: asked[index].texts)
        }
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Keeps what is left, after the event loops have ended.
    func stop() {
        queue.close()
        isStopping.store(true, ordering: .releasing)
        stopped.wait()
    }

    private var minute: Int64 { Int64(Date().timeIntervalSince1970) / 60 }

    private func run() {
        // The call reads the name.
        unsafe crumbgate_name_thread("receipts")
        var nextSweep: Int64 = 0
        while true {
            let isLast = isStopping.load(ordering: .acquiring)
            let items = queue.take(milliseconds: isLast ? 0 : 250)
            if !items.isEmpty { work(items) }
            if isLast { break }
            if minute >= nextSweep {
                nextSweep = minute + 60
                sweep()
            }
        }
        try? store.close()
        stopped.signal()
    }

    private func work(_ items: [ReceiptQueue.Item]) {
        var receipts: [(site: String, receipt: Receipt)] = []
        var waiting: [ReceiptQueue.Item] = []
        for item in items {
            guard case .keep(let receipt) = item.work else { continue }
            receipts.append((item.site, receipt))
            waiting.append(item)
        }
        if !receipts.isEmpty {
            let isKept = attempt { try store.append(receipts) } != nil
            queue.complete(waiting.map { ($0, isKept ? .done : .failed) })
        }
        for item in items {
            switch item.work {
            case .keep: continue
            case .show(let id, let form): queue.complete([(item, show(id, form, site: item.site))])
            case .erase(let id):
                let count = attempt { try store.erase(id, site: item.site, minute: minute) }
                queue.complete([(item, count.map { $0 > 0 ? .done : .nothing } ?? .failed)])
            }
        }
    }

    private func show(_ id: ReceiptID, _ form: ReceiptForm, site: String) -> ReceiptOutcome {
        let format: ReceiptFile.Format =
            switch form {
            case .json: .json
            case .csv: .csv
            case .xml: .xml
            }
        guard let file = attempt({ try ReceiptFile(store, of: id, site: site) }) else { return .failed }
        if file.count == 0 { return .nothing }
        return .file(mediaType: format.mediaType, content: Array(file.text(format).utf8))
    }

    private func sweep() {
        guard let count = attempt({ try store.sweep(minute: minute) }), count > 0 else { return }
        logger.info("removed receipts past their retention", metadata: ["receipts": "\(count)"])
    }

    /// Nil after a failure, which is said once a minute at most.
    private func attempt<Value>(_ body: () throws -> Value) -> Value? {
        do {
            return try body()
        } catch {
            let now = Int64(Date().timeIntervalSince1970)
            if now - lastComplaint.load(ordering: .relaxed) >= 60 {
                lastComplaint.store(now, ordering: .relaxed)
                logger.error("receipts cannot be kept, and consent is not taken meanwhile: \(error)")
            }
            return nil
        }
    }
}
