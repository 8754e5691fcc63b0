import Bytes
import Foundation

/// Reads the times of access logs, as epoch seconds.
struct LogTime {
    private let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()
    /// The day read last, and its midnight: a log has thousands of lines of each.
    private var day = (year: Int64(0), month: Int64(0), day: Int64(0))
    private var midnight: Int64 = 0

    /// `10/Oct/2026:13:55:36 +0200`, as Apache and nginx write it.
    mutating func common(_ text: RawSpan) -> Int64? {
        guard text.byteCount == 26, text[2] == UInt8(ascii: "/"), text[6] == UInt8(ascii: "/"),
            text[11] == UInt8(ascii: ":"), text[14] == UInt8(ascii: ":"), text[17] == UInt8(ascii: ":"),
            let day = number(text, 0, 2), let month = month(text.extracting(3..<6)), let year = number(text, 7, 4),
            let zone = zone(text.extracting(21..<26)),
            let clock = clock(text, 12)
        else { return nil }
        return seconds(year, month, day, clock).map { $0 - zone }
    }

    /// `2026-10-10T13:55:36+02:00`, `…Z`, with or without parts of a second (RFC 3339).
    mutating func internet(_ text: RawSpan) -> Int64? {
        guard text.byteCount >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
            let clock = clock(text, 11)
        else { return nil }
        var at = 19
        if text[at] == UInt8(ascii: ".") {
            at += 1
            while at < text.byteCount, text[at].isASCIIDigit { at += 1 }
        }
        let rest = text.extracting(at..<text.byteCount)
        if rest.byteCount == 1, rest[0] | 0x20 == UInt8(ascii: "z") { return seconds(year, month, day, clock) }
        var offset: Int64?
        if rest.byteCount == 6, rest[3] == UInt8(ascii: ":") {
            if let hours = number(rest, 1, 2), let minutes = number(rest, 4, 2) {
                offset = sign(rest[0]).map { $0 * (hours * 3600 + minutes * 60) }
            }
        } else {
            offset = zone(rest)
        }
        guard let offset else { return nil }
        return seconds(year, month, day, clock).map { $0 - offset }
    }

    private func clock(_ text: RawSpan, _ at: Int) -> Int64? {
        guard let hour = number(text, at, 2), let minute = number(text, at + 3, 2),
            let second = number(text, at + 6, 2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// `+0200`, in seconds.
    private func zone(_ text: RawSpan) -> Int64? {
        guard text.byteCount == 5, let sign = sign(text[0]), let hours = number(text, 1, 2),
            let minutes = number(text, 3, 2)
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private func sign(_ byte: UInt8) -> Int64? {
        byte == UInt8(ascii: "+") ? 1 : byte == UInt8(ascii: "-") ? -1 : nil
    }

    private func number(_ text: RawSpan, _ at: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for offset in at..<at + count {
            guard text[offset].isASCIIDigit else { return nil }
            value = value * 10 + Int64(text[offset] &- 0x30)
        }
        return value
    }

    private func month(_ name: RawSpan) -> Int64? {
        let names: StaticString = "janfebmaraprmayjunjulaugsepoctnovdec"
        let all = staticBytes(names)
        for month in 0..<12 where name.equalsIgnoringCase(lowercase: all.extracting(month * 3..<month * 3 + 3)) {
            return Int64(month + 1)
        }
        return nil
    }

    private mutating func seconds(_ year: Int64, _ month: Int64, _ day: Int64, _ clock: Int64) -> Int64? {
        if self.day != (year, month, day) {
            let parts = DateComponents(year: Int(year), month: Int(month), day: Int(day))
            guard (1...12).contains(month), (1...31).contains(day), year >= 1970, let date = calendar.date(from: parts)
            else { return nil }
            self.day = (year, month, day)
            midnight = Int64(date.timeIntervalSince1970)
        }
        return midnight + clock
    }
}
