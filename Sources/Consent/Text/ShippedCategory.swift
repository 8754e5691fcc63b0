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
    public var name: [String: String] { ["en": texts.en.name, "de": texts.de.name] }

    /// Its purpose by language.
    public var purpose: [String: String] { ["en": texts.en.purpose, "de": texts.de.purpose] }

    private typealias Texts = (name: String, purpose: String)

    private var texts: (en: Texts, de: Texts) {
        switch self {
        case .authentication:
            (
                ("Sign-in", "Recognises you after you have signed in, until you sign out."),
                ("Anmeldung", "Erkennt Sie wieder, nachdem Sie sich angemeldet haben, bis Sie sich abmelden.")
            )
        case .status:
            (
                ("Sign-in status", "Remembers whether you are signed in, so that pages show the right thing."),
                ("Anmeldestatus", "Merkt sich, ob Sie angemeldet sind, damit die Seiten das Richtige zeigen.")
            )
        case .cart:
            (
                ("Shopping cart", "Keeps what you have put into your cart until you order."),
                ("Warenkorb", "Bewahrt auf, was Sie in den Warenkorb gelegt haben, bis Sie bestellen.")
            )
        case .security:
            (
                ("Security", "Protects forms and your account against misuse by others."),
                ("Sicherheit", "Schützt Formulare und Ihr Konto vor Missbrauch durch andere.")
            )
        case .payment:
            (
                ("Payment", "Carries out the payment you choose and protects it against fraud."),
                ("Zahlung", "Führt die Zahlung aus, die Sie wählen, und schützt sie vor Betrug.")
            )
        case .personalisation:
            (
                (
                    "Personalisation",
                    "Remembers settings such as language, and shows you what fits your earlier visits."
                ),
                (
                    "Personalisierung",
                    "Merkt sich Einstellungen wie die Sprache und zeigt Ihnen, was zu Ihren früheren Besuchen passt."
                )
            )
        case .analytics:
            (
                ("Analytics", "Measures how the site is used, with cookies that recognise your browser."),
                ("Statistik", "Misst, wie die Website genutzt wird, mit Cookies, die Ihren Browser wiedererkennen.")
            )
        case .remarketing:
            (
                ("Advertising", "Lets advertising companies show you ads elsewhere for what you looked at here."),
                (
                    "Werbung",
                    "Erlaubt Werbefirmen, Ihnen anderswo Anzeigen für das zu zeigen, was Sie hier angesehen haben."
                )
            )
        case .social:
            (
                (
                    "Social media and videos",
                    "Shows posts, videos and buttons of other services, which then learn of your visit."
                ),
                (
                    "Soziale Medien und Videos",
                    "Zeigt Beiträge, Videos und Schaltflächen anderer Dienste, die dann von Ihrem Besuch erfahren."
                )
            )
        case .chat:
            (
                ("Chat", "Lets you talk to us in a chat window that another service provides."),
                ("Chat", "Lässt Sie mit uns in einem Chatfenster sprechen, das ein anderer Dienst bereitstellt.")
            )
        }
    }

    /// The category with the shipped texts.
    public func category(vendors: [String] = []) -> Category {
        Category(id: id, isRequired: isRequired, name: name, purpose: purpose, vendors: vendors)
    }
}
