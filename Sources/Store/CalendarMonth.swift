/// A month of the proleptic Gregorian calendar by its first day, counted since 1970-01-01.
public enum CalendarMonth {
    /// The first day of the month that a day is in.
    public static func start(of day: Int32) -> Int32 { day - Int32(dayOfMonth(Int(day))) + 1 }

    /// The first day of the month after the one that a day is in.
    public static func next(after day: Int32) -> Int32 {
        // The 32nd day from a month's first is in the next month, whatever its length.
        start(of: start(of: day) + 31)
    }

    /// From 1, by the usual count of 400-year eras that begin on 1 March.
    private static func dayOfMonth(_ day: Int) -> Int {
        let shifted = day + 719_468
        let dayOfEra = shifted - (shifted >= 0 ? shifted : shifted - 146_096) / 146_097 * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        return dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    }
}
