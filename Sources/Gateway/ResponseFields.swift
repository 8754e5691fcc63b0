import Bytes
import Consent
import Cookies
import HTTPWire
import Measurement
import Rules

/// The response head that the user agent gets: hop-by-hop fields removed, each set-cookie-string judged by itself, and
/// for a rewritten document everything that no longer holds corrected (RFC 9110 §7.7).
enum ResponseFields {
    /// How the head differs from the origin's beyond the cookies.
    struct Plan {
        var delivery: Exchange.Delivery
        /// The body's length when it changed and is known.
        var length: Int?
        /// The document is rewritten under this variant.
        var variant: UInt32?
        /// A 304 for a stored copy of ours.
        var revalidated: UInt32?
        /// Not for shared caches: the document is this visitor's.
        var isForVisitor = false
        /// Expiry of withheld cookies may be added.
        var expiresCookies = false
        var facts: ResponseFacts
        /// What is withheld from whom the response is for.
        var withholding: Withholding
        /// The page cannot be rewritten: a policy keeps it from what is withheld.
        var closing: ClosedPolicy.Reason?
    }

    static func write(
        _ head: borrowing ResponseHead, bytes: RawSpan, context: SiteContext, exchange: inout Exchange, plan: Plan,
        gate: inout FieldGate, text: borrowing ByteBuffer, authority: ByteRange, responseFields: borrowing ByteBuffer,
        measuring: MeasuringContext, counters: inout TrafficCounters, event: EventFact?, at now: Moment,
        into output: inout ByteBuffer
    ) {
        output.append("HTTP/1.1 ")
        output.append(decimal: head.status)
        output.append(" ")
        output.append(bytes[head.reason])
        output.append("\r\n")

        let isTagged = plan.variant ?? plan.revalidated
        let isRewritten = plan.variant != nil
        let isGated = !plan.withholding.isEmpty
        // A page with what the visitor agreed to must not outlive a withdrawal in the browser's own cache.
        let isRevalidated =
            plan.isForVisitor && (plan.variant != nil || plan.revalidated != nil)
            && context.gatedCategories & exchange.consent.granted.rawValue != 0
        let isBodyReframed = plan.length != nil || isRewritten || plan.delivery == .chunked
        let nominates = head.nominatesFields
        let isStrict = !context.transportSecurity.isEmpty && exchange.flags.contains(.isSecure)
        var hasLength = false
        var runStart = -1
        let count = head.fieldCount
        var index = 0
        while index < count {
            let field = head[index]
            var isKept: Bool
            switch field.id {
            case .connection, .keepAlive, .proxyConnection, .te, .trailer, .upgrade, .transferEncoding,
                .proxyAuthenticate:
                isKept = false
            case .contentLength:
                isKept = !isBodyReframed && head.status >= 200 && head.status != 204 && !hasLength
                hasLength = true
            case .setCookie: isKept = false
            case .strictTransportSecurity: isKept = !isStrict
            case .etag: isKept = isTagged == nil
            case .acceptRanges, .contentMD5, .digest, .contentDigest, .reprDigest: isKept = isTagged == nil
            case .cacheControl, .cdnCacheControl, .surrogateControl: isKept = !plan.isForVisitor
            case .contentSecurityPolicy, .contentSecurityPolicyReportOnly: isKept = isTagged == nil && !isGated
            case .link, .refresh, .reportTo, .reportingEndpoints, .nel, .speculationRules: isKept = !isGated
            case .other: isKept = !plan.isForVisitor || !isTargetedCacheControl(bytes[field.name])
            default: isKept = true
            }
            if isKept, nominates, head.isNominatedByConnection(index, in: bytes) { isKept = false }
            if isKept {
                if runStart < 0 { runStart = field.name.lowerBound }
            } else {
                if runStart >= 0 {
                    output.append(bytes.extracting(runStart..<field.name.lowerBound))
                    runStart = -1
                }
                switch field.id {
                case .setCookie:
                    writeSetCookie(
                        bytes[field.value], context: context, exchange: &exchange, measuring: measuring,
                        counters: &counters, event: event,
                        at: now,
                        into: &output)
                case .etag:
                    output.append("ETag: ")
                    EntityTag.write(bytes[field.value], variant: isTagged ?? 0, into: &output)
                    output.append("\r\n")
                case .contentSecurityPolicy, .contentSecurityPolicyReportOnly:
                    output.append(bytes[field.name])
                    output.append(": ")
                    writePolicy(
                        bytes[field.value], exchange: &exchange, plan: plan, gate: &gate,
                        authority: text.bytes[authority], into: &output)
                    output.append("\r\n")
                case .link, .refresh, .reportTo, .reportingEndpoints, .nel, .speculationRules:
                    gate.write(field, of: head, bytes: bytes, withholding: plan.withholding, into: &output)
                case .cacheControl:
                    writePrivate(bytes[field.value], isRevalidated: isRevalidated, into: &output)
                default: break
                }
            }
            index += 1
        }
        if runStart >= 0 { output.append(bytes.extracting(runStart..<bytes.byteCount - 2)) }

        if isRewritten {
            if head.firstIndex(of: .etag) == nil, head.firstIndex(of: .lastModified) != nil {
                output.append("ETag: ")
                EntityTag.write(variant: plan.variant ?? 0, into: &output)
                output.append("\r\n")
            }
            output.append("Accept-Ranges: none\r\n")
        }
        if plan.closing != nil {
            output.append("Content-Security-Policy: ")
            ClosedPolicy.write(plan.withholding, into: &output)
            output.append("\r\n")
        }
        if plan.isForVisitor, !plan.facts.hasCacheControl {
            output.append(isRevalidated ? "Cache-Control: private, no-cache\r\n" : "Cache-Control: private\r\n")
        }
        if let length = plan.length {
            output.append("Content-Length: ")
            output.append(decimal: length)
            output.append("\r\n")
        }
        if plan.expiresCookies { output.append(responseFields) }
        if isStrict, head.status >= 200 { output.append(context.transportSecurity) }
        if head.firstIndex(of: .date) == nil, head.status >= 200 { HTTPDate.write(now.epoch, into: &output) }
        writeConnection(status: head.status, exchange: &exchange, delivery: plan.delivery, into: &output)
        output.append("\r\n")
    }

