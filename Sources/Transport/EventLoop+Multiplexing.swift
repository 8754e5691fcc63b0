import Bytes
import Gateway
import Glibc
import HTTP2
import HTTPWire
import Rules
import TLS

/// Connections that carry streams: what comes in becomes requests of clients like any other (decision 0013).
extension EventLoop {
    /// From here on a connection speaks HTTP/2: what it received so far belongs to that.
    mutating func multiplex(_ index: UInt32, _ received: Received) -> Supply {
        guard let session = HTTP2Session(limits: HTTP2Limits(headBytes: limits.headBytes), over: frames) else {
            return .failed
        }
        switch received {
        case .bytes(_, let isDrained):
            if isDrained { clients[index].flags.remove(.isReadable) }
        case .wouldBlock: clients[index].flags.remove(.isReadable)
        case .closed, .cut, .failed, .plainHTTP: return .failed
        }
        keepInput(for: index)
        clients[index].examined = 0
        let multiplexer = Multiplexer(client: index, session: session, at: now.milliseconds)
        clients[index].multiplexer = multiplexers.insert(multiplexer).index
        clients[index].phase = .multiplexed
        noteUnsent(index)
        enqueueClient(index)
        return .answered
    }

    /// Receives frames; false when there is nothing more to do now.
    mutating func receiveFrames(_ index: UInt32) -> Bool {
        let place = clients[index].multiplexer
        // Back-pressure: who does not take what is sent is not asked for more.
        guard clients[index].outgoing.isEmpty,
            multiplexers[place].flags.isDisjoint(with: [.isBroken, .isEnding])
        else { return false }
        switch supply(from: index) {
        case .bytes: break
        case .nothing, .answered: return false
        case .ended, .failed:
            abandonClient(index)
            return false
        }
        clients[index].examined = 0
        clients[index].leftover.shrink(to: 16)
        let isSound = multiplexers[place].session.receive(input)
        takeEvents(of: index)
        noteUnsent(index)
        noteFields(of: index)
        if !isSound {
            multiplexers[place].flags.insert(.isEnding)
        } else if !isPatient(with: place) {
            multiplexers[place].session.goAway(.enhanceYourCalm)
            multiplexers[place].flags.insert(.isEnding)
        }
        return true
    }

    private mutating func isPatient(with place: UInt32) -> Bool {
        let waste = multiplexers[place].session.takeWaste()
        let useful = multiplexers[place].useful
        multiplexers[place].useful = 0
        let resets = waste.resets + multiplexers[place].malformed
        multiplexers[place].malformed = 0
        return multiplexers[place].flood.admits(
            idleFrames: waste.idleFrames, resets: resets, useful: useful, at: now.milliseconds)
    }

    /// A request's fields have the time of a request head.
    private mutating func noteFields(of index: UInt32) {
        let place = clients[index].multiplexer
        let isInFields = multiplexers[place].session.isInFields
        guard isInFields != multiplexers[place].flags.contains(.isInFields) else { return }
        if isInFields {
            multiplexers[place].flags.insert(.isInFields)
            expect(client: index, within: timeouts.requestHead)
        } else {
            multiplexers[place].flags.remove(.isInFields)
            awaitFrames(of: index)
        }
    }

    /// A connection without streams may wait a while; else each stream has its own patience.
    mutating func awaitFrames(of index: UInt32) {
        let place = clients[index].multiplexer
        guard !multiplexers[place].flags.contains(.isInFields) else { return }
        if multiplexers[place].streams.isEmpty {
            awaitRequest(of: index)
        } else {
            clients[index].deadline = .max
        }
    }

    // MARK: Events

    private mutating func takeEvents(of index: UInt32) {
        var place = 0
        // A step may add to them.
        while place < frames.eventCount {
            switch frames.event(place) {
            case .request(let stream, let fields, let hasContent, let isCut):
                beginStream(stream, of: index, fields: fields, hasContent: hasContent, isCut: isCut)
            case .content(let stream, let range): takeContent(range, of: stream, on: index)
            case .end(let stream): endContent(of: stream, on: index)
            case .closed(let owner): abandonClosed(owner)
            }
            place += 1
        }
        frames.clear()
    }

    /// What ended while frames were sent.
    mutating func takeClosed() {
        var place = 0
        while place < frames.eventCount {
            if case .closed(let owner) = frames.event(place) { abandonClosed(owner) }
            place += 1
        }
        frames.clear()
    }

    private mutating func abandonClosed(_ owner: UInt64) {
        let handle = Token(rawValue: owner).handle
        if clients.contains(handle) { abandonStream(handle.index, nil) }
    }

