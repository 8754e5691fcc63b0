import Measurement

extension Report {
    /// What protects whoever is counted, for somebody who runs a shop; nil where nothing is shown.
    public var privacySentence: String? { noiseSentence ?? thresholdSentence }

    var noiseSentence: String? {
        gate.loss.map { loss in
            "Small random numbers were added to each figure before it was stored, so that no report tells whether one "
                + "person came on a day, or what they did. In 19 of 20 cases the number that was counted is within "
                + "the \u{B1} of the one you see (differential privacy, \(loss.text) per visitor and day; "
                + "docs/privacy.md says what that means and where it ends)."
        }
    }

    var thresholdSentence: String? {
        guard gate.noisyDays < gate.days, let thresholds = gate.thresholds else { return nil }
        return "No figure tells of a single person: each was released because at least \(thresholds) visitors of a day "
            + "fed it; the rest is in (other), or nowhere (docs/privacy.md says why that is so and where it ends)."
    }
}

extension GateSummary {
    /// `10`, or `5 to 10` where it was changed.
    var thresholds: String? {
        guard let leastK, let mostK else { return nil }
        return leastK == mostK ? "\(leastK)" : "\(leastK) to \(mostK)"
    }

    /// Why the figures are anonymous and where that ends, in short: docs/privacy.md has the proofs.
    public var derivation: [String] {
        var paragraphs = [
            "What is stored: sums of whole days, made of integers and public words. No address, no browser string and no "
                + "row per visit is ever written. A visitor is recognised within one day by a keyed hash in memory, whose "
                + "key is destroyed 30 minutes after the site's midnight."
        ]
        if let thresholds {
            paragraphs.append(
                "Why no row tells of one person: a row is let out only if at least \(thresholds) distinct visitors fed it "
                    + "on that day (distinct networks, where visitors are not measured one by one). What is smaller is "
                    + "folded into (other), which must be fed by as many; else the smallest visible row joins it. So the "
                    + "difference between a total and its visible rows is never a small group either.")
        }
        if let loss {
            paragraphs.append(
                "Why the figures tell nothing of one person: each figure of a day is what was counted plus an integer "
                    + "from the discrete Gaussian distribution, with \u{3C3}\u{B2} = \u{394}\u{B2} \u{F7} 2\u{3C1}, where "
                    + "\u{394} is the most that one visitor's day can change a table by and \u{3C1} the table's share of "
                    + "the day's budget. All tables of a day together spend \u{3C1} = \(decimal(loss.rho, places: 3)), "
                    + "which is \(loss.text) by \u{3B5} = \u{3C1} + 2\u{221A}(\u{3C1}\u{B7}ln(2/\u{3B4})) (Bun and "
                    + "Steinke, 2016). The numbers are drawn once and stored, so that asking again does not average them out."
            )
            paragraphs.append(
                "Where that ends: the promise is for one visitor's day. Whoever comes daily spends the budget daily, and "
                    + "a person with two devices is two visitors.")
        }
        if loss == nil || isMixed {
            paragraphs.append(
                "Where that ends: this hides small groups and is not differential privacy. Somebody who sends all but one "
                    + "of the visits that a row needs can see whether one more came, and two tables can be compared by "
                    + "somebody who knows that all of the one are in the other.")
        }
        return paragraphs + [
            "The derivation with its proofs, limits and sources is docs/privacy.md, which comes with Crumbgate."
        ]
    }
}
