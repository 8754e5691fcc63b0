import Bytes
import Consent
import ContentCoding
import HTMLRewriting
import HTTPWire
import Measurement
import Rules

extension Gateway {
    /// Takes bytes of the origin server's response.
    ///
    /// What is for the user agent is appended to `output`, to be followed by `verbatim` of the input, whose offsets are
    /// counted from `start` like `consumed`.
    public mutating func receiveResponse(
        _ input: borrowing ByteBuffer, from start: Int, exchange: inout Exchange, at now: Moment,
        output: inout ByteBuffer
    ) -> ResponseStep {
        let bytes = input.bytes.extracting(start..<input.count)
        switch exchange.response {
        case .head: return receiveResponseHead(bytes, exchange: &exchange, at: now, output: &output)
        case .body:
            var offset = 0
            let (verbatim, outcome) = receiveResponseBody(bytes, from: &offset, exchange: &exchange, output: &output)
            return ResponseStep(consumed: offset, verbatim: verbatim, outcome: outcome)
        case .complete:
            return ResponseStep(consumed: 0, verbatim: ByteRange(), outcome: .malformed)
        }
    }

    private mutating func receiveResponseHead(
        _ bytes: RawSpan, exchange: inout Exchange, at now: Moment, output: inout ByteBuffer
    ) -> ResponseStep {
        guard let snapshot = snapshots[Int(exchange.snapshot)] else {
            return ResponseStep(consumed: 0, verbatim: ByteRange(), outcome: .malformed)
        }
        // An origin may say more than a visitor: its head gets twice the room.
        let limits = HeadLimits(
            maxHeadBytes: snapshot.limits.headBytes * 2, maxFields: snapshot.limits.fields,
            maxTargetBytes: snapshot.limits.targetBytes)
        let length: Int
        switch responseHead.parse(bytes, requestMethod: exchange.method, limits: limits) {
        case .needsMore: return ResponseStep(consumed: 0, verbatim: ByteRange(), outcome: .needsMore)
        case .malformed: return ResponseStep(consumed: 0, verbatim: ByteRange(), outcome: .malformed)
        case .complete(let size): length = size
        }
        // Longer than anything that exists; sums with it need not be thought about.
        if case .length(let size) = responseHead.framing, size > 1 << 56 {
            return ResponseStep(consumed: 0, verbatim: ByteRange(), outcome: .malformed)
        }
        let head = bytes.extracting(0..<length)
        let context = snapshot.sites[Int(exchange.site)]
        if responseHead.status < 200 {
            return receiveInterim(head, context: context, exchange: &exchange, at: now, output: &output)
        }

        exchange.status = UInt16(responseHead.status)
        exchange.response = .body
        counters.originWaits.add(nanoseconds: now.monotonic - exchange.began)
        noteResponse(head, exchange: &exchange)
        exchange.responseFraming = responseHead.framing
        if !responseHead.isPersistent { exchange.flags.insert(.closesOrigin) }
        // What is left of the request is not read any more: the user agent must know before it sends another.
        if !exchange.isRequestComplete { exchange.flags.remove(.isPersistent) }
        let facts = ResponseFacts(responseHead, bytes: head)
        var plan = plan(for: &exchange, facts: facts, context: context)
        var offset = length

        if plan.variant != nil, exchange.responseFraming != .none {
            // The rewriter sees the first bytes before the head is written: if both places are found in them, the
            // length of the whole is known.
            let place = takeTransform(memoryLimit: snapshot.limits.htmlMemory)
            exchange.transform = place
            if !plan.isForVisitor { exchange.flags.insert(.isSharedVariant) }
            notes[exchange.notes].nonce = scriptNonce(head)
            let gating = gating(of: plan, exchange: &exchange)
            _ = transforms[place].start(
                coding: facts.coding ?? .identity, syntax: facts.syntax, gating: gating,
                memoryLimit: snapshot.limits.htmlMemory)
            document.clear()
            if case .length(let total) = exchange.responseFraming, facts.coding == .identity {
                let available = min(total, bytes.byteCount - length)
                let insertions = insertions(for: &exchange, context: context)
                var position = 0
                _ = transforms[place].transform(
                    bytes.extracting(length..<length + available), from: &position, isLast: available == total,
                    insertions: insertions, into: &document)
                offset = length + position
                exchange.responseFraming = .length(total - position)
                if transforms[place].isPassthrough || available == total {
                    plan.length = total + transforms[place].grownBytes
                    plan.delivery = .counted
                }
            }
        }
        exchange.delivery = plan.delivery
        if let reason = plan.closing {
            counters.closedDocuments &+= 1
            measuring.offer(staticBytes(reason.name), kind: .hostBlocked, template: notes[exchange.notes].event)
        }
        fieldGate.start(isSecure: exchange.flags.contains(.isSecure))
        ResponseFields.write(
            responseHead, bytes: head, context: context, exchange: &exchange, plan: plan, gate: &fieldGate,
            text: notes[exchange.notes].text,
            authority: notes[exchange.notes].authority, responseFields: notes[exchange.notes].responseFields,
            measuring: measuring, counters: &counters, event: notes[exchange.notes].event, at: now, into: &output)
        if plan.variant != nil, !document.isEmpty, exchange.transform != Exchange.none {
            exchange.bytesDelivered += document.count
            appendFramed(document: exchange.delivery == .chunked, to: &output)
        }
        let (verbatim, outcome) = receiveResponseBody(bytes, from: &offset, exchange: &exchange, output: &output)
        return ResponseStep(consumed: offset, verbatim: verbatim, outcome: outcome)
    }

