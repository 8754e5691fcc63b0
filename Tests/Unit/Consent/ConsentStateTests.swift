import Bytes
import Consent
import Testing

@Suite("Effective consent")
struct ConsentStateTests {
    let site = scheme()
    var gpcDenies: CategorySet { subset(["analytics", "social"], in: site) }

    @Test("Without anything only the required categories are granted, and the visitor is asked")
    func undecided() {
        let state = effective(nil, [])
        #expect(state.granted == site.required && state.refused == [] && state.source == .undecided)
        #expect(!state.isDecided)
    }

    @Test("A valid cookie decides, whatever the signals say")
    func cookie() {
        let granted = subset(["analytics"], in: site).union(site.required)
        for signals in [[], .globalPrivacyControl, .doNotTrack, [.globalPrivacyControl, .doNotTrack]]
            as [ConsentSignals]
        {
            let state = effective(.valid(granted: granted, day: 9, receipt: nil), signals)
            #expect(state.granted == granted && state.source == .cookie && state.isDecided && state.day == 9)
            #expect(state.refused == subset(["social", "chat"], in: site))
        }
    }

    @Test(
        "A stale or invalid cookie is worth as much as none",
        arguments: [
            ConsentCookieVerdict.invalid,
            .stale(previouslyGranted: CategorySet(rawValue: .max), receipt: nil, because: .expired),
        ])
    func worthless(verdict: ConsentCookieVerdict) {
        for signals in [[], .globalPrivacyControl, .doNotTrack] as [ConsentSignals] {
            #expect(effective(verdict, signals) == effective(nil, signals))
        }
    }

    @Test("GPC refuses what the site lists for it, and is no decision about the rest")
    func globalPrivacyControl() {
        let state = effective(nil, .globalPrivacyControl)
        #expect(state.granted == site.required && state.refused == gpcDenies)
        #expect(state.source == .globalPrivacyControl && !state.isDecided && state.day == 0)
    }

    @Test("Where a signal refuses all that could be asked for, nothing is asked")
    func nothingLeft() {
        let state = effective(nil, .globalPrivacyControl, gpcDenies: site.optional)
        #expect(state.isDecided && state.granted == site.required)
        let exempt = ConsentScheme(site: "x", categories: [category("cart", true)])
        let other = ConsentState.effective(cookie: nil, signals: [], gpcDenies: nil, dntDenies: nil, scheme: exempt)
        #expect(other.isDecided)
    }

    @Test("A signal that the site does not honour says nothing")
    func unhonoured() {
        #expect(effective(nil, .doNotTrack) == effective(nil, []))
        #expect(effective(nil, .globalPrivacyControl, gpcDenies: nil) == effective(nil, []))
    }

    @Test("Two signals refuse together, and GPC names the source")
    func bothSignals() {
        let chat = subset(["chat"], in: site)
        let state = effective(nil, [.globalPrivacyControl, .doNotTrack], dntDenies: chat)
        #expect(state.refused == gpcDenies.union(chat) && state.source == .globalPrivacyControl && state.isDecided)
        #expect(effective(nil, .doNotTrack, dntDenies: chat).source == .doNotTrack)
    }

    @Test("Nothing but a valid cookie ever grants an optional category, and required ones are never lost")
    func invariant() {
        for denies in [nil, [], site.optional, CategorySet(rawValue: .max)] as [CategorySet?] {
            for bits in 0..<4 {
                let stale = ConsentCookieVerdict.stale(
                    previouslyGranted: site.all, receipt: nil, because: .policyChanged)
                for verdict in [nil, .invalid, stale] as [ConsentCookieVerdict?] {
                    let state = effective(
                        verdict, ConsentSignals(rawValue: UInt8(bits)), gpcDenies: denies, dntDenies: denies)
                    #expect(state.granted == site.required)
                    #expect(state.refused.isDisjoint(with: site.required))
                }
            }
        }
    }

    @Test(
        "A signal is stated by exactly 1",
        arguments: [
            ("1", true), ("0", false), ("", false), ("11", false), ("1 ", false), ("?1", false), ("true", false),
            ("1,1", false),
        ])
    func signalValue(value: String, isStated: Bool) {
        let bytes = Array(value.utf8)
        let found = ConsentSignals.isStated(by: bytes.rawSpan)
        #expect(found == isStated)
    }

    private func effective(
        _ verdict: ConsentCookieVerdict?, _ signals: ConsentSignals, gpcDenies: CategorySet?,
        dntDenies: CategorySet? = nil
    ) -> ConsentState {
        ConsentState.effective(
            cookie: verdict, signals: signals, gpcDenies: gpcDenies, dntDenies: dntDenies, scheme: site)
    }

    private func effective(
        _ verdict: ConsentCookieVerdict?, _ signals: ConsentSignals, dntDenies: CategorySet? = nil
    ) -> ConsentState {
        effective(verdict, signals, gpcDenies: gpcDenies, dntDenies: dntDenies)
    }
}
