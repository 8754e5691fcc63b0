import Bytes
import HTTPWire
import Location
import Rules

/// One structured line per exchange, without personal data: no address (a truncated one where the operator asks for
/// it), no query values, no cookie values, no user agent string (GDPR art. 5(1)(c)).
struct AccessLog: ~Copyable {
    var lines = ByteBuffer(capacity: 16)
    private var settings = LogSettings()

    /// Bytes held at most; beyond it lines are dropped, for the shell does not take them.
    private static let limit = 1 << 20

    init() {}

    mutating func configure(_ settings: LogSettings) { self.settings = settings }

    var isEnabled: Bool { settings.access }
    var isAddressLogged: Bool { settings.truncatedAddress }

    mutating func write(
        _ exchange: Exchange, path: RawSpan, authority: RawSpan, address: RawSpan, at now: Moment
    ) {
        guard lines.count < Self.limit else { return }
        let isJSON = settings.format == .json
        lines.append(isJSON ? "{\"time\":" : "time=")
        lines.append(decimal: Int(now.epoch))
        key("method", isJSON)
        quoted(exchange.method.name, isJSON)
        key("host", isJSON)
        escape(authority, isJSON)
        key("path", isJSON)
        let end = path.firstIndex(of: UInt8(ascii: "?")) ?? path.byteCount
        escape(path.extracting(0..<end), isJSON)
        key("status", isJSON)
        lines.append(decimal: Int(exchange.status))
        key("bytes", isJSON)
        lines.append(decimal: exchange.bytesDelivered)
        key("microseconds", isJSON)
        lines.append(decimal: Int((now.monotonic - exchange.began) / 1000))
        if address.byteCount > 0 {
            key("network", isJSON)
            escape(address, isJSON)
        }
        lines.append(isJSON ? "}\n" : "\n")
    }

    private mutating func key(_ name: StaticString, _ isJSON: Bool) {
        lines.append(isJSON ? ",\"" : " ")
        lines.append(name)
        lines.append(isJSON ? "\":" : "=")
    }

    private mutating func quoted(_ text: StaticString, _ isJSON: Bool) {
        if isJSON { lines.append("\"") }
        lines.append(text)
        if isJSON { lines.append("\"") }
    }

    /// Appends visitors' bytes so that they cannot end the line or the string.
    private mutating func escape(_ bytes: RawSpan, _ isJSON: Bool) {
        if isJSON { lines.append("\"") }
        for offset in 0..<bytes.byteCount {
            let byte = bytes[offset]
            if byte > 0x20, byte < 0x7F, byte != 0x22, byte != 0x5C {
                lines.append(byte)
            } else {
                lines.append("%")
                for nibble in [byte >> 4, byte & 15] { lines.append(nibble < 10 ? nibble + 0x30 : nibble + 0x37) }
            }
        }
        if isJSON { lines.append("\"") }
    }
}

extension Method {
    /// The method's token; `other` for those that are not known here.
    fileprivate var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .connect: "CONNECT"
        case .trace: "TRACE"
        case .other: "other"
        }
    }
}
