import Bytes
import COpenSSL

/// The cookie that carries a visitor's decision (ePrivacy Directive art. 5(3): strictly necessary, as it keeps what
/// the visitor asked for).
///
/// Its value is text of cookie-octets that the page's script can read:
///
///     1.8f00a3c1.20778.analytics~chat.q83vEjRWeJCrze8SNFZ4kA.HMyBq0ftsW_hhKqXnq6b5w
///     │ │        │     │              │                      └ MAC
///     │ │        │     │              └ receipt id, `-` without one
///     │ │        │     └ optional categories that are granted, `-` for none
///     │ │        └ day of the decision, counted from 1970-01-01
///     │ └ policy revision
///     └ version of this format
///
/// The MAC covers all octets before its dot, and the name of the site. Who refuses everything gets no receipt id: the
/// cookie is then the same for everyone who refused on that day.
public enum ConsentCookie {
    /// Its name on plaintext sites.
    public static let name: StaticString = "crumbgate"
    /// Its name over TLS: no other host and no plaintext response can set it (RFC 6265bis §4.1.3.2).
    public static let secureName: StaticString = "__Host-crumbgate"

    /// Whether a cookie of this name is ours in either form, the objection's included: the shop neither sees nor sets
    /// it. Name prefixes disregard case, so such names count too.
    public static func isName(_ name: RawSpan) -> Bool {
        name.equalsIgnoringCase("crumbgate") || name.equalsIgnoringCase("__host-crumbgate")
            || ObjectionCookie.isName(name)
    }

    /// The longest value that is looked at.
    static let maximumLength = 3072
    private static let macLength = 22

    /// Judges a received value. `today` is in days since 1970-01-01 (UTC).
    ///
    /// Nothing is read from a value before its MAC is found right, which takes the same time wherever the two differ.
    /// A decision under an earlier revision is as good as one under the present when nothing was added since then.
    public static func verify(
        _ value: RawSpan, signer: borrowing ConsentSigner, site: borrowing ConsentScheme,
        history: borrowing PolicyHistory, today: Int32
    ) -> ConsentCookieVerdict {
        let end = value.byteCount - macLength - 1
        guard end > 0, value.byteCount <= maximumLength, value[end] == UInt8(ascii: ".") else { return .invalid }
        let text = value.extracting(0..<end)
        guard hasMAC(value.extracting(end + 1..<value.byteCount), text, signer, site) else { return .invalid }
        guard let content = ConsentCookieContent(text, site) else { return .invalid }
        let age = Int64(today) - Int64(content.day)
        // A day ahead of ours comes from a clock that was set back: such an answer would last too long. One day is
        // let pass for the servers of a fleet at midnight.
        guard history.covers(content.revision, scheme: site) else {
            let asked = history.asked(under: content.revision, scheme: site).union(site.required)
            return .stale(
                previouslyGranted: content.granted.intersection(asked), receipt: content.receipt,
                because: .policyChanged)
        }
        guard age >= -1, age < Int64(site.validityDays) else {
            return .stale(previouslyGranted: content.granted, receipt: content.receipt, because: .expired)
        }
        return .valid(granted: content.granted, day: content.day, receipt: content.receipt)
    }

    /// The value for a decision. Required categories in `granted` are left out: they need no consent. A receipt id is
    /// left out when nothing optional is granted.
    public static func make(
        granted: CategorySet, receipt: ReceiptID?, today: Int32, signer: borrowing ConsentSigner,
        site: borrowing ConsentScheme
    ) -> [UInt8] {
        let optional = granted.intersection(site.optional)
        var output = ByteBuffer(capacity: 256)
        output.append("1.")
        for shift in stride(from: UInt32(28), through: 0, by: -4) {
            output.append(hexadecimal: Int(site.revision >> shift & 15))
        }
        output.append(".")
        output.append(decimal: Int(today))
        output.append(".")
        var isFirst = true
        for (index, category) in site.categories.enumerated() where optional.contains(index: index) {
            if !isFirst { output.append("~") }
            output.append(utf8: category.id)
            isFirst = false
        }
        if isFirst { output.append("-") }
        output.append(".")
        if let receipt, !isFirst { receipt.write(into: &output) } else { output.append("-") }
        let mac = signer.sign(output.bytes, context: site.binding)
        output.append(".")
        for offset in 0..<macLength { output.append(base64Digit(offset) { mac[$0] }) }
        return output.array
    }

