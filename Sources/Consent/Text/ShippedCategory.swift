/// The categories that come with Crumbgate, in the order in which they are shown.
///
/// Names and purposes are in the languages of `InterfaceText.shipped`. Rules may rename, remove and add.
public enum ShippedCategory: String, CaseIterable, Sendable {
    case authentication
    case status
    case cart
    case security
    case payment
    case personalisation
    case analytics
    case remarketing
    case social
    case chat

    /// As rules and the consent cookie spell it.
    public var id: String { rawValue }

    /// Whether the shipped rules hold it for strictly necessary (ePrivacy Directive art. 5(3)).
    public var isRequired: Bool {
        switch self {
        case .authentication, .status, .cart, .security, .payment: true
        case .personalisation, .analytics, .remarketing, .social, .chat: false
        }
    }

    /// Its name by language.
    public var name: [String: String] { byLanguage { $0.name } }

    /// Its purpose by language.
    public var purpose: [String: String] { byLanguage { $0.purpose } }

    private func byLanguage(_ text: (CategoryTexts.Words) -> String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: CategoryTexts.shipped.map { ($0.language, text($0[self])) })
    }

    /// The category with the shipped texts.
    public func category(vendors: [String] = []) -> Category {
        Category(id: id, isRequired: isRequired, name: name, purpose: purpose, vendors: vendors)
    }
}
