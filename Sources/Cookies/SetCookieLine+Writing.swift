import Bytes

extension SetCookieLine {
    /// Appends the set-cookie-string as it goes to the user agent; `source` is what was parsed.
    ///
    /// A line that needs no change comes out byte for byte. A lifetime longer than `cap` seconds is cut to it, where
    /// it stands; a cap of 0 makes a session cookie. Session cookies stay session cookies, and deletions (Max-Age of
    /// zero or less, Expires in the past) stay deletions. `now` is in seconds since 1970-01-01T00:00:00Z.
    public func write(
        _ source: RawSpan, cap: Int?, hardening: CookieHardening, now: Int64, into output: inout ByteBuffer
    ) {
        // A deletion's lifetime is not positive, so no cap is shorter.
        if let cap, let lifetime = lifetime(now: now), lifetime > max(0, Int64(cap)) {
            writeShortened(source, to: max(0, Int64(cap)), now: now, into: &output)
        } else {
            output.append(source)
        }
        if hardening.contains(.secure), !isSecure { output.append("; Secure") }
        if hardening.contains(.httpOnly), !isHTTPOnly { output.append("; HttpOnly") }
        if hardening.contains(.sameSiteLax), sameSite == nil { output.append("; SameSite=Lax") }
    }

    /// Writes the new lifetime in the place of the first attribute of each kind and drops the others, so that parsers
    /// that take the first and parsers that take the last one agree.
    private func writeShortened(_ source: RawSpan, to seconds: Int64, now: Int64, into output: inout ByteBuffer) {
        var cursor = AttributeCursor()
        _ = cursor.pair(in: source)
        var copied = 0
        var hasMaxAge = seconds == 0
        var hasExpires = seconds == 0
        while let attribute = cursor.next(in: source) {
            switch attribute.kind {
            case .maxAge:
                output.append(source.extracting(copied..<attribute.segment.lowerBound))
                copied = attribute.segment.upperBound
                if !hasMaxAge {
                    output.append("; Max-Age=")
                    output.append(decimal: Int(seconds))
                }
                hasMaxAge = true
            case .expires:
                output.append(source.extracting(copied..<attribute.segment.lowerBound))
                copied = attribute.segment.upperBound
                if !hasExpires {
                    output.append("; Expires=")
                    CookieDate.write(now + seconds, into: &output)
                }
                hasExpires = true
            case .domain, .path, .secure, .httpOnly, .partitioned, .sameSite, .other: break
            }
        }
        output.append(source.extracting(copied..<source.byteCount))
    }
}
