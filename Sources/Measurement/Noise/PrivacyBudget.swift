import Glibc

/// How the budget of a visitor's day is divided among the tables of a window, and what noise follows from it.
///
/// Part i gets ρᵢ = ρ·wᵢ/Σw. Its counts change by a vector of at most Δᵢ (Euclidean) when one visitor comes or goes, so
/// discrete Gaussian noise with σᵢ² = Δᵢ²/2ρᵢ costs ρᵢ (Canonne, Kamath, Steinke 2020), and all parts together cost ρ.
/// Proofs: docs/privacy.md. Everything here is exact but the margin, which is rounded up.
package struct PrivacyBudget: Sendable {
    package let level: PrivacyLevel
    /// How many goals are released.
    package let goals: Int

    package init(level: PrivacyLevel, goals: Int) {
        self.level = level
        self.goals = goals
    }

    /// What is counted with noise of its own.
    package enum Part: CaseIterable, Hashable, Sendable {
        case visitors, visits, pageViews
        case page, entry, exit, source, campaign, place, browser, system, pair
        case channel, device, hour, length, depth, goal
        case barePage, consent, answerLanguage, withheld, unknown, blocked, bot
    }

    /// σ² of the noise in a part.
    package func variance(of part: Part) -> Fraction {
        let (rho, sum) = (level.budget, Part.allCases.reduce(0) { $0 + $1.weight })
        return Fraction(
            part.squaredSensitivity(goals: goals) * sum * rho.denominator, over: 2 * rho.numerator * part.weight)
    }

    /// What a noisy count must reach beyond `k` to be shown, in a part whose rows are not known beforehand.
    ///
    /// A row that one visitor lifts to k is shown with a probability of at most exp(−margin²/2σ²), the bound for the
    /// tail of a discrete Gaussian. Over all rows that one visitor can lift, in all such parts, this comes to at most
    /// half of `PrivacyBudget.delta`.
    package func margin(of part: Part) -> Int {
        let lifted = Double(part.squaredSensitivity(goals: goals))
        let parts = Double(Part.allCases.count { $0.isOpen })
        let variance = variance(of: part)
        let sigmaSquared = Double(variance.numerator) / Double(variance.denominator)
        return Int((2 * sigmaSquared * log(lifted * parts * 2 / Self.delta)).squareRoot().rounded(.up))
    }

    /// The probability δ with which the bound ε of a release may not hold.
    package static let delta = 1e-6

    /// Page views of one visitor that count in a day's total.
    static let mostPageViews = 30
    /// Visits of one visitor that count in a day's total.
    static let mostVisits = 5
}

extension PrivacyBudget.Part {
    /// Whether the names of the rows come from traffic, so that a row by its mere presence tells something.
    package var isOpen: Bool {
        switch self {
        case .page, .entry, .exit, .source, .campaign, .place, .browser, .system, .pair, .barePage, .withheld, .unknown,
            .blocked, .bot:
            true
        case .visitors, .visits, .pageViews, .channel, .device, .hour, .length, .depth, .goal, .consent,
            .answerLanguage:
            false
        }
    }

    /// The part's share of the budget: more where operators look first.
    package var weight: UInt64 {
        switch self {
        case .page, .barePage: 10
        case .pageViews: 6
        case .pair: 5
        case .visitors, .visits, .source, .hour, .goal: 4
        case .entry, .campaign, .place, .consent, .withheld, .unknown, .blocked: 3
        case .exit, .browser, .channel, .length, .depth, .answerLanguage: 2
        case .system, .device, .bot: 1
        }
    }

    /// Δ²: what one visitor changes in the part, squared and summed over its rows.
    ///
    /// Where visitors are told apart, that is each row they feed, by one; or the cap of a total, squared. Where only
    /// networks are, one visitor more may make the network feed other rows instead: twice the rows.
    package func squaredSensitivity(goals: Int) -> UInt64 {
        switch self {
        case .visits: UInt64(PrivacyBudget.mostVisits * PrivacyBudget.mostVisits)
        case .pageViews: UInt64(PrivacyBudget.mostPageViews * PrivacyBudget.mostPageViews)
        case .page: UInt64(VisitorState.mostPages)
        case .pair: UInt64(VisitorState.mostPairs)
        case .goal: UInt64(max(1, goals))
        case .visitors, .entry, .exit, .source, .campaign, .place, .browser, .system, .channel, .device, .hour, .length,
            .depth:
            1
        case .barePage: 2 * UInt64(Table.barePage.mostRowsOfNetwork)
        case .consent: 2 * UInt64(Table.consent.mostRowsOfNetwork)
        case .answerLanguage: 2 * UInt64(Table.answerLanguage.mostRowsOfNetwork)
        case .withheld: 2 * UInt64(Table.withheld.mostRowsOfNetwork)
        case .unknown: 2 * UInt64(Table.unknown.mostRowsOfNetwork)
        case .blocked: 2 * UInt64(Table.blocked.mostRowsOfNetwork)
        case .bot: 2 * UInt64(Table.bot.mostRowsOfNetwork)
        }
    }
}
