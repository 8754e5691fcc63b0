import Rules
import Testing

@Suite("The self-assessment of counting without consent")
struct SelfAssessmentTests {
    private func assessment(_ lines: String) throws -> SelfAssessment? {
        let policy = try Policy.parse("origin: http://127.0.0.1:9000\n" + lines, sourceFile: "rules.yaml")
        return SelfAssessment(policy.sites[0], of: policy)
    }

    private func unmet(_ lines: String) throws -> [String] {
        try #require(try assessment(lines)).conditions.filter { $0.state == .unmet }.map(\.text)
    }

    @Test("There is one only where somebody is counted without consent")
    func profiles() throws {
        #expect(try assessment("measurement: { profile: consent }") == nil)
        #expect(try assessment("measurement: { profile: off }") == nil)
        let exempt = try #require(try assessment("measurement: { profile: exempt }"))
        #expect(exempt.isUncontradicted && exempt.conditions.contains { $0.state == .unknown })
        #expect(exempt.text.contains("certified by nobody") && !exempt.text.contains("false  "))
    }

    @Test(
        "A condition that the rules make untrue is shown so, and no other",
        arguments: [
            ("measurement: { profile: exempt, threshold: 2 }", "Statistics in which nobody can be told apart"),
            (
                "measurement: { profile: exempt }\ncategories: { analytics: { required: true } }",
                "No other measuring runs without consent"
            ),
        ])
    func conditions(lines: String, text: String) throws { #expect(try unmet(lines) == [text]) }

    @Test("What the rules cannot tell is the operator's, with a word on what to look at")
    func unknown() throws {
        let exempt = try #require(
            try assessment(
                "measurement: { profile: exempt, threshold: 2, gate: { mode: dp } }\nconsent: { settings_link: none }"))
        #expect(exempt.isUncontradicted)
        let link = try #require(exempt.conditions.first { $0.text == "The way there is on every page" })
        #expect(link.state == .unknown && link.reason.contains("data-crumbgate"))
    }

    @Test("Nothing is kept for longer than 25 months in this profile: `check` refuses it")
    func retention() throws {
        for line in ["retention: 800d", "after_retention: months", "after_retention: years"] {
            #expect(throws: (any Error).self) { try assessment("measurement: { profile: exempt, \(line) }") }
        }
        #expect(try assessment("measurement: { after_retention: months }") == nil)
    }
}
