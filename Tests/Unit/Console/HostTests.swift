import Console
import Testing

@Suite("Names of this machine")
struct HostTests {
    @Test(
        "Names that nobody can lead elsewhere are taken, with any port",
        arguments: ["localhost", "localhost:8090", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8090", "[::1]", "[::1]:8090"])
    func own(authority: String) { #expect(isThisMachine(authority)) }

    @Test(
        "All others are not",
        arguments: [
            "", ":", "localhost.example", "example", "127.0.0.2", "127.0.0.1.example:80", "localhost:80@example",
            "[::1", "[::1]x", "[::2]", "localhost:8090:1", "localhost ", "user@localhost", "::1",
        ])
    func others(authority: String) { #expect(!isThisMachine(authority)) }
}
