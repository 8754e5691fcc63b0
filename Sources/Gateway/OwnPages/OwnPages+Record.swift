import Bytes
import Consent
import HTTPWire

/// The visitor's own record (GDPR art. 15 and 17): whoever has the signed cookie with its id may see and erase it.
extension OwnPages {
    static let recordPath = "/.crumbgate/receipt"

    /// Answers `GET /.crumbgate/receipt?format=json`, `csv` or `xml` with the record as a file, and `POST` by erasing
    /// it.
    func record(_ request: OwnRequest) -> OwnAnswer {
        let query = FormFields.parse(request.query.utf8)
        let isErasure = request.method == .post
        guard isErasure || request.method == .get else { return .notAllowed("GET, POST") }
        let text = text(for: request, language: query.first { $0.name.hasBytes(of: "lang") }?.value)
        if request.isRateLimited {
            return failurePage(status: 429, text: text, returnPath: .root).retryingAfter(seconds: 5)
        }
        let origin = OwnOrigin(of: request)
        guard isErasure ? origin.isSource(of: request) : origin.mayRead(request) else {
            return failurePage(status: 403, text: text, returnPath: .root)
        }
        let failed = failurePage(status: 503, text: text, returnPath: .root).retryingAfter(seconds: 5)
        guard let id = request.verdict?.receipt else { return .plain(status: 404, text.receiptNone) }
        return isErasure
            ? erasure(of: id, request, text: text, failed: failed)
            : file(of: id, form: query.first { $0.name.hasBytes(of: "format") }?.value, text: text, failed: failed)
    }

    private func file(of id: ReceiptID, form: String?, text: InterfaceText, failed: OwnAnswer) -> OwnAnswer {
        guard let form = ReceiptForm(rawValue: form ?? "json") else {
            return .plain(status: 404, "There is nothing at this address.")
        }
        var fields = OwnFields()
        fields.add("Content-Disposition", "attachment; filename=\"cookie-record.\(form.rawValue)\"")
        fields.add("Cache-Control", "no-store")
        fields.add("X-Content-Type-Options", "nosniff")
        fields.add("X-Robots-Tag", "noindex")
        fields.add("Cross-Origin-Resource-Policy", "same-origin")
        var answer = OwnAnswer(status: 200, fields: fields.bytes)
        answer.pending = PendingReceipt(
            .show(id, as: form), nothing: .plain(status: 404, text.receiptNone), failed: failed)
        return answer
    }

    /// The decision goes with its proof: without it nothing could show that it was ever made (art. 7(1)). The visitor is
    /// asked again.
    private func erasure(
        of id: ReceiptID, _ request: OwnRequest, text: InterfaceText, failed: OwnAnswer
    ) -> OwnAnswer {
        // Nothing is left of some after the retention time.
        var nothing = Self.redirect(to: "\(BannerMarkup.settingsPath)?lang=\(text.language)&erased=0")
        var answer = Self.redirect(to: "\(BannerMarkup.settingsPath)?lang=\(text.language)&erased=1")
        var cookie = ByteBuffer(capacity: 128)
        ConsentCookie.writeRemoval(isSecure: request.isSecure, into: &cookie)
        var fields = OwnFields()
        fields.add("Set-Cookie", cookie.bytes.text)
        nothing.fields += fields.bytes
        answer.fields += fields.bytes
        answer.pending = PendingReceipt(.erase(id), nothing: nothing, failed: failed)
        return answer
    }
}

extension ConsentCookieVerdict {
    /// The id under which proof is kept, of a cookie that is ours, good or stale.
    var receipt: ReceiptID? {
        switch self {
        case .valid(_, _, let receipt), .stale(_, let receipt, _): receipt
        case .invalid: nil
        }
    }
}

extension OwnAnswer {
    /// The answer with a hint when to try again (RFC 9110 §10.2.3).
    func retryingAfter(seconds: Int) -> OwnAnswer {
        var fields = OwnFields()
        fields.add("Retry-After", "\(seconds)")
        var answer = self
        answer.fields += fields.bytes
        return answer
    }
}

extension OwnOrigin {
    /// Whether a request that only reads may be answered: not when another site's page made it.
    func mayRead(_ request: OwnRequest) -> Bool {
        if let site = request.fetchSite { return site.hasBytes(of: "same-origin") || site.hasBytes(of: "none") }
        guard let referer = request.referer else { return true }
        return rest(of: referer) != nil
    }
}
