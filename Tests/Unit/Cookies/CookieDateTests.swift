import Bytes
import Cookies
import Foundation
import Testing

@Suite("Cookie dates")
struct CookieDateTests {
    @Test("Dates are read as user agents read them")
    func table() throws {
        for row in try Fixture("dates.tsv").rows {
            let expected = Int64(String(decoding: row[1], as: UTF8.self))
            #expect(CookieDate.parse(row[0]) == expected, "\(shown(row[0]))")
        }
    }

    @Test("A written date is an IMF-fixdate and reads back")
    func roundTrip() {
        let calendar = {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            return calendar
        }()
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        // A step that is no multiple of a day visits every hour, weekday and month from 1601 to 9999.
        for moment in stride(from: Int64(-11_644_473_600), through: 253_402_300_799, by: 30_000_007) {
            var output = ByteBuffer()
            CookieDate.write(moment, into: &output)
            #expect(output.count == 29)
            #expect(CookieDate.parse(output.array) == moment)
            let date = Date(timeIntervalSince1970: TimeInterval(moment))
            // Foundation's calendar is Julian before 1582 only.
            #expect(output.bytes.text.hasPrefix(weekdays[calendar.component(.weekday, from: date) - 1]))
        }
        var output = ByteBuffer()
        CookieDate.write(784_111_777, into: &output)
        #expect(output.bytes.text == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
