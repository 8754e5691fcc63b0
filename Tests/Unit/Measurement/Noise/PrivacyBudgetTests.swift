import Foundation
import Measurement
import Testing

@Suite("The budget of a visitor's day")
struct PrivacyBudgetTests {
    static let budgets = PrivacyLevel.allCases.flatMap { level in
        [0, 1, 7, 64].map { PrivacyBudget(level: level, goals: $0) }
    }

    @Test("The parts together cost what the level allows, no more and no less", arguments: budgets)
    func sum(budget: PrivacyBudget) {
        let cost = PrivacyBudget.Part.allCases.reduce(0.0) { sum, part in
            let variance = budget.variance(of: part)
            let sensitivity = Double(part.squaredSensitivity(goals: budget.goals))
            return sum + sensitivity * Double(variance.denominator) / (2 * Double(variance.numerator))
        }
        #expect(abs(cost - Double(budget.level.millionths) / 1_000_000) < 1e-12)
    }

    @Test("Every part has a distribution to draw from", arguments: budgets)
    func distributions(budget: PrivacyBudget) {
        for part in PrivacyBudget.Part.allCases {
            #expect(DiscreteGaussian(variance: budget.variance(of: part)) != nil, "\(part)")
        }
    }

    /// The probability that noise reaches a margin, from the formula of the distribution.
    static func tail(_ variance: Fraction, from margin: Int) -> Double {
        let sigmaSquared = Double(variance.numerator) / Double(variance.denominator)
        let weight = { (x: Int) in exp(-Double(x * x) / (2 * sigmaSquared)) }
        let reach = Int(sigmaSquared.squareRoot() * 40) + 40
        return (margin...(margin + reach)).reduce(0) { $0 + weight($1) }
            / (-reach...reach).reduce(0) { $0 + weight($1) }
    }

    @Test("A row that one visitor makes large enough shows itself with no more than half of δ", arguments: budgets)
    func margins(budget: PrivacyBudget) {
        let risk = { (share: Double) in
            PrivacyBudget.Part.allCases.filter(\.isOpen).reduce(0.0) { sum, part in
                let margin = Int(Double(budget.margin(of: part)) * share)
                let lifted = Double(part.squaredSensitivity(goals: budget.goals))
                return sum + lifted * Self.tail(budget.variance(of: part), from: margin)
            }
        }
        #expect(risk(1) <= PrivacyBudget.delta / 2)
        // A margin of four fifths would not do.
        #expect(risk(0.8) > PrivacyBudget.delta / 2)
    }

    @Test("ε and δ of a day are those of the documents")
    func loss() {
        #expect(abs(PrivacyLoss(budget: 500_000, windows: 1).epsilon - 5.887) < 0.001)
        #expect(abs(PrivacyLoss(budget: 100_000, windows: 1).epsilon - 2.509) < 0.001)
        #expect(PrivacyLoss(budget: 200_000, windows: 2).epsilon > PrivacyLoss(budget: 100_000, windows: 1).epsilon)
        #expect(PrivacyLoss(budget: 200_000, windows: 2).delta == 2e-6)
        let margins = PrivacyLevel.allCases.map { level in
            [PrivacyBudget.Part.source, .page, .visitors, .pageViews].map { part in
                let variance = PrivacyBudget(level: level, goals: 1).variance(of: part)
                return Int(
                    (1.96 * (Double(variance.numerator) / Double(variance.denominator)).squareRoot()).rounded(.up))
            }
        }
        #expect(margins == [[10, 19, 10, 224], [21, 41, 21, 501]])
    }
}
