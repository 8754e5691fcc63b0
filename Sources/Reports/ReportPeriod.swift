/// The days a report tells of, both ends included.
public struct ReportPeriod: Hashable, Sendable {
    /// The first day.
    public let first: Day
    /// The last day, not before the first.
    public let last: Day

    /// The days that may be asked for at most: five years, more than is kept.
    public static let longest = 5 * 366

    /// Makes a period; nil when the last day comes before the first.
    public init?(from first: Day, to last: Day) {
        guard first <= last else { return nil }
        self.first = first
        self.last = last
    }

    /// Reads what an operator asked for: `from` (and `to`, else today), or the `last` days, today included; without
    /// any of them the last seven days. No day of it is in the future, and it has `longest` days at most.
    public init(from: String?, to: String?, last: String?, today: Day) throws(ReportPeriodError) {
        if let from {
            if last != nil { throw .lastWithDates }
            let first = try Self.day(from)
            let end = try to.map { text throws(ReportPeriodError) in try Self.day(text) } ?? today
            guard let period = ReportPeriod(from: first, to: end) else {
                throw to == nil ? .inTheFuture(first) : .endsBeforeItBegins(first, end)
            }
            if first > today { throw .inTheFuture(first) }
            if end > today { throw .endsInTheFuture(end) }
            if period.length > Self.longest { throw .tooLong(period.length) }
            self = period
            return
        }
        if to != nil { throw .toWithoutFrom }
        let days = try Self.length(last ?? "7d")
        if days > Self.longest { throw .tooLong(days) }
        self.init(first: today.advanced(by: 1 - days), last: today)
    }

    private init(first: Day, last: Day) {
        self.first = first
        self.last = last
    }

    /// How many days it has.
    public var length: Int { Int(last.number) - Int(first.number) + 1 }

    /// As many days immediately before it.
    public var previous: ReportPeriod {
        ReportPeriod(first: first.advanced(by: -length), last: first.advanced(by: -1))
    }

    /// The days immediately before it that correspond to those it has figures of: when its last days are not over or
    /// not released yet, they have no counterpart, so that weeks are not compared with parts of weeks.
    func previous(lastReleased: Day?, today: Day?) -> ReportPeriod {
        guard let today, let lastReleased, lastReleased >= first, lastReleased < last,
            lastReleased >= today.advanced(by: -2)
        else { return previous }
        let missing = Int(last.number) - Int(lastReleased.number)
        return ReportPeriod(from: previous.first, to: previous.last.advanced(by: -missing)) ?? previous
    }

    /// The days as the store numbers them.
    public var numbers: ClosedRange<Int32> { first.number...last.number }

    private static func day(_ text: String) throws(ReportPeriodError) -> Day {
        guard let day = Day(text) else { throw .notADay(text) }
        return day
    }

    private static func length(_ text: String) throws(ReportPeriodError) -> Int {
        let unit = text.hasSuffix("w") ? 7 : 1
        let digits = text.hasSuffix("d") || text.hasSuffix("w") ? text.dropLast() : text[...]
        guard digits.utf8.count <= 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(digits), count > 0
        else { throw .notALength(text) }
        return count * unit
    }
}

extension ReportPeriod: CustomStringConvertible {
    /// `15 to 21 November 2026`, with as much of the first day as differs.
    public var description: String {
        if first == last { return first.longText }
        let (start, end) = (first.civil, last.civil)
        if start.year != end.year { return "\(first.longText) to \(last.longText)" }
        if start.month != end.month { return "\(start.day) \(Day.months[start.month - 1]) to \(last.longText)" }
        return "\(start.day) to \(last.longText)"
    }
}

/// Why a period is none.
public enum ReportPeriodError: Error, Hashable, Sendable {
    case notADay(String)
    case notALength(String)
    case endsBeforeItBegins(Day, Day)
    case inTheFuture(Day)
    case endsInTheFuture(Day)
    case tooLong(Int)
    case lastWithDates
    case toWithoutFrom
}

extension ReportPeriodError: CustomStringConvertible {
    /// A sentence for the operator.
    public var description: String {
        switch self {
        case .notADay(let text): "'\(text)' is not a day: write it as 2026-11-21"
        case .notALength(let text): "'\(text)' is not a length of time: write 7d for days or 4w for weeks"
        case .endsBeforeItBegins(let first, let last): "the period ends (\(last)) before it begins (\(first))"
        case .inTheFuture(let first): "the period begins in the future (\(first))"
        case .endsInTheFuture(let last): "the period ends in the future (\(last))"
        case .tooLong(let days):
            "the period has \(days) days, more than the \(ReportPeriod.longest) that are shown at once"
        case .lastWithDates: "--last and --from exclude each other"
        case .toWithoutFrom: "--to needs --from"
        }
    }
}
