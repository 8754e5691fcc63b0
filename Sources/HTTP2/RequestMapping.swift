import Bytes
import HTTPWire

/// A request of HTTP/2 as a request head of HTTP/1.1, in which the gateway reads it (RFC 9113 §8.3.1).
///
/// What means one thing here could mean two there, so everything is looked at before a byte is written: names and values
/// (§8.2.1), fields of a connection (§8.2.2), and what the pseudo-header fields say. The head is then parsed like any
/// other.
public struct RequestMapping {
    /// How the content is framed behind the head.
    public enum Framing: Sendable {
        /// There is none, or the head says how long it is.
        case plain
        /// In chunks.
        case chunked
    }

    private var method: ByteRange?
    private var scheme: ByteRange?
    private var authority: ByteRange?
    private var path: ByteRange?
    private var host: ByteRange?
    private var length: ByteRange?
    private var hasCookies = false

    private init() {}

    /// Appends the head for a request's fields (see `FieldBlock`).
    ///
    /// - Parameter hasContent: the stream goes on behind the fields.
    /// - Throws: what is wrong with the request; nothing was appended then.
    public static func write(
        _ block: RawSpan, hasContent: Bool, into output: inout ByteBuffer
    ) throws(RequestRefusal) -> Framing {
        var mapping = RequestMapping()
        try mapping.read(block)
        return try mapping.write(block, hasContent: hasContent, into: &output)
    }

    private mutating func read(_ block: RawSpan) throws(RequestRefusal) {
        var cursor = FieldCursor()
        var isBehindPseudo = false
        while let field = cursor.next(in: block) {
            guard field.name.count > 0 else { throw .invalidFieldName }
            try checkValue(block[field.value])
            if block[field.name.lowerBound] == UInt8(ascii: ":") {
                if isBehindPseudo { throw .invalidFieldName }
                try readPseudo(block[field.name], field.value)
            } else {
                isBehindPseudo = true
                try readField(block[field.name], field.value, block)
            }
        }
    }

    private mutating func readPseudo(_ name: RawSpan, _ value: ByteRange) throws(RequestRefusal) {
        if name.equals(":method") {
            if method != nil { throw .invalidMethod }
            method = value
        } else if name.equals(":path") {
            if path != nil { throw .invalidTarget }
            path = value
        } else if name.equals(":authority") {
            if authority != nil { throw .duplicateHost }
            authority = value
        } else if name.equals(":scheme") {
            if scheme != nil { throw .invalidTarget }
            scheme = value
        } else {
            throw .invalidFieldName
        }
    }

    private mutating func readField(
        _ name: RawSpan, _ value: ByteRange, _ block: RawSpan
    ) throws(RequestRefusal) {
        for offset in 0..<name.byteCount where !name[offset].isLowercaseTokenOctet { throw .invalidFieldName }
        switch name.byteCount {
        case 2:
            if name.equals("te"), !block[value].equalsIgnoringCase("trailers") { throw .invalidFieldValue }
        case 4:
            guard name.equals("host") else { return }
            if host != nil { throw .duplicateHost }
            host = value
        case 6: if name.equals("cookie") { hasCookies = true }
        case 7: if name.equals("upgrade") { throw .invalidFieldName }
        case 10: if name.equals("connection") || name.equals("keep-alive") { throw .invalidFieldName }
        case 14:
            guard name.equals("content-length") else { return }
            if length != nil { throw .duplicateContentLength }
            length = value
        case 16: if name.equals("proxy-connection") { throw .invalidFieldName }
        case 17: if name.equals("transfer-encoding") { throw .invalidTransferEncoding }
        default: break
        }
    }

