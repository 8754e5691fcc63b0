import Bytes

/// The Set-Cookie field lines that make a user agent forget a cookie of which only the name is known.
///
/// A user agent identifies a cookie by name, domain, host-only flag, path and partition (RFC 6265bis §5.7, CHIPS), and
/// a cookie-string tells none but the name; so each way in which the cookie may have been set gets a line, as far as
/// user agents would accept it. What cannot be known is guessed from the request, within bounds: the path `/` with
/// and without Domain, partitioned or not, and the first two levels of the request's path for a host-only cookie.
public enum ExpiryLines {
    /// The most lines of one call.
    public static let maximumLines = 10
    private static let maximumLevels = 2
    private static let maximumPath = 256

    /// Appends complete `Set-Cookie: …` field lines, each ended by CRLF.
    ///
    /// - Parameters:
    ///   - name: as `CookieStringCursor` reported it; empty for a nameless cookie.
    ///   - host: the request's host without a port.
    ///   - registrableDomain: that of the host; nil for addresses and names without one, which take no Domain.
    ///   - requestPath: the request's path; a query is left out.
    ///   - isSecure: whether the user agent came over TLS.
    public static func write(
        name: RawSpan, host: RawSpan, registrableDomain: RawSpan?, requestPath: RawSpan, isSecure: Bool,
        into output: inout ByteBuffer
    ) {
        for offset in 0..<name.byteCount where !name[offset].isSafeInCookie { return }
        let prefix = CookieNamePrefix(of: name)
        // Over plaintext no user agent takes a line with Secure, nor sends such a cookie.
        if prefix != nil && !isSecure { return }
        let form = Form(isSecure: isSecure, isHTTPOnly: prefix?.isHTTPOnly ?? false, needsSecure: prefix != nil)
        let root = staticBytes("/")
        form.write(name, domain: nil, path: root, into: &output)
        if let prefix, prefix.isHostOnly { return }
        if let registrableDomain, registrableDomain.isDomainName, host.isDomainName {
            form.write(name, domain: registrableDomain, path: root, into: &output)
            if !host.equalsIgnoringCase(registrableDomain) {
                form.write(name, domain: host, path: root, into: &output)
            }
        }
        writeLevels(of: requestPath, name, form, into: &output)
    }

    /// Whether there are lines for a cookie among complete field lines.
    public static func hold(_ name: RawSpan, in lines: RawSpan) -> Bool {
        let lead = staticBytes("Set-Cookie: ")
        var at = 0
        while at < lines.byteCount {
            let end = lines.offset(of: 0x0A, from: at)
            let start = at + lead.byteCount
            if start + name.byteCount < end, lines[start + name.byteCount] == UInt8(ascii: "="),
                lines.extracting(at..<start).equals(lead),
                lines.extracting(start..<start + name.byteCount).equals(name)
            {
                return true
            }
            at = end + 1
        }
        return false
    }

    /// Appends the lines of another cookie of the same request: those of the last one with another name.
    ///
    /// - Parameters:
    ///   - lines: what `write` appended for `last`, in `output`.
    ///   - last: the name that they are for.
    /// - Returns: whether it was done; not for names whose lines differ, which `write` is for.
    public static func write(
        name: RawSpan, likeLines lines: ByteRange, of last: RawSpan, into output: inout ByteBuffer
    ) -> Bool {
        guard name.isOrdinary, last.isOrdinary, !lines.isEmpty else { return false }
        // From one name to the next there are the rest of a line and the beginning of another.
        let lead = 12  // "Set-Cookie: "
        var start = lines.lowerBound
        output.append(copyOf: ByteRange(start, start &+ lead))
        while true {
            output.append(name)
            let tail = start &+ lead &+ last.byteCount
            guard let end = output.bytes.firstIndex(of: 0x0A, from: tail), end &+ 1 < lines.upperBound else {
                output.append(copyOf: ByteRange(tail, lines.upperBound))
                return true
            }
            start = end &+ 1
            output.append(copyOf: ByteRange(tail, start &+ lead))
        }
    }

