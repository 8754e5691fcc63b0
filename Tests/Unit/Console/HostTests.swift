import Console
import Testing

@Suite("Targets of requests")
struct TargetTests {
    @Test(
        "A path, or a URL of the host that is named",
        arguments: [
            "/", "//x", "/?a=http://evil.example/", "http://localhost:8090/", "HTTP://LocalHost:8090/x",
            "http://localhost:8090?x",
        ])
    func own(target: String) { #expect(isOfHost(target, "localhost:8090")) }

    @Test(
        "Nothing of another host",
        arguments: [
            "http://evil.example/", "http://localhost:80901/", "http://localhost:8090.evil.example/",
            "http://localhost:8090@x/",
            "https://localhost:8090/", "*", "", "localhost:8090",
        ])
    func others(target: String) { #expect(!isOfHost(target, "localhost:8090")) }
}

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
