import Bytes
import Foundation

/// One request of a log that has a JSON object in each line, as nginx (`escape=json`), Caddy, Traefik and Apache write
/// them: fields are found by the names that are usual for them, at any depth.
struct JSONRequest {
    var client: [UInt8] = []
    var time: Int64 = 0
    var method: [UInt8] = []
    var target: [UInt8] = []
    var status: UInt16 = 0
    var bytes: UInt64 = 0
    var referrer: [UInt8] = []
    var userAgent: [UInt8] = []

    init?(line: RawSpan, times: inout LogTime) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(line.array)) as? [String: Any] else {
            return nil
        }
        var fields: [String: Any] = [:]
        Self.flatten(object, into: &fields)
        func text(_ names: [String]) -> String? {
            for name in names {
                switch fields[name] {
                case let text as String where !text.isEmpty: return text
                case let list as [String] where list.first?.isEmpty == false: return list.first
                default: continue
                }
            }
            return nil
        }
        func number(_ names: [String]) -> Double? {
            for name in names {
                if let number = fields[name] as? NSNumber { return number.doubleValue }
                if let text = fields[name] as? String, let number = Double(text) { return number }
            }
            return nil
        }
        guard let client = text(Self.clientNames), let status = number(Self.statusNames),
            let code = UInt16(exactly: status), (100...999).contains(code)
        else { return nil }
        self.client = Array(client.utf8)
        self.status = code
        if let request = text(["request", "request_line"])?.split(separator: " "), request.count >= 2 {
            method = Array(request[0].utf8)
            target = Array(request[1].utf8)
        } else {
            guard let method = text(Self.methodNames), let target = text(Self.targetNames) else { return nil }
            self.method = Array(method.utf8)
            self.target = Array(target.utf8)
        }
        if let seconds = number(Self.timeNames) {
            // Some count milliseconds, some nanoseconds.
            let magnitude = seconds > 1e17 ? 1e9 : seconds > 1e14 ? 1e6 : seconds > 1e11 ? 1e3 : 1
            guard seconds > 0, seconds < 1e20 else { return nil }
            time = Int64(seconds / magnitude)
        } else if let text = text(Self.timeNames) {
            let bytes = Array(text.utf8)
            guard let time = times.internet(bytes.rawSpan) ?? times.common(bytes.rawSpan) else { return nil }
            self.time = time
        } else {
            return nil
        }
        bytes = number(Self.sizeNames).flatMap { UInt64(exactly: $0.rounded()) } ?? 0
        referrer = Array((text(Self.referrerNames) ?? "").utf8)
        userAgent = Array((text(Self.userAgentNames) ?? "").utf8)
    }

    /// Names in small letters with `_` for `-`; what stands further out goes before what stands within.
    private static func flatten(_ object: [String: Any], into fields: inout [String: Any]) {
        for (name, value) in object where !(value is [String: Any]) {
            let name = name.lowercased().replacing("-", with: "_")
            if fields[name] == nil { fields[name] = value }
        }
        for case let inner as [String: Any] in object.values { flatten(inner, into: &fields) }
    }

    private static let clientNames = [
        "remote_addr", "client_ip", "remote_ip", "clienthost", "clientip", "remote_host", "ip", "client",
    ]
    private static let statusNames = [
        "status", "downstreamstatus", "response_status", "status_code", "response", "code",
    ]
    private static let methodNames = ["request_method", "requestmethod", "method", "verb"]
    private static let targetNames = ["request_uri", "requestpath", "uri", "target", "path", "url"]
    private static let timeNames = [
        "ts", "msec", "time_iso8601", "time_local", "startutc", "@timestamp", "timestamp", "time", "datetime",
    ]
    private static let sizeNames = ["body_bytes_sent", "downstreamcontentsize", "bytes_sent", "size", "bytes"]
    private static let referrerNames = ["http_referer", "http_referrer", "request_referer", "referer", "referrer"]
    private static let userAgentNames = ["http_user_agent", "request_user_agent", "user_agent", "useragent", "agent"]
}
