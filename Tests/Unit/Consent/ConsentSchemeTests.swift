import Bytes
import Consent
import Testing

@Suite("Consent scheme")
struct ConsentSchemeTests {
    @Test("The revision changes with what is asked")
    func changes() {
        let base = revision([category("a"), category("b", vendors: ["X"])])
        #expect(base != revision([category("a"), category("b", vendors: ["X"]), category("c")]))
        #expect(base != revision([category("a")]))
        #expect(base != revision([category("a", true), category("b", vendors: ["X"])]))
        #expect(base != revision([category("a"), category("b", vendors: ["X", "Y"])]))
        #expect(base != revision([category("a"), category("b")]))
        #expect(base != revision([category("a", vendors: ["X"]), category("b")]))
        #expect(revision([category("ab")]) != revision([category("a"), category("b")]))
        #expect(revision([category("a", vendors: ["b", "c"])]) != revision([category("a", vendors: ["b:c"])]))
    }

    @Test("The revision stays with the texts, the order, the site and the time")
    func stays() {
        let base = revision([category("a"), category("b", vendors: ["X", "Y"])])
        #expect(base == revision([category("b", vendors: ["Y", "X", "Y"]), category("a", purpose: "other words")]))
        let other = ConsentScheme(
            site: "other", categories: [category("a"), category("b", vendors: ["X", "Y"])], validityDays: 10)
        #expect(base == other.revision)
    }

    @Test("The revision is the same on every machine and in every version")
    func stable() {
        #expect(revision([]) == 0xe3b0_c442)
        #expect(revision([category("a"), category("b", true, vendors: ["X"])]) == 0x1ca8_2eaa)
    }

    @Test("Categories are found by id")
    func index() {
        let site = scheme()
        for (index, category) in site.categories.enumerated() { #expect(find(category.id, site) == index) }
        for other in ["", "c", "char", "chats", "securityanalytics", "nalytics"] { #expect(find(other, site) == nil) }
        #expect(site.required == subset(["security", "cart"], in: site))
        #expect(site.optional == subset(["analytics", "social", "chat"], in: site))
    }

    @Test(
        "Ids are short lower-case words",
        arguments: [
            ("analytics", true), ("a", true), ("a_b-9", true), ("", false), ("A", false), ("9a", false), ("-", false),
            ("_a", false), ("a~b", false), ("a.b", false), ("a b", false), ("ä", false),
            ("abcdefghijklmnopqrstuvwxyzabcdef", true), ("abcdefghijklmnopqrstuvwxyzabcdefg", false),
        ])
    func ids(id: String, isValid: Bool) {
        #expect(Category.isValidID(id) == isValid)
    }

    private func revision(_ categories: [Consent.Category]) -> UInt32 {
        ConsentScheme(site: "shop", categories: categories).revision
    }

    private func find(_ id: String, _ site: ConsentScheme) -> Int? { site.index(of: Array(id.utf8).rawSpan) }
}