    private mutating func appendFramed(document isChunked: Bool, to output: inout ByteBuffer) {
        if isChunked { writeChunkHeader(size: document.count, into: &output) }
        output.append(document.bytes)
        if isChunked { output.append("\r\n") }
        document.clear()
    }

    /// A 1xx response (RFC 9110 §15.2): passed on to those who know them, its cookies judged like any other's.
    private mutating func receiveInterim(
        _ head: RawSpan, context: SiteContext, exchange: inout Exchange, at now: Moment, output: inout ByteBuffer
    ) -> ResponseStep {
        let status = responseHead.status
        let isSwitch = status == 101
        exchange.interims += 1
        guard exchange.interims <= Exchange.maximumInterims, !isSwitch || exchange.flags.contains(.isUpgrade) else {
            return ResponseStep(consumed: 0, verbatim: ByteRange(), outcome: .malformed)
        }
        if exchange.flags.isDisjoint(with: .isHTTP10) {
            let plan = ResponseFields.Plan(
                delivery: .withoutBody, facts: ResponseFacts(responseHead, bytes: head),
                withholding: Withholding(context: context, granted: exchange.consent.granted))
            fieldGate.start(isSecure: exchange.flags.contains(.isSecure))
            ResponseFields.write(
                responseHead, bytes: head, context: context, exchange: &exchange, plan: plan, gate: &fieldGate,
                text: notes[exchange.notes].text, authority: notes[exchange.notes].authority,
                responseFields: notes[exchange.notes].responseFields, measuring: measuring, counters: &counters,
                event: notes[exchange.notes].event, at: now, into: &output)
        }
        if isSwitch {
            exchange.status = 101
            exchange.response = .complete
            exchange.flags.remove(.isPersistent)
        }
        return ResponseStep(
            consumed: head.byteCount, verbatim: ByteRange(), outcome: isSwitch ? .switched : .interim)
    }

    /// What is done to a response, from its fields and the request's (spec: "Rewrite HTML if, and only if").
    private mutating func plan(for exchange: inout Exchange, facts: ResponseFacts, context: SiteContext)
        -> ResponseFields.Plan
    {
        var plan = ResponseFields.Plan(
            delivery: .withoutBody, facts: facts,
            withholding: Withholding(context: context, granted: context.site.consent.required))
        // What a shared cache may keep must not carry one visitor's cookies (RFC 9111 §7.3).
        if facts.isShared, responseHead.firstIndex(of: .setCookie) != nil { plan.isForVisitor = true }
        // Nor the expiry of theirs: what may be shared goes without it, what says nothing of caches becomes private.
        if exchange.flags.contains(.hasWithheldCookies), !facts.isShared {
            plan.isForVisitor = true
            plan.expiresCookies = true
        }
        switch responseHead.framing {
        case .none: plan.delivery = .withoutBody
        case .length: plan.delivery = .counted
        case .chunked, .untilClose: plan.delivery = exchange.unmeasured
        }
        if responseHead.status == 304, exchange.flags.contains(.revalidatesVariant) {
            plan.revalidated = notes[exchange.notes].variant
            if plan.revalidated != context.sharedVariant { plan.isForVisitor = true }
        }
        let isFragment = exchange.flags.contains(.isFragment)
        // What nothing shows as a page is left alone, and so are parts of pages on a site that withholds nothing.
        let isPage =
            (facts.isHTML || facts.isOtherDocument && exchange.flags.contains(.isDocument))
            && !(300..<400).contains(responseHead.status) && responseHead.framing != .length(0)
            && exchange.flags.isDisjoint(with: .isSubresource) && !(isFragment && context.gatedCategories == 0)
            && (responseHead.framing != .none || exchange.method == .head) && !context.site.isConsole
        guard isPage else { return plan }
        let variant = Variant(context: context, consent: exchange.consent)
        let isShared = facts.isShared && !plan.isForVisitor
        if !isShared {
            plan.withholding = Withholding(context: context, granted: exchange.consent.granted)
        }
        let reason = facts.reasonToClose ?? (responseHead.status == 206 ? .partial : nil)
        if reason != nil || isFragment && plan.withholding.isEmpty {
            if context.gatedCategories != 0 {
                // The form still depends on consent, so that its tag tells it.
                plan.isForVisitor = !isShared
                plan.revalidated = isShared ? variant.shared : variant.own
            }
            if !plan.withholding.isEmpty { plan.closing = reason }
            return plan
        }
        plan.isForVisitor = !isShared
        plan.variant = isShared ? variant.shared : variant.own
        if plan.delivery == .counted { plan.delivery = exchange.unmeasured }
        return plan
    }