    /// `/a/b/c` was sent cookies of the paths `/a`, `/a/`, `/a/b` and `/a/b/` (RFC 6265bis §5.1.4).
    private static func writeLevels(
        of path: RawSpan, _ name: RawSpan, _ form: Form, into output: inout ByteBuffer
    ) {
        guard path.byteCount > 1, path[0] == UInt8(ascii: "/") else { return }
        var levels = 0
        var offset = 1
        while levels < maximumLevels, offset < min(path.byteCount, maximumPath) {
            let start = offset
            while offset < path.byteCount, path[offset].isSafeInCookie, !path[offset].endsPathLevel { offset += 1 }
            let isEnd = offset == path.byteCount
            guard offset > start, offset <= maximumPath, isEnd || path[offset].endsPathLevel else { return }
            form.writeOnce(name, path: path.extracting(0..<offset), into: &output)
            guard !isEnd, path[offset] == UInt8(ascii: "/") else { return }
            offset += 1
            form.writeOnce(name, path: path.extracting(0..<offset), into: &output)
            levels += 1
        }
    }

    /// What the lines of one cookie share.
    private struct Form {
        let isSecure: Bool
        let isHTTPOnly: Bool
        let needsSecure: Bool

        /// One line, over TLS also its partitioned twin.
        func write(_ name: RawSpan, domain: RawSpan?, path: RawSpan, into output: inout ByteBuffer) {
            write(name, domain: domain, path: path, isPartitioned: false, into: &output)
            if isSecure { write(name, domain: domain, path: path, isPartitioned: true, into: &output) }
        }

        func writeOnce(_ name: RawSpan, path: RawSpan, into output: inout ByteBuffer) {
            write(name, domain: nil, path: path, isPartitioned: false, into: &output)
        }

        private func write(
            _ name: RawSpan, domain: RawSpan?, path: RawSpan, isPartitioned: Bool, into output: inout ByteBuffer
        ) {
            output.append("Set-Cookie: ")
            output.append(name)
            // A line with neither name nor value would be ignored.
            output.append(name.byteCount == 0 ? "=-; Max-Age=0; Path=" : "=; Max-Age=0; Path=")
            output.append(path)
            if let domain {
                output.append("; Domain=")
                output.append(domain)
            }
            if needsSecure || isPartitioned { output.append("; Secure") }
            if isHTTPOnly { output.append("; HttpOnly") }
            if isPartitioned { output.append("; Partitioned") }
            output.append("\r\n")
        }
    }
}

extension UInt8 {
    /// Whether the octet neither ends a field line nor a part of a set-cookie-string.
    fileprivate var isSafeInCookie: Bool {
        (self >= 0x20 || self == 0x09) && self != 0x7F && self != UInt8(ascii: ";")
    }

    fileprivate var endsPathLevel: Bool {
        self == UInt8(ascii: "/") || self == UInt8(ascii: "?") || self == UInt8(ascii: "#")
    }
}

extension RawSpan {
    /// Whether all octets are letters, digits, `-`, `_` or `.`.
    fileprivate var isDomainName: Bool {
        for offset in 0..<byteCount {
            let byte = self[offset]
            guard byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2D || byte == 0x2E || byte == 0x5F else {
                return false
            }
        }
        return byteCount > 0
    }

    /// Whether it is a cookie's name that asks for nothing special in its lines.
    fileprivate var isOrdinary: Bool {
        byteCount > 0 && CookieNamePrefix(of: self) == nil && !containsControl
            && firstIndex(of: UInt8(ascii: ";")) == nil
    }

    fileprivate func equalsIgnoringCase(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        for offset in 0..<byteCount where self[offset].lowercasedASCII != other[offset].lowercasedASCII { return false }
        return true
    }
}
