package import Rules
package import Transport

extension Examination {
    /// Where visitors and the operator come in.
    func listeners() -> [Finding] {
        var found: [Finding] = []
        for listener in policy.listeners {
            switch machine.port(listener) {
            case .free where isServing == true:
                found.append(
                    .warning(
                        .listeners, "a proxy runs with this state directory, but not at \(listener.authority)",
                        remedy: "listeners change with a restart: systemctl restart crumbgate"))
            case .free: found.append(.ok(.listeners, "\(listener.authority) is free"))
            case .taken: found.append(taken(listener))
            case .refused:
                found.append(
                    .problem(
                        .listeners, "`\(machine.user)` may not listen on \(listener.authority)",
                        remedy: "ports below 1024: AmbientCapabilities=CAP_NET_BIND_SERVICE, or root and a `user`"))
            case .elsewhere:
                found.append(
                    .problem(
                        .listeners, "no interface of this machine has the address of \(listener.authority)",
                        remedy: "`ip address` lists them; 0.0.0.0 is all of IPv4, \"[::]\" all of IPv6"))
            case .failed(let reason):
                found.append(
                    .problem(.listeners, "\(listener.authority): \(reason)", remedy: "change `listen`"))
            }
        }
        return found + console()
    }

    private func taken(_ listener: Listener) -> Finding {
        guard isServing == true else {
            return .problem(
                .listeners, "another program listens on \(listener.authority)",
                remedy: "ss -ltnp 'sport = :\(listener.port)' names it; end it, or change `listen`")
        }
        switch machine.answer(listener, policy.sites[0]) {
        case .success: return .ok(.listeners, "\(listener.authority): the proxy answers")
        case .failure(let error):
            return .problem(
                .listeners, "\(listener.authority) is taken, and no proxy answers there: \(error.words)",
                remedy: "ss -ltnp 'sport = :\(listener.port)' names the program; the proxy's log says how it is doing")
        }
    }

    private func console() -> [Finding] {
        guard let listener = policy.console?.listener else { return [] }
        switch machine.port(listener) {
        case .free: return [.ok(.listeners, "\(listener.authority) is free for the console")]
        case .taken where isServing == true: return [.ok(.listeners, "\(listener.authority): the console")]
        case .taken, .refused, .elsewhere, .failed:
            return [
                .problem(
                    .listeners, "the console cannot have \(listener.authority): the proxy would go on without it",
                    remedy: "another port for `console.listen`")
            ]
        }
    }

    /// The shop's own servers.
    func origins() -> [Finding] {
        policy.sites.filter { !$0.isConsole }.flatMap(origin)
    }

    private func origin(_ site: Site) -> [Finding] {
        let name = site.origin.authority
        if let listener = policy.listeners.first(where: { $0.isReached(by: site.origin) }) {
            return [
                .problem(
                    .origin, "`origin` of \(site.name) is the proxy itself, \(listener.authority)",
                    remedy: "name the shop's own server, on another port")
            ]
        }
        // As visitors come: a shop behaves otherwise where it believes that they came without TLS.
        let isSecure = !policy.trustedProxies.isEmpty || policy.listeners.contains { $0.tls != nil }
        switch machine.originAnswer(site, isSecure) {
        case .failure(let error): return [failure(error, name)]
        case .success(let answer):
            let found = judge(answer, site, isSecure: isSecure)
            return found.isEmpty
                ? [.ok(.origin, "\(name) answers \(answer.status) within \(answer.duration) ms")] : found
        }
    }

    private func judge(_ answer: Inquiry.Answer, _ site: Site, isSecure: Bool) -> [Finding] {
        let name = site.origin.authority
        var found: [Finding] = []
        if (300...399).contains(answer.status), let location = answer.location, let host = site.host,
            location.lowercased() + "/" == "https://\(host)/" || location.lowercased() == "https://\(host)/"
        {
            let circle = "\(name) sends visitors who came by TLS to \(location): they would turn in a circle"
            let believing = "let the shop believe `X-Forwarded-Proto` from this machine: docs/deploy.md says how"
            let nobody = "\(name) sends visitors to \(location), where nobody speaks TLS"
            let listening = "a listener with `tls`, or a server in front and `trusted_proxies`"
            found.append(
                isSecure
                    ? .problem(.origin, circle, remedy: believing) : .warning(.origin, nobody, remedy: listening))
        }
        if answer.status >= 400 {
            let host = site.host.map { " for \($0)" } ?? ""
            found.append(
                .warning(
                    .origin, "\(name) answers \(answer.status) to a request for its first page\(host)",
                    remedy: "the shop's own log says why; `preserve_host: false` where it knows another name only"))
        }
        if answer.duration > 3000 {
            found.append(
                .warning(
                    .origin, "\(name) took \(answer.duration) ms to answer",
                    remedy: "visitors wait as long: look at the shop, or at the way to it"))
        }
        if let date = answer.date {
            let difference = abs(machine.now() - date)
            if difference > 5 {
                found.append(
                    .warning(
                        .clock, "the clocks of this machine and of \(name) differ by \(difference) s",
                        remedy: "keep both right: systemd-timesyncd or chrony"))
            }
        }
        return found
    }

    private func failure(_ error: InquiryError, _ name: String) -> Finding {
        let remedy =
            switch error {
            case .settings: "`crumbgate check` looks at the files that `origin_tls` names"
            case .address: "correct the name in `origin`, or this machine's resolver"
            case .connection: "is the shop's server running, at that port and address?"
            case .handshake: "`origin_tls`: whom to believe (`authorities`), which name to ask for (`server_name`)"
            case .silence: "is the shop's server running; does a firewall drop what comes from here?"
            case .ended, .nonsense: "is that port the one for HTTP? Where it is the one for TLS: `origin: https://…`"
            }
        return .problem(.origin, "\(name): \(error.words)", remedy: remedy)
    }
}

extension InquiryError {
    /// Why there was no answer, for the operator.
    package var words: String {
        switch self {
        case .settings(let reason), .address(let reason), .connection(let reason): reason
        case .handshake(let reason): "TLS failed: \(reason)"
        case .silence: "no answer in time"
        case .ended: "the connection ended without an answer"
        case .nonsense: "the answer is not HTTP"
        }
    }
}

extension Site {
    /// A host that it is reached by; nil where it serves any.
    package var host: String? { hosts.first { !$0.hasPrefix("*") } }
}

extension Listener {
    /// Whether an origin is this listener.
    fileprivate func isReached(by origin: OriginServer) -> Bool {
        guard origin.port == port else { return false }
        let isHere = origin.host == "localhost" || origin.host.hasPrefix("127.") || origin.host == "::1"
        return origin.host == host || origin.host == "localhost" && (host == "127.0.0.1" || host == "::1")
            || isHere && (host == "0.0.0.0" || host == "::")
    }
}