    private mutating func receiveResponseBody(
        _ bytes: RawSpan, from offset: inout Int, exchange: inout Exchange, output: inout ByteBuffer
    ) -> (ByteRange, ResponseOutcome) {
        if exchange.transform != Exchange.none,
            !(exchange.delivery == .counted) || hasUnreadDocument(exchange.transform)
        {
            return transformBody(bytes, from: &offset, exchange: &exchange, output: &output)
        }
        switch exchange.responseFraming {
        case .none:
            return (ByteRange(), finishResponse(&exchange, rest: bytes.byteCount - offset))
        case .length(let remaining):
            let count = min(remaining, bytes.byteCount - offset)
            let verbatim = ByteRange(offset, offset + count)
            offset += count
            exchange.bytesDelivered += count
            exchange.responseFraming = .length(remaining - count)
            guard count == remaining else { return (verbatim, .more) }
            return (verbatim, finishResponse(&exchange, rest: bytes.byteCount - offset))
        case .untilClose:
            return passUntilClose(bytes, from: &offset, exchange: &exchange, output: &output)
        case .chunked:
            return passChunked(bytes, from: &offset, exchange: &exchange, output: &output)
        }
    }

    /// Bytes of a response's body that are still to come and go to the user agent unread and unchanged; 0 where that
    /// is not so, or not known.
    public mutating func verbatimRest(of exchange: inout Exchange) -> Int {
        guard exchange.response == .body, exchange.delivery == .counted,
            case .length(let rest) = exchange.responseFraming,
            exchange.transform == Exchange.none || !hasUnreadDocument(exchange.transform)
        else { return 0 }
        return rest
    }

    /// Notes that the shell passed on so many bytes of `verbatimRest`, at most all of them.
    public mutating func passed(_ count: Int, of exchange: inout Exchange) -> ResponseOutcome {
        guard case .length(let rest) = exchange.responseFraming, count <= rest else { return .malformed }
        exchange.bytesDelivered += count
        exchange.responseFraming = .length(rest - count)
        return count == rest ? finishResponse(&exchange, rest: 0) : .more
    }

    private mutating func hasUnreadDocument(_ place: UInt32) -> Bool {
        !transforms[place].isPassthrough
    }

    private mutating func passUntilClose(
        _ bytes: RawSpan, from offset: inout Int, exchange: inout Exchange, output: inout ByteBuffer
    ) -> (ByteRange, ResponseOutcome) {
        let count = bytes.byteCount - offset
        exchange.bytesDelivered += count
        if exchange.delivery == .chunked, count > 0 {
            writeChunkHeader(size: count, into: &output)
            output.append(bytes.extracting(offset..<bytes.byteCount))
            output.append("\r\n")
            offset += count
            return (ByteRange(), .more)
        }
        let verbatim = ByteRange(offset, offset + count)
        offset += count
        return (verbatim, .more)
    }

    private mutating func passChunked(
        _ bytes: RawSpan, from offset: inout Int, exchange: inout Exchange, output: inout ByteBuffer
    ) -> (ByteRange, ResponseOutcome) {
        let outcome: BodyOutcome
        let before = output.count
        if exchange.delivery == .chunked {
            outcome = Rechunking.copy(bytes, from: &offset, decoder: &exchange.responseChunks, into: &output)
        } else {
            outcome = Rechunking.unwrap(bytes, from: &offset, decoder: &exchange.responseChunks, into: &output)
        }
        exchange.bytesDelivered += output.count - before
        switch outcome {
        case .more: return (ByteRange(), .more)
        case .finished: return (ByteRange(), finishResponse(&exchange, rest: bytes.byteCount - offset))
        case .malformed, .replied, .keeps: return (ByteRange(), .malformed)
        }
    }

