/// The names and purposes of the shipped categories in one language.
struct CategoryTexts: Sendable {
    /// What a category is called, and what it is for.
    typealias Words = (name: String, purpose: String)

    /// A BCP 47 language tag, one of those of `InterfaceText.shipped`.
    let language: String
    let authentication: Words
    let status: Words
    let cart: Words
    let security: Words
    let payment: Words
    let personalisation: Words
    let analytics: Words
    let remarketing: Words
    let social: Words
    let chat: Words

    /// All languages.
    static let shipped = [
        english, german, french, spanish, italian, dutch, polish, portuguese, swedish, finnish, danish, arabic,
    ]

    subscript(category: ShippedCategory) -> Words {
        switch category {
        case .authentication: authentication
        case .status: status
        case .cart: cart
        case .security: security
        case .payment: payment
        case .personalisation: personalisation
        case .analytics: analytics
        case .remarketing: remarketing
        case .social: social
        case .chat: chat
        }
    }
}
