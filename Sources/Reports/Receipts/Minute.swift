/// A minute in UTC, as RFC 3339 spells it but without seconds: `2026-11-21T13:40Z`.
public struct Minute: Hashable, Sendable, CustomStringConvertible {
    /// Minutes since 1970-01-01T00:00Z.
    public let number: Int64

    /// Makes the minute `number` minutes after 1970-01-01T00:00Z.
    public init(number: Int64) { self.number = number }

    /// Reads what `description` spells; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 6, parts[1].hasSuffix("Z"), let day = Day(String(parts[0]))
        else {
            return nil
        }
        let time = parts[1].dropLast().split(separator: ":").compactMap { Int64($0) }
        guard time.count == 2 else { return nil }
        number = Int64(day.number) * 1440 + time[0] * 60 + time[1]
        guard description == text else { return nil }
    }

    /// `2026-11-21T13:40Z`.
    public var description: String {
        let day = Day(number: Int32(clamping: number >= 0 ? number / 1440 : (number - 1439) / 1440))
        let rest = Int(number - Int64(day.number) * 1440)
        return "\(day)T\(padded(rest / 60, to: 2)):\(padded(rest % 60, to: 2))Z"
    }
}
