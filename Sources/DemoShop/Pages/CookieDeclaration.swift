/// What the policy page says of each cookie.
struct CookieDeclaration: Sendable {
    let name: String
    let purpose: String
    let lifetime: String

    static let all = [
        CookieDeclaration(name: "shop_session", purpose: "Keeps your cart and login together", lifetime: "session"),
        CookieDeclaration(name: "shop_logged_in", purpose: "Remembers that you are logged in", lifetime: "14 days"),
        CookieDeclaration(name: "shop_cart", purpose: "Number of things in your cart", lifetime: "30 days"),
        CookieDeclaration(name: "shop_csrf", purpose: "Protects forms from other sites", lifetime: "session"),
        CookieDeclaration(name: "shop_payment", purpose: "Holds the payment together", lifetime: "30 minutes"),
        CookieDeclaration(name: "shop_theme", purpose: "Light or dark", lifetime: "1 year"),
        CookieDeclaration(name: "shop_currency", purpose: "The currency you chose", lifetime: "1 year"),
        CookieDeclaration(name: "_ga, _ga_DEMO", purpose: "Analytics", lifetime: "2 years"),
        CookieDeclaration(name: "_et_coid", purpose: "Audience measurement", lifetime: "2 years"),
        CookieDeclaration(name: "_fbp, _gcl_au", purpose: "Remarketing", lifetime: "90 days"),
        CookieDeclaration(name: "social_seen", purpose: "Social buttons", lifetime: "180 days"),
        CookieDeclaration(name: "chat_id", purpose: "Finds your chat again", lifetime: "1 year"),
    ]
}
