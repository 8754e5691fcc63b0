import Bytes
import Consent
import HTTPWire
import Location

extension Gateway {
    mutating func receiveOwnHead(
        _ bytes: RawSpan, context: SiteContext, exchange: inout Exchange, client: ClientAddress, at now: Moment,
        reply: inout ByteBuffer
    ) -> RequestStep {
        let place = exchange.notes
        var request = OwnRequest(
            path: OwnPath.parse(bytes[requestHead.pathAndQuery]), method: requestHead.method,
            authority: bytes[requestHead.authority].text, isSecure: exchange.flags.contains(.isSecure),
            consent: exchange.consent)
        request.query = OwnPath.query(bytes[requestHead.pathAndQuery])
        request.origin = fieldText(.origin, bytes)
        request.fetchSite = fieldText(.secFetchSite, bytes)
        request.referer = fieldText(.referer, bytes)
        request.accept = fieldText(.accept, bytes)
        request.acceptEncoding = fieldText(.acceptEncoding, bytes)
        request.acceptLanguage = fieldText(.acceptLanguage, bytes)
        request.contentType = fieldText(.contentType, bytes)
        request.ifNoneMatch = fieldText(.ifNoneMatch, bytes)
        request.verdict = RequestConsent.verdict(
            requestHead, in: bytes, context: context, isSecure: exchange.flags.contains(.isSecure), at: now,
            route: UInt32(exchange.snapshot) << 16 | UInt32(exchange.site), verdicts: &verdicts)
        request.hasObjected = Objection.isStated(by: requestHead, in: bytes, isSecure: request.isSecure)
        if let field = requestHead.firstIndex(of: .secGPC) {
            request.hasGPC = ConsentSignals.isStated(by: bytes[requestHead[field].value])
        }
        if request.path == .consent || request.path == .receipt || request.path == .objection {
            let network = client.truncated(to: .fine)
            request.isRateLimited = !decisions.admits(network, at: now)
        }
        notes[place].ownRequest = request

        switch exchange.requestFraming {
        case .length(let length) where length > OwnPath.bodyLimit:
            return tooLarge(&exchange, consumed: bytes.byteCount, at: now, reply: &reply)
        case .length(0), .none, .untilClose:
            exchange.requestFraming = .none
            return answerOwn(&exchange, context: context, at: now, reply: &reply)
                ? .reply(consumed: bytes.byteCount) : .keep(consumed: bytes.byteCount)
        case .length, .chunked:
            if requestHead.expectsContinue { reply.append("HTTP/1.1 100 Continue\r\n\r\n") }
            exchange.request = .ownBody
            return .collect(consumed: bytes.byteCount)
        }
    }

    private func fieldText(_ id: FieldID, _ bytes: RawSpan) -> String? {
        requestHead.firstIndex(of: id).map { bytes[requestHead[$0].value].text }
    }

    mutating func receiveOwnBody(
        _ bytes: RawSpan, exchange: inout Exchange, at now: Moment, reply: inout ByteBuffer
    ) -> BodyStep {
        let place = exchange.notes
        var offset = 0
        var isDone = false
        if case .length(let remaining) = exchange.requestFraming {
            let count = min(remaining, bytes.byteCount)
            notes[place].ownBody.append(bytes.extracting(0..<count))
            exchange.requestFraming = .length(remaining - count)
            offset = count
            isDone = count == remaining
        } else {
            let outcome = Rechunking.unwrap(
                bytes, from: &offset, decoder: &exchange.requestChunks, into: &notes[place].ownBody)
            if outcome == .malformed { return BodyStep(consumed: offset, verbatim: ByteRange(), outcome: .malformed) }
            isDone = outcome == .finished
        }
        guard notes[place].ownBody.count <= OwnPath.bodyLimit else {
            _ = tooLarge(&exchange, consumed: offset, at: now, reply: &reply)
            return BodyStep(consumed: offset, verbatim: ByteRange(), outcome: .replied)
        }
        guard isDone else { return BodyStep(consumed: offset, verbatim: ByteRange(), outcome: .more) }
        guard let snapshot = snapshots[Int(exchange.snapshot)] else {
            return BodyStep(consumed: offset, verbatim: ByteRange(), outcome: .malformed)
        }
        let isAnswered = answerOwn(&exchange, context: snapshot.sites[Int(exchange.site)], at: now, reply: &reply)
        return BodyStep(consumed: offset, verbatim: ByteRange(), outcome: isAnswered ? .replied : .keeps)
    }

    /// False when the answer has to wait for its receipt.
    private mutating func answerOwn(
        _ exchange: inout Exchange, context: SiteContext, at now: Moment, reply: inout ByteBuffer
    ) -> Bool {
        let place = exchange.notes
        guard var request = notes[place].ownRequest else { return true }
        request.body = notes[place].ownBody.array
        let answer = context.pages.answer(to: request, signer: context.signer, at: now)
        exchange.request = .complete
        if answer.pending != nil {
            notes[place].pendingAnswer = answer
            return false
        }
        write(answer, of: &exchange, context: context, at: now, reply: &reply)
        return true
    }

    mutating func write(
        _ answer: OwnAnswer, of exchange: inout Exchange, context: SiteContext, at now: Moment,
        reply: inout ByteBuffer
    ) {
        var head = ByteBuffer(capacity: 256)
        if !exchange.flags.contains(.isPersistent) { head.append("Connection: close\r\n") }
        exchange.status = UInt16(answer.status)
        writeStatusLine(answer.status, into: &reply)
        reply.append(answer.fields)
        HTTPDate.write(now.epoch, into: &reply)
        reply.append(head.bytes)
        if answer.status != 304 {
            reply.append("Content-Length: ")
            reply.append(decimal: answer.body.count)
            reply.append("\r\n")
        }
        reply.append("\r\n")
        if exchange.method != .head, answer.status != 304 {
            reply.append(answer.body)
            exchange.bytesDelivered = answer.body.count
        }
        if let decision = answer.decision { noteDecision(decision, in: answer.language, exchange: &exchange) }
        exchange.request = .complete
        exchange.response = .complete
    }

    private mutating func tooLarge(
        _ exchange: inout Exchange, consumed: Int, at now: Moment, reply: inout ByteBuffer
    ) -> RequestStep {
        exchange.flags.remove(.isPersistent)
        ErrorPage.write(
            status: 413, detail: "The decision's form is larger than any that this page makes.", isPersistent: false,
            at: now, into: &reply)
        exchange.status = 413
        exchange.request = .complete
        exchange.response = .complete
        return .reply(consumed: consumed)
    }
}

/// What one of our own paths answers.
package struct OwnAnswer: Sendable {
    package var status: Int
    /// Complete field lines, without Content-Length, Date and Connection.
    package var fields: [UInt8] = []
    package var body: [UInt8] = []
    /// A decision that was made by this request, to be counted.
    package var decision: Decision?
    /// The language that it was asked for in.
    package var language = ""
    /// What must be done, and last, before this answer may be given.
    package var pending: PendingReceipt?

    package enum Decision: Sendable {
        case accepted
        case refused
        case partial
    }
}
