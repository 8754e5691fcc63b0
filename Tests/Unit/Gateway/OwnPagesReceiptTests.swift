import Bytes
import Consent
import Foundation
import Gateway
import HTTPWire
import Location
import Measurement
import Rules
import Testing

@Suite("Receipts of decisions")
struct OwnPagesReceiptTests {
    private let id = ReceiptID.random()

    private func kept(_ answer: OwnAnswer) -> Receipt? {
        if case .keep(let receipt) = answer.pending?.work { receipt } else { nil }
    }

    private func subset(_ ids: [String], of site: Site) -> CategorySet {
        CategorySet(
            site.consent.categories.indices.filter { ids.contains(site.consent.categories[$0].id) }
                .map { CategorySet(index: $0) })
    }

    @Test("A grant waits for its receipt, and without it nothing is granted")
    func grant() throws {
        let site = try site()
        let pages = OwnPages(site: site)
        let answer = pages.answer(decision("choice=save&category=chat&lang=de"))
        let receipt = try #require(kept(answer))
        #expect(receipt.granted == ["chat"])
        #expect(receipt.refused == ["personalisation", "analytics", "remarketing", "social"])
        #expect(receipt.minute == now.epoch / 60 && receipt.revision == site.consent.revision)
        #expect(receipt.language == "de" && receipt.source == .noScript && receipt.action == .given)
        #expect(ShownText.all(of: site).first { $0.digest == receipt.text }?.layer == .banner)
        #expect(answer.value("Set-Cookie")?.contains(receipt.id.description) == true)
        let failed = try #require(answer.pending?.failed)
        #expect(failed.status == 503 && failed.value("Set-Cookie") == nil && failed.decision == nil)
        #expect(failed.value("Retry-After") == "5" && failed.value("Cache-Control") == "no-store")
        #expect(failed.text.contains(InterfaceText.english.failedText))
        let json = pages.answer(decision(#"{"choice":"accept"}"#, contentType: "application/json"))
        #expect(kept(json)?.source == .banner && json.pending?.failed.text == "{\"error\":503}\n")
    }

    @Test("Who refuses everything waits for nothing and leaves nothing")
    func refusal() throws {
        let pages = OwnPages(site: try site())
        for body in ["choice=reject", "choice=save"] { #expect(pages.answer(decision(body)).pending == nil) }
    }

    @Test("What an answer did to the one before")
    func actions() throws {
        let site = try site()
        let pages = OwnPages(site: site)
        let id = try #require(id)
        let chat = subset(["chat"], of: site).union(site.consent.required)
        let cases: [(ConsentCookieVerdict?, String, Receipt.Action?, isSameID: Bool)] = [
            (nil, "choice=accept", .given, false), (.invalid, "choice=accept", .given, false),
            (.valid(granted: site.consent.required, day: 1, receipt: nil), "choice=accept", .given, false),
            (.valid(granted: chat, day: 1, receipt: id), "choice=accept", .changed, true),
            (.valid(granted: chat, day: 1, receipt: id), "choice=save&category=chat", .renewed, true),
            (.valid(granted: chat, day: 1, receipt: id), "choice=save&category=social", .changed, true),
            (.valid(granted: chat, day: 1, receipt: id), "choice=reject", .withdrawn, true),
            (
                .stale(previouslyGranted: chat, receipt: id, because: .policyChanged), "choice=save&category=chat",
                .renewed, true
            ),
            (.stale(previouslyGranted: chat, receipt: id, because: .expired), "choice=save", .withdrawn, true),
            (.stale(previouslyGranted: [], receipt: nil, because: .expired), "choice=save", nil, false),
        ]
        for (verdict, body, action, isSameID) in cases {
            var request = decision(body)
            request.verdict = verdict
            let answer = pages.answer(request)
            #expect(kept(answer)?.action == action, "\(body)")
            #expect(action == nil || (kept(answer)?.id == id) == isSameID, "\(body)")
            let cookie = try #require(answer.value("Set-Cookie"))
            #expect(cookie.contains(id.description) == (isSameID && action != .withdrawn), "\(body)")
            // A withdrawal takes effect whether its receipt can be kept or not.
            if action == .withdrawn { #expect(answer.pending?.failed.value("Set-Cookie") == cookie) }
        }
    }

    @Test("An answer counts for what it was asked, and for no more")
    func outdated() throws {
        let rules = ["[Acme]", "[Acme, Globex]"].map { "categories: { analytics: { vendors: \($0) } }" }
        let sites = try rules.map { try site($0) }
        let revisions = sites.map { PolicyRevision(categories: $0.consent.categories) }
        let texts = ShownText.all(of: sites[0]) + ShownText.all(of: sites[1])
        func pages(_ index: Int) -> OwnPages {
            OwnPages(
                site: sites[index],
                history: SiteHistory(
                    policy: PolicyHistory([revisions[1 - index]], scheme: sites[index].consent),
                    texts: texts.map(\.digest)))
        }
        let accept = "choice=accept&\(askedFields(OwnPages(site: sites[0])))"
        let wide = "choice=accept&\(askedFields(OwnPages(site: sites[1])))"
        #expect(kept(pages(0).answer(decision(accept)))?.revision == revisions[0].number)
        #expect(kept(pages(0).answer(decision(wide)))?.revision == revisions[1].number)
        #expect(kept(pages(1).answer(decision(wide)))?.revision == revisions[1].number)
        // Without the history nobody knows what was asked.
        for (pages, body) in [
            (pages(1), accept), (OwnPages(site: sites[0]), wide), (pages(0), "choice=accept&revision=&text="),
            (pages(0), "choice=accept&revision=0&text=0"),
            (pages(0), accept.replacing("text=", with: "text=x")),
            (pages(0), accept.replacing("revision=", with: "r=")),
        ] {
            let answer = pages.answer(to: decision(body), signer: signer, at: now)
            #expect(answer.status == 303 && answer.pending == nil && answer.value("Set-Cookie") == nil, "\(body)")
            #expect(answer.value("Location")?.hasPrefix("/.crumbgate/settings?changed=1&return=") == true)
            let json = decision(#"{"choice":"save","categories":["chat"]}"#, contentType: "application/json")
            #expect(pages.answer(to: json, signer: signer, at: now).status == 409)
            let refusal = pages.answer(to: decision(body.replacing("accept", with: "reject")), signer: signer, at: now)
            #expect(refusal.value("Set-Cookie") != nil)
        }
        var changed = request(.settings, query: "changed=1")
        #expect(pages(0).answer(changed).text.contains(InterfaceText.english.changedText))
        changed.query = ""
        #expect(!pages(0).answer(changed).text.contains(InterfaceText.english.changedText))
    }

    @Test("A stale decision's grants are ticked, and the page says why it asks again")
    func stale() throws {
        let site = try site()
        var request = request(.settings)
        request.verdict = .stale(
            previouslyGranted: subset(["chat"], of: site), receipt: nil, because: .policyChanged)
        let page = OwnPages(site: site).answer(request).text
        #expect(page.contains(InterfaceText.english.changedText))
        #expect(page.contains(#"aria-describedby="crumbgate-category-chat-purpose" checked>"#))
        #expect(page.components(separatedBy: " checked>").count == 2)
        request.verdict = .stale(previouslyGranted: [], receipt: nil, because: .expired)
        #expect(!OwnPages(site: site).answer(request).text.contains(InterfaceText.english.changedText))
    }

    @Test("The words that a receipt stands for are those between the tags, in each language and on both layers")
    func words() throws {
        let site = try site(richRules)
        let texts = ShownText.all(of: site)
        #expect(texts.count == site.consentSettings.texts.count * 2)
        #expect(Set(texts.map(\.digest)).count == texts.count)
        let banner = try #require(texts.first { $0.layer == .banner && $0.language == "en" })
        let english = InterfaceText.english
        #expect(
            banner.words.split(separator: "\n").map(String.init)
                == [
                    "Cookies & <script>alert(1)</script>", english.bannerText, english.acceptAll, english.rejectAll,
                    english.settings, english.settingsLink,
                ])
        let settings = try #require(texts.first { $0.layer == .settings && $0.language == "en" })
        for words in ["Counts \"visits\" & <b>more</b>", "Smith & <Sons>\n,\nGoogle", "_x<y>", "90 days", "basket"] {
            #expect(settings.words.contains(words))
        }
        // The form names them, and the names are not part of the words.
        #expect(askedFields(OwnPages(site: site)).hasSuffix("text=\(banner.name)"))
        let other = try Policy.parse("origin: http://127.0.0.1:9000", sourceFile: "r").sites[0]
        #expect(ShownText.all(of: other).first?.digest != banner.digest)
    }

    @Test("A record is given and erased with a signed cookie and from the site's own pages only")
    func record() throws {
        let pages = OwnPages(site: try site())
        let id = try #require(id)
        func ask(
            _ method: HTTPWire.Method, _ query: String = "", receipt: ReceiptID?,
            change: (inout OwnRequest) -> Void = { _ in }
        ) -> OwnAnswer {
            var request = request(.receipt, method, query: query)
            request.origin = method == .post ? "https://shop.example" : nil
            request.verdict = receipt.map { .valid(granted: [], day: 1, receipt: $0) }
            change(&request)
            return pages.answer(request)
        }
        #expect(ask(.get, "format=csv", receipt: id).pending?.work == .show(id, as: .csv))
        #expect(ask(.get, receipt: id).pending?.work == .show(id, as: .json))
        #expect(ask(.get, receipt: id).pending?.nothing.status == 404)
        let erasure = ask(.post, receipt: id)
        #expect(erasure.pending?.work == .erase(id) && erasure.value("Set-Cookie")?.contains("Max-Age=0") == true)
        #expect(erasure.value("Location")?.hasSuffix("&erased=1") == true)
        #expect(erasure.pending?.nothing.value("Location")?.hasSuffix("&erased=0") == true)
        #expect(erasure.pending?.nothing.value("Set-Cookie") == erasure.value("Set-Cookie"))
        #expect(erasure.pending?.failed.status == 503 && erasure.pending?.failed.value("Set-Cookie") == nil)
        for method in [HTTPWire.Method.get, .post] {
            #expect(ask(method, receipt: nil).status == 404 && ask(method, receipt: nil).pending == nil)
            #expect(ask(method, receipt: id) { $0.verdict = .invalid }.pending == nil)
            #expect(ask(method, receipt: id) { $0.isRateLimited = true }.status == 429)
            for site in ["cross-site", "same-site"] {
                let answer = ask(method, receipt: id) { $0.fetchSite = site }
                #expect(answer.status == 403 && answer.pending == nil)
            }
        }
        #expect(ask(.post, receipt: id) { $0.origin = "https://evil.example" }.status == 403)
        #expect(ask(.post, receipt: id) { $0.origin = nil }.status == 403)
        #expect(ask(.get, receipt: id) { $0.referer = "https://evil.example/" }.status == 403)
        #expect(ask(.get, receipt: id) { $0.fetchSite = "none" }.pending != nil)
        #expect(ask(.get, "format=exe", receipt: id).status == 404)
        #expect(ask(.put, receipt: id).status == 405)
        // Whose decision is over may still see and erase what is kept of it.
        let stale = ask(.get, receipt: nil) {
            $0.verdict = .stale(previouslyGranted: [], receipt: id, because: .expired)
        }
        #expect(stale.pending?.work == .show(id, as: .json))
    }

    @Test("The gateway says nothing to the visitor before it is told the outcome")
    func wait() throws {
        let policy = try Policy.parse("listen: 127.0.0.1:8080\norigin: http://127.0.0.1:9000", sourceFile: "rules.yaml")
        let asked = askedFields(OwnPages(site: policy.sites[0]))
        for (outcome, status) in [(ReceiptOutcome.done, "303"), (.failed, "503"), (.nothing, "503")] {
            var gateway = Gateway(
                policy: policy, resources: Resources(signer: signer, places: nil, measured: []),
                measuring: MeasuringContext(ring: FactRing()))
            var exchange = Exchange()
            var reply = ByteBuffer()
            let body = "choice=accept&\(asked)"
            var input = ByteBuffer()
            input.append(
                utf8: """
                    POST /.crumbgate/consent HTTP/1.1\r\nHost: shop.example\r\nOrigin: http://shop.example\r\nContent-Type: \
                    application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n
                    """)
            guard
                case .collect = gateway.receiveRequest(
                    input, examined: 0, exchange: &exchange, peer: ClientAddress(ipv4: 0x7F00_0001), isSecure: false,
                    isLast: false, at: now, reply: &reply)
            else {
                Issue.record("not collected")
                return
            }
            var content = ByteBuffer()
            content.append(utf8: body)
            var output = ByteBuffer()
            let step = gateway.receiveRequestBody(content, exchange: &exchange, at: now, output: &output, reply: &reply)
            guard case .keeps = step.outcome, let (site, work) = gateway.receiptWork(of: exchange),
                case .keep(let receipt) = work
            else {
                Issue.record("does not wait")
                return
            }
            #expect(site == "shop" && receipt.action == .given)
            let silent = reply.isEmpty && output.isEmpty
            #expect(silent)
            gateway.resume(&exchange, with: outcome, at: now, reply: &reply)
            let text = reply.bytes.text
            #expect(text.hasPrefix("HTTP/1.1 \(status) "))
            #expect(text.contains("Set-Cookie: crumbgate=1.") == (status == "303"))
            #expect(gateway.receiptWork(of: exchange) == nil)
            // Told twice, it answers once.
            let length = reply.count
            gateway.resume(&exchange, with: .done, at: now, reply: &reply)
            let isOnce = reply.count == length
            let isKept = gateway.keepsConnection(after: &exchange)
            #expect(isOnce && isKept)
            gateway.finish(&exchange, at: now)
        }
    }
}
