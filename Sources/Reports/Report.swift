import Measurement
import Store

/// What is known of one site over a period: released figures only, ready to be rendered.
public struct Report: Hashable, Sendable {
    /// The site's id in the rules file.
    public let site: String
    /// The days it tells of.
    public let period: ReportPeriod
    /// The parts that were asked for, in the order of `ReportSection`.
    public let sections: [ReportSection]
    /// The totals of the period.
    public let totals: MeasureCounts
    /// The noise in them.
    public let totalVariances: MeasureVariances
    /// Page views of visitors who are measured in full: those of the totals are everybody's.
    public let measuredPageViews: Int?
    /// Visits that were their visitor's first of the day: bounces are told of these only.
    public let firstVisits: Int?
    private let firstVisitsVariance: Int?
    /// The totals of each day with a released window.
    public let days: [DayTotals]
    /// The tables of `sections`, in their order, those without a row included.
    public let tables: [ReportTable]
    /// How the windows of the period were released.
    public let gate: GateSummary
    /// The open window, when the proxy runs and has something to show.
    public let today: TodaySoFar?
    /// Whether days of the period are past their retention and only in the sums of their months.
    public let hasOnlyMonths: Bool
    /// One or none: a structure cannot hold another of its kind.
    private let reportBefore: [Report]

    /// The report of the period before, when one was asked for.
    public var previous: Report? { reportBefore.first }

    /// Reads a report from the store; without one, as before the first release, it is empty.
    public init(
        site: String, period: ReportPeriod, sections: [ReportSection] = ReportSection.allCases, store: ReleaseStore?,
        openWindow: OpenWindowSnapshot? = nil, today: Day? = nil, comparison: Comparison = .none
    ) throws(StoreError) {
        func report(_ reading: ReleaseReading?) throws(StoreError) -> Report {
            var earlier: Report?
            if comparison == .previous {
                let released = try reading?.releasedDays(site: site).map { Day(number: $0.upperBound) }
                let before = period.previous(lastReleased: released, today: today)
                earlier = try Report(site, before, sections, reading, nil, nil, before: nil)
            }
            return try Report(site, period, sections, reading, openWindow, today, before: earlier)
        }
        guard let store else {
            self = try report(nil)
            return
        }
        self = try store.reading(report)
    }

    private init(
        _ site: String, _ period: ReportPeriod, _ sections: [ReportSection], _ reading: ReleaseReading?,
        _ openWindow: OpenWindowSnapshot?, _ today: Day?, before: Report?
    ) throws(StoreError) {
        reportBefore = before.map { [$0] } ?? []
        self.site = site
        self.period = period
        self.sections = ReportSection.allCases.filter(sections.contains)
        days = try (reading?.dailyTotals(site: site, days: period.numbers) ?? []).map {
            DayTotals(day: Day(number: $0.day), counts: $0.counts, variances: $0.variances)
        }
        let total = try reading?.rows(of: .total, site: site, days: period.numbers).first
        totals = total?.counts ?? [:]
        totalVariances = total?.variances ?? [:]
        hasOnlyMonths = try reading?.hasOnlyMonths(site: site, days: period.numbers) ?? false
        let gate = GateSummary(try reading?.ledger(site: site, days: period.numbers) ?? [])
        self.gate = gate
        let hours = try reading?.sum(of: .pageViews, in: .hour, site: site, days: period.numbers)
        // With noise the total is of these page views only, and hours have none.
        measuredPageViews = gate.noisyDays == 0 ? hours?.count : gate.isMixed ? nil : totals[.pageViews]
        let firstVisits = try reading?.sum(of: .visits, in: .visitLength, site: site, days: period.numbers)
        (self.firstVisits, firstVisitsVariance) = (firstVisits?.count, firstVisits?.variance)
        var tables: [ReportTable] = []
        for section in self.sections {
            var rows: [StoredRow]?
            if section == .week {
                rows = try reading?.hoursOfWeek(site: site, days: period.numbers, measures: section.measures).filter {
                    $0.key2 != ReleasedCell.otherKey
                }
            } else if let dimension = section.dimension {
                rows = try reading?.rows(of: dimension, site: site, days: period.numbers, measures: section.measures)
            } else {
                continue
            }
            if section == .languages { rows = rows.map(StoredRow.consentByLanguage) }
            // Where nobody agreed to be measured, visits have a day and no hour.
            if section == .hours, rows?.allSatisfy(\.isOther) == true { rows = [] }
            let earlier = before?.tables.first { $0.section == section }?.rows
            tables.append(ReportTable(section: section, rows: rows ?? [], before: earlier))
        }
        self.tables = tables
        self.today = today.flatMap { day in
            openWindow?.window(site: site, day: day.number).map {
                TodaySoFar(day: day, minute: openWindow?.minute ?? 0, window: $0)
            }
        }
    }

