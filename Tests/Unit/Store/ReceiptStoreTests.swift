import Consent
import Foundation
import GRDB
import Store
import Testing

@Suite("The store of receipts")
struct ReceiptStoreTests {
    let directory: TemporaryDirectory
    var path: String { directory.file(ReceiptStore.fileName) }

    init() throws { directory = try TemporaryDirectory() }

    private static let minute: Int64 = 29_921_000

    private func receipt(
        _ id: ReceiptID? = nil, minute: Int64 = minute, granted: [String] = ["analytics"],
        action: Receipt.Action = .given
    ) throws -> Receipt {
        Receipt(
            id: try id ?? #require(ReceiptID.random()), minute: minute, revision: 0x1ca8_2eaa,
            text: Digest(of: "Cookies?".utf8), language: "en", granted: granted, refused: ["chat"], source: .banner,
            action: action)
    }

    private func asked(
        _ site: String = "shop", _ ids: [String] = ["analytics", "chat"], words: String = "Cookies?", days: Int = 365
    ) -> AskedPolicy {
        let revision = PolicyRevision(
            purposes: ids.map { PolicyRevision.Purpose(id: $0, isRequired: false, vendors: []) })
        return AskedPolicy(
            site: site, revision: revision, texts: [ShownText(layer: .banner, language: "en", words: words)],
            retentionDays: days)
    }

    /// What somebody with the file and a copy of SQLite can do.
    private func tamper(_ sql: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
    }

    @Test("Receipts come back as they went in, by id and site, and the chain of each site is whole")
    func roundTrip() throws {
        let store = try ReceiptStore.open(path: path)
        let mine = try receipt()
        let later = try receipt(mine.id, minute: Self.minute + 9, granted: [], action: .withdrawn)
        try store.append([("shop", mine), ("shop", receipt()), ("other", receipt())])
        try store.append([("shop", later)])
        #expect(try store.entries(of: mine.id).compactMap(\.entry.content?.receipt) == [mine, later])
        #expect(try store.entries(of: mine.id).map(\.entry.number) == [1, 3])
        #expect(try store.entries(of: mine.id, site: "other").isEmpty)
        let entries = try store.entries(of: mine.id, site: "shop").map(\.entry)
        #expect(entries.map(\.hasRightLink) == [true, true] && entries.map(\.hasRightContent) == [true, true])
        #expect(try store.sites() == ["other", "shop"])
        #expect(try store.verify(site: "shop")?.faults == [] && store.verify(site: "shop")?.receipts == 3)
        #expect(try store.verify(site: "other")?.faults == [])
        #expect(try store.verify(site: "none") == nil)
    }

    @Test("A closed and opened file goes on with the same chain")
    func reopened() throws {
        for number in 1...3 {
            let store = try ReceiptStore.open(path: path)
            try store.append([("shop", receipt())])
            #expect(try store.verify(site: "shop")?.end?.number == Int64(number))
            try store.close()
        }
        #expect(try ReceiptStore.openReadOnly(path: path).verify(site: "shop")?.faults == [])
        #expect(try directory.mode(of: ReceiptStore.fileName) == 0o600)
    }

    @Test("Two that write at the same time make one chain")
    func writers() async throws {
        let path = path
        _ = try ReceiptStore.open(path: path)
        let receipts = try (0..<40).map { _ in try receipt() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<2 {
                group.addTask {
                    let store = try ReceiptStore.open(path: path)
                    for receipt in receipts[part * 20..<part * 20 + 20] { try store.append([("shop", receipt)]) }
                }
            }
            try await group.waitForAll()
        }
        let report = try #require(try ReceiptStore.openReadOnly(path: path).verify(site: "shop"))
        #expect(report.receipts == 40 && report.faults == [])
    }

    @Test(
        "Every change that the file takes is found",
        arguments: [
            "UPDATE content SET text = replace(text, 'analytics', 'personali') WHERE number = 2",
            "UPDATE content SET text = replace(text, 'given', 'other') WHERE number = 2",
            "UPDATE content SET minute = minute + 1 WHERE number = 2",
            "UPDATE content SET receipt = NULL WHERE number = 2",
            "UPDATE content SET salt = randomblob(32) WHERE number = 2",
            "UPDATE content SET number = 9 WHERE number = 2", "DELETE FROM content WHERE number = 2",
            "UPDATE entry SET commitment = randomblob(32) WHERE number = 2",
            "UPDATE entry SET link = randomblob(32) WHERE number = 2", "DELETE FROM entry WHERE number = 2",
            "DELETE FROM entry WHERE number = 3; DELETE FROM content WHERE number = 3",
            "DELETE FROM entry WHERE number = 1; DELETE FROM content WHERE number = 1",
            "UPDATE entry SET number = number + 10",
            "UPDATE chain SET last_number = 2, last_link = (SELECT link FROM entry WHERE number = 1)",
            "UPDATE chain SET first_number = 1, first_link = (SELECT link FROM entry WHERE number = 1); "
                + "DELETE FROM entry WHERE number = 1; DELETE FROM content WHERE number = 1",
            "UPDATE shown SET words = 'Biscuits?'",
            "UPDATE revision SET text = replace(text, 'chat', 'chap')",
        ])
    func tampering(sql: String) throws {
        let store = try ReceiptStore.open(path: path)
        _ = try store.record([asked()], minute: Self.minute)
        try store.append((0..<3).map { _ in ("shop", try receipt()) })
        #expect(try store.verify(site: "shop")?.faults == [])
        try tamper(sql)
        let faults = try #require(try store.verify(site: "shop")?.faults)
        // A revision that is made up well reads as one; what receipts say of it does not change.
        #expect(!faults.isEmpty || sql.hasPrefix("UPDATE revision"), "\(sql)")
    }

