import Consent
import Testing

@Suite("Policy revisions")
struct PolicyRevisionTests {
    private typealias Purpose = PolicyRevision.Purpose

    private let base = PolicyRevision(purposes: [
        Purpose(id: "cart", isRequired: true, vendors: []),
        Purpose(id: "analytics", isRequired: false, vendors: ["A", "B"]),
        Purpose(id: "chat", isRequired: false, vendors: ["C"]),
    ])

    @Test("A revision is read from its text, and only from its own")
    func roundTrip() {
        #expect(PolicyRevision(text: base.text) == base)
        #expect(PolicyRevision(text: "")?.purposes == [])
        #expect(base.number == PolicyRevision(purposes: base.purposes.reversed()).number)
        for end in base.text.indices where end > base.text.startIndex {
            let text = String(base.text[..<end])
            if let other = PolicyRevision(text: text) { #expect(other.text == text && other.number != base.number) }
        }
        for text in ["x", "1:a", "1:a8:optional", "1:a8:optional1:1", "1:a8:optional2:-1", "01:a8:optional1:0"] {
            #expect(PolicyRevision(text: text) == nil)
        }
    }

    @Test("Additions to what is asked ask again; removals, required categories and the order do not")
    func changes() throws {
        func after(_ purposes: [Purpose]) -> [PolicyChange] { PolicyRevision(purposes: purposes).changes(since: base) }
        let (cart, analytics, chat) = (base.purposes[1], base.purposes[0], base.purposes[2])
        try #require(analytics.id == "analytics" && cart.id == "cart" && chat.id == "chat")
        #expect(after([cart, analytics, chat]) == [])
        #expect(after([cart, analytics]) == [.categoryRemoved("chat")])
        let asking = after([cart, analytics, chat, Purpose(id: "social", isRequired: false, vendors: [])])
        #expect(asking == [.categoryAdded("social", isRequired: false)] && asking[0].asksAgain)
        let required = after([cart, analytics, chat, Purpose(id: "payment", isRequired: true, vendors: ["P"])])
        #expect(required.map(\.asksAgain) == [false])
        let vendor = after([cart, Purpose(id: "analytics", isRequired: false, vendors: ["B", "D"]), chat])
        #expect(
            vendor == [
                .vendorAdded("D", category: "analytics", isRequired: false),
                .vendorRemoved("A", category: "analytics"),
            ])
        #expect(vendor.map(\.asksAgain) == [true, false])
        let optional = after([Purpose(id: "cart", isRequired: false, vendors: []), analytics, chat])
        #expect(optional == [.becameOptional("cart")] && optional[0].asksAgain)
        let locked = after([cart, Purpose(id: "analytics", isRequired: true, vendors: ["A", "B"]), chat])
        #expect(locked == [.becameRequired("analytics")] && !locked[0].asksAgain)
    }

    @Test("A vendor that was named for one purpose was not named for another")
    func movedVendor() {
        let now = PolicyRevision(purposes: [Purpose(id: "chat", isRequired: false, vendors: ["C", "A"])])
        #expect(!now.hasAsked("chat", in: base))
    }

    @Test("What covers is judged by what was asked, not by the order in which it came")
    func history() throws {
        func categories(_ ids: [String]) -> [Consent.Category] { ids.map { category($0) } }
        let one = PolicyRevision(categories: categories(["a", "b"]))
        let two = PolicyRevision(categories: categories(["a"]))
        let now = ConsentScheme(site: "shop", categories: categories(["b", "a"]) + [category("c", true)])
        let history = PolicyHistory([two, one, two], scheme: now)
        #expect(history.entries.map(\.revision) == [two.number, one.number])
        #expect(history.covers(one.number, scheme: now) && history.covers(now.revision, scheme: now))
        #expect(!history.covers(two.number, scheme: now) && !history.covers(0, scheme: now))
        #expect(history.asked(under: two.number, scheme: now) == subset(["a"], in: now))
        #expect(history.asked(under: 0, scheme: now) == [])
        #expect(history.coveredRevisions(scheme: now) == [now.revision, one.number])
    }
}