    /// Appends the set-cookie-string (a field value) that stores `value` for as long as the decision lasts.
    public static func writeSetCookie(
        _ value: RawSpan, site: borrowing ConsentScheme, isSecure: Bool, into output: inout ByteBuffer
    ) {
        write(value, maxAge: site.validityDays * 86_400, isSecure: isSecure, into: &output)
    }

    /// Appends the set-cookie-string (a field value) that removes the cookie.
    public static func writeRemoval(isSecure: Bool, into output: inout ByteBuffer) {
        write(staticBytes(""), maxAge: 0, isSecure: isSecure, into: &output)
    }

    private static func write(_ value: RawSpan, maxAge: Int, isSecure: Bool, into output: inout ByteBuffer) {
        output.append(isSecure ? secureName : name)
        output.append("=")
        output.append(value)
        output.append("; Path=/; Max-Age=")
        output.append(decimal: maxAge)
        output.append(isSecure ? "; Secure; SameSite=Lax" : "; SameSite=Lax")
    }

    private static func hasMAC(
        _ received: RawSpan, _ text: RawSpan, _ signer: borrowing ConsentSigner, _ site: borrowing ConsentScheme
    ) -> Bool {
        let mac = signer.sign(text, context: site.binding)
        // Compared as text: the 22 characters have four bits more than the MAC, and each of them counts.
        var difference: UInt8 = 0
        for offset in 0..<macLength { difference |= base64Digit(offset) { mac[$0] } ^ received[offset] }
        return difference == 0
    }
}

/// What a received consent cookie is worth.
@frozen
public enum ConsentCookieVerdict: Hashable, Sendable, BitwiseCopyable {
    /// `granted` holds the required categories too.
    case valid(granted: CategorySet, day: Int32, receipt: ReceiptID?)
    /// Ours, but expired or of a revision that asked less than is asked now: undecided, with what was granted then for
    /// the settings page to show, required categories included. A category that has a vendor now that it had not then
    /// is not among them: it was not granted as it is.
    case stale(previouslyGranted: CategorySet, receipt: ReceiptID?, because: StaleReason)
    /// Forged, damaged, or another site's.
    case invalid
}

/// Why a decision does not count any more.
@frozen
public enum StaleReason: Hashable, Sendable, BitwiseCopyable {
    /// It is as old as a decision gets.
    case expired
    /// More is asked now than was asked then.
    case policyChanged
}

/// The fields of a value whose MAC is right.
private struct ConsentCookieContent {
    var revision: UInt32 = 0
    var day: Int32 = 0
    var granted: CategorySet
    var receipt: ReceiptID?

    init?(_ text: RawSpan, _ site: borrowing ConsentScheme) {
        granted = site.required
        var start = 0
        guard Self.field(of: text, from: &start).equals("1") else { return nil }
        let digits = Self.field(of: text, from: &start)
        guard digits.byteCount == 8 else { return nil }
        for offset in 0..<8 {
            let digit = digits[offset]
            revision = revision << 4 | UInt32(digit < 0x3A ? digit &- 0x30 : digit &- 0x57) & 15
        }
        guard let day = Self.field(of: text, from: &start).decimal, day <= UInt64(Int32.max) else { return nil }
        self.day = Int32(day)
        grant(Self.field(of: text, from: &start), site)
        receipt = ReceiptID(Self.field(of: text, from: &start))
        guard start > text.byteCount else { return nil }
    }

    private mutating func grant(_ list: RawSpan, _ site: borrowing ConsentScheme) {
        var start = 0
        while start < list.byteCount {
            let end = list.firstIndex(of: UInt8(ascii: "~"), from: start) ?? list.byteCount
            if let index = site.index(of: list.extracting(start..<end)) { granted.insert(CategorySet(index: index)) }
            start = end + 1
        }
    }

    /// The octets up to the next dot; `start` moves behind it.
    @_lifetime(copy text)
    private static func field(of text: RawSpan, from start: inout Int) -> RawSpan {
        guard start <= text.byteCount else { return text.extracting(0..<0) }
        let end = text.firstIndex(of: UInt8(ascii: "."), from: start) ?? text.byteCount
        let field = text.extracting(start..<end)
        start = end + 1
        return field
    }
}