    @Test("An end that was rewritten with the entries is found by the place that was noted before")
    func rewritten() throws {
        let store = try ReceiptStore.open(path: path)
        try store.append((0..<3).map { _ in ("shop", try receipt()) })
        let noted = try #require(try store.verify(site: "shop")?.end)
        try tamper(
            """
            DELETE FROM entry WHERE number = 3; DELETE FROM content WHERE number = 3;
            UPDATE chain SET last_number = 2, last_link = (SELECT link FROM entry WHERE number = 2)
            """)
        try store.append([("shop", receipt())])
        #expect(try store.verify(site: "shop")?.faults == [])
        #expect(try store.verify(site: "shop")?.end?.number == noted.number)
        #expect(try store.verify(site: "shop")?.end != noted)
    }

    @Test("Erasing takes one visitor's contents, and nothing of them is left in any file")
    func erasure() throws {
        let store = try ReceiptStore.open(path: path)
        let mine = try receipt(granted: ["a-rare-category"])
        try store.append([("shop", receipt()), ("shop", mine), ("shop", receipt()), ("other", mine)])
        try store.append([("shop", receipt(mine.id, minute: Self.minute + 1))])
        let salt = try #require(try store.entries(of: mine.id)[0].entry.salt)
        #expect(try store.erase(mine.id, minute: Self.minute + 2) == 3)
        #expect(try store.entries(of: mine.id).isEmpty)
        #expect(try store.erase(mine.id, minute: Self.minute + 3) == 0)
        for site in ["shop", "other"] { #expect(try store.verify(site: site)?.faults == []) }
        #expect(try store.verify(site: "shop")?.receipts == 2 && store.verify(site: "shop")?.erased == 2)
        let bytes = try directory.bytes()
        for secret in [Array(mine.id.description.utf8), salt.octets, Array("a-rare-category".utf8)] {
            #expect(!contains(bytes, secret))
        }
    }

    @Test("What is past its retention goes, site by site, and the chain stays whole")
    func retention() throws {
        let store = try ReceiptStore.open(path: path)
        _ = try store.record([asked(days: 30), asked("slow", days: 300)], minute: Self.minute)
        let day: Int64 = 1440
        let old = try receipt(granted: ["a-rare-category"])
        try store.append([("shop", old), ("slow", receipt())])
        try store.append([("shop", receipt(minute: Self.minute + 10 * day))])
        #expect(try store.sweep(minute: Self.minute + 30 * day) == 0)
        #expect(try store.sweep(minute: Self.minute + 30 * day + 1) == 1)
        #expect(try store.sweep(minute: Self.minute + 30 * day + 1) == 0)
        #expect(try store.verify(site: "shop")?.faults == [] && store.verify(site: "shop")?.sweptThrough == 1)
        #expect(try store.verify(site: "slow")?.receipts == 1)
        #expect(try !contains(directory.bytes(), Array("a-rare-category".utf8)))
        try store.append([("shop", receipt(minute: Self.minute + 31 * day))])
        #expect(try store.sweep(minute: Self.minute + 1000 * day) == 3)
        #expect(try store.verify(site: "shop")?.faults == [] && store.verify(site: "shop")?.receipts == 0)
        #expect(try store.sweep(minute: Self.minute + 2000 * day) == 0)
        // Sweeping more than the time allows is found.
        try store.append([("shop", receipt(minute: Self.minute + 1001 * day))])
        try tamper("DELETE FROM content WHERE site = 1; DELETE FROM entry WHERE site = 1")
        #expect(try store.verify(site: "shop")?.faults.isEmpty == false)
    }

    @Test("What is asked is kept once, with the time from which it was, and texts once for all")
    func policies() throws {
        let store = try ReceiptStore.open(path: path)
        var past = try store.record([asked("shop", ["analytics"], words: "One")], minute: 1)
        #expect(past[0].earlier.isEmpty && past[0].texts == [Digest(of: "One".utf8)])
        for minute in 2...3 as ClosedRange<Int64> {
            past = try store.record([asked("shop", ["analytics", "chat"], words: "Two")], minute: minute)
        }
        #expect(past[0].earlier.map(\.number) == [asked().revision, asked("", ["analytics"]).revision].map(\.number))
        past = try store.record([asked("shop", ["analytics"], words: "One"), asked("other")], minute: 4)
        #expect(past[1].earlier.isEmpty)
        #expect(try store.revisions(site: "shop").map(\.minute) == [1, 2, 4])
        #expect(Set(past[0].texts) == [Digest(of: "One".utf8), Digest(of: "Two".utf8)])
        #expect(try store.shownText(Digest(of: "Two".utf8))?.words == "Two")
        #expect(try store.shownText(Digest(of: "Three".utf8)) == nil)
    }

    @Test("A file that cannot be written says so, and keeps nothing by halves")
    func failures() throws {
        #expect(throws: StoreError.missing(path: path)) { _ = try ReceiptStore.openExisting(path: path) }
        let store = try ReceiptStore.open(path: path)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let blocker = try DatabaseQueue(path: path, configuration: configuration)
        try blocker.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(throws: StoreError.busy(path: path)) { try store.append([("shop", receipt())]) }
        try blocker.inDatabase { try $0.execute(sql: "ROLLBACK") }
        try store.append([("shop", receipt())])
        #expect(try store.verify(site: "shop")?.entries == 1)
        // A release store is another kind of file.
        let other = directory.file(ReleaseStore.fileName)
        _ = try ReleaseStore.open(path: other)
        #expect(throws: StoreError.notAStore(path: other)) { _ = try ReceiptStore.open(path: other) }
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool { Data(bytes).range(of: Data(part)) != nil }
}
