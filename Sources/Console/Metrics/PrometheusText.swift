/// Metrics in Prometheus' text format 0.0.4.
package struct PrometheusText {
    package private(set) var text = ""

    /// No metrics.
    package init() {}

    /// A metric that only grows, or one that goes up and down, with a sample per label value.
    package mutating func add(
        _ name: String, _ kind: Kind, _ help: String, label: String, _ samples: [(name: String, count: UInt64)]
    ) {
        begin(name, kind, help)
        for sample in samples { line(name, label: label, sample.name, "\(sample.count)") }
    }

    /// The same with one sample.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
        begin(name, kind, help)
        text += "\(name) \(value)\n"
    }

    /// The same with a fraction.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, seconds: Double) {
        begin(name, kind, help)
        text += "\(name) \(seconds)\n"
    }

    /// Times in seconds.
    package mutating func add(_ name: String, _ help: String, _ times: Traffic.Times) {
        begin(name, .histogram, help)
        var passed: UInt64 = 0
        for (bound, count) in zip(times.bounds, times.counts) {
            passed += count
            line(name + "_bucket", label: "le", "\(Double(bound) / 1_000_000)", "\(passed)")
        }
        line(name + "_bucket", label: "le", "+Inf", "\(times.count)")
        text += "\(name)_sum \(Double(times.sum) / 1_000_000)\n\(name)_count \(times.count)\n"
    }

    package enum Kind: String { case counter, gauge, histogram }

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, label: String, _ value: String, _ number: String) {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        text += "\(name){\(label)=\"\(escaped)\"} \(number)\n"
    }
}

extension PrometheusText {
    /// All metrics of the proxy.
    init(_ traffic: Traffic, _ process: ProcessFigures?, isReady: Bool) {
        self.init()
        add("crumbgate_responses_total", .counter, "Responses by class of status.", label: "class", traffic.responses)
        add("crumbgate_response_bytes_total", .counter, "Bytes sent to visitors.", traffic.bytes)
        add("crumbgate_request_duration_seconds", "From a request to the end of its response.", traffic.durations)
        add(
            "crumbgate_origin_wait_seconds", "From a request to the head of the origin's response.", traffic.originWaits
        )
        add(
            "crumbgate_origin_errors_total", .counter, "Requests that the origin failed.", label: "reason",
            traffic.originErrors)
        add(
            "crumbgate_cookies_withheld_total", .counter, "Cookies withheld in requests and responses.",
            label: "category", traffic.withheldCookies)
        add(
            "crumbgate_hosts_blocked_total", .counter, "Third parties kept out of pages, each once per page.",
            traffic.blockedHosts)
        add(
            "crumbgate_documents_closed_total", .counter, "Pages closed by a policy instead of being rewritten.",
            traffic.closedDocuments)
        add("crumbgate_client_connections", .gauge, "Connections of visitors.", traffic.clientConnections)
        add(
            "crumbgate_client_connections_total", .counter, "Connections of visitors since the start.",
            traffic.acceptedConnections)
        add(
            "crumbgate_client_connections_refused_total", .counter, "Connections of visitors beyond the limit.",
            traffic.refusedConnections)
        add(
            "crumbgate_client_connections_displaced_total", .counter,
            "Connections of idle and slow visitors that made room for others.", traffic.displacedConnections)
        add(
            "crumbgate_limited_total", .counter, "Connections and requests beyond what one network may have.",
            label: "what", traffic.limited)
        add("crumbgate_origin_connections", .gauge, "Connections to origins.", traffic.originConnections)
        add(
            "crumbgate_measuring_dropped_total", .counter, "Facts dropped because measuring did not keep up.",
            traffic.droppedFacts)
        add(
            "crumbgate_rules_reloads_total", .counter, "Changes of the rules file.", label: "outcome",
            [("taken", traffic.reloadsTaken), ("refused", traffic.reloadsRefused)])
        add(
            "crumbgate_rules_current", .gauge, "1 when the rules file as it is now is in force.",
            traffic.areRulesCurrent ? 1 : 0)
        add("crumbgate_ready", .gauge, "1 when visitors may be sent here.", isReady ? 1 : 0)
        guard let process else { return }
        add("process_resident_memory_bytes", .gauge, "Resident memory.", process.residentBytes & ~0xfffff)
        add(
            "process_cpu_seconds_total", .counter, "Processor time, user and system.",
            seconds: process.cpuSeconds.rounded(.down))
        add("process_threads", .gauge, "Threads.", process.threads)
    }
}
