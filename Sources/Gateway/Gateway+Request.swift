import Bytes
import Consent
import Cookies
import HTTPWire
import Location
import Measurement
import Rules

extension Gateway {
    /// Takes the bytes of a request head (RFC 9112 §2.1) from a visitor's connection.
    ///
    /// - Parameters:
    ///   - input: everything received and not consumed, from the head's first byte on.
    ///   - examined: how many of them an earlier call has seen.
    ///   - peer: the address at the connection's other end.
    ///   - isLast: the connection closes after this exchange, whatever the request says.
    ///   - port: where HTTPS is, for a request that is to come again over TLS unless a trusted proxy says that it did;
    ///     0 for one that is answered.
    ///   - reply: where an answer of our own is written.
    public mutating func receiveRequest(
        _ input: borrowing ByteBuffer, examined: Int, exchange: inout Exchange, peer: ClientAddress, isSecure: Bool,
        isLast: Bool, redirectingTo port: UInt16 = 0,
        at now: Moment, reply: inout ByteBuffer
    ) -> RequestStep {
        guard let snapshot = snapshots[current] else { return .needsMore }
        let limits = HeadLimits(
            maxHeadBytes: snapshot.limits.headBytes, maxFields: snapshot.limits.fields,
            maxTargetBytes: snapshot.limits.targetBytes)
        switch requestHead.parse(input.bytes, resumingAt: examined, limits: limits) {
        case .needsMore:
            return .needsMore
        case .refused(let refusal):
            refuse(refusal, exchange: &exchange, at: now, reply: &reply)
            return .reply(consumed: input.count)
        case .complete(let length):
            return receiveHead(
                input.bytes.extracting(0..<length), snapshot: snapshot, exchange: &exchange, peer: peer,
                isSecure: isSecure,
                isLast: isLast, redirectingTo: port, at: now, reply: &reply)
        }
    }

    /// Answers a request whose head means nothing, or too much; the connection, or the stream, ends with the answer.
    public mutating func refuse(
        _ refusal: RequestRefusal, exchange: inout Exchange, at now: Moment, reply: inout ByteBuffer
    ) {
        guard let snapshot = snapshots[current] else { return }
        var status = refusal.status
        if refusal == .methodConnect { status = snapshot.policy.connectAnswer }
        if refusal == .methodTrace { status = snapshot.policy.traceAnswer }
        ErrorPage.write(
            status: status, detail: refusal.explanation, reason: refusal.reason, isPersistent: false, at: now,
            into: &reply)
        begin(&exchange, snapshot: snapshot, at: now)
        exchange.status = UInt16(status)
        exchange.request = .complete
        exchange.response = .complete
    }

    private mutating func begin(_ exchange: inout Exchange, snapshot: Snapshot, at now: Moment) {
        exchange.flags.insert(.isActive)
        exchange.began = now.monotonic
        exchange.snapshot = UInt16(truncatingIfNeeded: current)
        snapshot.exchanges += 1
    }