    private mutating func beginStream(
        _ id: Int32, of connection: UInt32, fields: ByteRange, hasContent: Bool, isCut: Bool
    ) {
        let place = clients[connection].multiplexer
        guard streamCount < limits.clients else {
            multiplexers[place].session.reset(id, .refusedStream)
            return
        }
        let peer = clients[connection].peer
        let handle = clients.insert(ClientConnection(stream: id, of: place, peer: peer))
        let index = handle.index
        guard multiplexers[place].session.setOwner(Token(.client, handle).rawValue, of: id) else {
            // Reset right behind its request.
            clients.remove(index)
            return
        }
        streamCount += 1
        clients[index].stream.place = multiplexers[place].add(index)
        clients[connection].flags.insert(.hasBeenServed)
        if multiplexers[place].streams.count == 1 { awaitFrames(of: connection) }
        if !hasContent { clients[index].stream.flags.insert(.hasRequestEnded) }
        output.clear()
        mapped.clear()
        do throws(RequestRefusal) {
            guard !isCut else { throw .headTooLarge }
            let framing = try frames.writeRequest(fields, hasContent: hasContent, into: &mapped)
            if framing == .chunked { clients[index].stream.flags.insert(.isChunked) }
        } catch {
            multiplexers[place].malformed += 1
            gateway.refuse(error, exchange: &clients[index].exchange, at: now, reply: &output)
            _ = deliverReply(to: index)
            return
        }
        multiplexers[place].useful += 4
        let step = gateway.receiveRequest(
            mapped, examined: 0, exchange: &clients[index].exchange, peer: peer, isSecure: true, isLast: true, at: now,
            reply: &output)
        switch step {
        case .needsMore: abandonStream(index, .internalError)
        case .forward:
            clients[index].phase = .waiting
            attachOrigin(to: index)
        case .collect:
            clients[index].phase = .collecting
            expect(client: index, within: timeouts.body)
            _ = sendToClient(index, verbatim: ByteRange())
        case .reply: _ = deliverReply(to: index)
        case .keep: _ = awaitReceipt(index)
        }
    }

    /// The client that a stream is, while it takes content.
    private func receiver(_ stream: Int32, on connection: UInt32) -> UInt32? {
        let owner = multiplexers[clients[connection].multiplexer].session.owner(of: stream)
        let handle = Token(rawValue: owner).handle
        guard owner != 0, clients.contains(handle) else { return nil }
        return handle.index
    }

    private mutating func takeContent(_ range: ByteRange, of stream: Int32, on connection: UInt32) {
        guard let index = receiver(stream, on: connection), !clients[index].exchange.isRequestComplete,
            clients[index].phase != .flushing
        else {
            // Nobody reads it any more.
            multiplexers[clients[connection].multiplexer].session.consume(range.count, of: stream)
            return
        }
        let isChunked = clients[index].stream.flags.contains(.isChunked)
        if isChunked, !range.isEmpty { writeChunkHeader(size: range.count, into: &clients[index].leftover) }
        clients[index].leftover.append(input, range)
        if isChunked, !range.isEmpty { clients[index].leftover.append("\r\n") }
        clients[index].stream.buffered += range.count
        clients[index].examined = 0
        enqueueClient(index)
    }

    private mutating func endContent(of stream: Int32, on connection: UInt32) {
        guard let index = receiver(stream, on: connection) else { return }
        clients[index].stream.flags.insert(.hasRequestEnded)
        guard clients[index].stream.flags.contains(.isChunked), !clients[index].exchange.isRequestComplete,
            clients[index].phase != .flushing
        else { return }
        writeLastChunk(into: &clients[index].leftover)
        clients[index].examined = 0
        enqueueClient(index)
    }

    /// The gateway takes what is buffered; what it took before is with the origin server, and as much may follow.
    mutating func creditContent(of index: UInt32) {
        let passing = clients[index].stream.passing
        clients[index].stream.passing = clients[index].stream.buffered
        clients[index].stream.buffered = 0
        guard passing > 0 else { return }
        let place = clients[index].multiplexer
        multiplexers[place].session.consume(passing, of: clients[index].stream.id)
        noteUnsent(multiplexers[place].client)
    }

    // MARK: Ends

    /// Says that there will be no more streams soon: the loop is to end.
    mutating func announceEnd(of index: UInt32) {
        multiplexers[clients[index].multiplexer].session.announceEnd()
        noteUnsent(index)
        // Who is still taking something keeps the time for that.
        if clients[index].outgoing.isEmpty { expect(client: index, within: min(500, timeouts.drain)) }
    }

    /// A connection's patience has ended: with fields that do not come to their end, without streams, or with frames
    /// that nobody takes.
    mutating func framesTimedOut(_ index: UInt32) {
        let place = clients[index].multiplexer
        guard clients[index].outgoing.isEmpty, multiplexers[place].flags.isDisjoint(with: [.isBroken, .isEnding]) else {
            abandonSlow(index)
            return
        }
        if multiplexers[place].flags.contains(.isInFields) {
            multiplexers[place].session.goAway(.protocolError)
            multiplexers[place].flags.insert(.isEnding)
        } else {
            multiplexers[place].session.goAway(.none)
            if multiplexers[place].streams.isEmpty { multiplexers[place].flags.insert(.isEnding) }
        }
        expect(client: index, within: timeouts.body)
        noteUnsent(index)
    }

    /// Ends a connection's frames and all its streams; it goes on as one that only ends.
    private mutating func leaveFrames(_ index: UInt32) {
        let place = clients[index].multiplexer
        while let stream = multiplexers[place].streams.last { abandonStream(stream, nil) }
        multiplexers.remove(place)
        clients[index].multiplexer = noConnection
    }

    /// Ends a connection at once, and its streams.
    mutating func abandonFrames(_ index: UInt32) {
        let isQuiet = multiplexers[clients[index].multiplexer].streams.isEmpty
        leaveFrames(index)
        if isQuiet { clients[index].phase = .head }
        abandonClient(index)
    }

    /// All frames are made: the connection ends when they are sent.
    mutating func finishFrames(_ index: UInt32) {
        leaveFrames(index)
        guard clients[index].outgoing.isEmpty else {
            clients[index].phase = .flushing
            return
        }
        finishConnection(index)
    }
}
