import Foundation
import Rules
import TLS
import Testing

/// A folder with certificates, and what rules files in it come to.
private struct Certificates {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func make(_ name: String, for names: [String], days: Int = 90) throws {
        let made = try #require(Certificate.selfSigned(names: names, days: days))
        try write(name + ".pem", made.certificate)
        try write(name + ".key", made.key)
    }

    func write(_ name: String, _ text: String) throws {
        let file = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    func policy(_ text: String) throws(RulesError) -> Policy {
        try Policy.parse(text, sourceFile: folder.appendingPathComponent("rules.yaml").path)
    }

    /// The findings about one listener's certificate, without the folder's name.
    func findings(_ certificate: String, _ key: String, hosts: String = "shop.example") -> [String] {
        let text = """
            origin: http://127.0.0.1:9000
            hosts: [\(hosts)]
            listen:
              address: 127.0.0.1:8443
              tls: { certificate: \(certificate), key: \(key) }
            """
        let found: [RulesDiagnostic]
        do { found = try policy(text).warnings } catch { found = error.diagnostics }
        return found.map {
            "\($0.line):\($0.column): \($0.severity): "
                + $0.message.replacing(folder.path + "/", with: "")
        }
    }
}

@Suite("Listeners")
struct ListenerTests {
    @Test("Listeners speak TLS with the certificates that they name")
    func valid() throws {
        let files = try Certificates()
        try files.make("shop", for: ["shop.example", "www.shop.example"])
        try files.make("other", for: ["other.example"])
        try files.write("shop.der", "none")
        let text = String(decoding: try fixture("valid/tls.yaml"), as: UTF8.self)
        let policy = try files.policy(text)
        // What is no OCSP response is not shown, and the certificate without one is as good.
        #expect(policy.warnings.map(\.message) == ["`\(files.folder.path)/shop.der` holds no OCSP response"])
        #expect(policy.listeners.map(\.authority) == ["0.0.0.0:80", "0.0.0.0:443", "[::]:443"])
        #expect(policy.listeners.map { $0.tls?.minimumVersion } == [nil, .tls13, .tls12])
        #expect(policy.listeners.map { $0.tls?.offersHTTP2 } == [nil, false, true])
        #expect(policy.listeners[2].tls?.certificates.count == 2)
        #expect(policy.listeners[1].tls?.certificates.first?.key == files.folder.path + "/shop.key")
        #expect(policy.timeouts.handshake == 5000)
        #expect(policy.listeners.map(\.redirectPort) == [443, nil, nil])
        let site = policy.sites[0]
        #expect(site.origin.authority == "shop.internal" && site.origin.port == 443)
        #expect(site.origin.tls?.serverName == "shop.example" && site.origin.tls?.isVerified == true)
        #expect(
            site.transportSecurity?.fieldLine
                == "Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n")
        #expect(
            Set(policy.certificateFiles.map { $0.split(separator: "/").last }) == [
                "shop.pem", "shop.key", "shop.der", "other.pem", "other.key",
            ])
        #expect(policy.summary.contains("0.0.0.0:80, 0.0.0.0:443 (TLS 1.3 or later), [::]:443 (TLS 1.2 or later)"))
    }

    @Test("A listener says whether proxies introduce their visitors there")
    func proxies() throws {
        let policy = try policy("proxies")
        #expect(policy.listeners.map(\.expectsProxyHeader) == [true, false])
        #expect(policy.warnings.isEmpty)
        #expect(policy.summary.contains("127.0.0.1:8080 (PROXY protocol), 127.0.0.1:8081\n"))
    }

    @Test("A good certificate and its key give no finding")
    func good() throws {
        let files = try Certificates()
        try files.make("a", for: ["shop.example"])
        #expect(files.findings("a.pem", "a.key").isEmpty)
    }

    @Test("What is wrong with a certificate or key is said at its place")
    func wrong() throws {
        let files = try Certificates()
        try files.make("a", for: ["shop.example"])
        try files.make("b", for: ["shop.example"])
        try files.write("text.pem", "hello")
        try files.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
        try files.write("encrypted.key", Self.encryptedKey)
        #expect(Self.encryptedKey.hasPrefix(encrypted))
        #expect(files.findings("none.pem", "a.key") == ["5:23: error: there is no file `none.pem`"])
        #expect(files.findings("a.pem", "none.key") == ["5:35: error: there is no file `none.key`"])
        #expect(
            files.findings("text.pem", "a.key") == ["5:23: error: `text.pem` holds no certificate, or a broken one"])
        #expect(
            files.findings("broken.pem", "a.key")
                == ["5:23: error: `broken.pem` holds no certificate, or a broken one"])
        #expect(files.findings("a.pem", "text.pem") == ["5:35: error: `text.pem` holds no private key"])
        #expect(
            files.findings("a.pem", "b.key")
                == ["5:35: error: `b.key` is not the key of the certificate in `a.pem`"])
        #expect(
            files.findings("a.pem", "encrypted.key")
                == ["5:35: error: the key in `encrypted.key` needs a passphrase"])
    }

    @Test("A certificate that browsers refuse is a warning: the shop serves on")
    func expiry() throws {
        let files = try Certificates()
        try files.make("old", for: ["shop.example"], days: -1)
        try files.make("soon", for: ["shop.example"], days: 5)
        #expect(files.findings("old.pem", "old.key").count == 1)
        #expect(
            files.findings("old.pem", "old.key")[0].hasPrefix("5:23: warning: the certificate in `old.pem` expired"))
        #expect(files.findings("soon.pem", "soon.key")[0].contains("warning: the certificate in `soon.pem` expires on"))
    }

    @Test("Hosts without a certificate are warned of, and so is a key that others can read")
    func coverage() throws {
        let files = try Certificates()
        try files.make("a", for: ["shop.example", "*.shop.example"])
        let hosts = "shop.example, WWW.shop.example, \"*.shop.example\", a.b.shop.example, other.example"
        #expect(
            files.findings("a.pem", "a.key", hosts: hosts) == [
                "5:3: warning: no certificate of this listener is good for `a.b.shop.example`: browsers will refuse it",
                "5:3: warning: no certificate of this listener is good for `other.example`: browsers will refuse it",
            ])
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: files.folder.appendingPathComponent("a.key").path)
        #expect(
            files.findings("a.pem", "a.key") == [
                "5:35: warning: every user of this machine can read the key in `a.key`"
            ])
    }

    /// Made by `openssl genpkey -algorithm ed25519 -aes128`: of no certificate.
    private static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjauqfl/nGrdQICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEA0lR0ZUQfUPsCYJye+Ry7sEQHjh
        x5qTQeBJFlUCkSLZT0drKUHdmsOeaI636fTqaJok1nOZq4zQ3JWl80pC44U5xucQ
        Bi0ND65FUkivYkeOx8w=
        -----END ENCRYPTED PRIVATE KEY-----

        """
}
