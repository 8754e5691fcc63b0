import HTTPTypes
import Hummingbird

/// The cookies the shop itself sets, of every kind a small e-store sets.
enum ShopCookie: String, Sendable {
    case session = "shop_session"
    case loggedIn = "shop_logged_in"
    case cart = "shop_cart"
    case csrf = "shop_csrf"
    case payment = "shop_payment"
    case theme = "shop_theme"
    case currency = "shop_currency"
    case analytics = "_ga"
    case analyticsStream = "_ga_DEMO"
    case audience = "_et_coid"
    case remarketing = "_fbp"
    case conversionLinker = "_gcl_au"
    case socialSeen = "social_seen"
    case chat = "chat_id"

    /// Attributes of the set-cookie-string (RFC 6265 §4.1).
    private var attributes: String {
        let day = 86_400
        return switch self {
        case .session: "; Path=/; HttpOnly; SameSite=Lax"
        case .loggedIn: "; Path=/; SameSite=Lax; Max-Age=\(14 * day)"
        case .cart: "; Path=/; SameSite=Lax; Max-Age=\(30 * day)"
        case .csrf: "; Path=/; HttpOnly; SameSite=Strict"
        case .payment: "; Path=/checkout; HttpOnly; SameSite=Lax; Max-Age=1800"
        case .theme, .currency: "; Path=/; SameSite=Lax; Max-Age=\(365 * day)"
        case .analytics, .analyticsStream: "; Path=/; Max-Age=\(730 * day)"
        case .audience: "; Path=/; HttpOnly; Max-Age=\(730 * day)"
        case .remarketing: "; Path=/; HttpOnly; SameSite=Lax; Max-Age=\(90 * day)"
        case .conversionLinker: "; Path=/; SameSite=Lax; Max-Age=\(90 * day)"
        case .socialSeen: "; Path=/; Max-Age=\(180 * day)"
        case .chat: "; Path=/; HttpOnly; SameSite=Lax; Max-Age=\(365 * day)"
        }
    }

    func line(_ value: String) -> String { "\(rawValue)=\(value)\(attributes)" }

    /// The set-cookie-string that makes the user agent forget the cookie.
    var expiry: String {
        let path = self == .payment ? "/checkout" : "/"
        return "\(rawValue)=; Path=\(path); Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
    }
}

extension Request {
    func cookie(_ cookie: ShopCookie) -> String? {
        let value = cookies[cookie.rawValue]?.value
        return value?.isEmpty == false ? value : nil
    }
}

extension Response {
    mutating func set(_ cookie: ShopCookie, _ value: String) {
        headers.append(HTTPField(name: .setCookie, value: cookie.line(value)))
    }

    mutating func expire(_ cookie: ShopCookie) {
        headers.append(HTTPField(name: .setCookie, value: cookie.expiry))
    }
}

/// An unguessable token of 128 bits in hexadecimal digits.
func randomToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
        let digits = String(generator.next() as UInt64, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
}

/// A client id of the analytics kind: two decimal numbers.
func clientID() -> String {
    "\(Int.random(in: 100_000_000...999_999_999)).\(Int.random(in: 1_700_000_000...1_799_999_999))"
}
