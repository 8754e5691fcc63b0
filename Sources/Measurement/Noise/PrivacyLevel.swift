/// By which rule the figures of a window are let out (docs/privacy.md).
public enum ReleaseRule: Hashable, Sendable {
    /// A figure is released when enough distinct visitors fed it.
    case threshold
    /// Likewise, and with noise that makes the release differentially private.
    case noise(PrivacyLevel)
}

/// How much one visitor's day may change what is released: a budget ρ of zero-concentrated differential privacy (Bun,
/// Steinke, "Concentrated Differential Privacy", TCC 2016).
public enum PrivacyLevel: String, CaseIterable, Hashable, Sendable {
    /// ρ = 0.5.
    case standard
    /// ρ = 0.1.
    case strict

    /// The budget ρ of one visitor's day.
    package var budget: Fraction {
        switch self {
        case .standard: Fraction(1, over: 2)
        case .strict: Fraction(1, over: 10)
        }
    }

    /// The budget in millionths, as the ledger has it.
    public var millionths: Int { Int(1_000_000 / budget.denominator * budget.numerator) }
}
