/// What the studio writes about its work.
enum Journal {
    struct Entry: Sendable {
        let title: String
        let paragraphs: [String]
    }

    static let entries: [Entry] = months.enumerated().map { index, month in
        Entry(
            title: "\(month): \(subjects[index])",
            paragraphs: (0..<4).map { sentences[(index * 3 + $0) % sentences.count] })
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let subjects = [
        "the wheel is cold", "a glaze called Tuesday", "first flush", "what the kiln did", "forty-one spouts",
        "an open door", "too hot to throw", "the ferry mug", "drying racks", "smoke", "boxes", "the shelf is empty",
    ]
    private static let sentences = [
        "Clay remembers. Push it once too far on the wheel and it will lean that way in the fire, two weeks later, when "
            + "you have forgotten that you were ever in a hurry.",
        "We fire twice: to 980 degrees without glaze, to 1,240 with it. Between the two a cup drinks water like a sponge, "
            + "and each brush stroke is final.",
        "Somebody asked why the blue is never the same. It is the same blue. The kiln has corners, and corners have "
            + "opinions.",
        "The harbour froze to the second buoy. The ferry broke through at six, and every pot on the third shelf rang.",
        "A handle is a sentence about a hand. Ours are pulled, not cast, and you can tell by the thumb-print at the end.",
        "We sold the last of the moss pots to somebody who needed it for rainwater. That is a use we had not thought of.",
        "Tea keeps for a year in the tin and for a minute in the pot. Most mistakes are made in the second of these.",
    ]
}