    /// The counts that a metric of the summary is made of.
    ///
    /// A quotient needs both counts to be of the same people: page views and visits of those who are measured in full,
    /// bounces and visits of those that were a visitor's first of the day.
    public func summaryCounts(for metric: Metric) -> MeasureCounts {
        var counts = totals
        switch metric {
        case .pagesPerVisit: counts[.pageViews] = measuredPageViews
        case .bounceRate: counts[.visits] = firstVisits
        case .pageViews, .visits, .visitors, .bounces, .entries, .exits, .conversions, .count, .conversionRate,
            .conversionsPerVisitor, .consentRate:
            break
        }
        return counts
    }

    /// The noise in the counts that a metric of the summary is made of.
    public func summaryVariances(for metric: Metric) -> MeasureVariances {
        var variances = totalVariances
        if metric == .bounceRate { variances[.visits] = firstVisitsVariance }
        return variances
    }

    /// Whether no window of the period was released.
    public var isEmpty: Bool { gate.days == 0 }

    /// What a reader must know to read the figures right.
    public var notes: [String] {
        var notes: [String] = []
        if period.length > 1 {
            notes.append(
                "Visitors are told apart within one day only: 'daily visitors' are the days' numbers, summed.")
        }
        notes += noiseNotes
        if let sentence = thresholdSentence { notes.append(sentence) }
        if !isEmpty, gate.days < period.length {
            notes.append("\(gate.days) of \(period.length) days have released figures.")
        }
        if hasOnlyMonths {
            notes.append(
                "Single days are past their retention in a part of this period: they are in its sums, as whole months.")
        }
        if gate.dividedDays > 0 {
            let days = gate.dividedDays == 1 ? "1 day was" : "\(gate.dividedDays) days were"
            notes.append("\(days) counted in parts, as the proxy restarted: visitors may be counted once per part.")
        }
        if gate.noisyDays < gate.days {
            notes.append(
                "Page views are everybody's; visits, and what is told per visit, are those of visitors who are measured "
                    + "in full.")
        }
        notes.append(Definitions.unseen)
        notes += comparisonNotes
        return notes
    }
}

/// The totals of one day.
public struct DayTotals: Hashable, Sendable {
    /// The day.
    public let day: Day
    /// Its figures.
    public let counts: MeasureCounts
    /// The noise in them.
    public let variances: MeasureVariances

    /// The day as a row of a table.
    var row: StoredRow { StoredRow(key: day.description, counts: counts, variances: variances) }
}

/// How the windows of a period were released.
public struct GateSummary: Hashable, Sendable {
    /// Days with a released window.
    public let days: Int
    /// Days with several windows.
    public let dividedDays: Int
    /// The lowest threshold in force.
    public let leastK: Int?
    /// The highest threshold in force.
    public let mostK: Int?
    /// Days whose figures have noise.
    public let noisyDays: Int
    /// What the figures give away of one visitor on the worst of these days; nil without noise.
    public let loss: PrivacyLoss?

    init(_ ledger: [ReleaseLedgerEntry]) {
        let windows = ledger.reduce(into: [Int32: Int]()) { $0[$1.day, default: 0] += 1 }
        days = windows.count
        dividedDays = windows.values.count { $0 > 1 }
        leastK = ledger.map(\.k).min()
        mostK = ledger.map(\.k).max()
        let noisy = Dictionary(grouping: ledger.filter { $0.mode == .noise }, by: \.day)
        noisyDays = noisy.count
        loss = noisy.values.map { entries in
            PrivacyLoss(budget: entries.reduce(0) { $0 + ($1.budget ?? 0) }, windows: entries.count)
        }.max { $0.epsilon < $1.epsilon }
    }

    /// Whether some days have noise and some have not.
    public var isMixed: Bool { noisyDays > 0 && noisyDays < days }
}

/// The rows of one section, sorted as they are to be shown; what the gate kept back comes last.
public struct ReportTable: Hashable, Sendable {
    /// The section it is.
    public let section: ReportSection
    /// Its rows.
    public let rows: [StoredRow]
    /// The columns that have a figure; rows are sorted by the first and their bars show it.
    public let metrics: [Metric]
    private let rowsBefore: [RowName: StoredRow]?

    private struct RowName: Hashable {
        var key: String
        var key2: String?
    }

    /// The row of the same name in the period before; nil when it had none or nothing is compared.
    public func before(_ row: StoredRow) -> StoredRow? { rowsBefore?[RowName(key: row.key, key2: row.key2)] }

