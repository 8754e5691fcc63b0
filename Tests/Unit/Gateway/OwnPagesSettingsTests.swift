import Consent
import Gateway
import HTTPWire
import Rules
import Testing

@Suite("Settings page")
struct OwnPagesSettingsTests {
    @Test("Every optional category has a box that is off; required ones are shown, on and locked")
    func undecided() throws {
        let site = try site()
        let page = OwnPages(site: site).answer(request(.settings)).text
        for category in site.consent.categories {
            let state = category.isRequired ? " checked disabled>" : "> "
            #expect(
                page.contains(
                    #"<input type="checkbox" id="crumbgate-category-\#(category.id)" name="category" "#
                        + #"value="\#(category.id)" aria-describedby="crumbgate-category-\#(category.id)-purpose"\#(state)"#
                ), "\(category.id)")
            #expect(page.contains(category.purpose(in: "en")))
        }
        #expect(page.contains(InterfaceText.english.requiredText))
        #expect(page.hasPrefix("<!doctype html>\n<html lang=\"en\" dir=\"ltr\">"))
        #expect(!page.contains("<script"))
    }

    @Test("What was granted before is ticked, and nothing else")
    func decided() throws {
        let site = try site()
        let index = try #require(site.consent.categories.firstIndex { $0.id == "chat" })
        let granted = site.consent.required.union(CategorySet(index: index))
        let consent = ConsentState(
            granted: granted, refused: site.consent.optional.subtracting(granted), source: .cookie, isDecided: true,
            day: 1)
        let page = OwnPages(site: site).answer(request(.settings, consent: consent)).text
        #expect(occurrences(of: " checked>", in: page) == 1)
        #expect(page.contains(#"aria-describedby="crumbgate-category-chat-purpose" checked>"#))
    }

    @Test(
        "A signal ticks nothing, and the page says that it is followed",
        arguments: [ConsentSource.globalPrivacyControl, .doNotTrack])
    func signal(source: ConsentSource) throws {
        let site = try site()
        let consent = ConsentState(
            granted: site.consent.all, refused: [], source: source, isDecided: true, day: 0)
        let page = OwnPages(site: site).answer(request(.settings, consent: consent)).text
        #expect(!page.contains(" checked>"))
        #expect(page.contains(InterfaceText.english.signalText))
        #expect(!OwnPages(site: site).answer(request(.settings)).text.contains(InterfaceText.english.signalText))
    }

    @Test("Vendors, cookies and lifetimes are listed")
    func details() throws {
        let page = OwnPages(site: try site(richRules)).answer(request(.settings)).text
        #expect(page.contains(#"<td><code dir="ltr">_ga</code></td><td><bdi>Google</bdi></td><td>90 days</td>"#))
        #expect(page.contains("<td>1 day</td>"))
        #expect(page.contains(#"<td><code dir="ltr">basket</code></td>"#))
        #expect(page.contains(#"<td><code dir="ltr">crumbgate</code></td><td>182 days</td>"#))
        #expect(page.contains("<p>Recipients: "))
    }

    @Test("Save, accept and reject are like buttons of one form")
    func buttons() throws {
        let page = OwnPages(site: try site()).answer(request(.settings)).text
        #expect(occurrences(of: "<form", in: page) == 1 && occurrences(of: "<button ", in: page) == 3)
        for choice in ["save", "accept", "reject"] {
            #expect(page.contains(#"<button id="crumbgate-\#(choice)" name="choice" value="\#(choice)">"#))
        }
    }

    @Test("It is in the language that led to it, else in the user agent's")
    func language() throws {
        let pages = OwnPages(site: try site())
        var asked = request(.settings, query: "lang=de")
        asked.acceptLanguage = "en"
        #expect(pages.answer(asked).text.contains(#"<html lang="de""#))
        asked.query = "lang=%22%3E%3Cscript%3E"
        #expect(pages.answer(asked).text.contains(#"<html lang="en""#))
        asked.query = ""
        asked.acceptLanguage = "de-DE,de;q=0.9"
        #expect(pages.answer(asked).text.contains("Cookie-Einstellungen</h1>"))
    }

    @Test(
        "The way back is the page asked for, else the one before, and never elsewhere",
        arguments: [
            ("return=/a%3Fb%3D1%26c", nil, "/a?b=1&amp;c"), ("", "https://shop.example/x?y=1", "/x?y=1"),
            ("return=//evil.example", "https://shop.example/x", "/x"), ("return=https://evil.example/", nil, "/"),
            ("return=javascript:alert(1)", nil, "/"), ("", "https://evil.example/x", "/"),
            ("return=/%22%3E%3Cscript%3E", nil, "/"), ("return=/.crumbgate/consent", nil, "/"),
            ("", "https://shop.example/.crumbgate/settings", "/"), ("", nil, "/"),
        ] as [(String, String?, String)])
    func returnPath(query: String, referer: String?, expected: String) throws {
        var asked = request(.settings, query: query)
        asked.referer = referer
        let page = OwnPages(site: try site()).answer(asked).text
        #expect(page.contains(#"<input type="hidden" name="return" value="\#(expected)">"#))
        #expect(page.contains(#"<p class="crumbgate-back"><a href="\#(expected)">Back without changes</a></p>"#))
    }

    @Test("It is never stored, framed elsewhere, or able to load anything foreign")
    func fields() throws {
        let answer = OwnPages(site: try site()).answer(request(.settings))
        #expect(answer.status == 200)
        #expect(answer.value("Content-Type") == "text/html; charset=utf-8")
        #expect(answer.value("Cache-Control") == "no-store")
        #expect(answer.value("X-Content-Type-Options") == "nosniff")
        #expect(answer.value("Referrer-Policy") == "same-origin")
        #expect(
            answer.value("Content-Security-Policy")
                == "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'self'")
        let wrong = OwnPages(site: try site()).answer(request(.settings, .post))
        #expect(wrong.status == 405 && wrong.value("Allow") == "GET, HEAD")
    }
}
