import Measurement

extension Report {
    /// What noise means, for somebody who runs a shop.
    var noiseNotes: [String] {
        guard let loss = gate.loss else { return [] }
        var notes = [
            "Small random numbers were added to each figure before it was stored, so that no report tells whether one "
                + "person came on a day, or what they did. In 19 of 20 cases the number that was counted is within "
                + "the \u{B1} of the one you see (differential privacy, \(loss.text) per visitor and day; "
                + "docs/privacy.md says what that means and where it ends).",
            "With these random numbers, rows that few visitors fed are not shown; visits and page views are those of "
                + "visitors who are measured in full, up to 5 visits and 30 page views each on a day. Of a page it is "
                + "told how many saw it: visitors, and networks of those who are not measured one by one.",
        ]
        if gate.isMixed {
            notes.append(
                "\(gate.noisyDays) of the \(gate.days) days with figures were released so, the others without: "
                    + "compare them with care.")
        }
        return notes
    }
}

extension PrivacyLoss {
    /// `ε = 5.9, δ = 0.000001`.
    var text: String { "ε = \(decimal(roundedEpsilon, places: 1)), δ = \(decimal(delta, places: 6))" }

    /// Never less than it is.
    var roundedEpsilon: Double { (epsilon * 10).rounded(.up) / 10 }
}
