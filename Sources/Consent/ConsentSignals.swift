import Bytes

/// Preferences that the user agent states with each request.
@frozen
public struct ConsentSignals: OptionSet, Hashable, Sendable {
    /// One bit per member.
    public let rawValue: UInt8

    /// Makes the set of these bits.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `Sec-GPC: 1` (W3C Global Privacy Control §3.2).
    public static let globalPrivacyControl = Self(rawValue: 1)
    /// `DNT: 1` (W3C Tracking Preference Expression §5.2).
    public static let doNotTrack = Self(rawValue: 2)

    /// Whether a field value of `Sec-GPC` or `DNT`, without surrounding whitespace, states the preference: it is
    /// exactly `1`. Anything else, `0` too, says nothing.
    @inlinable
    public static func isStated(by fieldValue: RawSpan) -> Bool {
        fieldValue.byteCount == 1 && fieldValue[0] == UInt8(ascii: "1")
    }
}
