import Bytes

/// IMF-fixdate (RFC 9110 §5.6.7).
enum HTTPDate {
    /// Appends a Date field line.
    static func write(_ epoch: Int64, into output: inout ByteBuffer) {
        output.append("Date: ")
        writeValue(epoch, into: &output)
        output.append("\r\n")
    }

    static func writeValue(_ epoch: Int64, into output: inout ByteBuffer) {
        let days = epoch / 86_400
        let second = epoch % 86_400
        let date = civil(days)
        output.append(name(Int((days + 4) % 7), in: "SunMonTueWedThuFriSat"))
        output.append(", ")
        pair(date.day, &output)
        output.append(" ")
        output.append(name(date.month - 1, in: "JanFebMarAprMayJunJulAugSepOctNovDec"))
        output.append(" ")
        output.append(decimal: date.year)
        output.append(" ")
        pair(Int(second / 3600), &output)
        output.append(":")
        pair(Int(second / 60 % 60), &output)
        output.append(":")
        pair(Int(second % 60), &output)
        output.append(" GMT")
    }

    private static func pair(_ value: Int, _ output: inout ByteBuffer) {
        output.append(UInt8(0x30 + value / 10))
        output.append(UInt8(0x30 + value % 10))
    }

    @_lifetime(immortal)
    private static func name(_ index: Int, in names: StaticString) -> RawSpan {
        staticBytes(names).extracting(index * 3..<index * 3 + 3)
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01, not before it.
    private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        // Days since 0000-03-01, in eras of 400 years: March begins the year, so the leap day ends it.
        let z = Int(days) + 719_468
        let era = z / 146_097
        let dayOfEra = z % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
