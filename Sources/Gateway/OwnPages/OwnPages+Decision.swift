import Bytes
import Consent
import HTTPWire
import Rules

extension OwnPages {
    /// Takes a decision (spec: "Endpoint rules"): a form's is answered with the way back to the page, a script's with
    /// what is granted now.
    func decide(_ request: OwnRequest, signer: ConsentSigner, at now: Moment) -> OwnAnswer {
        guard request.method == .post else { return .notAllowed("POST") }
        let origin = OwnOrigin(of: request)
        let mediaType = FormMediaType(request.contentType)
        let page = origin.page(before: request) ?? .root
        if request.isRateLimited {
            return failure(429, request, mediaType, returnPath: page)
        }
        guard origin.isSource(of: request) else { return failure(403, request, mediaType, returnPath: page) }
        do throws(DecisionForm.Refusal) {
            let form: DecisionForm
            switch mediaType {
            case .form: form = try DecisionForm(formEncoded: request.body)
            case .json: form = try DecisionForm(json: request.body)
            case .other: return failure(415, request, mediaType, returnPath: page)
            }
            let granted = try form.granted(in: site.consent)
            let target = form.returnPath.map { ReturnPath($0) ?? .root } ?? page
            if form.choice == .settings { return showSettings(form, returnPath: target) }
            // No consent to what was not shown (GDPR art. 4(11), "informed"); a refusal needs no more than itself.
            if !granted.isEmpty, asked(by: form) == nil {
                return mediaType == .json
                    ? failure(409, request, mediaType, returnPath: target)
                    : showSettings(form, returnPath: target, isOutdated: true)
            }
            return store(granted, form: form, mediaType: mediaType, returnPath: target, request, signer, now)
                ?? failure(503, request, mediaType, returnPath: target)
        } catch {
            return failure(error == .malformed ? 400 : 422, request, mediaType, returnPath: page)
        }
    }

    /// Nil when the decision cannot be signed with an id of its own: it is then not taken.
    private func store(
        _ granted: CategorySet, form: DecisionForm, mediaType: FormMediaType, returnPath: ReturnPath,
        _ request: OwnRequest, _ signer: ConsentSigner, _ now: Moment
    ) -> OwnAnswer? {
        // The same id for all decisions of a visitor, so that they are one record; none without anything to prove.
        guard let id = request.verdict?.receipt ?? ReceiptID.random() else { return nil }
        let receipt = receipt(for: granted, id: id, form: form, isForm: mediaType == .form, request, at: now)
        let value = ConsentCookie.make(
            granted: granted, receipt: id, today: now.day, signer: signer, site: site.consent)
        var cookie = ByteBuffer(capacity: 256)
        ConsentCookie.writeSetCookie(value.rawSpan, site: site.consent, isSecure: request.isSecure, into: &cookie)

        var answer: OwnAnswer
        if mediaType == .json {
            let all = granted.union(site.consent.required)
            let ids = site.consent.categories.indices.filter { all.contains(index: $0) }
                .map { "\"\(site.consent.categories[$0].id)\"" }
            answer = .json(status: 200, #"{"granted":[\#(ids.joined(separator: ","))]}"#)
        } else {
            answer = Self.redirect(to: returnPath.text)
        }
        var fields = OwnFields()
        fields.add("Set-Cookie", cookie.bytes.text)
        answer.fields += fields.bytes
        answer.decision = granted.isEmpty ? .refused : granted == site.consent.optional ? .accepted : .partial
        answer.language = text(for: request, language: form.language).language
        guard let receipt else { return answer }
        // Withdrawing is as easy as giving (art. 7(3)): it takes effect whether its proof can be kept or not.
        let failed = granted.isEmpty ? answer : failure(503, request, mediaType, returnPath: returnPath)
        var kept = answer
        kept.pending = PendingReceipt(.keep(receipt), nothing: failed, failed: failed)
        return kept
    }

    private func showSettings(
        _ form: DecisionForm, returnPath: ReturnPath, isOutdated: Bool = false
    ) -> OwnAnswer {
        var target = BannerMarkup.settingsPath + "?"
        if let language = form.language, let text = texts.first(where: { $0.language.hasBytes(of: language) }) {
            target += "lang=\(text.language)&"
        }
        if isOutdated { target += "changed=1&" }
        return Self.redirect(to: target + "return=\(returnPath.percentEncoded)")
    }

    /// 303 (RFC 9110 §15.4.4): the form's address is left, so that reloading sends nothing again.
    static func redirect(to target: String) -> OwnAnswer {
        var answer = OwnAnswer.plain(status: 303, target)
        var fields = OwnFields()
        fields.add("Location", target)
        answer.fields += fields.bytes
        return answer
    }

    private func failure(
        _ status: Int, _ request: OwnRequest, _ mediaType: FormMediaType, returnPath: ReturnPath
    ) -> OwnAnswer {
        let text = text(for: request, language: nil)
        let answer =
            mediaType == .json
            ? OwnAnswer.json(status: status, #"{"error":\#(status)}"#)
            : failurePage(status: status, text: text, returnPath: returnPath)
        return status == 429 || status == 503 ? answer.retryingAfter(seconds: 5) : answer
    }
}

/// The media types that a decision may come in.
private enum FormMediaType {
    case form
    case json
    case other

    /// Reads a Content-Type field value; its parameters do not matter (RFC 9110 §8.3.1).
    init(_ field: String?) {
        let bytes = Array((field ?? "").utf8.prefix { $0 != UInt8(ascii: ";") })
        let type = bytes.rawSpan[bytes.rawSpan.trimmed(ByteRange(0, bytes.count))]
        if type.equalsIgnoringCase("application/x-www-form-urlencoded") {
            self = .form
        } else if type.equalsIgnoringCase("application/json") {
            self = .json
        } else {
            self = .other
        }
    }
}
