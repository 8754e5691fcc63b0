import CScan
import Foundation

/// A response, read whole.
package struct PlainResponse {
    package let status: Int
    /// In the order received; names in lower case.
    package let fields: [(name: String, value: String)]
    package let body: String

    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
}

/// Why a page could not be read.
package struct PlainFailure: Error, CustomStringConvertible {
    package let description: String
}

/// Reads one page over a connection of its own.
package enum PlainFetch {
    /// Pages are text; what is longer than this is cut.
    static let longestBody = 4 << 20

    static func get(_ url: URL, cookies: String, userAgent: String) throws(PlainFailure) -> PlainResponse {
        guard let host = url.host else { throw PlainFailure(description: "no host") }
        let isSecure = url.scheme?.lowercased() == "https"
        let port = url.port ?? (isSecure ? 443 : 80)
        // Names below `localhost` are this machine (RFC 6761 §6.3), which not every resolver knows.
        let isLocal = host.lowercased().hasSuffix(".localhost")
        let client = try Connection(host: isLocal ? "localhost" : host, port: port, isSecure: isSecure)
        defer { client.close() }
        let parts = URLComponents(url: url, resolvingAgainstBaseURL: true)
        let path = (parts?.percentEncodedPath ?? "").isEmpty ? "/" : parts?.percentEncodedPath ?? "/"
        let target = path + (parts?.percentEncodedQuery.map { "?" + $0 } ?? "")
        let authority = url.port.map { "\(host):\($0)" } ?? host
        let request =
            "GET \(target) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: \(userAgent)\r\n"
            + "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.1\r\nAccept-Language: en\r\n"
            + "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n"
            + (cookies.isEmpty ? "" : "Cookie: \(cookies)\r\n") + "Connection: close\r\n\r\n"
        try client.write(Array(request.utf8))
        return try response(of: try client.readToEnd(limit: longestBody))
    }

    /// Reads a response that its connection's end may delimit (RFC 9112 §6.3).
    package static func response(of bytes: [UInt8]) throws(PlainFailure) -> PlainResponse {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.firstRange(of: separator) else { throw PlainFailure(description: "no HTTP response") }
        var lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/1"), let status = Int(words[1]) else {
            throw PlainFailure(description: "no HTTP response")
        }
        if (100..<200).contains(status) { return try response(of: Array(bytes[end.upperBound...])) }
        let fields = lines.compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        var body = Array(bytes[end.upperBound...])
        if fields.contains(where: { $0.name == "transfer-encoding" && $0.value.lowercased().contains("chunked") }) {
            body = dechunked(body)
        }
        return PlainResponse(status: status, fields: fields, body: String(decoding: body, as: UTF8.self))
    }

    /// The data of chunks, as far as they are whole (RFC 9112 §7.1).
    private static func dechunked(_ bytes: [UInt8]) -> [UInt8] {
        var data: [UInt8] = []
        var rest = bytes[...]
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            let digits = String(decoding: rest[..<line.lowerBound], as: UTF8.self).prefix { $0 != ";" && $0 != " " }
            guard let size = Int(digits, radix: 16), size > 0 else { break }
            let chunk = rest[line.upperBound...].prefix(size)
            data += chunk
            rest = rest[chunk.endIndex...].dropFirst(2)
        }
        return data
    }
}

/// A blocking connection, closed by its owner.
@safe
private struct Connection {
    // Made by `init`, and freed by `close()`, after which its owner does not use it.
    private let client: OpaquePointer

    init(host: String, port: Int, isSecure: Bool) throws(PlainFailure) {
        var reason = [CChar](repeating: 0, count: 200)
        let capacity = reason.count
        // The call writes at most `capacity` characters and ends them with NUL; it keeps no pointer.
        let opened = unsafe reason.withUnsafeMutableBufferPointer { buffer in
            unsafe crumbgate_client_open(
                host, String(port), isSecure ? 1 : 0, 10_000, buffer.baseAddress, capacity)
        }
        guard let opened = unsafe opened else {
            let text = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw PlainFailure(description: "\(host):\(port): \(String(decoding: text, as: UTF8.self))")
        }
        unsafe client = opened
    }

    func close() { unsafe crumbgate_client_close(client) }

    func write(_ bytes: [UInt8]) throws(PlainFailure) {
        // The call only reads the bytes, while it runs.
        let sent = unsafe bytes.withUnsafeBytes { unsafe crumbgate_client_write(client, $0.baseAddress, $0.count) }
        guard sent == 0 else { throw PlainFailure(description: "the connection broke") }
    }

    func readToEnd(limit: Int) throws(PlainFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            // The call writes at most as many bytes as the buffer has.
            let count = unsafe piece.withUnsafeMutableBytes {
                unsafe crumbgate_client_read(client, $0.baseAddress, $0.count)
            }
            if count == 0 { break }
            guard count > 0 else {
                // Many servers leave a TLS connection without saying goodbye.
                if bytes.isEmpty { throw PlainFailure(description: "no answer in time") }
                break
            }
            bytes += piece[..<count]
        }
        return bytes
    }
}
