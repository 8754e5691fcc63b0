/// The discrete Gaussian distribution: an integer x with a probability proportional to exp(−x²/2σ²).
///
/// Sampled exactly, in integers only, by rejection from a discrete Laplace distribution (Canonne, Kamath, Steinke, "The
/// Discrete Gaussian for Differential Privacy", NeurIPS 2020, algorithms 1 to 3). Floating-point noise has other
/// probabilities than its formula says, and gives away what it should hide (Mironov, "On Significance of the Least
/// Significant Bits for Differential Privacy", CCS 2012).
package struct DiscreteGaussian: Hashable, Sendable {
    /// σ², the parameter; the variance of the distribution is a little less.
    package let variance: Fraction
    /// The scale of the discrete Laplace distribution that is sampled from: ⌊σ⌋ + 1.
    private let scale: UInt64

    /// Makes the distribution; nil unless σ² is above zero, its numerator at most 2⁴⁰ and its denominator at most 2¹⁰.
    package init?(variance: Fraction) {
        guard (1...(1 << 40)).contains(variance.numerator), (1...(1 << 10)).contains(variance.denominator) else {
            return nil
        }
        self.variance = variance
        scale = squareRoot(variance.numerator / variance.denominator) + 1
    }

    /// Draws an integer.
    ///
    /// Within the limits of `init`, no intermediate value leaves 128 bits but with a probability below exp(−16,000).
    package func sample(using random: inout some RandomNumberGenerator) -> Int {
        let (n, d, t) = (UInt128(variance.numerator), UInt128(variance.denominator), UInt128(scale))
        while true {
            let candidate = sampleLaplace(using: &random)
            // (|y| − σ²/t)² / 2σ², expanded by (d·t)².
            let scaled = UInt128(candidate.magnitude) * d * t
            let distance = scaled > n ? scaled - n : n - scaled
            if isExponential(distance * distance, over: 2 * n * d * t * t, using: &random) { return candidate }
        }
    }

    /// Draws an integer y with a probability proportional to exp(−|y|/scale).
    private func sampleLaplace(using random: inout some RandomNumberGenerator) -> Int {
        while true {
            let remainder = random.next(upperBound: scale)
            guard isExponential(UInt128(remainder), over: UInt128(scale), using: &random) else { continue }
            var quotient: UInt64 = 0
            while isExponential(1, over: 1, using: &random) { quotient += 1 }
            let magnitude = Int(remainder + scale * quotient)
            let isNegative = random.next() >> 63 == 1
            // Zero has one sign only.
            if isNegative, magnitude == 0 { continue }
            return isNegative ? -magnitude : magnitude
        }
    }
}

/// A quotient of two integers, not reduced.
package struct Fraction: Hashable, Sendable {
    package var numerator: UInt64
    package var denominator: UInt64

    package init(_ numerator: UInt64, over denominator: UInt64) {
        self.numerator = numerator
        self.denominator = denominator
    }
}

/// True with the probability exp(−numerator/denominator).
private func isExponential(
    _ numerator: UInt128, over denominator: UInt128, using random: inout some RandomNumberGenerator
) -> Bool {
    var rest = numerator
    while rest > denominator {
        guard isExponentialOfPart(denominator, over: denominator, using: &random) else { return false }
        rest -= denominator
    }
    return isExponentialOfPart(rest, over: denominator, using: &random)
}

/// True with the probability exp(−γ) for γ = numerator/denominator in 0...1: of trials that succeed with γ, γ/2, γ/3 …
/// the number of the first to fail is odd as often as the series of exp(−γ) says.
private func isExponentialOfPart(
    _ numerator: UInt128, over denominator: UInt128, using random: inout some RandomNumberGenerator
) -> Bool {
    var trial: UInt128 = 1
    while random.next(upperBound: denominator * trial) < numerator { trial += 1 }
    return trial & 1 == 1
}

/// The largest integer whose square is not above `value`.
private func squareRoot(_ value: UInt64) -> UInt64 {
    var low: UInt64 = 0
    var high = min(value, UInt64(UInt32.max))
    while low < high {
        let middle = low + (high - low + 1) / 2
        if middle * middle <= value { low = middle } else { high = middle - 1 }
    }
    return low
}
