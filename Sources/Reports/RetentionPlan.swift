import Store

/// What is kept of a site, for how long, and what goes when.
public struct RetentionPlan: Hashable, Sendable {
    /// The site's id in the rules file.
    public let site: String
    /// Days that daily figures are kept.
    public let retentionDays: Int
    /// What becomes of them then.
    public let afterwards: AfterRetention
    /// What there is.
    public let stored: StoredDays
    /// The site's present day.
    public let today: Day

    /// Plans from what the store has.
    public init(site: String, retentionDays: Int, afterwards: AfterRetention, stored: StoredDays, today: Day) {
        self.site = site
        self.retentionDays = retentionDays
        self.afterwards = afterwards
        self.stored = stored
        self.today = today
    }

    /// The first day on which figures of `day` are past their retention and swept; where the sums of months stay, those
    /// of the first day of its month, with which the others go.
    public func end(of day: Day) -> Day {
        let first =
            switch afterwards {
            case .delete: day
            case .months: Day(number: CalendarMonth.start(of: day.number))
            }
        return first.advanced(by: retentionDays + 1)
    }

    /// What goes next, a line per day on which something goes, at most `limit`.
    public func next(_ limit: Int = 5) -> [(on: Day, day: Day, rows: Int)] {
        stored.days.prefix(limit).map { entry in
            let day = Day(number: entry.day)
            return (on: max(end(of: day), today), day: day, rows: entry.rows)
        }
    }

    /// The plan as lines for people; ends with a line break.
    public var text: String {
        var text = "site \(sanitized(site))\n"
        let fate =
            switch afterwards {
            case .delete: "deleted, with the sums of months that lose days"
            case .months: "folded into the sums of their months, which stay: all days of a month with its first"
            }
        text += "  daily figures are kept for \(retentionDays) days, then \(fate)\n"
        guard let first = stored.days.first, let last = stored.days.last else {
            return text + "  there are none\n" + months
        }
        let rows = stored.days.reduce(0) { $0 + $1.rows }
        text +=
            "  there are \(grouped(stored.days.count)) days, \(Day(number: first.day)) to \(Day(number: last.day)), "
        text += "with \(grouped(rows)) rows\n"
        for entry in next() {
            text += "  \(entry.on)  goes \(entry.day), \(grouped(entry.rows)) rows\n"
        }
        if stored.days.count > next().count {
            text +=
                "  …\n  \(max(end(of: Day(number: last.day)), today))  goes \(Day(number: last.day)), the last of them\n"
        }
        return text + months
    }

    private var months: String {
        guard let first = stored.months.first, let last = stored.months.last else { return "" }
        let names = [first, last].map { Day(number: $0).description.dropLast(3) }
        return "  months of which days are gone: \(stored.months.count) sums, \(names[0]) to \(names[1]); they stay\n"
    }
}