    /// Writes the page's own policy: for a page of ours extended, for every page without reports to whom they are
    /// withheld from.
    private static func writePolicy(
        _ value: RawSpan, exchange: inout Exchange, plan: Plan, gate: inout FieldGate, authority: RawSpan,
        into output: inout ByteBuffer
    ) {
        guard plan.variant != nil || plan.revalidated != nil else {
            gate.writePolicy(value, withholding: plan.withholding, into: &output)
            return
        }
        let isSecure = exchange.flags.contains(.isSecure)
        guard !plan.withholding.isEmpty else {
            ContentSecurityPolicy.extend(value, authority: authority, isSecure: isSecure, into: &output)
            return
        }
        var extended = ByteBuffer(capacity: 512)
        ContentSecurityPolicy.extend(value, authority: authority, isSecure: isSecure, into: &extended)
        gate.writePolicy(extended.bytes, withholding: plan.withholding, into: &output)
    }

    private static func writeConnection(
        status: Int, exchange: inout Exchange, delivery: Exchange.Delivery, into output: inout ByteBuffer
    ) {
        output.append("Via: 1.1 crumbgate\r\n")
        if status == 101 {
            output.append("Connection: Upgrade\r\nUpgrade: websocket\r\n")
            return
        }
        guard status >= 200 else { return }
        if delivery == .chunked { output.append("Transfer-Encoding: chunked\r\n") }
        if delivery == .untilClose || !exchange.flags.contains(.isPersistent) {
            output.append("Connection: close\r\n")
        } else if exchange.flags.contains(.isHTTP10) {
            output.append("Connection: keep-alive\r\n")
        }
    }

