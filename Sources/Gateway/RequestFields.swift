import Bytes
import Consent
import ContentCoding
import Cookies
import HTTPWire
import Location
import Measurement
import Rules

/// The head that the origin server gets (RFC 9110 §7.6): the visitor's without hop-by-hop fields, with the cookies that
/// may pass, and forwarding fields made here.
enum RequestFields {
    /// Writes the head to `notes.originHead` and the expiry of withheld cookies to `notes.responseFields`; returns the
    /// flags that the fields set.
    static func write(
        _ head: borrowing RequestHead, bytes: RawSpan, context: SiteContext, client: Forwarding,
        exchange: inout Exchange, variant: Variant, measuring: MeasuringContext,
        counters: inout TrafficCounters, into notes: inout Notes
    ) -> Exchange.Flags {
        let site = context.site
        var flags: Exchange.Flags = []
        let isDocument = exchange.flags.contains(.isDocument)

        notes.originHead.append(bytes[head.methodRange])
        notes.originHead.append(" ")
        if head.form == .asterisk {
            notes.originHead.append("*")
        } else {
            head.writePathAndQuery(of: bytes, into: &notes.originHead)
        }
        notes.originHead.append(" HTTP/1.1\r\n")
        if context.originHost.isEmpty {
            notes.originHead.append("Host: ")
            notes.originHead.append(bytes[head.authority])
            notes.originHead.append("\r\n")
        } else {
            notes.originHead.append(context.originHost)
        }

        let nominates = head.nominatesFields
        // Parts of documents are gated too, where anything is.
        let isReadHere = isDocument || exchange.flags.contains(.isFragment) && context.gatedCategories != 0
        var keepsDate = true
        if let index = head.firstIndex(of: .ifNoneMatch) {
            let mapping = writeTags(
                "If-None-Match: ", bytes[head[index].value], variant: variant, isDocument: isDocument,
                isRead: head.method == .get || head.method == .head, into: &notes.originHead)
            keepsDate = mapping.written > 0 || mapping.hasDated
            if let named = mapping.variant {
                flags.insert(.revalidatesVariant)
                notes.variant = named
            }
        } else if isReadHere {
            // A date alone says nothing of the variant that the user agent holds.
            keepsDate = false
        }
        if let index = head.firstIndex(of: .ifMatch) {
            _ = writeTags(
                "If-Match: ", bytes[head[index].value], variant: variant, isDocument: false, isRead: false,
                into: &notes.originHead)
        }

        // Fields that stay lie side by side mostly: each run of them is one copy.
        var runStart = -1
        let count = head.fieldCount
        var index = 0
        while index < count {
            let field = head[index]
            let action = self.action(
                for: field.id, isDocument: isDocument, isReadHere: isReadHere, keepsDate: keepsDate)
            let isKept =
                (action == .keep && (field.id != .other || !isForwardingClaim(bytes[field.name]))
                    || action == .keepIfExpected && exchange.flags.isDisjoint(with: .isHTTP10))
                && !(nominates && head.isNominatedByConnection(index, in: bytes))
            if isKept {
                if runStart < 0 { runStart = field.name.lowerBound }
            } else {
                if runStart >= 0 {
                    notes.originHead.append(bytes.extracting(runStart..<field.name.lowerBound))
                    runStart = -1
                }
                switch action {
                case .filterCookies:
                    flags.formUnion(
                        writeCookies(
                            bytes[field.value], bytes: bytes, head: head, context: context, exchange: &exchange,
                            measuring: measuring, counters: &counters, into: &notes))
                case .narrowCodings:
                    writeCodings(bytes[field.value], into: &notes.originHead)
                case .keep, .keepIfExpected, .drop: break
                }
            }
            index += 1
        }
        // The head's last CRLF follows the last field line.
        if runStart >= 0 { notes.originHead.append(bytes.extracting(runStart..<bytes.byteCount - 2)) }

        if head.framing == .chunked { notes.originHead.append("Transfer-Encoding: chunked\r\n") }
        if exchange.flags.contains(.isUpgrade) {
            notes.originHead.append("Connection: Upgrade\r\nUpgrade: websocket\r\n")
        }
        writeForwarding(
            head, bytes: bytes, site: site, client: client, isHTTP2: exchange.flags.contains(.isHTTP2),
            into: &notes.originHead)
        notes.originHead.append("\r\n")
        return flags
    }

    /// Whether a field's name claims to know the client or the way here, which only this proxy does, or might be read
    /// as such a name by an origin that takes `_` for `-` (as CGI does).
    private static func isForwardingClaim(_ name: RawSpan) -> Bool {
        if name.firstIndex(of: UInt8(ascii: "_")) != nil { return true }
        if name.byteCount > 12, name.extracting(0..<12).equalsIgnoringCase("x-forwarded-") { return true }
        switch name.byteCount {
        case 11: return name.equalsIgnoringCase("x-client-ip")
        case 14: return name.equalsIgnoringCase("true-client-ip")
        case 16: return name.equalsIgnoringCase("cf-connecting-ip") || name.equalsIgnoringCase("fastly-client-ip")
        case 19: return name.equalsIgnoringCase("x-cluster-client-ip")
        default: return false
        }
    }

    /// Writes a condition on entity-tags in the origin's own; where none of them is left, nothing, or - for a request
    /// that changes something, which must not lose its condition - the list as it came: it will not match.
    private static func writeTags(
        _ name: StaticString, _ list: RawSpan, variant: Variant, isDocument: Bool, isRead: Bool,
        into output: inout ByteBuffer
    ) -> EntityTag.Mapping {
        let start = output.count
        output.append(name)
        let mapping = EntityTag.mapBack(list, variant: variant, isDocument: isDocument, into: &output)
        if mapping.written == 0, isRead {
            output.truncate(to: start)
        } else {
            if mapping.written == 0 { output.append(list) }
            output.append("\r\n")
        }
        return mapping
    }

