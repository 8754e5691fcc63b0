import HTTPTypes
import Hummingbird

/// What one of the demo's servers has been sent: the last requests, whole, for tests to look at.
actor SeenLog {
    /// One request as it arrived.
    struct Entry: Codable, Sendable {
        let method: String
        let target: String
        let host: String
        /// Name and value of each field, in order; `Host` is kept apart.
        let fields: [[String]]
        /// Name and value of each cookie, in order.
        let cookies: [[String]]
    }

    struct Report: ResponseEncodable {
        /// Requests since the last reset, also those no longer listed.
        let count: Int
        let requests: [Entry]
    }

    private static let limit = 2_000
    private var entries: [Entry] = []
    private var oldest = 0
    private var count = 0

    var report: Report {
        Report(count: count, requests: Array(entries[oldest...]) + Array(entries[..<oldest]))
    }

    func record(_ request: Request) {
        let entry = Entry(
            method: request.method.rawValue, target: request.uri.string, host: request.head.authority ?? "",
            fields: request.headers.map { [$0.name.rawName, $0.value] },
            cookies: request.headers[values: .cookie].flatMap(Self.pairs))
        count += 1
        if entries.count < Self.limit {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % Self.limit
        }
    }

    func reset() {
        entries = []
        oldest = 0
        count = 0
    }

    private static func pairs(_ cookieString: String) -> [[String]] {
        cookieString.split(separator: ";").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return [
                String(halves[0].drop { $0 == " " }), halves.count > 1 ? String(halves[1]) : "",
            ]
        }
    }
}
