import Bytes
import Rules
import Testing

@Suite("Tables of hosts and paths")
struct TablesTests {
    @Test("The most specific path pattern wins, as a search through all of them would find it")
    func paths() {
        let patterns = [
            "/", "/a", "/a*", "/a/*", "/a/b", "/a/b/*", "/a/b/c*", "/ab/*", "/b", "/payment/*", "/payment/", "/z*",
            "/zz/*",
            "/zz/y", "/*",
        ]
        let table = PathTable(patterns.enumerated().map { ($1, payload: UInt32($0)) })
        let paths = [
            "", "/", "/a", "/aa", "/a/", "/a/b", "/a/b/", "/a/b/c", "/a/b/cd", "/a/bc", "/ab", "/ab/", "/b", "/b/",
            "/payment", "/payment/", "/payment/x", "/z", "/zz", "/zz/", "/zz/y", "/zz/yy", "/~", "/a?b", "/a/b?c/d",
            "x",
        ]
        for path in paths {
            let bytes = Array(path.utf8)
            #expect(table.match(bytes.rawSpan) == oracle(path, patterns), "\(path)")
        }
        #expect(PathTable([]).match(Array("/a".utf8).rawSpan) == nil)
    }

    @Test("Random patterns agree with a search through all of them")
    func randomPaths() {
        var random = SplitMix(state: 42)
        for _ in 0..<200 {
            var patterns: [String] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let pattern = text(&random) + (Bool.random(using: &random) ? "*" : "")
                if !patterns.contains(pattern) { patterns.append(pattern) }
            }
            let table = PathTable(patterns.enumerated().map { ($1, payload: UInt32($0)) })
            for _ in 0..<30 {
                let path = text(&random)
                let bytes = Array(path.utf8)
                #expect(table.match(bytes.rawSpan) == oracle(path, patterns), "\(path) in \(patterns)")
            }
        }
    }

    @Test("Hosts are found without regard to case and a trailing dot, exact before wildcard, long before short")
    func hosts() {
        let table = HostTable([
            ("example", 0), ("*.example", 1), ("a.example", 2), ("*.a.example", 3), ("X.Test", 4), ("[::1]", 5),
        ])
        let expected: [(String, UInt32?)] = [
            ("example", 0), ("EXAMPLE", 0), ("example.", 0), ("a.example", 2), ("b.example", 1), ("b.b.example", 1),
            ("b.a.example", 3), ("A.a.EXAMPLE.", 3), ("x.test", 4), ("y.test", nil), ("test", nil), ("", nil),
            (".", nil), (".example", nil), ("ample", nil), ("xexample", nil), ("[::1]", 5), ("example..", nil),
            (String(repeating: "a.", count: 400) + "example", nil),
        ]
        for (host, value) in expected {
            let bytes = Array(host.utf8)
            #expect(table.value(for: bytes.rawSpan) == value, "\(host)")
        }
        #expect(HostTable([]).value(for: Array("a".utf8).rawSpan) == nil)
    }

    @Test("Host rules weigh host, then port, then path, and fall back to the wildcards above")
    func hostRules() throws {
        let lines = """
            categories:
              analytics:
                hosts:
                  - "*.example"
                  - cdn.example/pixel/*
                  - cdn.example:8443
                  - cdn.example:8443/a
                  - "*.cdn.example/x*"
                  - other.test
            """
        let rules = try policy(with: lines).sites[0].hostRules
        let expected: [(String, UInt16, String, String?)] = [
            ("cdn.example", 443, "/pixel/1", "cdn.example/pixel/*"), ("cdn.example", 443, "/", "*.example"),
            ("cdn.example", 8443, "/pixel/1", "cdn.example:8443"), ("cdn.example", 8443, "/a", "cdn.example:8443/a"),
            ("cdn.example", 8443, "", "cdn.example:8443"), ("a.cdn.example", 443, "/x1", "*.cdn.example/x*"),
            ("a.cdn.example", 443, "/y", "*.example"), ("example", 443, "/", nil), ("other.test", 1, "", "other.test"),
            ("a.other.test", 443, "/", nil),
        ]
        for (host, port, path, pattern) in expected {
            let host = Array(host.utf8)
            let path = Array(path.utf8)
            let rule = rules.rule(forHost: host.rawSpan, port: port, path: path.rawSpan)
            #expect(rule.map { rules.rules[$0].pattern } == pattern, "\(host) \(port) \(path)")
        }
    }

    /// An exact pattern, else the longest prefix.
    private func oracle(_ pathAndQuery: String, _ patterns: [String]) -> UInt32? {
        let path = pathAndQuery.prefix { $0 != "?" }
        if let exact = patterns.firstIndex(of: String(path)) { return UInt32(exact) }
        let prefixes = patterns.indices.filter {
            patterns[$0].hasSuffix("*") && path.utf8.starts(with: patterns[$0].dropLast().utf8)
        }
        return prefixes.max { patterns[$0].count < patterns[$1].count }.map { UInt32($0) }
    }

    private func text(_ random: inout SplitMix) -> String {
        let length = Int.random(in: 0...5, using: &random)
        return "/" + (0..<length).map { _ in String("ab/".randomElement(using: &random) ?? "a") }.joined()
    }
}

/// A small generator with a seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
