import Bytes
import Consent
import Cookies
import HTTPWire
import Rules

/// The consent a request travels under: the signed cookie's, else the signals' (spec: explicit choice wins over GPC).
enum RequestConsent {
    static func read(
        _ head: borrowing RequestHead, in bytes: RawSpan, context: SiteContext, isSecure: Bool, at now: Moment,
        route: UInt32, verdicts: inout VerdictCache
    ) -> ConsentState {
        let site = context.site
        let verdict = verdict(
            head, in: bytes, context: context, isSecure: isSecure, at: now, route: route, verdicts: &verdicts)
        var signals: ConsentSignals = []
        if let field = head.firstIndex(of: .secGPC), ConsentSignals.isStated(by: bytes[head[field].value]) {
            signals.insert(.globalPrivacyControl)
        }
        if let field = head.firstIndex(of: .dnt), ConsentSignals.isStated(by: bytes[head[field].value]) {
            signals.insert(.doNotTrack)
        }
        return ConsentState.effective(
            cookie: verdict, signals: signals, gpcDenies: site.consentSettings.gpcDenies,
            dntDenies: site.consentSettings.dntDenies, scheme: site.consent)
    }

    /// What the request's consent cookie is worth, the first good one of several; nil without one.
    static func verdict(
        _ head: borrowing RequestHead, in bytes: RawSpan, context: SiteContext, isSecure: Bool, at now: Moment,
        route: UInt32, verdicts: inout VerdictCache
    ) -> ConsentCookieVerdict? {
        var verdict: ConsentCookieVerdict?
        var index = 0
        let count = head.firstIndex(of: .cookie) == nil ? 0 : head.fieldCount
        search: while index < count {
            let field = head[index]
            index += 1
            guard field.id == .cookie else { continue }
            let text = bytes[field.value]
            var cursor = CookieStringCursor()
            // Over TLS only the name with the prefix counts: nothing but this host, over TLS, can have set it.
            let name = staticBytes(isSecure ? ConsentCookie.secureName : ConsentCookie.name)
            while let range = cursor.nextValue(of: name, in: text) {
                verdict = verdicts.verdict(on: text[range], site: route, today: now.day) { value in
                    ConsentCookie.verify(
                        value, signer: context.signer, site: context.site.consent, history: context.history,
                        today: now.day)
                }
                if case .valid? = verdict { break search }
            }
        }
        return verdict
    }
}

extension RawSpan {
    /// The bytes without the double quotes around them, as some servers read a cookie's name.
    var unquoted: RawSpan {
        @_lifetime(copy self)
        get {
            let quote = UInt8(ascii: "\"")
            guard byteCount >= 2, self[0] == quote, self[byteCount - 1] == quote else { return self }
            return extracting(1..<byteCount - 1)
        }
    }
}