    private mutating func receiveHead(
        _ bytes: RawSpan, snapshot: Snapshot, exchange: inout Exchange, peer: ClientAddress, isSecure: Bool,
        isLast: Bool, redirectingTo port: UInt16, at now: Moment, reply: inout ByteBuffer
    ) -> RequestStep {
        begin(&exchange, snapshot: snapshot, at: now)
        let index = takeNotes()
        exchange.notes = index
        exchange.method = requestHead.method
        exchange.requestFraming = requestHead.framing
        if requestHead.isPersistent && !isLast { exchange.flags.insert(.isPersistent) }
        if requestHead.isWebSocketUpgrade { exchange.flags.insert(.isUpgrade) }
        let hasBody = requestHead.framing != .none && requestHead.framing != .length(0)
        if hasBody { exchange.flags.insert(.hasRequestBody) }
        if requestHead.minorVersion == 0 { exchange.flags.insert(.isHTTP10) }

        let policy = snapshot.policy
        let authority = bytes[requestHead.authority]
        guard let siteIndex = policy.siteIndex(forAuthority: authority) else {
            return refuse(
                &exchange, status: 421, detail: "No site of this server has that host name.", consumed: bytes.byteCount,
                at: now, reply: &reply)
        }
        exchange.site = UInt16(siteIndex)
        let context = snapshot.sites[siteIndex]
        let site = context.site

        let client = Forwarding(
            head: requestHead, bytes: bytes, peer: peer, isSecure: isSecure, policy: policy)
        if client.isSecure { exchange.flags.insert(.isSecure) }
        if port != 0, !client.isSecure { return redirect(&exchange, bytes, to: port, at: now, reply: &reply) }
        if let rate = snapshot.limits.network.requests {
            let wait = waitOfRequest(from: client.address, by: rate, policy, at: now)
            if wait > 0 { return putOff(&exchange, bytes, for: wait, at: now, reply: &reply) }
        }
        // What ends TLS elsewhere is not believed here: the console is for our own.
        if site.isConsole, !isSecure {
            return refuse(
                &exchange, status: 421, detail: "This host is for HTTPS only.", consumed: bytes.byteCount, at: now,
                reply: &reply)
        }
        exchange.flags.formUnion(DocumentHint.flags(of: requestHead, in: bytes))
        exchange.consent = RequestConsent.read(
            requestHead, in: bytes, context: context, isSecure: client.isSecure, at: now,
            route: UInt32(exchange.snapshot) << 16 | UInt32(exchange.site), verdicts: &verdicts)
        notes[index].authority = notes[index].keep(authority, limit: 255)
        notes[index].path = notes[index].keep(bytes[requestHead.pathAndQuery], limit: FactRing.longestPath)

        if log.isAddressLogged {
            var network = ByteBuffer(capacity: 48)
            client.address.truncated(to: site.addressPrecision).write(into: &network)
            notes[index].network = notes[index].keep(network.bytes, limit: 48)
        }
        prepareFact(
            bytes, snapshot: snapshot, context: context, exchange: &exchange, client: client.address, at: now)

        if OwnPath.isReserved(bytes[requestHead.pathAndQuery], honoursGPC: site.consentSettings.gpcDenies != nil) {
            return receiveOwnHead(
                bytes, context: context, exchange: &exchange, client: client.address, at: now, reply: &reply)
        }

        if exchange.flags.isDisjoint(with: .isSubresource), let field = requestHead.firstIndex(of: .acceptLanguage) {
            notes[index].language = languages.preference(
                bytes[requestHead[field].value], route: UInt32(exchange.snapshot) << 16 | UInt32(exchange.site),
                pages: context.pages)
        }
        let variant = Variant(context: context, consent: exchange.consent)
        let outcome = RequestFields.write(
            requestHead, bytes: bytes, context: context, client: client, exchange: &exchange, variant: variant,
            measuring: measuring, counters: &counters, into: &notes[index])
        exchange.flags.formUnion(outcome)
        exchange.request = hasBody ? .body : .complete
        return .forward(consumed: bytes.byteCount)
    }

    /// Answers with a plain page and lets the connection end: the request's body, if any, is not read.
    private mutating func refuse(
        _ exchange: inout Exchange, status: Int, detail: StaticString, retryAfter: Int? = nil, consumed: Int,
        at now: Moment, reply: inout ByteBuffer
    ) -> RequestStep {
        if exchange.requestFraming != .none { exchange.flags.remove(.isPersistent) }
        ErrorPage.write(
            status: status, detail: detail, isPersistent: exchange.flags.contains(.isPersistent),
            retryAfter: retryAfter, at: now, withoutBody: exchange.method == .head, into: &reply)
        exchange.status = UInt16(status)
        exchange.request = .complete
        exchange.response = .complete
        return .reply(consumed: consumed)
    }

