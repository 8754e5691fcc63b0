import FoundationEssentials
import GRDB
import Measurement
import Store
import Testing

@Suite("The store of released cells")
struct ReleaseStoreTests {
    let directory: TemporaryDirectory
    var path: String { directory.file(ReleaseStore.fileName) }

    init() throws { directory = try TemporaryDirectory() }

    private func cell(
        _ dimension: Dimension, _ key: String, _ measure: Measure, _ count: Int, day: Int32 = 20_000,
        key2: String? = nil, site: String = "shop"
    ) -> ReleasedCell {
        ReleasedCell(
            site: site, day: day, dimension: dimension, key: key, key2: key2, measure: measure, count: count)
    }

    private func entry(day: Int32 = 20_000, epoch: Int64 = 1, site: String = "shop") -> ReleaseLedgerEntry {
        ReleaseLedgerEntry(site: site, day: day, epoch: epoch, k: 10)
    }

    @Test("Cells come back as they went in, summed over the days asked for")
    func roundTrip() throws {
        let store = try ReleaseStore.open(path: path)
        for day in [20_000, 20_001, 20_002] as [Int32] {
            try store.store(
                [
                    cell(.total, "", .pageViews, 100, day: day), cell(.total, "", .visits, 40, day: day),
                    cell(.page, "/", .pageViews, 60, day: day), cell(.page, "/", .visitors, 30, day: day),
                    cell(.page, "/b", .pageViews, 12, day: day),
                    cell(.pagePair, "/", .count, 11, day: day, key2: "/b"),
                ], release: entry(day: day))
        }
        #expect(try store.sites() == ["shop"])
        #expect(try store.releasedDays(site: "shop") == 20_000...20_002)
        #expect(try store.releasedDays(site: "other") == nil)
        let pages = try store.rows(of: .page, site: "shop", days: 20_001...20_009)
        #expect(
            Set(pages) == [
                StoredRow(key: "/", counts: [.pageViews: 120, .visitors: 60]),
                StoredRow(key: "/b", counts: [.pageViews: 24]),
            ])
        let pairs = try store.rows(of: .pagePair, site: "shop", days: 20_000...20_000)
        #expect(pairs == [StoredRow(key: "/", key2: "/b", counts: [.count: 11])])
        let days = try store.dailyTotals(site: "shop", days: 20_000...20_001)
        #expect(days.map(\.day) == [20_000, 20_001])
        #expect(days.map(\.counts) == [[.pageViews: 100, .visits: 40], [.pageViews: 100, .visits: 40]])
        #expect(try store.rows(of: .page, site: "other", days: 0...30_000).isEmpty)
    }

    @Test("A window is released once: a second attempt adds nothing and says so")
    func once() throws {
        let store = try ReleaseStore.open(path: path)
        let cells = [cell(.total, "", .pageViews, 50)]
        #expect(try store.store(cells, release: entry()) == .stored)
        #expect(try store.store(cells, release: entry()) == .alreadyReleased)
        try store.close()
        let reopened = try ReleaseStore.open(path: path)
        #expect(try reopened.store(cells, release: entry()) == .alreadyReleased)
        let rows = try reopened.rows(of: .total, site: "shop", days: 0...30_000)
        #expect(rows.map(\.counts) == [[.pageViews: 50]])
        #expect(try reopened.ledger(site: "shop", days: 0...30_000) == [entry()])
    }

    @Test("Windows of one day add up, and an absent measure stays absent")
    func severalWindows() throws {
        let store = try ReleaseStore.open(path: path)
        try store.store([cell(.page, "/", .pageViews, 20)], release: entry(epoch: 1))
        try store.store(
            [cell(.page, "/", .pageViews, 30), cell(.page, "/", .visitors, 15)], release: entry(epoch: 2))
        let rows = try store.rows(of: .page, site: "shop", days: 20_000...20_000)
        #expect(rows.map(\.counts) == [[.pageViews: 50, .visitors: 15]])
        #expect(try store.ledger(site: "shop", days: 20_000...20_000).map(\.epoch) == [1, 2])
    }

    @Test("A window without a releasable cell is in the ledger all the same")
    func emptyWindow() throws {
        let store = try ReleaseStore.open(path: path)
        #expect(try store.store([], release: entry()) == .stored)
        #expect(try store.releasedDays(site: "shop") == 20_000...20_000)
    }

    @Test("When the cells cannot be stored, the ledger does not say they were")
    func atomicity() throws {
        let store = try ReleaseStore.open(path: path)
        try sql("CREATE TRIGGER no BEFORE INSERT ON cell BEGIN SELECT raise(ABORT, 'no'); END")
        #expect(throws: StoreError.self) {
            try store.store([cell(.total, "", .visits, 10)], release: entry())
        }
        #expect(try store.ledger(site: "shop", days: 0...30_000).isEmpty)
        try sql("DROP TRIGGER no")
        #expect(try store.store([cell(.total, "", .visits, 10)], release: entry()) == .stored)
    }

    @Test("The schema has only integers and words: no BLOB, no untyped column, no hash, no row ids to tell an order")
    func schema() throws {
        try ReleaseStore.open(path: path).close()
        try queue().read { database in
            let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
            #expect(Set(tables) == ["site", "release", "cell", "noise", "month_cell", "retention"])
            for table in tables {
                let columns = try columns(of: table, in: database)
                #expect(offendingColumns(columns).isEmpty)
                let definition = try #require(
                    try String.fetchOne(
                        database, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [table]))
                #expect(definition.contains("STRICT"))
                #expect(table == "site" || definition.contains("WITHOUT ROWID"))
            }
        }
    }

    @Test(
        "The schema check finds columns that could hold a visitor",
        arguments: [
            "visitor_hash INTEGER", "payload BLOB", "sketch TEXT", "key_digest TEXT", "visitor_id INTEGER", "free",
        ])
    func sabotagedSchema(column: String) throws {
        try ReleaseStore.open(path: path).close()
        try sql("CREATE TABLE bad (day INTEGER, \(column))")
        try queue().read { database in
            let columns = try columns(of: "bad", in: database)
            #expect(offendingColumns(columns).count == 1)
        }
    }

    @Test("Deleted content is overwritten, temporary tables stay in memory, releases are synced")
    func pragmas() throws {
        let store = try ReleaseStore.open(path: path)
        let canary = "/canary-" + UUID().uuidString
        try store.store([cell(.page, canary, .pageViews, 10)], release: entry())
        #expect(try directory.bytes().contains(Array(canary.utf8)))
        #expect(try store.sweep(site: "shop", today: 20_100, retentionDays: 50) == 1)
        #expect(try !directory.bytes().contains(Array(canary.utf8)))
    }

    @Test("The sweep deletes what is older than the retention, of that site only, and keeps the ledger")
    func sweep() throws {
        let store = try ReleaseStore.open(path: path)
        for day in [100, 101, 102] as [Int32] {
            try store.store([cell(.total, "", .visits, 10, day: day)], release: entry(day: day))
        }
        try store.store([cell(.total, "", .visits, 10, day: 1, site: "b")], release: entry(day: 1, site: "b"))
        #expect(try store.sweep(site: "shop", today: 111, retentionDays: 10) == 1)
        #expect(try store.sweep(site: "shop", today: 111, retentionDays: 10) == 0)
        #expect(try store.dailyTotals(site: "shop", days: 0...200).map(\.day) == [101, 102])
        #expect(try store.dailyTotals(site: "b", days: 0...200).map(\.day) == [1])
        #expect(
            try store.store([cell(.total, "", .visits, 10, day: 100)], release: entry(day: 100)) == .alreadyReleased)
    }

    @Test("Only the owner may read the files, also when they were made otherwise")
    func modes() throws {
        #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o644]))
        let store = try ReleaseStore.open(path: path)
        try store.store([cell(.total, "", .visits, 10)], release: entry())
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            #expect(try directory.mode(of: name) == 0o600, "\(name)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 3)
        try store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [ReleaseStore.fileName])
    }

    @Test("Reading goes on while another process writes, and sees whole windows only")
    func readWhileWriting() async throws {
        let writer = try ReleaseStore.open(path: path)
        let reader = try ReleaseStore.openReadOnly(path: path)
        let path = path
        async let reads = Task.detached {
            let other = try ReleaseStore.openReadOnly(path: path)
            return try (0..<200).map { _ in
                try other.rows(of: .page, site: "shop", days: 0...30_000).reduce(0) {
                    $0 + ($1.counts[.pageViews] ?? 0)
                }
            }
        }.value
        for day in 0..<50 as Range<Int32> {
            try writer.store(
                (0..<20).map { cell(.page, "/\($0)", .pageViews, 10, day: day) }, release: entry(day: day))
        }
        #expect(try await reads.allSatisfy { $0 % 200 == 0 })
        #expect(try reader.dailyTotals(site: "shop", days: 0...1).isEmpty)
        #expect(try reader.rows(of: .page, site: "shop", days: 0...30_000).count == 20)
        #expect(throws: StoreError.notWritable(path: path)) { try reader.store([], release: entry(epoch: 9)) }
    }

    @Test("What is read together is of one moment, also when a window is released in between")
    func readingTogether() throws {
        let writer = try ReleaseStore.open(path: path)
        let reader = try ReleaseStore.openReadOnly(path: path)
        let (rows, ledger) = try reader.reading { (reading) throws(StoreError) in
            let rows = try reading.rows(of: .page, site: "shop", days: 0...30_000)
            try writer.store([cell(.page, "/", .pageViews, 10)], release: entry())
            return (rows, try reading.ledger(site: "shop", days: 0...30_000))
        }
        #expect(rows.isEmpty && ledger.isEmpty)
        #expect(try reader.rows(of: .page, site: "shop", days: 0...30_000).count == 1)
        #expect(try reader.ledger(site: "shop", days: 0...30_000).count == 1)
    }

    @Test("Files that are no store are told apart")
    func refusals() throws {
        #expect(throws: StoreError.missing(path: path)) { try ReleaseStore.openReadOnly(path: path) }
        let nowhere = directory.file("none/x.sqlite")
        #expect(throws: StoreError.directoryMissing(path: directory.file("none"))) {
            try ReleaseStore.open(path: nowhere)
        }
        #expect(throws: StoreError.notAStore(path: directory.path)) { try ReleaseStore.open(path: directory.path) }

        let text = directory.file("text")
        try Data(String(repeating: "not a database ", count: 100).utf8).write(to: URL(filePath: text))
        #expect(throws: StoreError.notAStore(path: text)) { try ReleaseStore.open(path: text) }
        #expect(throws: StoreError.notAStore(path: text)) { try ReleaseStore.openReadOnly(path: text) }

        let foreign = directory.file("foreign")
        try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE other (a INTEGER)") }
        #expect(throws: StoreError.notAStore(path: foreign)) { try ReleaseStore.open(path: foreign) }
        #expect(throws: StoreError.notAStore(path: foreign)) { try ReleaseStore.openReadOnly(path: foreign) }
    }

    @Test("A store of a newer or older schema is not touched by what does not know it")
    func versions() throws {
        try ReleaseStore.open(path: path).close()
        try sql("PRAGMA user_version = 99")
        #expect(throws: StoreError.newerSchema(path: path, found: 99, known: 3)) { try ReleaseStore.open(path: path) }
        #expect(throws: StoreError.newerSchema(path: path, found: 99, known: 3)) {
            try ReleaseStore.openReadOnly(path: path)
        }
        try sql("PRAGMA user_version = 0")
        #expect(throws: StoreError.olderSchema(path: path, found: 0, known: 3)) {
            try ReleaseStore.openReadOnly(path: path)
        }
    }

    @Test("Damage anywhere in the file is an error, never a crash")
    func damage() throws {
        let store = try ReleaseStore.open(path: path)
        for day in 0..<40 as Range<Int32> {
            try store.store(
                (0..<40).map { cell(.page, "/page/\($0)", .pageViews, 10, day: day) }, release: entry(day: day))
        }
        try store.close()
        let sound = try Data(contentsOf: URL(filePath: path))
        var errors: Set<String> = []
        for offset in stride(from: 0, to: sound.count, by: 509) {
            var damaged = sound
            for index in offset..<min(offset + 64, sound.count) { damaged[index] = 0xA5 }
            try damaged.write(to: URL(filePath: path))
            do {
                let store = try ReleaseStore.openReadOnly(path: path)
                _ = try store.rows(of: .page, site: "shop", days: 0...30_000)
                _ = try store.ledger(site: "shop", days: 0...30_000)
            } catch {
                errors.insert(String(describing: error))
            }
        }
        #expect(errors.contains(StoreError.corrupt(path: path).description))
    }

    @Test("A file that may not be made, or is a device, is an error with its name and stays as it was")
    func unwritable() throws {
        #expect(throws: StoreError.notAStore(path: "/dev/full")) { try ReleaseStore.open(path: "/dev/full") }
        // The superuser writes everywhere but there.
        #expect(throws: StoreError.notWritable(path: "/proc/crumbgate.sqlite")) {
            try ReleaseStore.open(path: "/proc/crumbgate.sqlite")
        }
    }

    @Test("Noise is read back for the days and rows that it is in, and goes with them")
    func noise() throws {
        func noisy(_ key: String, _ count: Int, _ variance: Int, day: Int32) -> ReleasedCell {
            ReleasedCell(
                site: "shop", day: day, dimension: .page, key: key, measure: .visitors, count: count, variance: variance
            )
        }
        func noisyEntry(_ day: Int32, epoch: Int64 = 1) -> ReleaseLedgerEntry {
            ReleaseLedgerEntry(site: "shop", day: day, epoch: epoch, mode: .noise, k: 10, budget: 100_000)
        }
        let store = try ReleaseStore.open(path: path)
        try store.store([cell(.page, "/", .visitors, 50, day: 1)], release: entry(day: 1))
        try store.store(
            [noisy("/", 52, 4000, day: 2), noisy("/b", -3, 9000, day: 2)], release: noisyEntry(2))
        try store.store([noisy("/", 47, 5000, day: 3)], release: noisyEntry(3))
        try store.store([noisy("/b", 40, 5000, day: 3)], release: noisyEntry(3, epoch: 2))
        let rows = try store.rows(of: .page, site: "shop", days: 1...3)
        // Of a day the most noise of any row, of several windows of a day that of all.
        #expect(
            Set(rows) == [
                StoredRow(key: "/", counts: [.visitors: 149], variances: [.visitors: 19_000]),
                StoredRow(key: "/b", counts: [.visitors: 37], variances: [.visitors: 19_000]),
            ])
        #expect(try store.rows(of: .page, site: "shop", days: 1...1).allSatisfy(\.variances.isEmpty))
        #expect(try store.ledger(site: "shop", days: 1...3).map(\.budget) == [nil, 100_000, 100_000, 100_000])
        #expect(try store.store([noisy("/", 99, 4000, day: 2)], release: noisyEntry(2)) == .alreadyReleased)
        #expect(try store.rows(of: .page, site: "shop", days: 1...3) == rows)
        try store.sweep(site: "shop", today: 12, retentionDays: 9)
        #expect(try queue().read { try Int.fetchOne($0, sql: "SELECT count(*) FROM noise") } == 2)
    }

    @Test("A store of the first version is brought up to date, and keeps what it has")
    func migration() throws {
        let store = try ReleaseStore.open(path: path)
        try store.store([cell(.total, "", .visits, 10)], release: entry())
        try store.close()
        try sql("DROP TABLE month_cell; DROP TABLE retention")
        try sql("DROP TABLE noise; ALTER TABLE release DROP COLUMN budget; PRAGMA user_version = 1")
        let migrated = try ReleaseStore.open(path: path)
        #expect(try migrated.ledger(site: "shop", days: 0...30_000) == [entry()])
        #expect(try migrated.dailyTotals(site: "shop", days: 0...30_000).map(\.counts) == [[.visits: 10]])
        #expect(try migrated.store([cell(.total, "", .visits, 10)], release: entry()) == .alreadyReleased)
    }

    @Test("A year of a site with 1,000 pages a day takes less than 100 MB")
    func size() throws {
        let store = try ReleaseStore.open(path: path)
        for day in 0..<20 as Range<Int32> {
            let cells = (0..<1000).flatMap { page in
                let key = "/catalogue/category-\(page % 20)/product-\(page)"
                return [
                    cell(.page, key, .pageViews, 100 + page, day: day),
                    cell(.page, key, .visitors, 50 + page, day: day),
                ]
            }
            try store.store(cells, release: entry(day: day))
        }
        try store.close()
        #expect(try Data(contentsOf: URL(filePath: path)).count * 365 / 20 < 100_000_000)
    }

    private func queue() throws -> DatabaseQueue { try DatabaseQueue(path: path) }
    private func sql(_ text: String) throws { try queue().writeWithoutTransaction { try $0.execute(sql: text) } }

    private func columns(of table: String, in database: Database) throws -> [(name: String, type: String)] {
        try Row.fetchAll(database, sql: "SELECT name, type FROM pragma_table_info(?)", arguments: [table])
            .map { ($0[0], $0[1]) }
    }
}

/// The columns that are neither integers nor words, or whose name speaks of something derived from a visitor.
private func offendingColumns(_ columns: [(name: String, type: String)]) -> [String] {
    let suspicious = ["hash", "digest", "sketch", "blob", "token", "address", "agent", "visitor_", "session", "mac"]
    return columns.filter { column in
        !["INTEGER", "TEXT"].contains(column.type) || suspicious.contains { column.name.lowercased().contains($0) }
    }.map(\.name)
}
