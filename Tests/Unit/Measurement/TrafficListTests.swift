import Bytes
import Measurement
import Testing

@Suite("Traffic lists")
struct TrafficListTests {
    static let browsers = "browsers:\n  - { family: Tern, tokens: [Tern/] }\n"
    static let bots = "browsers_begin_with: [Mozilla/]\ngroups: []\n"

    @Test("The lists of the program can be read")
    func shipped() throws {
        _ = try TrafficLists(
            browsers: TrafficList.browsers.text, bots: TrafficList.bots.text, channels: TrafficList.channels.text)
    }

    static func words(_ text: String, browsers: String, bots: String = bots) throws -> UserAgentWords {
        let lists = try TrafficLists(browsers: browsers, bots: bots, channels: "sources: {}\n")
        return UserAgentWords(of: Array(text.utf8).rawSpan, by: lists)
    }

    @Test(
        "A token is found where a word begins, a starred one anywhere, in any case",
        arguments: [
            ("Mozilla/5.0 tern/12.3", "Tern 12"), ("Mozilla/5.0 Lantern/12", "other 0"),
            ("Mozilla/5.0 (Tern/7)", "Tern 7"),
            ("Mozilla/5.0 xSkua/4", "Skua 4"), ("Mozilla/5.0 Gull/9 Skua/4", "Skua 4"),
            ("Mozilla/5.0 Gull/9", "other 0"), ("Mozilla/5.0 Gull/9 Beak", "Gull 9"),
            ("Mozilla/5.0 Auk/7 Rev/31", "Auk 31"),
            ("Mozilla/5.0 Auk/7", "Auk 0"), ("Mozilla/5.0 Old/3", "Auk 5"), ("Mozilla/5.0 Tern/99999", "Tern 0"),
            ("Tern/1", "Tern 1"),
        ])
    func tokens(text: String, expected: String) throws {
        let words = try Self.words(
            text,
            browsers: """
                browsers:
                  - { family: Tern, tokens: [Tern/] }
                  - { family: Skua, tokens: ["*Skua/"] }
                  - { family: Gull, tokens: [Gull/], and: [Beak], not: [Skua] }
                  - { family: Auk, tokens: [Auk/], version: [Rev/] }
                  - { family: Auk, tokens: [Old/], major: 5 }
                """)
        #expect("\(words.browser) \(words.major)" == expected)
        #expect((words.bot == nil) == text.hasPrefix("Mozilla/"))
    }

    @Test(
        "A list that is wrong says where",
        arguments: [
            ("browsers:\n  - { family: Tern }\n", "browsers.yaml:2: no tokens"),
            ("browsers:\n  - { family: Tern, tokens: [x] }\n", "browsers.yaml:2: `x` is too short"),
            ("browsers:\n  - { tokens: [Tern/] }\n", "browsers.yaml:2: no `family`"),
            ("browsers:\n  - { family: Tern, token: [Tern/] }\n", "browsers.yaml:2: `token` is no key"),
            ("devices:\n  - { device: toaster, tokens: [Tern/] }\n", "browsers.yaml:2: `toaster` is no kind of device"),
            ("browsers:\n  - { family: Tern, tokens: [Tern/], major: new }\n", "browsers.yaml:2: no version"),
        ])
    func faults(text: String, expected: String) {
        #expect {
            _ = try TrafficLists(browsers: text, bots: Self.bots, channels: "sources: {}\n")
        } throws: {
            "\($0)" == expected
        }
    }

    @Test(
        "So does one of channels",
        arguments: [
            ("sources: { tv: { A: [a.example] } }\n", "channels.yaml:1: `tv` is no channel"),
            (
                "sources: { social: { A: [a.example], B: [a.example] } }\n",
                "channels.yaml:1: `a.example` is there twice"
            ),
            ("click_ids: { aid: A }\n", "channels.yaml:1: no source"),
        ])
    func channelFaults(text: String, expected: String) {
        #expect {
            _ = try TrafficLists(browsers: Self.browsers, bots: Self.bots, channels: text)
        } throws: {
            "\($0)" == expected
        }
    }
}
