import Bytes
import Consent
import Cookies
import Testing

@Suite("Consent cookie")
struct ConsentCookieTests {
    static let signer = ConsentSigner(secret: Array(0..<32))
    static let today: Int32 = 20_778

    @Test(
        "A decision comes back as it was made",
        arguments: [
            [], ["analytics"], ["chat"], ["analytics", "chat", "social"],
        ])
    func roundTrip(ids: [String]) throws {
        let site = scheme()
        let granted = subset(ids, in: site)
        let receipt = try #require(ReceiptID.random())
        let value = make(granted: granted, receipt: receipt, site: site)
        #expect(value.allSatisfy(isCookieOctet))
        #expect(
            verify(value, site: site)
                == .valid(
                    granted: granted.union(site.required), day: Self.today, receipt: ids.isEmpty ? nil : receipt))
    }

    @Test("The text is what the documentation shows")
    func format() throws {
        let site = scheme()
        let receipt = try #require(receiptID("q83vEjRWeJCrze8SNFZ4kA"))
        let value = text(make(granted: subset(["chat", "analytics"], in: site), receipt: receipt, site: site))
        let fields = value.split(separator: ".")
        #expect(fields.count == 6)
        #expect(fields.dropLast() == ["1", fields[1], "20778", "analytics~chat", "q83vEjRWeJCrze8SNFZ4kA"])
        #expect(UInt32(fields[1], radix: 16) == site.revision && fields[1].count == 8)
        #expect(fields[5].count == 22)
    }

    @Test("Who refuses everything gets no id: all of a day's refusals are one and the same cookie")
    func refusal() throws {
        let site = scheme()
        let first = make(granted: [], receipt: ReceiptID.random(), site: site)
        let second = make(granted: site.required, receipt: ReceiptID.random(), site: site)
        #expect(first == second)
        #expect(text(first).contains(".20778.-.-."))
    }

    @Test("Every change of any octet, every cut and every addition makes it invalid")
    func mutations() throws {
        let site = scheme()
        for ids in [[], ["analytics", "chat"]] {
            let value = make(granted: subset(ids, in: site), receipt: ReceiptID.random(), site: site)
            for offset in value.indices {
                for octet in UInt8.min...UInt8.max where octet != value[offset] {
                    var changed = value
                    changed[offset] = octet
                    if verify(changed, site: site) != .invalid { Issue.record("octet \(offset) as \(octet)") }
                }
                #expect(verify(Array(value[..<offset]), site: site) == .invalid)
                #expect(verify(Array(value[(offset + 1)...]), site: site) == .invalid)
                #expect(verify(Array(value[..<offset] + value[(offset + 1)...]), site: site) == .invalid)
                for octet in [UInt8(ascii: "A"), UInt8(ascii: "."), UInt8(ascii: "~"), 0] {
                    #expect(verify(Array(value[..<offset]) + [octet] + Array(value[offset...]), site: site) == .invalid)
                }
            }
            for addition in ["A", ".", " ", "\"", ";", "\0"] {
                #expect(verify(value + Array(addition.utf8), site: site) == .invalid)
            }
        }
    }

    @Test(
        "What is no cookie of ours is invalid, whatever its length",
        arguments: [
            "", ".", "1", "1.0.0.-.-.", ".AAAAAAAAAAAAAAAAAAAAAA", "1.00000000.0.-.-.AAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAA", "1.00000000.99999999999999999999.a~~b.x.AAAAAAAAAAAAAAAAAAAAAA",
        ])
    func foreign(value: String) {
        #expect(verify(Array(value.utf8), site: scheme()) == .invalid)
    }

    @Test("Long values are not looked at")
    func long() {
        let site = scheme()
        for count in [3000, 3072, 3073, 100_000] {
            let value = [UInt8](repeating: UInt8(ascii: "a"), count: count) + Array(".AAAAAAAAAAAAAAAAAAAAAA".utf8)
            #expect(verify(value, site: site) == .invalid)
        }
    }

    @Test("Another key's cookie is invalid")
    func otherKey() {
        let site = scheme()
        let value = ConsentCookie.make(
            granted: site.all, receipt: nil, today: Self.today, signer: ConsentSigner(secret: Array(1..<33)), site: site
        )
        #expect(verify(value, site: site) == .invalid)
    }

    @Test("Another site's cookie is invalid, even with the same categories and the same key")
    func otherSite() {
        let value = make(granted: scheme("shop").optional, receipt: nil, site: scheme("shop"))
        #expect(scheme("shop").revision == scheme("shop2").revision)
        #expect(verify(value, site: scheme("shop2")) == .invalid)
        #expect(verify(value, site: scheme("sho")) == .invalid)
        #expect(verify(value, site: scheme("")) == .invalid)
    }

    @Test(
        "A decision of either kind lasts the same time, and is stale after it",
        arguments: [
            (-2, false), (-1, true), (0, true), (1, true), (181, true), (182, false), (183, false), (100_000, false),
            (-20_778, false),
        ])
    func expiry(age: Int, isValid: Bool) {
        let site = scheme()
        for ids in [[], ["analytics"]] {
            let granted = subset(ids, in: site)
            let value = make(granted: granted, receipt: nil, site: site)
            let verdict = verify(value, site: site, today: Self.today + Int32(age))
            let all = granted.union(site.required)
            #expect(
                verdict
                    == (isValid
                        ? .valid(granted: all, day: Self.today, receipt: nil)
                        : .stale(previouslyGranted: all, receipt: nil, because: .expired)))
        }
    }

    @Test("A policy that asks more makes older decisions stale and keeps what was granted, by id and not by bit")
    func changedPolicy() throws {
        let before = scheme()
        let receipt = try #require(ReceiptID.random())
        let value = make(granted: subset(["analytics", "chat"], in: before), receipt: receipt, site: before)
        let after = ConsentScheme(
            site: "shop", categories: [category("new"), category("chat"), category("security", true)])
        let history = PolicyHistory([PolicyRevision(categories: before.categories)], scheme: after)
        let granted = subset(["chat", "security"], in: after)
        #expect(
            verify(value, site: after, history: history)
                == .stale(previouslyGranted: granted, receipt: receipt, because: .policyChanged))
        // Nobody knows what was asked then.
        #expect(
            verify(value, site: after)
                == .stale(
                    previouslyGranted: subset(["security"], in: after), receipt: receipt, because: .policyChanged))
        #expect(
            ConsentCookie.make(granted: after.all, receipt: nil, today: 1, signer: Self.signer, site: after) != value)
    }

    @Test("A decision stays good when something is no longer asked, and is one about the rest")
    func removal() throws {
        let before = scheme()
        let receipt = try #require(ReceiptID.random())
        let value = make(granted: subset(["analytics", "chat"], in: before), receipt: receipt, site: before)
        let after = ConsentScheme(
            site: "shop", categories: [category("social"), category("chat"), category("security", true)])
        let history = PolicyHistory([PolicyRevision(categories: before.categories)], scheme: after)
        let verdict = ConsentCookieVerdict.valid(
            granted: subset(["chat", "security"], in: after), day: Self.today, receipt: receipt)
        #expect(before.revision != after.revision && verify(value, site: after, history: history) == verdict)
        let late = verify(value, site: after, history: history, today: Self.today + 182)
        #expect(
            late
                == .stale(
                    previouslyGranted: subset(["chat", "security"], in: after), receipt: receipt, because: .expired))
    }

    @Test("A vendor that joined a category makes older decisions stale, and that category was not granted as it is")
    func newVendor() {
        let before = ConsentScheme(
            site: "shop", categories: [category("analytics", vendors: ["A"]), category("chat", vendors: ["B"])])
        let value = make(granted: before.all, receipt: nil, site: before)
        let after = ConsentScheme(
            site: "shop", categories: [category("analytics", vendors: ["A", "C"]), category("chat", vendors: ["B"])])
        let history = PolicyHistory([PolicyRevision(categories: before.categories)], scheme: after)
        #expect(
            verify(value, site: after, history: history)
                == .stale(previouslyGranted: subset(["chat"], in: after), receipt: nil, because: .policyChanged))
    }

    @Test("Moved categories keep their decisions")
    func reordered() {
        let before = scheme()
        let after = ConsentScheme(site: "shop", categories: before.categories.reversed())
        let value = make(granted: subset(["social"], in: before), receipt: nil, site: before)
        #expect(
            verify(value, site: after)
                == .valid(granted: subset(["social"], in: after).union(after.required), day: Self.today, receipt: nil))
    }

    @Test("Sixty-four categories with the longest ids fit")
    func largest() {
        let categories = (0..<64).map { category("c" + String(repeating: "x", count: 29) + String(10 + $0)) }
        let site = ConsentScheme(site: "shop", categories: categories)
        let value = make(granted: site.all, receipt: ReceiptID.random(), site: site)
        guard case .valid(let granted, _, let receipt) = verify(value, site: site) else {
            Issue.record("invalid")
            return
        }
        #expect(granted == site.all && receipt != nil && granted.rawValue == .max)
    }

    @Test(
        "The set-cookie-string is one that user agents accept, and is readable by the page", arguments: [true, false])
    func setCookie(isSecure: Bool) throws {
        let site = scheme()
        let value = make(granted: site.all, receipt: ReceiptID.random(), site: site)
        var output = ByteBuffer()
        ConsentCookie.writeSetCookie(value.rawSpan, site: site, isSecure: isSecure, into: &output)
        let line = try #require(parsed(output.array))
        #expect(text(Array(output.array[line.name.range])) == (isSecure ? "__Host-crumbgate" : "crumbgate"))
        #expect(Array(output.array[line.value.range]) == value)
        #expect(line.maxAge == 182 * 86_400 && line.sameSite == .lax && !line.isHTTPOnly && line.isSecure == isSecure)
        #expect(isAcceptable(line, output.array, isSecure: isSecure))
        var removal = ByteBuffer()
        ConsentCookie.writeRemoval(isSecure: isSecure, into: &removal)
        let removed = try #require(parsed(removal.array))
        #expect(removed.isDeletion(now: 0) && isAcceptable(removed, removal.array, isSecure: isSecure))
    }

    @Test(
        "Our names are known in any case",
        arguments: [
            ("crumbgate", true), ("__Host-crumbgate", true), ("__HOST-Crumbgate", true), ("Crumbgate", true),
            ("crumbgate2", false), ("__Secure-crumbgate", false), ("", false),
        ])
    func names(name: String, isOurs: Bool) {
        let bytes = Array(name.utf8)
        let found = ConsentCookie.isName(bytes.rawSpan)
        #expect(found == isOurs)
    }

    @Test("A receipt id has one text form")
    func receiptText() throws {
        for _ in 0..<500 {
            let id = try #require(ReceiptID.random())
            #expect(receiptID(id.description) == id)
            #expect(id.description.count == 22)
            #expect(!id.description.hasPrefix("-"), "a command line takes it for an option")
        }
        #expect(receiptID("q83vEjRWeJCrze8SNFZ4kA")?.description == "q83vEjRWeJCrze8SNFZ4kA")
        for other in [
            "q83vEjRWeJCrze8SNFZ4kB", "q83vEjRWeJCrze8SNFZ4k", "q83vEjRWeJCrze8SNFZ4kA=", "q83vEjRWeJCrze8SNFZ4k+",
        ] {
            #expect(receiptID(other) == nil)
        }
    }

    // The testing macros take no spans, so these take arrays.
    private func verify(
        _ value: [UInt8], site: ConsentScheme, history: PolicyHistory = .none, today: Int32 = today
    ) -> ConsentCookieVerdict {
        ConsentCookie.verify(value.rawSpan, signer: Self.signer, site: site, history: history, today: today)
    }

    private func make(granted: CategorySet, receipt: ReceiptID?, site: ConsentScheme) -> [UInt8] {
        ConsentCookie.make(granted: granted, receipt: receipt, today: Self.today, signer: Self.signer, site: site)
    }

    private func receiptID(_ text: String) -> ReceiptID? { ReceiptID(Array(text.utf8).rawSpan) }
    private func parsed(_ bytes: [UInt8]) -> SetCookieLine? { SetCookieLine(parsing: bytes.rawSpan) }
    private func isAcceptable(_ line: SetCookieLine, _ bytes: [UInt8], isSecure: Bool) -> Bool {
        line.isAcceptable(bytes.rawSpan, overSecureTransport: isSecure)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// RFC 6265bis §4.1.1.
    private func isCookieOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x21, 0x23...0x2B, 0x2D...0x3A, 0x3C...0x5B, 0x5D...0x7E: true
        default: false
        }
    }
}

func category(_ id: String, _ isRequired: Bool = false, vendors: [String] = [], purpose: String = "")
    -> Consent.Category
{
    Category(id: id, isRequired: isRequired, name: ["en": id], purpose: ["en": purpose], vendors: vendors)
}

func scheme(_ site: String = "shop") -> ConsentScheme {
    ConsentScheme(
        site: site,
        categories: [
            category("security", true), category("analytics"), category("cart", true), category("social"),
            category("chat"),
        ])
}

func subset(_ ids: [String], in scheme: ConsentScheme) -> CategorySet {
    CategorySet(
        ids.compactMap { id in scheme.categories.firstIndex { $0.id == id } }.map { CategorySet(index: $0) })
}
