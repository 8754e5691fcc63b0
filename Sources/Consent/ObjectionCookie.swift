import Bytes

/// The cookie of a visitor who objects to being counted (GDPR art. 21(4)): the same for everybody who does, with no id.
///
/// It keeps what the visitor asked for and so is strictly necessary (ePrivacy Directive art. 5(3)). It needs no
/// signature: whoever makes one up objects for themselves.
public enum ObjectionCookie {
    /// Its name on plaintext sites.
    public static let name: StaticString = "crumbgate-objection"
    /// Its name over TLS (RFC 6265bis §4.1.3.2).
    public static let secureName: StaticString = "__Host-crumbgate-objection"
    /// As long as any decision may last.
    public static let validityDays = ConsentScheme.maximumValidityDays

    /// Whether a cookie of this name is ours in either form.
    public static func isName(_ name: RawSpan) -> Bool {
        name.equalsIgnoringCase("crumbgate-objection") || name.equalsIgnoringCase("__host-crumbgate-objection")
    }

    /// Whether a value is an objection.
    public static func isObjection(_ value: RawSpan) -> Bool { value.equals("1") }

    /// Appends the set-cookie-string (a field value) that keeps the objection, or that takes it back.
    public static func write(isObjection: Bool, isSecure: Bool, into output: inout ByteBuffer) {
        output.append(isSecure ? secureName : name)
        output.append(isObjection ? "=1; Path=/; Max-Age=" : "=; Path=/; Max-Age=")
        output.append(decimal: isObjection ? validityDays * 86_400 : 0)
        output.append(isSecure ? "; Secure; HttpOnly; SameSite=Lax" : "; HttpOnly; SameSite=Lax")
    }
}
