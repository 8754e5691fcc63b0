import Foundation
import Measurement
import Testing

/// Attack 15 of the threat model: noise whose distribution is not the one that the proof is about.
@Suite("Discrete Gaussian noise")
struct DiscreteGaussianTests {
    static let variances = [
        Fraction(1, over: 5), Fraction(1, over: 1), Fraction(7, over: 3), Fraction(81, over: 4), Fraction(900, over: 1),
        Fraction(72_900, over: 6),
    ]

    /// How far counts are from those expected, in standard deviations of the chi-square statistic; bins with fewer than
    /// ten expected are joined to their neighbours.
    static func misfit(_ samples: [Int], _ variance: Fraction) -> Double {
        let sigmaSquared = Double(variance.numerator) / Double(variance.denominator)
        let reach = Int(sigmaSquared.squareRoot() * 12) + 12
        let weights = (-reach...reach).map { exp(-Double($0 * $0) / (2 * sigmaSquared)) }
        let sum = weights.reduce(0, +)
        var observed = [Int](repeating: 0, count: weights.count)
        for sample in samples { observed[min(max(sample, -reach), reach) + reach] += 1 }
        var (statistic, bins, expectedSoFar, observedSoFar) = (0.0, 0, 0.0, 0.0)
        for (weight, count) in zip(weights, observed) {
            expectedSoFar += weight / sum * Double(samples.count)
            observedSoFar += Double(count)
            guard expectedSoFar >= 10 else { continue }
            statistic += (observedSoFar - expectedSoFar) * (observedSoFar - expectedSoFar) / expectedSoFar
            (bins, expectedSoFar, observedSoFar) = (bins + 1, 0, 0)
        }
        let freedom = Double(max(1, bins - 1))
        return (statistic - freedom) / (2 * freedom).squareRoot()
    }

    static func samples(_ variance: Fraction, _ count: Int, seed: UInt64) throws -> [Int] {
        var random = Xorshift(seed: seed)
        let distribution = try #require(DiscreteGaussian(variance: variance))
        return (0..<count).map { _ in distribution.sample(using: &random) }
    }

    @Test("Draws have the exact probabilities", arguments: variances)
    func distribution(variance: Fraction) throws {
        let samples = try Self.samples(variance, 100_000, seed: 15)
        #expect(Self.misfit(samples, variance) < 4.5)
    }

    @Test("Noise that is only nearly right is told from it")
    func sabotage() throws {
        var random = Xorshift(seed: 16)
        func uniform() -> Double { Double.random(in: 0x1p-53..<1, using: &random) }
        for variance in Self.variances {
            let sigma = (Double(variance.numerator) / Double(variance.denominator)).squareRoot()
            // 5 % less spread than was asked for.
            let narrow = Fraction(variance.numerator * 90, over: variance.denominator * 100)
            #expect(Self.misfit(try Self.samples(narrow, 100_000, seed: 17), variance) > 10)
            // A discrete Laplace distribution of the same variance.
            let ratio = exp(-2.0.squareRoot() / sigma)
            let laplace = (0..<100_000).map { _ in
                Int(log(uniform()) / log(ratio)) - Int(log(uniform()) / log(ratio))
            }
            #expect(Self.misfit(laplace, variance) > 10)
        }
        // A rounded continuous Gaussian, where rounding weighs.
        for variance in Self.variances.prefix(2) {
            let sigma = (Double(variance.numerator) / Double(variance.denominator)).squareRoot()
            let rounded = (0..<100_000).map { _ in
                Int((sigma * (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())).rounded())
            }
            #expect(Self.misfit(rounded, variance) > 10)
        }
        // A zero for each sign.
        let honest = try Self.samples(Fraction(7, over: 3), 100_000, seed: 18)
        let zeros = honest.count { $0 == 0 }
        #expect(Self.misfit(honest + [Int](repeating: 0, count: zeros / 10), Fraction(7, over: 3)) > 10)
    }

    @Test("A variance that is none, or beyond the arithmetic, makes no distribution")
    func limits() {
        #expect(DiscreteGaussian(variance: Fraction(0, over: 1)) == nil)
        #expect(DiscreteGaussian(variance: Fraction(1, over: 0)) == nil)
        #expect(DiscreteGaussian(variance: Fraction(1 << 41, over: 1)) == nil)
        #expect(DiscreteGaussian(variance: Fraction(1 << 40, over: 1 << 10)) != nil)
    }

    @Test("The largest variance is drawn from without leaving the arithmetic")
    func largest() throws {
        let variance = Fraction(1 << 40, over: 1)
        let samples = try Self.samples(variance, 2000, seed: 19).map { Double($0) }
        let spread = (samples.reduce(0) { $0 + $1 * $1 } / 2000).squareRoot()
        #expect((0.9...1.1).contains(spread / 0x1p20))
    }
}
