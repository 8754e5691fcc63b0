import Foundation
import Rules

/// A scan with a real browser: sees what scripts set, keep and load too.
final class BrowserScan: PageVisitor {
    private let site: SiteAddress
    private let browser: DevTools
    private let session: String
    private var watched: Watched

    /// What the browser told since the scan began.
    private struct Watched {
        var page = ""
        var isLoaded = false
        var open: Set<String> = []
        var lastActivity = Date()
        var found = Findings()
        /// `name` of first-party and `name host` of other cookies that HTTP set.
        var setByHTTP: Set<String> = []
        var hosts: [String: String] = [:]
        /// The page in which a cookie was met first.
        var pages: [String: String] = [:]
    }

    init(site: SiteAddress, program: String, cookies: [(name: String, value: String)]) throws {
        self.site = site
        browser = try DevTools(program: program)
        watched = Watched()
        do {
            let target = try browser.call("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
            session =
                try browser.call("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
                ?? ""
        } catch {
            browser.close()
            throw error
        }
        browser.onEvent = { [unowned self] method, parameters, session in
            handle(method, parameters, session)
        }
        watch(session)
        browser.post("Page.enable", session: session)
        for cookie in cookies {
            browser.post(
                "Network.setCookie", ["name": cookie.name, "value": cookie.value, "url": site.start.absoluteString],
                session: session)
        }
    }

    func close() {
        browser.onEvent = nil
        browser.close()
    }

    func visit(_ page: URL, into findings: inout Findings, until deadline: Date) throws -> [URL] {
        watched.page = page.absoluteString
        watched.isLoaded = false
        watched.open = []
        watched.lastActivity = Date()
        let answer = try browser.call("Page.navigate", ["url": page.absoluteString], session: session)
        if let reason = answer["errorText"] as? String, reason != "net::ERR_ABORTED" {
            throw DevTools.Failure(description: reason)
        }
        let latest = min(deadline, Date(timeIntervalSinceNow: 15))
        try browser.handleEvents(until: latest) { watched.isLoaded }
        // What lies further down is often loaded only when it comes into view.
        _ = try? evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        let quiet = min(deadline, Date(timeIntervalSinceNow: 6))
        try browser.handleEvents(until: quiet) {
            watched.open.isEmpty && Date().timeIntervalSince(watched.lastActivity) > 0.7
        }
        try noteStorage()
        try noteCookies(into: &findings)
        merge(into: &findings)
        let links =
            try evaluate(
                "[...document.links].filter(a => !/nofollow/.test(a.rel)).map(a => a.href).slice(0, 1000)") as? [String]
        try noteInlineScripts(into: &findings)
        return (links ?? []).compactMap { URL(string: $0) }
    }

    func finish(into findings: inout Findings) throws {
        try browser.handleEvents(until: Date(timeIntervalSinceNow: 0.5)) { false }
        try noteCookies(into: &findings)
        merge(into: &findings)
    }

    private func merge(into findings: inout Findings) {
        for host in watched.found.hosts { findings.add(host) }
        for key in watched.found.storage { findings.add(key) }
        watched.found = Findings()
    }

    /// Tells a target to report its requests, and the targets that it opens (frames of other sites, workers).
    private func watch(_ session: String) {
        browser.post("Network.enable", session: session)
        browser.post("DOMStorage.enable", session: session)
        browser.post(
            "Target.setAutoAttach", ["autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true],
            session: session)
    }

    private func handle(_ method: String, _ parameters: DevTools.Message, _ session: String?) {
        switch method {
        case "Target.attachedToTarget":
            guard let id = parameters["sessionId"] as? String, id != self.session else { return }
            watch(id)
            browser.post("Runtime.runIfWaitingForDebugger", session: id)
        case "Page.loadEventFired" where session == self.session: watched.isLoaded = true
        case "Page.javascriptDialogOpening":
            browser.post("Page.handleJavaScriptDialog", ["accept": true], session: session)
        case "Network.requestWillBeSent": noteRequest(parameters)
        case "Network.loadingFinished", "Network.loadingFailed":
            watched.open.remove(parameters["requestId"] as? String ?? "")
            watched.lastActivity = Date()
        case "Network.responseReceivedExtraInfo": noteResponse(parameters)
        case "DOMStorage.domStorageItemAdded":
            let id = parameters["storageId"] as? DevTools.Message ?? [:]
            let origin = id["securityOrigin"] as? String ?? id["storageKey"] as? String ?? ""
            noteKey(parameters["key"] as? String ?? "", isLocal: id["isLocalStorage"] as? Bool == true, origin: origin)
        default: break
        }
    }

    private func noteRequest(_ parameters: DevTools.Message) {
        let request = parameters["request"] as? DevTools.Message ?? [:]
        guard let text = request["url"] as? String, let url = URL(string: text), let host = url.host else { return }
        let id = parameters["requestId"] as? String ?? ""
        watched.open.insert(id)
        watched.hosts[id] = host.lowercased()
        watched.lastActivity = Date()
        let initiator = parameters["initiator"] as? DevTools.Message ?? [:]
        let frames = (initiator["stack"] as? DevTools.Message)?["callFrames"] as? [DevTools.Message]
        let script = frames?.lazy.compactMap { $0["url"] as? String }.first { !$0.isEmpty }
        let source = script ?? initiator["url"] as? String ?? parameters["documentURL"] as? String ?? watched.page
        watched.found.add(
            url, kind: parameters["type"] as? String ?? "Other", initiator: source, page: watched.page, site: site)
    }

    private func noteResponse(_ parameters: DevTools.Message) {
        let fields = parameters["headers"] as? DevTools.Message ?? [:]
        guard let host = watched.hosts[parameters["requestId"] as? String ?? ""] else { return }
        for (name, value) in fields where name.lowercased() == "set-cookie" {
            for line in (value as? String ?? "").split(separator: "\n") {
                let name = line.prefix { $0 != "=" && $0 != ";" }.trimmingCharacters(in: .whitespaces)
                watched.setByHTTP.insert(site.owns(host: host) ? name : "\(name) \(host)")
            }
        }
    }

    private func noteKey(_ key: String, isLocal: Bool, origin: String) {
        guard !key.isEmpty else { return }
        watched.found.add(
            FoundStorage(key: key, area: isLocal ? .local : .session, origin: origin, page: watched.page))
    }

    private func noteStorage() throws {
        let script = """
            (() => { const keys = (area) => { try { return Object.keys(area()) } catch { return [] } };
            return { origin: location.origin, local: keys(() => localStorage), session: keys(() => sessionStorage) } })()
            """
        guard let stored = try evaluate(script) as? DevTools.Message else { return }
        let origin = stored["origin"] as? String ?? ""
        for key in stored["local"] as? [String] ?? [] { noteKey(key, isLocal: true, origin: origin) }
        for key in stored["session"] as? [String] ?? [] { noteKey(key, isLocal: false, origin: origin) }
    }

    private func noteCookies(into findings: inout Findings) throws {
        let all = try browser.call("Storage.getCookies")["cookies"] as? [DevTools.Message] ?? []
        let now = Date().timeIntervalSince1970
        for cookie in all {
            guard let name = cookie["name"] as? String, let domain = cookie["domain"] as? String else { continue }
            let bare = domain.hasPrefix(".") ? String(domain.dropFirst()) : domain
            let isFirstParty = site.owns(host: bare)
            let expires = (cookie["expires"] as? NSNumber)?.doubleValue ?? -1
            let isByHTTP =
                cookie["httpOnly"] as? Bool == true
                || (isFirstParty
                    ? watched.setByHTTP.contains(name)
                    : watched.setByHTTP.contains { $0.hasPrefix("\(name) ") && $0.hasSuffix(bare) })
            let place = "\(name) \(bare)"
            let page = watched.pages[place] ?? watched.page
            watched.pages[place] = page
            findings.add(
                FoundCookie(
                    name: name, domain: bare, isFirstParty: isFirstParty, setter: isByHTTP ? .http : .script,
                    lifetime: expires > now ? Int((expires - now).rounded()) : 0, page: page))
        }
    }

    private func noteInlineScripts(into findings: inout Findings) throws {
        let script = "[...document.scripts].filter(s => !s.src).map(s => s.textContent.slice(0, 20000)).slice(0, 200)"
        let scripts = try evaluate(script) as? [String] ?? []
        for service in KnownService.shipped where !findings.inlineServices.contains(service.id) {
            let isThere = scripts.contains { script in service.snippets.contains(where: script.contains) }
            if isThere { findings.inlineServices.append(service.id) }
        }
    }

    private func evaluate(_ script: String) throws -> Any? {
        let answer = try browser.call(
            "Runtime.evaluate", ["expression": script, "returnByValue": true], session: session)
        return (answer["result"] as? DevTools.Message)?["value"]
    }
}
