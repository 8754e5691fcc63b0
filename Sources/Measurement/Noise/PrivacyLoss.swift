import Glibc

/// What releases with noise give away of one visitor's day at most: whatever was released, it is hardly more probable
/// with the visitor than without, by a factor of at most e^ε but for a probability of δ (docs/privacy.md).
public struct PrivacyLoss: Hashable, Sendable {
    /// The budget ρ of zero-concentrated differential privacy that was spent.
    public let rho: Double
    /// The probability with which the bound may not hold.
    public let delta: Double

    /// The loss by the windows of one day.
    ///
    /// - Parameters:
    ///   - budget: what the windows spent together, in millionths.
    ///   - windows: how many there were.
    public init(budget: Int, windows: Int) {
        rho = Double(budget) / 1_000_000
        delta = PrivacyBudget.delta * Double(windows)
    }

    /// The bound ε that goes with `delta` (Bun, Steinke 2016, proposition 1.3): ρ + 2√(ρ·ln(2/δ)); the other half of δ
    /// is that of the rows named by traffic.
    public var epsilon: Double { rho + 2 * (rho * log(2 / delta)).squareRoot() }
}
