/// A currency the shop shows its prices in.
enum Currency: String, Sendable {
    case euro = "EUR"
    case pound = "GBP"
    case franc = "CHF"

    func text(cents: Int) -> String {
        let converted =
            switch self {
            case .euro: cents
            case .pound: cents * 86 / 100
            case .franc: cents * 95 / 100
            }
        let rest = converted % 100
        let amount = "\(converted / 100).\(rest < 10 ? "0" : "")\(rest)"
        return switch self {
        case .euro: "€\(amount)"
        case .pound: "£\(amount)"
        case .franc: "CHF \(amount)"
        }
    }
}