    private func write(
        _ block: RawSpan, hasContent: Bool, into output: inout ByteBuffer
    ) throws(RequestRefusal) -> Framing {
        guard let method, method.count > 0, block[method].isToken else { throw .invalidMethod }
        if block[method].equals("CONNECT") { throw .methodConnect }
        guard let scheme, block[scheme].equalsIgnoringCase("https") else { throw .invalidTarget }
        guard let path, path.count > 0, block[path].isTarget else { throw .invalidTarget }
        let isAsterisk = block[path].equals("*") && block[method].equals("OPTIONS")
        guard isAsterisk || block[path.lowerBound] == UInt8(ascii: "/") else { throw .invalidTarget }
        guard let named = authority ?? host else { throw .missingHost }
        if let authority, let host, !block[authority].equalsIgnoringCase(lowercase: lowercase(block[host]).rawSpan) {
            throw .authorityMismatch
        }
        if let length {
            guard let count = block[length].decimal else { throw .invalidContentLength }
            if !hasContent, count > 0 { throw .invalidContentLength }
        }
        let framing: Framing = hasContent && length == nil ? .chunked : .plain

        output.append(block[method])
        output.append(" ")
        output.append(block[path])
        output.append(" HTTP/1.1\r\nhost: ")
        output.append(block[named])
        output.append("\r\n")
        writeFields(block, into: &output)
        if framing == .chunked {
            output.append("transfer-encoding: chunked\r\n")
        } else if length == nil, block[method].anticipatesContent {
            output.append("content-length: 0\r\n")
        }
        output.append("\r\n")
        return framing
    }

    private func writeFields(_ block: RawSpan, into output: inout ByteBuffer) {
        var cursor = FieldCursor()
        while let field = cursor.next(in: block) {
            let name = block[field.name]
            if name[0] == UInt8(ascii: ":") || name.equals("host") || name.equals("cookie") { continue }
            output.append(name)
            output.append(": ")
            output.append(block[field.value])
            output.append("\r\n")
        }
        guard hasCookies else { return }
        // One line again (RFC 9113 §8.2.3).
        cursor = FieldCursor()
        var isFirst = true
        while let field = cursor.next(in: block) {
            guard block[field.name].equals("cookie") else { continue }
            output.append(isFirst ? "cookie: " : "; ")
            output.append(block[field.value])
            isFirst = false
        }
        output.append("\r\n")
    }

    private func checkValue(_ value: RawSpan) throws(RequestRefusal) {
        for offset in 0..<value.byteCount {
            let byte = value[offset]
            if byte == 0 { throw .nul }
            if byte < 0x20 && byte != 0x09 || byte == 0x7F { throw .invalidFieldValue }
        }
        guard value.byteCount > 0 else { return }
        if value[0].isOptionalWhitespace || value[value.byteCount - 1].isOptionalWhitespace {
            throw .invalidFieldValue
        }
    }

    private func lowercase(_ bytes: RawSpan) -> [UInt8] {
        var result: [UInt8] = []
        for offset in 0..<bytes.byteCount { result.append(bytes[offset].lowercasedASCII) }
        return result
    }
}

extension UInt8 {
    /// Whether the byte may stand in a method or, but for capitals, in a field name (RFC 9110 §5.6.2).
    fileprivate var isTokenOctet: Bool {
        let mask: UInt64 = self < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return self < 0x80 && mask >> UInt64(self & 63) & 1 == 1
    }

    /// Whether the byte may stand in a field name of HTTP/2.
    fileprivate var isLowercaseTokenOctet: Bool { isTokenOctet && self &- 0x41 >= 26 }
}

extension RawSpan {
    fileprivate var isToken: Bool {
        for offset in 0..<byteCount where !self[offset].isTokenOctet { return false }
        return byteCount > 0
    }

    /// Visible ASCII without `#`.
    fileprivate var isTarget: Bool {
        for offset in 0..<byteCount {
            let byte = self[offset]
            if byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") { return false }
        }
        return true
    }

    /// Whether servers expect a length with this method also where there is no content (RFC 9110 §8.6).
    fileprivate var anticipatesContent: Bool { equals("POST") || equals("PUT") || equals("PATCH") }
}