    private mutating func transformBody(
        _ bytes: RawSpan, from offset: inout Int, exchange: inout Exchange, output: inout ByteBuffer
    ) -> (ByteRange, ResponseOutcome) {
        guard let snapshot = snapshots[Int(exchange.snapshot)] else { return (ByteRange(), .malformed) }
        let insertions = insertions(for: &exchange, context: snapshot.sites[Int(exchange.site)])
        document.clear()
        var isLast = false
        var isBroken = false
        let place = exchange.transform
        switch exchange.responseFraming {
        case .none:
            return (ByteRange(), finishResponse(&exchange, rest: bytes.byteCount - offset))
        case .length(let remaining):
            let count = min(remaining, bytes.byteCount - offset)
            isLast = count == remaining
            isBroken = feed(
                bytes.extracting(offset..<offset + count), isLast: isLast, place: place, insertions: insertions)
            offset += count
            exchange.responseFraming = .length(remaining - count)
        case .untilClose:
            isBroken = feed(
                bytes.extracting(offset..<bytes.byteCount), isLast: false, place: place, insertions: insertions)
            offset = bytes.byteCount
        case .chunked:
            decoding: while true {
                switch exchange.responseChunks.next(bytes, at: &offset) {
                case .bytes(let range):
                    if feed(bytes[range], isLast: false, place: place, insertions: insertions) { isBroken = true }
                case .trailer: continue
                case .needsMore: break decoding
                case .end:
                    if feed(RawSpan(), isLast: true, place: place, insertions: insertions) { isBroken = true }
                    isLast = true
                    break decoding
                case .malformed:
                    return (ByteRange(), .malformed)
                }
            }
        }
        exchange.bytesDelivered += document.count
        if !document.isEmpty { appendFramed(document: exchange.delivery == .chunked, to: &output) }
        if isBroken { return (ByteRange(), .malformed) }
        guard isLast else { return (ByteRange(), .more) }
        if exchange.delivery == .chunked { writeLastChunk(into: &output) }
        return (ByteRange(), finishResponse(&exchange, rest: bytes.byteCount - offset))
    }

    /// Whether the document broke.
    private mutating func feed(_ piece: RawSpan, isLast: Bool, place: UInt32, insertions: Insertions) -> Bool {
        var position = 0
        let outcome = transforms[place].transform(
            piece, from: &position, isLast: isLast, insertions: insertions, into: &document)
        // What the rewriter does not need to read any more is copied as it is.
        document.append(piece.extracting(position..<piece.byteCount))
        return outcome == .broken
    }

    private mutating func finishResponse(_ exchange: inout Exchange, rest: Int) -> ResponseOutcome {
        exchange.response = .complete
        let isReusable = rest == 0 && exchange.isRequestComplete && !exchange.flags.contains(.closesOrigin)
        return .finished(isOriginReusable: isReusable)
    }

    /// The origin closed its side: the end of a body delimited so, else a break.
    public mutating func originClosed(
        _ exchange: inout Exchange, at now: Moment, output: inout ByteBuffer
    ) -> ResponseOutcome {
        guard exchange.response == .body, exchange.responseFraming == .untilClose else { return .malformed }
        if exchange.transform != Exchange.none, let snapshot = snapshots[Int(exchange.snapshot)] {
            document.clear()
            let insertions = insertions(for: &exchange, context: snapshot.sites[Int(exchange.site)])
            if feed(RawSpan(), isLast: true, place: exchange.transform, insertions: insertions) { return .malformed }
            if !document.isEmpty { appendFramed(document: exchange.delivery == .chunked, to: &output) }
        }
        if exchange.delivery == .chunked { writeLastChunk(into: &output) }
        exchange.response = .complete
        return .finished(isOriginReusable: false)
    }

    /// No usable response will come: appends the page that says so, if nothing was delivered yet.
    ///
    /// False when a response had begun: then only the connection's end can tell the user agent.
    public mutating func originFailed(
        _ failure: OriginFailure, exchange: inout Exchange, at now: Moment, output: inout ByteBuffer
    ) -> Bool {
        guard exchange.response == .head else { return false }
        if exchange.request != .complete { exchange.flags.remove(.isPersistent) }
        let retryAfter = snapshots[Int(exchange.snapshot)]?.limits.retryAfter
        ErrorPage.write(
            status: failure.status, detail: failure.explanation, isPersistent: exchange.flags.contains(.isPersistent),
            retryAfter: failure == .saturated ? retryAfter : nil, at: now, withoutBody: exchange.method == .head,
            into: &output)
        counters.originFailures[failure.index] &+= 1
        exchange.status = UInt16(failure.status)
        exchange.response = .complete
        return true
    }

    /// Whether the connection carries another request after this exchange.
    public mutating func keepsConnection(after exchange: inout Exchange) -> Bool {
        exchange.flags.contains(.isPersistent) && exchange.delivery != .untilClose && exchange.isRequestComplete
    }

    /// Whether the request may be sent again on a fresh connection after its pooled one turned out closed: idempotent,
    /// without a body, and no byte of a response seen (RFC 9110 §9.2.2).
    public mutating func mayRetry(_ exchange: inout Exchange) -> Bool {
        exchange.response == .head && exchange.requestHadNoBody && exchange.method.isIdempotent
    }
}
