/// A way by which visits come, as reports group sources.
enum Channel: UInt8, CaseIterable {
    case direct, search, social, email, referral, paid, assistant, `internal`

    /// The word in reports.
    var name: StaticString {
        switch self {
        case .direct: "direct"
        case .search: "search"
        case .social: "social"
        case .email: "email"
        case .referral: "referral"
        case .paid: "paid"
        case .assistant: "assistant"
        case .internal: "internal"
        }
    }
}
