/// Attributes that are added to a set-cookie-string that lacks them.
@frozen
public struct CookieHardening: OptionSet, Hashable, Sendable {
    /// One bit per member.
    public let rawValue: UInt8

    /// Makes the set of these bits.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `Secure`.
    public static let secure = Self(rawValue: 1)
    /// `HttpOnly`.
    public static let httpOnly = Self(rawValue: 2)
    /// `SameSite=Lax`, only where the line has no valid `SameSite`.
    public static let sameSiteLax = Self(rawValue: 4)
}
