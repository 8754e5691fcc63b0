import Console
import Testing

@Suite("Password hashes")
struct PasswordHashTests {
    private let little = PasswordHash.Parameters(log2Cost: 4, blockSize: 8, lanes: 1)

    @Test("A hash matches its password and no other, before and after it was kept")
    func roundTrip() throws {
        for password in ["correct horse battery", "пароль, длинный", String(repeating: "x", count: 1024)] {
            let hash = try #require(PasswordHash(password, little))
            let kept = try #require(PasswordHash(text: hash.text))
            #expect(kept == hash)
            #expect(kept.matches(password))
            #expect(!kept.matches(password + " "))
            #expect(!kept.matches(""))
            #expect(!kept.matches(String(repeating: "x", count: 1025)))
        }
    }

    @Test("The same password has another hash each time")
    func salt() throws {
        #expect(
            try #require(PasswordHash("a password", little)).text != #require(PasswordHash("a password", little)).text)
    }

    @Test("Hashes are those of RFC 7914's algorithm, in the form of PHC strings")
    func vector() throws {
        // Made with Python's hashlib.scrypt(b"correct horse battery", salt=bytes(range(16)), n=16, r=8, p=1, dklen=32).
        let text = "$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$coHb6LlzckOeOHbDHR6JGt8ViaJ/p4LgT4TcMJHWRUI"
        #expect(try #require(PasswordHash(text: text)).matches("correct horse battery"))
    }

    @Test("What is no hash, or too much work, is not taken")
    func malformed() throws {
        let text = try #require(PasswordHash("a password", little)).text
        for wrong in [
            "", "$", "plain", String(text.dropLast()), text + "$", text + "A", "x" + text,
            text.replacing("scrypt", with: "argon2id"), text.replacing("ln=4", with: "ln=18"),
            text.replacing("ln=4", with: "ln=0"), text.replacing("r=8", with: "r=99"),
            text.replacing("p=1", with: "p=1000"), text.replacing(",p=1", with: ""),
        ] { #expect(PasswordHash(text: wrong) == nil, "\(wrong)") }
    }

    @Test("What new accounts get costs 32 MiB, and what is nobody's costs as much")
    func cost() throws {
        #expect(PasswordHash.nobody.text.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(!PasswordHash.nobody.matches("a password"))
    }
}
