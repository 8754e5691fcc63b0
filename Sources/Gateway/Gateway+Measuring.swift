import Bytes
import Consent
import HTMLRewriting
import HTTPWire
import Location
import Measurement
import Rules

/// Where one event loop's facts go.
public struct MeasuringContext: Sendable {
    /// The loop's own ring.
    public let ring: FactRing

    /// Makes the context of one loop.
    public init(ring: FactRing) { self.ring = ring }

    func offer(_ name: RawSpan, kind: EventFact.Kind, template: EventFact?) {
        guard var event = template else { return }
        event.kind = kind
        ring.offer(event, name: name)
    }
}

extension Gateway {
    /// Prepares what the exchange is counted by: from here on the address is a place, a network's key and perhaps a
    /// visitor's key (spec/proxy.md, step 4).
    mutating func prepareFact(
        _ bytes: RawSpan, snapshot: Snapshot, context: SiteContext, exchange: inout Exchange,
        client: ClientAddress, at now: Moment
    ) {
        guard let measured = context.measured, measured.isMeasured else { return }
        // From here on nothing of the exchange can be counted: there is no fact and no event to count it by.
        if measured.profile == .exempt,
            Objection.isStated(by: requestHead, in: bytes, isSecure: exchange.flags.contains(.isSecure))
        {
            return
        }
        let place = exchange.notes
        let isView = exchange.flags.contains(.isViewCandidate)
        let isPost = exchange.method == .post
        guard isView || isPost else {
            if requestHead.firstIndex(of: .cookie) != nil || exchange.flags.contains(.isDocument) {
                var event = EventFact(time: now.epoch, kind: .cookieWithheld)
                measured.identify(&event, address: client)
                notes[place].event = event
            }
            return
        }
        notes[place].fact = ExchangeFact(time: now.epoch, kind: isView ? .pageView : .post, status: 0)
        notes[place].hasFact = true
        notes[place].fact.consent = Self.outcome(of: exchange.consent, scheme: context.site.consent)
        if let analytics = context.analytics {
            notes[place].fact.didConsentToAnalytics = exchange.consent.granted.isSuperset(of: analytics)
        }
        if let places = snapshot.places {
            notes[place].fact.place = places.place(of: client, detail: snapshot.placeDetail)
        }
        var userAgent = ByteRange()
        if let field = requestHead.firstIndex(of: .userAgent) { userAgent = requestHead[field].value }
        if let field = requestHead.firstIndex(of: .referer) {
            notes[place].referrer = notes[place].keep(bytes[requestHead[field].value], limit: FactRing.longestReferrer)
        }
        notes[place].userAgent = keepUserAgent(bytes[userAgent], bytes, in: place)
        measured.identify(&notes[place].fact, address: client, userAgent: bytes[userAgent])
        notes[place].event = EventFact(kind: .cookieWithheld, in: notes[place].fact)
    }

    /// Keeps the user agent string and, behind it, the client hints that every request has, each introduced by its name
    /// in the lists that user agents are told by (`rules/browsers.yaml`).
    private mutating func keepUserAgent(_ userAgent: RawSpan, _ bytes: RawSpan, in place: UInt32) -> ByteRange {
        let kept = notes[place].keep(userAgent, limit: FactRing.longestUserAgentString)
        keepHint(.secCHUA, " hint-brands:", limit: 160, bytes, in: place)
        keepHint(.secCHUAPlatform, " hint-system:", limit: 24, bytes, in: place)
        keepHint(.secCHUAMobile, " hint-handset:", limit: 4, bytes, in: place)
        return ByteRange(kept.lowerBound, notes[place].text.count)
    }

    private mutating func keepHint(
        _ field: FieldID, _ name: StaticString, limit: Int, _ bytes: RawSpan, in place: UInt32
    ) {
        guard let index = requestHead.firstIndex(of: field) else { return }
        notes[place].text.append(name)
        _ = notes[place].keep(bytes[requestHead[index].value], limit: limit)
    }