    /// Answers that too many requests came from a network, and when the next may.
    private mutating func putOff(
        _ exchange: inout Exchange, _ bytes: RawSpan, for wait: Int64, at now: Moment, reply: inout ByteBuffer
    ) -> RequestStep {
        counters.limitedRequests &+= 1
        notes[exchange.notes].authority = notes[exchange.notes].keep(bytes[requestHead.authority], limit: 255)
        notes[exchange.notes].path = notes[exchange.notes].keep(
            bytes[requestHead.pathAndQuery], limit: FactRing.longestPath)
        return refuse(
            &exchange, status: 429,
            detail: "Too many requests came from your network. Please try again in a moment.",
            retryAfter: Int((wait + 999_999_999) / 1_000_000_000), consumed: bytes.byteCount, at: now, reply: &reply)
    }

    /// Takes bytes of a request's body.
    ///
    /// What is for the origin server is `verbatim` in the input or appended to `output`; the answer of one of our own
    /// paths is appended to `reply`.
    public mutating func receiveRequestBody(
        _ input: borrowing ByteBuffer, exchange: inout Exchange, at now: Moment, output: inout ByteBuffer,
        reply: inout ByteBuffer
    ) -> BodyStep {
        let bytes = input.bytes
        if exchange.request == .ownBody { return receiveOwnBody(bytes, exchange: &exchange, at: now, reply: &reply) }
        switch exchange.requestFraming {
        case .length(let remaining):
            let count = min(remaining, bytes.byteCount)
            exchange.requestFraming = .length(remaining - count)
            let isDone = remaining == count
            if isDone { exchange.request = .complete }
            return BodyStep(consumed: count, verbatim: ByteRange(0, count), outcome: isDone ? .finished : .more)
        case .chunked:
            var offset = 0
            let outcome = Rechunking.copy(bytes, from: &offset, decoder: &exchange.requestChunks, into: &output)
            if outcome == .finished { exchange.request = .complete }
            return BodyStep(consumed: offset, verbatim: ByteRange(), outcome: outcome)
        case .none, .untilClose:
            exchange.request = .complete
            return BodyStep(consumed: 0, verbatim: ByteRange(), outcome: .finished)
        }
    }

    /// The request's framing broke inside its body: appends a 400 if no response had begun.
    public mutating func requestBroke(
        exchange: inout Exchange, at now: Moment, output: inout ByteBuffer
    ) -> Bool {
        guard exchange.response == .head else { return false }
        exchange.flags.remove(.isPersistent)
        ErrorPage.write(
            status: 400, detail: "The request's content is malformed.", isPersistent: false, at: now, into: &output)
        exchange.status = 400
        exchange.response = .complete
        return true
    }

    /// Appends the answer to a visitor beyond the connection limit.
    public func writeOverload(at now: Moment, into output: inout ByteBuffer) {
        ErrorPage.write(
            status: 503, detail: OriginFailure.saturated.explanation, isPersistent: false,
            retryAfter: policy?.limits.retryAfter, at: now, into: &output)
    }

    /// Appends the answer to HTTP without TLS where TLS is spoken.
    public func writePlainOverTLS(at now: Moment, into output: inout ByteBuffer) {
        ErrorPage.write(
            status: 400, detail: "This address is for HTTPS: it begins with https://.", isPersistent: false, at: now,
            into: &output)
    }

    /// Appends the answer to a request head that does not come to its end.
    public func writeRequestTimeout(at now: Moment, into output: inout ByteBuffer) {
        ErrorPage.write(
            status: 408, detail: "The request did not arrive in time.", isPersistent: false, at: now, into: &output)
    }
}

extension RequestRefusal {
    /// What a visitor may do about it.
    fileprivate var explanation: StaticString {
        switch self {
        case .headTooLarge, .tooManyFields:
            "Your browser sent more than is accepted here. Deleting the cookies of this site may help."
        case .targetTooLong: "The address is too long."
        case .methodConnect, .methodTrace, .unsupportedVersion, .http09, .http2Preface, .invalidVersion, .invalidMethod,
            .invalidTarget, .nul, .bareCarriageReturn, .bareLineFeed, .obsFold, .whitespaceBeforeColon,
            .invalidFieldName, .invalidFieldValue, .missingHost, .duplicateHost, .invalidHost, .authorityMismatch,
            .lengthAndTransferEncoding, .invalidContentLength, .duplicateContentLength, .invalidTransferEncoding:
            "What was sent is not accepted here."
        }
    }
}
