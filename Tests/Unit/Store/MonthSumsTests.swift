import GRDB
import Measurement
import Store
import Testing

@Suite("Sums of months in the store")
struct MonthSumsTests {
    let directory: TemporaryDirectory
    var path: String { directory.file(ReleaseStore.fileName) }
    /// 2026-01-01.
    static let first: Int32 = 20_454

    init() throws { directory = try TemporaryDirectory() }

    private func cells(day: Int32, isNoisy: Bool = false) -> [ReleasedCell] {
        func cell(_ key: String, _ measure: Measure, _ count: Int, key2: String? = nil) -> ReleasedCell {
            ReleasedCell(
                site: "shop", day: day, dimension: key2 == nil ? key.isEmpty ? .total : .page : .pagePair, key: key,
                key2: key2, measure: measure, count: count, variance: isNoisy ? 1000 : 0)
        }
        var cells = [cell("", .pageViews, 100), cell("", .visits, 40), cell("/", .pageViews, Int(day % 7) + 10)]
        if day % 3 == 0 { cells.append(cell("/third", .visitors, 11)) }
        if day % 5 == 0 { cells.append(cell("/", .count, 12, key2: "/third")) }
        return cells
    }

    private func filled(_ days: ClosedRange<Int32>, noisyFrom: Int32 = .max) throws -> ReleaseStore {
        let store = try ReleaseStore.open(path: path)
        for day in days {
            let isNoisy = day >= noisyFrom
            try store.store(
                cells(day: day, isNoisy: isNoisy),
                release: .init(site: "shop", day: day, epoch: 1, mode: isNoisy ? .noise : .threshold, k: 10))
        }
        return store
    }

    /// What the days of a period come to, without a store.
    private func expected(_ days: ClosedRange<Int32>, _ dimension: Dimension, noisyFrom: Int32 = .max) -> Set<StoredRow>
    {
        var rows: [String: StoredRow] = [:]
        for day in days {
            for cell in cells(day: day, isNoisy: day >= noisyFrom) where cell.dimension == dimension {
                let name = cell.key + "|" + (cell.key2 ?? "")
                rows[name, default: StoredRow(key: cell.key, key2: cell.key2, counts: [:])].counts[
                    cell.measure, default: 0] += cell.count
                if cell.variance > 0 { rows[name]?.variances[cell.measure, default: 0] += cell.variance }
            }
        }
        return Set(rows.values)
    }

    @Test(
        "A long period comes to what its days come to, wherever it begins and ends",
        arguments: [(0, 364), (0, 100), (14, 200), (31, 180), (30, 363), (-50, 500), (1, 119)] as [(Int32, Int32)])
    func longPeriods(from: Int32, to: Int32) throws {
        let noisyFrom = Self.first + 150
        let store = try filled(Self.first...Self.first + 364, noisyFrom: noisyFrom)
        let days = Self.first + from...Self.first + to
        let there = max(days.lowerBound, Self.first)...min(days.upperBound, Self.first + 364)
        for dimension in [Dimension.total, .page, .pagePair] {
            let rows = try store.rows(of: dimension, site: "shop", days: days)
            #expect(Set(rows) == expected(there, dimension, noisyFrom: noisyFrom) && Set(rows).count == rows.count)
        }
        let sum = try store.reading { (reading) throws(StoreError) in
            try reading.sum(of: .pageViews, in: .page, site: "shop", days: days)?.count
        }
        #expect(sum == expected(there, .page).reduce(0) { $0 + ($1.counts[.pageViews] ?? 0) })
    }

    @Test("A name of every day takes one row of its month, so that there is room for the other names")
    func names() throws {
        let store = try ReleaseStore.open(path: path)
        let days = Self.first...Self.first + 30
        // Below the 300 rows of a month, with more than 300 in its days.
        for day in days {
            var cells: [ReleasedCell] = []
            for number in 0..<(day < Self.first + 20 ? 100 : 180) {
                cells.append(
                    ReleasedCell(
                        site: "shop", day: day, dimension: .entryPage, key: "/page\(number)", key2: nil,
                        measure: .entries,
                        count: 10, variance: 0))
            }
            try store.store(cells, release: .init(site: "shop", day: day, epoch: 1, mode: .threshold, k: 10))
        }
        let rows = try store.rows(of: .entryPage, site: "shop", days: days)
        #expect(rows.count == 180)
        #expect(rows.first { $0.key == "/page179" }?.counts[.entries] == 110)
    }

    @Test("Folded days stay in the sums of their months, and in no period that has a part of the month only")
    func folding() throws {
        let store = try filled(Self.first...Self.first + 120)
        // The last day that is past its retention is 2026-02-10: all of February goes with it.
        let today = Self.first + 141
        #expect(try store.sweep(site: "shop", today: today, retentionDays: 100, afterwards: .months) > 0)
        #expect(try store.sweep(site: "shop", today: today, retentionDays: 100, afterwards: .months) == 0)
        let january = Self.first...Self.first + 30
        #expect(try Set(store.rows(of: .page, site: "shop", days: january)) == expected(january, .page))
        #expect(try store.dailyTotals(site: "shop", days: january).isEmpty)
        #expect(try store.rows(of: .page, site: "shop", days: Self.first...Self.first + 29).isEmpty)
        let all = Self.first...Self.first + 120
        #expect(try Set(store.rows(of: .page, site: "shop", days: all)) == expected(all, .page))
        let february = Self.first + 31...Self.first + 58
        #expect(try Set(store.rows(of: .page, site: "shop", days: february)) == expected(february, .page))
        let march = Self.first + 59...Self.first + 89
        try store.reading { (reading) throws(StoreError) in
            #expect(try reading.hasOnlyMonths(site: "shop", days: january))
            #expect(try !reading.hasOnlyMonths(site: "shop", days: march))
            let stored = try reading.storedDays(site: "shop")
            #expect(stored.days.first?.day == march.lowerBound && stored.days.count == 62)
            #expect(stored.months == [Self.first, Self.first + 31])
        }
    }