    /// Keeps what a response's head says of a page view or post beside its status: where it leads, if that may be
    /// elsewhere, and whether it is a file.
    mutating func noteResponse(_ head: RawSpan, exchange: inout Exchange) {
        guard exchange.notes != Exchange.none, notes[exchange.notes].hasFact else { return }
        switch exchange.status {
        case 300..<400:
            guard let index = responseHead.firstIndex(of: .location) else { return }
            let location = head[responseHead[index].value]
            // A reference without a host leads nowhere else (RFC 3986 §4.2), nor does one to the host that was asked.
            guard notes[exchange.notes].leadsElsewhere(location) else { return }
            notes[exchange.notes].location = notes[exchange.notes].keep(location, limit: Self.longestLocation)
        case 200..<300:
            guard let index = responseHead.firstIndex(of: .contentDisposition) else { return }
            let disposition = head[responseHead[index].value]
            notes[exchange.notes].isAttachment =
                disposition.byteCount >= 10
                && disposition.extracting(0..<10).equalsIgnoringCase("attachment")
        default: return
        }
    }

    /// Bytes of a Location that are looked at: enough for scheme and host.
    private static let longestLocation = 280

    /// Offers the exchange's fact to the aggregator; a full ring drops it and counts the drop.
    mutating func measure(_ exchange: inout Exchange, at now: Moment) {
        let place = exchange.notes
        guard place != Exchange.none, notes[place].hasFact else { return }
        let isSuccess = exchange.status >= 200 && exchange.status < 300 || exchange.status == 304
        switch notes[place].fact.kind {
        case .pageView:
            if isSuccess {
                if notes[place].isAttachment { notes[place].fact.kind = .download }
            } else if exchange.status == 404 || exchange.status == 410 {
                notes[place].fact.kind = .missing
            } else {
                notes[place].fact.kind = notes[place].location.isEmpty ? .other : .departure
            }
        case .post:
            if exchange.status != 303 {
                notes[place].fact.kind = notes[place].location.isEmpty ? .other : .departure
            }
        case .download, .missing, .departure, .other: break
        }
        notes[place].fact.status = exchange.status
        notes[place].fact.durationMicroseconds = UInt32(clamping: (now.monotonic - exchange.began) / 1000)
        notes[place].fact.bytes = UInt64(exchange.bytesDelivered)
        notes[place].offerFact(to: measuring.ring)
    }

    /// Offers the rules that kept the exchange's page from something, each once.
    mutating func measureWithheld(_ exchange: inout Exchange) {
        guard exchange.transform != Exchange.none, exchange.notes != Exchange.none,
            transforms[exchange.transform].hasWithheld, let snapshot = snapshots[Int(exchange.snapshot)]
        else { return }
        let rules = transforms[exchange.transform].withheldRules
        counters.blockedHosts &+= UInt64(rules.count)
        let gate = snapshot.sites[Int(exchange.site)].gate
        for index in 0..<rules.count {
            let name = gate.name(ofRule: rules[index])
            measuring.offer(name.rawSpan, kind: .hostBlocked, template: notes[exchange.notes].event)
        }
    }

    mutating func logExchange(_ exchange: inout Exchange, at now: Moment) {
        guard log.isEnabled else { return }
        guard exchange.notes != Exchange.none else {
            // A refused head: nothing of it is repeated.
            log.write(exchange, path: RawSpan(), authority: RawSpan(), address: RawSpan(), at: now)
            return
        }
        notes[exchange.notes].write(&exchange, to: &log, at: now)
    }

    mutating func noteDecision(_ decision: OwnAnswer.Decision, in language: String, exchange: inout Exchange) {
        guard var event = notes[exchange.notes].event else { return }
        event.kind = .consentDecision
        var name = ByteBuffer(capacity: 32)
        switch decision {
        case .accepted: name.append("accepted")
        case .refused: name.append("refused")
        case .partial: name.append("partial")
        }
        name.append(" ")
        name.append(utf8: language)
        measuring.ring.offer(event, name: name.bytes)
    }

    private static func outcome(of consent: ConsentState, scheme: ConsentScheme) -> ExchangeFact.Consent {
        switch consent.source {
        case .globalPrivacyControl, .doNotTrack: return .signal
        case .undecided: return .undecided
        case .cookie:
            if consent.granted == scheme.required { return .refused }
            return consent.granted == scheme.all ? .accepted : .partial
        }
    }
}