    private static func writeSetCookie(
        _ line: RawSpan, context: SiteContext, exchange: inout Exchange, measuring: MeasuringContext,
        counters: inout TrafficCounters, event: EventFact?,
        at now: Moment, into output: inout ByteBuffer
    ) {
        guard var cookie = SetCookieLine(parsingPairOf: line, isFieldValue: true) else { return }
        let name = line[cookie.name]
        // A nameless cookie comes back as its bare value, which may spell any name (RFC 6265bis §5.7).
        if name.isEmpty || ConsentCookie.isName(name.unquoted) { return }
        let site = context.site
        let fate = site.fate(ofCookie: name, granted: exchange.consent.granted)
        if !fate.isForwarded { cookie.readLifetime(of: line) }
        guard fate.isForwarded || cookie.isDeletion(now: now.epoch) else {
            counters.withheldCookies[context.slot(of: fate.treatment)] &+= 1
            let isUnknown = fate.treatment.isUnknown && site.listsUnknownCookies
            measuring.offer(
                name, kind: isUnknown ? .unknownCookieWithheld : .cookieWithheld, template: event)
            return
        }
        if fate.treatment.isUnknown, site.listsUnknownCookies {
            measuring.offer(name, kind: .cookieUnknown, template: event)
        }
        output.append("Set-Cookie: ")
        if fate.treatment.cap == nil, fate.treatment.hardening.isEmpty {
            output.append(line)
        } else {
            cookie.readAttributes(of: line)
            cookie.write(
                line, cap: fate.treatment.cap, hardening: fate.treatment.hardening, now: now.epoch, into: &output)
        }
        output.append("\r\n")
    }

    /// Fields that tell one content delivery network more than Cache-Control does (RFC 9213 §2).
    private static func isTargetedCacheControl(_ name: RawSpan) -> Bool {
        name.byteCount >= 14
            && name.extracting(name.byteCount - 14..<name.byteCount).equalsIgnoringCase("-cache-control")
    }

    /// Writes the cache directives of a document that is this visitor's: the origin's but for those that invite shared
    /// caches, and `private` (RFC 9111 §5.2.2.7); with `no-cache` for lifetimes where it is to be asked for each time.
    private static func writePrivate(_ value: RawSpan, isRevalidated: Bool, into output: inout ByteBuffer) {
        output.append(isRevalidated ? "Cache-Control: private, no-cache" : "Cache-Control: private")
        var start = 0
        while start < value.byteCount {
            let end = value.firstIndex(of: UInt8(ascii: ","), from: start) ?? value.byteCount
            let directive = value[value.trimmed(ByteRange(start, end))]
            let isShared =
                directive.equalsIgnoringCase("public") || directive.equalsIgnoringCase("private")
                || directive.byteCount >= 8 && directive.extracting(0..<8).equalsIgnoringCase("s-maxage")
            if !isShared, directive.byteCount > 0, !(isRevalidated && directive.isFreshness) {
                output.append(", ")
                output.append(directive)
            }
            start = end + 1
        }
        output.append("\r\n")
    }
}

extension RawSpan {
    /// Whether a cache directive says how long a response is fresh, or may be used when it is not any more; or says
    /// `no-cache`, which is written anyway.
    fileprivate var isFreshness: Bool {
        var end = firstIndex(of: UInt8(ascii: "=")) ?? byteCount
        while end > 0, self[end - 1] <= 0x20 { end -= 1 }
        let name = extracting(0..<end)
        return name.equalsIgnoringCase("max-age") || name.equalsIgnoringCase("immutable")
            || name.equalsIgnoringCase("stale-while-revalidate") || name.equalsIgnoringCase("stale-if-error")
            || name.equalsIgnoringCase("no-cache")
    }
}
