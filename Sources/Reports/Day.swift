/// A day of the proleptic Gregorian calendar (ISO 8601), without a time zone.
public struct Day: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int32

    /// Makes the day `number` days after 1970-01-01.
    public init(number: Int32) { self.number = number }

    /// Reads `2026-11-21`; nil when it is not a day of the years 1970 to 9999.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            year >= 1970, (1...12).contains(month), day >= 1
        else { return nil }
        let candidate = Day(number: Int32(Self.number(year: year, month: month, day: day)))
        // A day past the end of its month lands in the next one.
        guard candidate.civil == (year, month, day) else { return nil }
        self = candidate
    }

    /// Whether the first day comes earlier.
    public static func < (first: Day, second: Day) -> Bool { first.number < second.number }

    /// The day `days` later.
    public func advanced(by days: Int) -> Day { Day(number: Int32(clamping: Int(number) + days)) }

    /// 1 for Monday to 7 for Sunday.
    public var weekday: Int { ((Int(number) + 3) % 7 + 7) % 7 + 1 }

    /// Year, month from 1 and day from 1, by the usual count of 400-year eras that begin on 1 March.
    public var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(number) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    private static func number(year: Int, month: Int, day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Day: CustomStringConvertible {
    /// `2026-11-21`.
    public var description: String {
        let (year, month, day) = civil
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    /// `21 November 2026`.
    var longText: String {
        let (year, month, day) = civil
        return "\(day) \(Self.months[month - 1]) \(year)"
    }

    /// `Sat 21 Nov`.
    var shortText: String {
        let (_, month, day) = civil
        return "\(Self.weekdays[weekday - 1].prefix(3)) \(day) \(Self.months[month - 1].prefix(3))"
    }

    /// `21 Nov`.
    var dayText: String { "\(civil.day) \(Self.months[civil.month - 1].prefix(3))" }

    /// `21 Nov 26`.
    var datedText: String { "\(dayText) \(padded(civil.year % 100, to: 2))" }

    static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

func padded(_ number: Int, to digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
