import Reports
import Testing

@Suite("Periods of reports")
struct PeriodTests {
    static let today = Day(number: 20_778)

    @Test(
        "Days are read and written as ISO 8601 has them",
        arguments: [
            ("1970-01-01", 0, 4), ("2000-02-29", 11_016, 2), ("2026-11-21", 20_778, 6), ("9999-12-31", 2_932_896, 5),
        ] as [(String, Int32, Int)])
    func days(text: String, number: Int32, weekday: Int) throws {
        let day = try #require(Day(text))
        #expect(day.number == number)
        #expect(day.description == text)
        #expect(day.weekday == weekday)
    }

    @Test("Each day from 1970 to 2100 is read back from what it is written as, and follows the one before")
    func everyDay() throws {
        var previous = (year: 1969, month: 12, day: 31)
        for number in 0..<Int32(47_500) {
            let day = Day(number: number)
            let civil = day.civil
            let isNext =
                civil == (previous.year, previous.month, previous.day + 1)
                || civil == (previous.year, previous.month + 1, 1) || civil == (previous.year + 1, 1, 1)
            if !isNext || Day(day.description) != day { Issue.record("\(number): \(civil) after \(previous)") }
            previous = civil
        }
    }

    @Test(
        "What is no day is refused",
        arguments: [
            "", "2026", "2026-11", "2026-11-31", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "26-11-21",
            "2026-1-1", "2026/11/21", "21.11.2026", "2026-11-21T00:00", "+026-11-21", "٢٠٢٦-11-21", "1969-12-31",
            "today",
        ])
    func noDays(text: String) { #expect(Day(text) == nil) }

    private func period(_ from: String?, _ to: String?, _ last: String?) throws -> String {
        let period = try ReportPeriod(from: from, to: to, last: last, today: Self.today)
        return "\(period.first) \(period.last)"
    }

    @Test("A period is named by its days or by its length up to today")
    func periods() throws {
        #expect(try period(nil, nil, nil) == "2026-11-15 2026-11-21")
        #expect(try period(nil, nil, "30d") == "2026-10-23 2026-11-21")
        #expect(try period(nil, nil, "1") == "2026-11-21 2026-11-21")
        #expect(try period(nil, nil, "4w") == "2026-10-25 2026-11-21")
        #expect(try period("2026-01-01", nil, nil) == "2026-01-01 2026-11-21")
        #expect(try period("2026-01-01", "2026-01-01", nil) == "2026-01-01 2026-01-01")
    }

    @Test("What is no period is refused with its reason")
    func noPeriods() {
        func error(_ from: String?, _ to: String?, _ last: String?) -> ReportPeriodError? {
            #expect(throws: ReportPeriodError.self) { try period(from, to, last) }
        }
        #expect(error("2026-11-31", nil, nil) == .notADay("2026-11-31"))
        #expect(error("2026-11-01", "yesterday", nil) == .notADay("yesterday"))
        #expect(error("2026-11-02", "2026-11-01", nil)?.description.contains("before it begins") == true)
        #expect(error("2027-01-01", nil, nil)?.description.contains("future") == true)
        #expect(error("2027-01-01", "2027-01-02", nil) == .inTheFuture(Day(number: 20_819)))
        #expect(error("2026-11-21", "2026-11-22", nil) == .endsInTheFuture(Day(number: 20_779)))
        #expect(error("1970-01-01", "9999-12-31", nil) == .endsInTheFuture(Day(number: 2_932_896)))
        #expect(error("1970-01-01", nil, nil) == .tooLong(20_779))
        #expect(error("2026-11-02", nil, "7d") == .lastWithDates)
        #expect(error(nil, "2026-11-02", nil) == .toWithoutFrom)
        for text in ["", "d", "0d", "-7d", "7m", "7dd", "99999d", "７d", "7 d"] {
            #expect(error(nil, nil, text) == .notALength(text))
        }
    }

    @Test("A period has as many days as are ever kept, and no more")
    func longest() throws {
        #expect(try period(nil, nil, "1830d") == "2021-11-18 2026-11-21")
        #expect(try period("2021-11-18", nil, nil) == "2021-11-18 2026-11-21")
        #expect(throws: ReportPeriodError.tooLong(1831)) { try period("2021-11-17", nil, nil) }
        #expect(throws: ReportPeriodError.tooLong(1831)) { try period(nil, nil, "1831d") }
        #expect(throws: ReportPeriodError.tooLong(69_993)) { try period(nil, nil, "9999w") }
    }

    @Test("A period is described with as much of its first day as differs")
    func descriptions() throws {
        func text(_ from: String, _ to: String) throws -> String {
            try ReportPeriod(from: from, to: to, last: nil, today: Self.today).description
        }
        #expect(try text("2026-11-21", "2026-11-21") == "21 November 2026")
        #expect(try text("2026-11-15", "2026-11-21") == "15 to 21 November 2026")
        #expect(try text("2026-10-15", "2026-11-21") == "15 October to 21 November 2026")
        #expect(try text("2025-12-31", "2026-01-01") == "31 December 2025 to 1 January 2026")
    }

    @Test("Sections are asked for by name; an unknown name is told with those that exist")
    func sections() throws {
        #expect(try ReportSection.list("pages, sources,pages") == [.pages, .sources])
        let error = #expect(throws: ReportSection.UnknownSection.self) { try ReportSection.list("pages,page") }
        #expect(error?.description.contains("'page'") == true)
        #expect(error?.description.contains("sources") == true)
        #expect(throws: ReportSection.UnknownSection.self) { try ReportSection.list(",") }
    }
}