    private enum FieldAction {
        case keep
        case keepIfExpected
        case drop
        case filterCookies
        case narrowCodings
    }

    @inline(__always)
    private static func action(
        for id: FieldID, isDocument: Bool, isReadHere: Bool, keepsDate: Bool
    ) -> FieldAction {
        switch id {
        case .host, .connection, .keepAlive, .proxyConnection, .te, .trailer, .upgrade, .transferEncoding, .forwarded,
            .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort, .xForwardedServer, .xRealIP,
            .proxyAuthorization, .proxyAuthenticate:
            .drop
        case .cookie: .filterCookies
        case .expect: .keepIfExpected
        case .range, .ifRange: isDocument ? .drop : .keep
        case .acceptEncoding: isReadHere ? .narrowCodings : .keep
        case .ifNoneMatch, .ifMatch: .drop
        case .ifModifiedSince: keepsDate ? .keep : .drop
        default: .keep
        }
    }

    private static func writeCookies(
        _ text: RawSpan, bytes: RawSpan, head: borrowing RequestHead, context: SiteContext,
        exchange: inout Exchange, measuring: MeasuringContext, counters: inout TrafficCounters, into notes: inout Notes
    ) -> Exchange.Flags {
        let site = context.site
        let granted = exchange.consent.granted
        var flags: Exchange.Flags = []
        var isFirst = true
        // A second field mostly names what the first did.
        let isExpiring = !notes.responseFields.isEmpty
        var expired = (name: ByteRange(), lines: ByteRange())
        var cursor = CookieStringCursor(isFieldValue: true)
        while let pair = cursor.next(in: text) {
            let name = text[pair.name]
            if ConsentCookie.isName(name.unquoted) { continue }
            let fate = site.fate(ofCookie: name, granted: granted)
            if fate.isForwarded && pair.isWellFormed {
                notes.originHead.append(isFirst ? "Cookie: " : "; ")
                notes.originHead.append(text[pair.whole])
                isFirst = false
                if fate.treatment.isUnknown, site.listsUnknownCookies {
                    measuring.offer(name, kind: .cookieUnknown, template: notes.event)
                }
            } else {
                flags.insert(.hasWithheldCookies)
                counters.withheldCookies[context.slot(of: fate.treatment)] &+= 1
                // What is no cookie-pair has no name that a rule could know.
                let isUnknown = fate.treatment.isUnknown && site.listsUnknownCookies && pair.isWellFormed
                measuring.offer(
                    name, kind: isUnknown ? .unknownCookieWithheld : .cookieWithheld, template: notes.event)
                let start = notes.responseFields.count
                guard start < 8192, !name.isEmpty else { continue }
                if isExpiring, ExpiryLines.hold(name, in: notes.responseFields.bytes) { continue }
                // Most have the same lines but for the name.
                if ExpiryLines.write(
                    name: name, likeLines: expired.lines, of: text[expired.name], into: &notes.responseFields)
                {
                    continue
                }
                context.writeExpiry(
                    of: name, authority: bytes[head.authority], path: bytes[head.pathAndQuery],
                    isSecure: exchange.flags.contains(.isSecure), into: &notes.responseFields)
                expired = (pair.name, ByteRange(start, notes.responseFields.count))
            }
        }
        if !isFirst { notes.originHead.append("\r\n") }
        return flags
    }

    /// Keeps the codings that can be decoded here, so that a document can be rewritten (RFC 9110 §12.5.3).
    private static func writeCodings(_ value: RawSpan, into output: inout ByteBuffer) {
        output.append("Accept-Encoding: ")
        if !ContentCoding.writeDecodable(ofAcceptEncoding: value, into: &output) { output.append("identity") }
        output.append("\r\n")
    }

    /// Via (RFC 9110 §7.6.3), Forwarded (RFC 7239) and the X-Forwarded fields that shop systems read; the address is
    /// the truncated one but on the routes whose operator declared that the origin needs all of it.
    private static func writeForwarding(
        _ head: borrowing RequestHead, bytes: RawSpan, site: Site, client: Forwarding, isHTTP2: Bool,
        into output: inout ByteBuffer
    ) {
        if isHTTP2 {
            output.append("Via: 2.0 crumbgate\r\n")
        } else {
            output.append(head.minorVersion == 0 ? "Via: 1.0 crumbgate\r\n" : "Via: 1.1 crumbgate\r\n")
        }
        let getsFullAddress = site.fullAddressRoutes.match(bytes[head.pathAndQuery]) != nil
        let truncated = client.address.truncated(to: site.addressPrecision)
        output.append("X-Forwarded-For: ")
        let start = output.count
        if getsFullAddress { client.address.writeFull(into: &output) } else { truncated.write(into: &output) }
        let isIPv6 = output.bytes.firstIndex(of: UInt8(ascii: ":"), from: start) != nil
        output.append(client.isSecure ? "\r\nX-Forwarded-Proto: https\r\n" : "\r\nX-Forwarded-Proto: http\r\n")
        let authority = bytes[head.authority]
        if authority.byteCount > 0 {
            output.append("X-Forwarded-Host: ")
            output.append(authority)
            output.append("\r\n")
        }
        output.append(isIPv6 ? "Forwarded: for=\"[" : "Forwarded: for=")
        if getsFullAddress { client.address.writeFull(into: &output) } else { truncated.write(into: &output) }
        output.append(isIPv6 ? "]\"" : "")
        output.append(client.isSecure ? ";proto=https" : ";proto=http")
        if authority.byteCount > 0 {
            output.append(";host=\"")
            output.append(authority)
            output.append("\"")
        }
        output.append("\r\n")
    }
}
