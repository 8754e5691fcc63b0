import Reports

/// How the shop and the proxy are doing, since the proxy started.
func health(_ traffic: Traffic) -> [String: Any] {
    let total = traffic.responses.reduce(UInt64(0)) { $0 + $1.count }
    let waits = traffic.originWaits
    func percentile(_ part: Double) -> String { waits.quantile(part).map(duration) ?? "–" }
    return [
        "hasTraffic": total > 0,
        "classes": traffic.responses.filter { $0.count > 0 }.map { name, count -> [String: Any] in
            [
                "name": name == "none" ? "no answer" : name, "meaning": meaning(of: name), "count": grouped(count),
                "share": share(count, of: total), "bar": barMarkup(Int(clamping: count), of: Int(clamping: total)),
                "isBad": name == "5xx",
            ]
        },
        "waits": [("Half", 0.5), ("9 of 10", 0.9), ("99 of 100", 0.99)].map { name, part -> [String: Any] in
            ["name": name, "value": percentile(part)]
        },
        "hasWaits": waits.count > 0,
        "errors": traffic.originErrors.filter { $0.count > 0 }.map { name, count -> [String: Any] in
            ["name": reason(of: name), "count": grouped(count)]
        },
        "hasErrors": traffic.originErrors.contains { $0.count > 0 },
        "connections": grouped(traffic.clientConnections), "originConnections": grouped(traffic.originConnections),
        "withheld": grouped(traffic.withheldCookies.reduce(0) { $0 + $1.count }),
        "blocked": grouped(traffic.blockedHosts), "closed": grouped(traffic.closedDocuments),
        "dropped": grouped(traffic.droppedFacts), "hasDropped": traffic.droppedFacts > 0,
        "hasOldRules": !traffic.areRulesCurrent,
    ]
}

private func meaning(of name: String) -> String {
    switch name {
    case "1xx": "interim"
    case "2xx": "answered"
    case "3xx": "led on, or not changed"
    case "4xx": "not found, or not allowed"
    case "5xx": "failed"
    default: "the visitor left first"
    }
}

private func reason(of name: String) -> String {
    switch name {
    case "unreachable": "could not be reached"
    case "closed_early": "closed before its answer"
    case "malformed": "answered nonsense"
    case "timed_out": "took too long"
    case "request_timed_out": "request did not arrive in time"
    default: "had no connection free"
    }
}

private func share(_ part: UInt64, of whole: UInt64) -> String {
    whole == 0 ? "–" : Figure.share(Double(part) / Double(whole)).text
}

private func grouped(_ count: UInt64) -> String { Figure.count(Int(clamping: count)).text }

/// `12 ms`: two digits that count, as the steps of the histogram allow no more.
package func duration(_ microseconds: Double) -> String {
    func rounded(_ value: Double) -> String {
        if value >= 10 { return "\(Int(value.rounded()))" }
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
    if microseconds < 1000 { return "\(rounded(microseconds)) µs" }
    if microseconds < 1_000_000 { return "\(rounded(microseconds / 1000)) ms" }
    return "\(rounded(microseconds / 1_000_000)) s"
}
