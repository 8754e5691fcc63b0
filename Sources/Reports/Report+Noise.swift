import Measurement

extension Report {
    /// What noise means, for somebody who runs a shop.
    var noiseNotes: [String] {
        guard let sentence = noiseSentence else { return [] }
        var notes = [
            sentence,
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
