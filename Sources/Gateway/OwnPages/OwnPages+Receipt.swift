import Consent
import Rules

extension OwnPages {
    /// What a form was made to ask, as far as an answer to it is one to what is asked now.
    struct Asked {
        let revision: UInt32
        let text: Digest
    }

    /// What the visitor was shown; nil when nobody knows it, or when more is asked by now.
    func asked(by form: DecisionForm) -> Asked? {
        guard let revision = form.revision.flatMap({ UInt32($0, radix: 16) }),
            history.policy.covers(revision, scheme: site.consent), let text = form.text.flatMap({ knownTexts[$0] })
        else { return nil }
        return Asked(revision: revision, text: text)
    }

    /// The proof of an answer: nil for a visitor who refuses everything and had granted nothing, who leaves none.
    ///
    /// - Parameter id: the visitor's own id, or a new one.
    func receipt(
        for granted: CategorySet, id: ReceiptID, form: DecisionForm, isForm: Bool, _ request: OwnRequest, at now: Moment
    ) -> Receipt? {
        let isWithdrawal = granted.isEmpty
        if isWithdrawal, request.verdict?.receipt == nil { return nil }
        let text = text(for: request, language: form.language)
        let index = texts.firstIndex { $0.language == text.language } ?? 0
        // A withdrawal is taken whatever page it comes from: from one that nobody knows, as if it were today's.
        let asked = asked(by: form) ?? Asked(revision: site.consent.revision, text: shown.banners[index].digest)
        let optional = site.consent.categories.indices.filter { site.consent.optional.contains(index: $0) }
        return Receipt(
            id: id, minute: now.epoch / 60, revision: asked.revision, text: asked.text, language: text.language,
            granted: optional.filter { granted.contains(index: $0) }.map { site.consent.categories[$0].id },
            refused: optional.filter { !granted.contains(index: $0) }.map { site.consent.categories[$0].id },
            source: request.hasGPC ? .globalPrivacyControl : form.source ?? (isForm ? .noScript : .banner),
            action: action(granted, after: request.verdict))
    }

    private func action(_ granted: CategorySet, after verdict: ConsentCookieVerdict?) -> Receipt.Action {
        switch verdict {
        case .valid(let before, _, .some):
            let before = before.intersection(site.consent.optional)
            return granted.isEmpty ? .withdrawn : granted == before ? .renewed : .changed
        case .stale(_, .some, _): return granted.isEmpty ? .withdrawn : .renewed
        case .valid, .stale, .invalid, nil: return .given
        }
    }
}