    /// Whether it is compared with the period before.
    public var isCompared: Bool { rowsBefore != nil }

    init(section: ReportSection, rows: [StoredRow], before: [StoredRow]? = nil) {
        self.section = section
        rowsBefore = before.map { rows in
            Dictionary(rows.map { (RowName(key: $0.key, key2: $0.key2), $0) }, uniquingKeysWith: { first, _ in first })
        }
        let shown = section.metrics.filter { metric in rows.contains { metric.figure(in: $0.counts) != nil } }
        metrics = shown.isEmpty ? [section.metrics[0]] : shown
        guard !rows.isEmpty else {
            self.rows = []
            return
        }
        var sorted = rows.filter { $0.key != ReleasedCell.otherKey }
        if section == .week {
            sorted.sort { (Int($0.key) ?? 0, Int($0.key2 ?? "") ?? 0) < (Int($1.key) ?? 0, Int($1.key2 ?? "") ?? 0) }
        } else if section.isInNaturalOrder, let keys = section.dimension?.fixedKeys {
            let known = Dictionary(grouping: sorted, by: \.key)
            let unknown = sorted.filter { !keys.contains($0.key) }.sorted { $0.key < $1.key }
            sorted = keys.flatMap { known[$0] ?? [StoredRow(key: $0, counts: [:])] } + unknown
        } else {
            sorted = Self.sorted(sorted, by: metrics[0])
        }
        self.rows = sorted + rows.filter { $0.key == ReleasedCell.otherKey }
    }

    /// The largest first; places are moved rather than rows, which are large.
    private static func sorted(_ rows: [StoredRow], by metric: Metric) -> [StoredRow] {
        let sizes = rows.map { $0.size(by: metric) }
        return rows.indices.sorted { a, b in
            sizes[a] != sizes[b]
                ? sizes[a] > sizes[b] : (rows[a].key, rows[a].key2 ?? "") < (rows[b].key, rows[b].key2 ?? "")
        }.map { rows[$0] }
    }
}

extension ReportTable {
    /// What to do about it, for a reader at a terminal.
    var hint: String? {
        guard section == .unknown, let first = rows.first(where: { !$0.isOther }) else { return nil }
        return
            "To judge them, add a line for each to the `cookies` of a category in the rules: `\(sanitized(first.key))`."
    }
}

extension StoredRow {
    /// What rows are sorted by and bars show: a count, or thousandths of a share.
    func size(by metric: Metric) -> Int {
        switch metric.figure(in: counts) {
        case .count(let count): count
        case .share(let share): Int((share * 1000).rounded())
        case .mean, nil: 0
        }
    }

    var isOther: Bool { key == ReleasedCell.otherKey }

    /// A row per language of the table of answers: all of them, and those that agreed as `conversions`.
    ///
    /// What is not told by language is of other days in one of its two rows than in the other, and has no rate.
    static func consentByLanguage(_ rows: [StoredRow]) -> [StoredRow] {
        Dictionary(grouping: rows.filter { !$0.isOther }, by: \.key).compactMap { language, answers in
            guard let agreed = answers.first(where: { $0.key2 == "agreed" }), let part = agreed.counts[.count],
                let refused = answers.first(where: { $0.key2 == "refused" }), let rest = refused.counts[.count]
            else { return nil }
            var row = StoredRow(key: language, counts: [.count: part + rest, .conversions: part])
            if let variance = agreed.variances[.count], let other = refused.variances[.count] {
                row.variances = [.count: variance + other, .conversions: variance]
            }
            return row
        }
    }
}

/// The figures of the window that is still open: rounded, not added to any other figure.
public struct TodaySoFar: Hashable, Sendable {
    /// The open day.
    public let day: Day
    /// When they were true, in minutes since 1970-01-01T00:00Z.
    public let minute: Int64
    /// The totals.
    public let totals: MeasureCounts
    /// The most seen pages and sources.
    public let tables: [ReportTable]

    init(day: Day, minute: Int64, window: OpenWindowSnapshot.Window) {
        self.day = day
        self.minute = minute
        totals = window.rows(of: .total).first?.counts ?? [:]
        tables = [ReportSection.pages, .sources].compactMap { section in
            section.dimension.map { ReportTable(section: section, rows: window.rows(of: $0)) }
        }
    }

    /// `10:42 UTC`.
    var timeText: String { "\(clock) UTC" }

    /// `2026-11-22T10:42Z`.
    var timestamp: String { "\(Day(number: Int32(clamping: minute / 1440)))T\(clock)Z" }

    private var clock: String {
        let minutes = Int((minute % 1440 + 1440) % 1440)
        return "\(padded(minutes / 60, to: 2)):\(padded(minutes % 60, to: 2))"
    }
}
