import Bytes

/// The dates of the `Expires` attribute, as seconds since 1970-01-01T00:00:00Z.
public enum CookieDate {
    /// The moment that a cookie-date names by the user agents' forgiving algorithm (RFC 6265bis §5.1.1), or nil where
    /// that algorithm fails.
    public static func parse(_ bytes: RawSpan) -> Int64? {
        var fields = CookieDateFields()
        var offset = 0
        while offset < bytes.byteCount {
            if bytes[offset].isDateDelimiter {
                offset += 1
                continue
            }
            var end = offset
            while end < bytes.byteCount, !bytes[end].isDateDelimiter { end += 1 }
            fields.take(bytes.extracting(offset..<end))
            offset = end
        }
        return fields.moment
    }

    /// Appends the moment as an IMF-fixdate (RFC 9110 §5.6.7), years 1 to 9999.
    public static func write(_ moment: Int64, into output: inout ByteBuffer) {
        let day = moment.floorDivided(by: 86_400)
        let second = Int(moment - day * 86_400)
        let date = CivilDate(daysSince1970: day)
        output.append(name(Int((day + 4) - (day + 4).floorDivided(by: 7) * 7), of: "SunMonTueWedThuFriSat"))
        output.append(", ")
        output.append(twoDigits: date.day)
        output.append(UInt8(ascii: " "))
        output.append(name(date.month - 1, of: monthNames))
        output.append(UInt8(ascii: " "))
        output.append(twoDigits: date.year / 100)
        output.append(twoDigits: date.year % 100)
        output.append(UInt8(ascii: " "))
        output.append(twoDigits: second / 3600)
        output.append(UInt8(ascii: ":"))
        output.append(twoDigits: second / 60 % 60)
        output.append(UInt8(ascii: ":"))
        output.append(twoDigits: second % 60)
        output.append(" GMT")
    }
}

private let monthNames: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"

@_lifetime(immortal)
private func name(_ index: Int, of table: StaticString) -> RawSpan {
    staticBytes(table).extracting(index * 3..<index * 3 + 3)
}

/// What the date-tokens seen so far have said.
private struct CookieDateFields {
    var time: (hour: Int, minute: Int, second: Int)?
    var day: Int?
    var month: Int?
    var year: Int?

    /// Each token fills the first field that it fits and that is still open, in this order.
    mutating func take(_ token: RawSpan) {
        if !token[0].isASCIIDigit {
            if month == nil { month = Self.month(token) }
        } else if time == nil, let found = Self.time(token) {
            time = found
        } else if day == nil, let found = Self.number(token, from: 0, digits: 1...2)?.value {
            day = found
        } else if year == nil, let found = Self.number(token, from: 0, digits: 2...4)?.value {
            year = found < 70 ? found + 2000 : found < 100 ? found + 1900 : found
        }
    }

    var moment: Int64? {
        guard let time, let day, let month, let year else { return nil }
        guard year >= 1601, time.hour <= 23, time.minute <= 59, time.second <= 59 else { return nil }
        guard day >= 1, day <= CivilDate.days(inMonth: month, ofYear: year) else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        return days * 86_400 + Int64(time.hour * 3600 + time.minute * 60 + time.second)
    }

    private static func time(_ token: RawSpan) -> (hour: Int, minute: Int, second: Int)? {
        guard let hour = part(token, from: 0), hour.end < token.byteCount, token[hour.end] == UInt8(ascii: ":"),
            let minute = part(token, from: hour.end + 1), minute.end < token.byteCount,
            token[minute.end] == UInt8(ascii: ":"),
            let second = part(token, from: minute.end + 1)
        else { return nil }
        return (hour.value, minute.value, second.value)
    }

    private static func part(_ token: RawSpan, from start: Int) -> (value: Int, end: Int)? {
        number(token, from: start, digits: 1...2)
    }

    /// A run of digits of a length within `digits`, ended by a non-digit or the token's end.
    private static func number(_ token: RawSpan, from start: Int, digits: ClosedRange<Int>) -> (value: Int, end: Int)? {
        var value = 0
        var end = start
        while end < token.byteCount, token[end].isASCIIDigit {
            guard end - start < digits.upperBound else { return nil }
            value = value * 10 + Int(token[end] - 0x30)
            end += 1
        }
        return end - start >= digits.lowerBound ? (value, end) : nil
    }

    private static func month(_ token: RawSpan) -> Int? {
        guard token.byteCount >= 3 else { return nil }
        let (a, b, c) = (token[0] | 0x20, token[1] | 0x20, token[2] | 0x20)
        for month in 0..<12 {
            let wanted = name(month, of: monthNames)
            if a == wanted[0] | 0x20, b == wanted[1], c == wanted[2] { return month + 1 }
        }
        return nil
    }
}

/// A date of the proleptic Gregorian calendar.
private struct CivilDate {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    // Both conversions count in eras of 400 years that begin on 1 March, so that the leap day comes last.
    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = Int64(shiftedYear).floorDivided(by: 400)
        let yearOfEra = shiftedYear - Int(era) * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + Int64(dayOfEra) - 719_468
    }

    static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension UInt8 {
    /// A delimiter of cookie-dates (RFC 6265bis §5.1.1).
    fileprivate var isDateDelimiter: Bool {
        switch self {
        case 0x09, 0x20...0x2F, 0x3B...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension ByteBuffer {
    fileprivate mutating func append(twoDigits value: Int) {
        append(UInt8(truncatingIfNeeded: value / 10 % 10) &+ 0x30)
        append(UInt8(truncatingIfNeeded: value % 10) &+ 0x30)
    }
}
