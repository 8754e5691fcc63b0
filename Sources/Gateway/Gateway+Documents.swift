import Bytes
import Consent
import HTMLRewriting
import HTTPWire
import Rules

// What a document is given, and what is withheld from it.
extension Gateway {
    /// What the page's own policy asks of our script; empty for most pages.
    mutating func scriptNonce(_ bytes: RawSpan) -> [UInt8] {
        guard responseHead.firstIndex(of: .contentSecurityPolicy) != nil else { return [] }
        for index in 0..<responseHead.fieldCount where responseHead[index].id == .contentSecurityPolicy {
            let value = bytes[responseHead[index].value]
            if let nonce = ContentSecurityPolicy.nonce(of: value) { return value[nonce].array }
        }
        return []
    }

    /// What the rewriter looks at; nil when nothing is withheld from the document.
    mutating func gating(of plan: ResponseFields.Plan, exchange: inout Exchange) -> DocumentRewriter.Gating? {
        guard !plan.withholding.isEmpty else { return nil }
        return DocumentRewriter.Gating(
            isSecure: exchange.flags.contains(.isSecure), mayNameCharset: !plan.facts.namesCharset)
    }

    mutating func insertions(for exchange: inout Exchange, context: SiteContext) -> Insertions {
        let isShared = exchange.flags.contains(.isSharedVariant)
        let granted = isShared ? context.site.consent.required : exchange.consent.granted
        context.gate.begin(notes[exchange.notes].text, authority: notes[exchange.notes].authority)
        return Insertions(
            pages: context.pages, gate: context.gate, withholding: Withholding(context: context, granted: granted),
            isPageSecure: exchange.flags.contains(.isSecure), isDecided: exchange.consent.isDecided && !isShared,
            nature: exchange.flags.contains(.isDocument)
                ? .document : exchange.flags.contains(.isFragment) ? .fragment : .unknown,
            languagePreference: isShared ? 0 : notes[exchange.notes].language, nonce: notes[exchange.notes].nonce)
    }
}