    @Test(
        "On no day does a month's sum stand beside some of its days only: their difference would be the others",
        arguments: AfterRetention.allCases)
    func wholeMonths(afterwards: AfterRetention) throws {
        let store = try filled(Self.first...Self.first + 120)
        let queue = try DatabaseQueue(path: path)
        for today in (Self.first + 121)...(Self.first + 240) {
            try store.sweep(site: "shop", today: today, retentionDays: 100, afterwards: afterwards)
            let (days, months) = try queue.read { database in
                (
                    try Int32.fetchAll(database, sql: "SELECT DISTINCT day FROM cell"),
                    try Int32.fetchAll(database, sql: "SELECT DISTINCT month FROM month_cell")
                )
            }
            #expect(days.allSatisfy { $0 >= today - 100 })
            for month in months {
                let there = days.filter { CalendarMonth.start(of: $0) == month }.count
                let all = Int(min(CalendarMonth.next(after: month), Self.first + 121) - month)
                #expect(there == 0 || there == all, "\(there) of \(all) days beside their sum on \(today)")
            }
        }
    }

    @Test("Deleted days are in no sum, and the month that they were in is told by its other days")
    func deletion() throws {
        let store = try filled(Self.first...Self.first + 120)
        let today = Self.first + 141
        #expect(try store.sweep(site: "shop", today: today, retentionDays: 100) > 0)
        let all = Self.first - 10...Self.first + 300
        let left = Self.first + 41...Self.first + 120
        #expect(try Set(store.rows(of: .page, site: "shop", days: all)) == expected(left, .page))
        // A log of that time, imported later, makes no sum of a part of a month.
        try store.store(
            cells(day: Self.first + 40), release: .init(site: "shop", day: Self.first + 40, epoch: 9, k: 10))
        #expect(try store.sweep(site: "shop", today: today, retentionDays: 100) > 0)
        #expect(try Set(store.rows(of: .page, site: "shop", days: all)) == expected(left, .page))
        // Folding first and deleting later leaves nothing either.
        #expect(try store.sweep(site: "shop", today: today + 40, retentionDays: 100, afterwards: .months) > 0)
        try store.sweep(site: "shop", today: today + 40, retentionDays: 100)
        // 2026-03-22 was the last to go, and with it all of March.
        let rest = Self.first + 90...Self.first + 120
        #expect(try Set(store.rows(of: .page, site: "shop", days: all)) == expected(rest, .page))
    }

    @Test("A month has so many rows of a table at most; what comes later is in (other)")
    func cap() throws {
        let store = try ReleaseStore.open(path: path)
        for day in 0..<5 as Range<Int32> {
            let cells = (0..<400).map { index in
                ReleasedCell(
                    site: "shop", day: Self.first + day, dimension: .page, key: "/\(day)/\(index)", measure: .pageViews,
                    count: 10)
            }
            try store.store(cells, release: .init(site: "shop", day: Self.first + day, epoch: 1, k: 10))
        }
        let rows = try store.rows(of: .page, site: "shop", days: Self.first...Self.first + 364)
        #expect(rows.count == 1001)
        #expect(rows.first { $0.key == "(other)" }?.counts == [.pageViews: 10_000])
        #expect(rows.reduce(0) { $0 + ($1.counts[.pageViews] ?? 0) } == 20_000)
    }

    @Test("A store of before is given the sums of the days that it has")
    func migration() throws {
        let noisyFrom = Self.first + 60
        try filled(Self.first...Self.first + 120, noisyFrom: noisyFrom).close()
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction {
            try $0.execute(sql: "DROP TABLE month_cell; DROP TABLE retention; PRAGMA user_version = 2")
        }
        try queue.close()
        let store = try ReleaseStore.open(path: path)
        let all = Self.first...Self.first + 120
        for dimension in [Dimension.total, .page, .pagePair] {
            let rows = try store.rows(of: dimension, site: "shop", days: all)
            #expect(Set(rows) == expected(all, dimension, noisyFrom: noisyFrom))
        }
    }

    @Test("Months begin where the calendar has them begin")
    func calendar() {
        var starts: [Int32] = [0]
        for _ in 0..<1500 { starts.append(CalendarMonth.next(after: starts[starts.count - 1])) }
        #expect(starts[1] == 31 && starts[2] == 59 && starts[26] == 790 && starts.contains(20_758))
        #expect(zip(starts, starts.dropFirst()).allSatisfy { (28...31).contains($1 - $0) })
        for (start, next) in zip(starts, starts.dropFirst()) {
            #expect(CalendarMonth.start(of: start) == start && CalendarMonth.start(of: next - 1) == start)
        }
    }
}
