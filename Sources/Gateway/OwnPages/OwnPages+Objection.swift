import Bytes
import Consent
import Cookies
import HTTPWire
import Rules

/// Being counted without consent can be objected to (GDPR art. 21; profile `exempt` of the rules): by a form that needs
/// no script, with effect from the next request.
extension OwnPages {
    static let objectionPath = "/.crumbgate/objection"

    /// Answers `POST /.crumbgate/objection` with the way back to the settings and a cookie that keeps the objection, or
    /// takes it back.
    func object(_ request: OwnRequest) -> OwnAnswer {
        guard request.method == .post else { return .notAllowed("POST") }
        let query = FormFields.parse(request.query.utf8)
        let text = text(for: request, language: query.first { $0.name.hasBytes(of: "lang") }?.value)
        let form = FormFields.parse(request.body)
        let returnPath = form.first { $0.name.hasBytes(of: "return") }.flatMap { ReturnPath($0.value) } ?? .root
        if request.isRateLimited {
            return failurePage(status: 429, text: text, returnPath: returnPath).retryingAfter(seconds: 5)
        }
        guard OwnOrigin(of: request).isSource(of: request) else {
            return failurePage(status: 403, text: text, returnPath: returnPath)
        }
        let isObjection: Bool
        switch form.first(where: { $0.name.hasBytes(of: "count") })?.value {
        case "no": isObjection = true
        case "yes": isObjection = false
        default: return failurePage(status: 422, text: text, returnPath: returnPath)
        }
        var cookie = ByteBuffer(capacity: 128)
        ObjectionCookie.write(isObjection: isObjection, isSecure: request.isSecure, into: &cookie)
        var answer = Self.redirect(
            to: "\(BannerMarkup.settingsPath)?lang=\(text.language)&return=\(returnPath.percentEncoded)")
        var fields = OwnFields()
        fields.add("Set-Cookie", cookie.bytes.text)
        answer.fields += fields.bytes
        return answer
    }

    /// What visitors are told of being counted, and the switch; nothing where nobody is counted without consent.
    func objection(of request: OwnRequest, text: InterfaceText, returnPath: ReturnPath) -> String {
        guard site.measurement.profile == .exempt else { return "" }
        let hasObjected = request.hasObjected
        let lifetime = text.lifetime(seconds: ObjectionCookie.validityDays * 86_400)
        let cookie =
            "<p>\(text.cookies.escapedForHTML): <code dir=\"ltr\">\(ObjectionCookie.name)</code>, "
            + "\(lifetime.escapedForHTML)</p>"
        return #"<section id="crumbgate-counting" class="crumbgate-category">"#
            + "<h2>\(text.countingTitle.escapedForHTML)</h2><p>\(text.countingText.escapedForHTML)</p>"
            + (hasObjected
                ? #"<p class="crumbgate-note">\#(text.countingObjected.escapedForHTML)</p>"# + cookie : "")
            + #"<form method="post" action="\#(Self.objectionPath)?lang=\#(text.language.escapedForHTML)">"#
            + #"<input type="hidden" name="return" value="\#(returnPath.text.escapedForHTML)">"#
            + #"<div class="crumbgate-choices"><button id="crumbgate-\#(hasObjected ? "resume" : "object")" name="count""#
            + #" value="\#(hasObjected ? "yes" : "no")">"#
            + "\((hasObjected ? text.countingResume : text.countingObject).escapedForHTML)</button></div></form></section>"
    }
}

/// Whether a request comes from a visitor who objects to being counted.
enum Objection {
    /// Over TLS only the name with the prefix counts, as for the consent cookie.
    static func isStated(by head: borrowing RequestHead, in bytes: RawSpan, isSecure: Bool) -> Bool {
        guard head.firstIndex(of: .cookie) != nil else { return false }
        let name = staticBytes(isSecure ? ObjectionCookie.secureName : ObjectionCookie.name)
        for index in 0..<head.fieldCount where head[index].id == .cookie {
            let text = bytes[head[index].value]
            var cursor = CookieStringCursor()
            while let range = cursor.nextValue(of: name, in: text) {
                if ObjectionCookie.isObjection(text[range]) { return true }
            }
        }
        return false
    }
}
