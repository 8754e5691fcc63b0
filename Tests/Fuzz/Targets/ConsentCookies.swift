import Bytes
import COpenSSL
import Consent

/// The consent cookie: valid is what was made, to the last octet, and nothing else.
///
/// The input is taken as a received value, as the text of a value that is rightly signed, and as a decision with
/// changes to the value that is made for it.
func fuzzConsentCookie(_ bytes: [UInt8]) {
    checkReceived(bytes)
    checkSigned(bytes)
    checkMade(bytes)
}

private let secret = [UInt8](0..<32)
private let signer = ConsentSigner(secret: secret)
private let stranger = ConsentSigner(secret: secret.reversed())
private let today: Int32 = 20_000
private let shop = scheme("shop", ["necessary", "analytics", "chat", "a", "marketing-2"])
private let blog = scheme("blog", ["necessary", "analytics", "chat", "a", "marketing-2"])
private let wide = scheme("wide", ["necessary"] + (1..<64).map { "category_\($0)" })

private func scheme(_ site: String, _ ids: [String]) -> ConsentScheme {
    ConsentScheme(
        site: site,
        categories: ids.map { Category(id: $0, isRequired: $0 == "necessary", name: [:], purpose: [:]) })
}

/// Nobody guesses a MAC, so a value from outside is valid only if it is one of ours, octet by octet.
private func checkReceived(_ value: [UInt8]) {
    for site in [shop, blog, wide] {
        switch ConsentCookie.verify(value.rawSpan, signer: signer, site: site, history: .none, today: today) {
        case .invalid: break
        case .valid(let granted, let day, let receipt):
            let made = ConsentCookie.make(granted: granted, receipt: receipt, today: day, signer: signer, site: site)
            expect(made == value, "\(value.shown) is not \(made.shown)")
        case .stale(let granted, _, _): expect(granted.isSubset(of: site.all), "stale")
        }
    }
    _ = ConsentCookie.isName(value.rawSpan)
    if let receipt = ReceiptID(value.rawSpan) { expect(Array(receipt.description.utf8) == value, "receipt id") }
}

/// A text that nobody would sign does no harm.
private func checkSigned(_ text: [UInt8]) {
    let value = text + [UInt8(ascii: ".")] + mac(of: text, site: "shop")
    switch ConsentCookie.verify(value.rawSpan, signer: signer, site: shop, history: .none, today: today) {
    case .invalid: break
    case .valid(let granted, let day, _):
        expect(granted.isSubset(of: shop.all) && shop.required.isSubset(of: granted), "granted")
        expect(day <= today + 1 && Int(day) > Int(today) - shop.validityDays, "day \(day)")
    case .stale(let granted, _, _):
        expect(granted.isSubset(of: shop.all) && shop.required.isSubset(of: granted), "granted then")
    }
    let other = ConsentCookie.verify(value.rawSpan, signer: signer, site: blog, history: .none, today: today)
    expect(other == .invalid, "another site's")
}

/// The first nine octets are a decision, the others changes: two octets for the place, one for what is added to it.
private func checkMade(_ bytes: [UInt8]) {
    guard bytes.count >= 9 else { return }
    let site = bytes[0] & 1 == 0 ? shop : wide
    let granted = CategorySet(rawValue: bytes[1..<9].reduce(0) { $0 << 8 | UInt64($1) }).intersection(site.all)
    let receipt = bytes[0] & 2 == 0 ? nil : ReceiptID(staticBytes("q83vEjRWeJCrze8SNFZ4kA"))
    let day = today - Int32(bytes[0] >> 2)
    let made = ConsentCookie.make(granted: granted, receipt: receipt, today: day, signer: signer, site: site)
    expect(made.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\",;\\".utf8.contains($0) }, "cookie-octets")
    let isRefusal = granted.isDisjoint(with: site.optional)
    let verdict = ConsentCookieVerdict.valid(
        granted: granted.union(site.required), day: day, receipt: isRefusal ? nil : receipt)
    expect(
        ConsentCookie.verify(made.rawSpan, signer: signer, site: site, history: .none, today: today) == verdict, "made")
    expect(
        ConsentCookie.verify(made.rawSpan, signer: stranger, site: site, history: .none, today: today) == .invalid,
        "stranger")
    expect(
        ConsentCookie.verify(made.rawSpan, signer: signer, site: blog, history: .none, today: today) == .invalid, "blog"
    )
    let late = ConsentCookie.verify(made.rawSpan, signer: signer, site: site, history: .none, today: today + 400)
    let then = ConsentCookieVerdict.stale(
        previouslyGranted: granted.union(site.required), receipt: isRefusal ? nil : receipt, because: .expired)
    expect(late == then, "late")

    var changed = made
    for start in stride(from: 9, to: bytes.count - 2, by: 3) where !changed.isEmpty {
        let place = (Int(bytes[start]) << 8 | Int(bytes[start + 1])) % changed.count
        switch bytes[start + 2] {
        case 0: changed.remove(at: place)
        case 0xFF: changed.insert(changed[place], at: place)
        default: changed[place] &+= bytes[start + 2]
        }
    }
    if changed != made {
        let found = ConsentCookie.verify(changed.rawSpan, signer: signer, site: site, history: .none, today: today)
        expect(found == .invalid, "changed: \(changed.shown)")
    }
}

/// The MAC of a text for a site, as `ConsentCookie` writes it.
private func mac(of text: [UInt8], site: String) -> [UInt8] {
    var key = crumbgate_hmac_key()
    var digest = [UInt8](repeating: 0, count: 32)
    let binding = Array("crumbgate consent of site \(site)".utf8)
    unsafe crumbgate_sha256(binding, binding.count, &digest)
    let context = Array(digest.prefix(16))
    unsafe crumbgate_hmac_key_init(&key, secret, secret.count)
    unsafe crumbgate_hmac_sign_in(&key, context, context.count, text, text.count, &digest)
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    return (0..<22).map { offset in
        let bit = offset * 6
        let pair = UInt16(digest[bit / 8]) << 8 | (bit / 8 < 15 ? UInt16(digest[bit / 8 + 1]) : 0)
        return digits[Int(pair >> UInt16(10 - bit % 8) & 63)]
    }
}
