import Console
import Testing

@Suite("Rules lines for cookies")
struct RulesLineTests {
    @Test(
        "Names that YAML reads as text stay plain, all others are quoted",
        arguments: [
            ("_ga", "_ga"), ("PHPSESSID", "PHPSESSID"), ("wp-settings-1", "wp-settings-1"), ("true", "\"true\""),
            ("No", "\"No\""), ("1234", "\"1234\""), ("-x", "\"-x\""), ("a:b", "\"a:b\""), ("a b", "\"a b\""),
            ("\"><img src=x>", "\"\\\"><img src=x>\""), ("a\\n", "\"a\\\\n\""),
            ("a\nb", "\"a\\U0000000ab\""), ("ü", "\"\\U000000fc\""),
        ])
    func spelling(name: String, line: String) { #expect(ruleLine(name) == "- " + line) }

    @Test("A name that would be a pattern gets no line", arguments: ["*", "_ga*", "a*b", "/.*/", ""])
    func patterns(name: String) { #expect(ruleLine(name) == nil) }
}
