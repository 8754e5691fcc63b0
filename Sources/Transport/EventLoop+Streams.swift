import Bytes
import Gateway
import Glibc
import HTTP2
import HTTPWire
import Rules
import TLS

/// Streams: what the gateway makes for a client becomes frames, which are gathered for each connection and leave when all
/// events of a batch are done with, or when they are many.
extension EventLoop {
    /// Remembers that a connection has frames to be sent.
    mutating func noteUnsent(_ connection: UInt32) {
        let place = clients[connection].multiplexer
        guard !multiplexers[place].flags.contains(.isUnsent) else { return }
        multiplexers[place].flags.insert(.isUnsent)
        if multiplexers[place].batch.isEmpty, multiplexers[place].batch.capacity < spareBatch.capacity {
            swap(&multiplexers[place].batch, &spareBatch)
        }
        unsent.append(clients.handle(at: connection))
    }

    /// Makes frames of `output` and a range of `input`; what may not be sent yet is kept. False when the stream is gone.
    mutating func sendToStream(_ index: UInt32, verbatim: ByteRange) -> Bool {
        let place = clients[index].multiplexer
        let isLast = clients[index].exchange.isAnswered
        var offset = 0
        if !clients[index].stream.flags.contains(.hasHead) {
            mapped.clear()
            guard let head = ResponseMapping(output, into: &mapped) else {
                abandonStream(index, .internalError)
                return false
            }
            offset = head.length
            var next = HTTP2Session.Continuation.content
            if head.isInterim {
                next = .head
            } else {
                clients[index].stream.flags.insert(.hasHead)
                // A request that goes on is reset behind the response, which must be on its way then.
                if isLast, offset == output.count, verbatim.isEmpty,
                    clients[index].stream.flags.contains(.hasRequestEnded)
                {
                    next = .nothing
                    clients[index].stream.flags.insert(.hasEnded)
                }
            }
            let id = clients[index].stream.id
            guard multiplexers[place].session.respond(on: id, fields: mapped, before: next) else {
                abandonStream(index, .internalError)
                return false
            }
            noteUnsent(multiplexers[place].client)
        }
        let total = output.count - offset + verbatim.count
        guard total > 0 else { return true }
        let taken = clients[index].outgoing.isEmpty ? makeFrames(index, from: offset, verbatim, isLast: isLast) : 0
        guard taken < total else { return true }
        if clients[index].outgoing.isEmpty { clients[index].blockedAt = now.milliseconds }
        let fromOutput = min(taken, output.count - offset)
        clients[index].outgoing.append(output, from: offset + fromOutput)
        clients[index].outgoing.append(
            input, ByteRange(verbatim.lowerBound + (taken - fromOutput), verbatim.upperBound))
        expect(client: index, within: timeouts.body)
        block(index)
        return true
    }

    /// Makes frames of what `output` holds from an offset on and of a range of `input`, as far as the windows and the
    /// socket let it through; returns how many bytes.
    private mutating func makeFrames(
        _ index: UInt32, from offset: Int, _ verbatim: ByteRange, isLast: Bool
    ) -> Int {
        let place = clients[index].multiplexer
        let connection = multiplexers[place].client
        let id = clients[index].stream.id
        let inOutput = output.count - offset
        let total = inOutput + verbatim.count
        var taken = 0
        noteUnsent(connection)
        // Nothing is kept for who is gone.
        if multiplexers[place].flags.contains(.isBroken) { return total }
        while clients[connection].outgoing.isEmpty {
            let fromOutput = min(taken, inOutput)
            let sent = multiplexers[place].gather(
                output, from: offset + fromOutput, input,
                ByteRange(verbatim.lowerBound + (taken - fromOutput), verbatim.upperBound), isLast: isLast, on: id)
            taken += sent.taken
            if sent.hasEnded { clients[index].stream.flags.insert(.hasEnded) }
            if sent.isBroken {
                multiplexers[place].flags.insert(.isBroken)
                return total
            }
            guard sent.isFull, sendBatch(of: connection) else { break }
        }
        return taken
    }

    /// The stream has content that waits for a window, or for the socket.
    private mutating func block(_ index: UInt32) {
        guard !clients[index].stream.flags.contains(.isBlocked) else { return }
        clients[index].stream.flags.insert(.isBlocked)
        multiplexers[clients[index].multiplexer].blockedCount += 1
    }

    private mutating func unblock(_ index: UInt32) {
        guard clients[index].stream.flags.contains(.isBlocked) else { return }
        clients[index].stream.flags.remove(.isBlocked)
        multiplexers[clients[index].multiplexer].blockedCount -= 1
    }

    // MARK: Sending

    /// Sends the frames of all connections that have any.
    mutating func sendFrames() {
        var batch: [Handle] = []
        swap(&batch, &unsent)
        for handle in batch {
            guard clients.contains(handle), clients[handle.index].multiplexer != noConnection else { continue }
            sendFrames(of: handle.index)
        }
        takeClosed()
        if unsent.isEmpty {
            batch.removeAll(keepingCapacity: true)
            swap(&batch, &unsent)
        }
    }

    private mutating func sendFrames(of index: UInt32) {
        let place = clients[index].multiplexer
        multiplexers[place].flags.remove(.isUnsent)
        while clients[index].outgoing.isEmpty, !multiplexers[place].flags.contains(.isBroken) {
            let sent = multiplexers[place].gather()
            if sent.isBroken { multiplexers[place].flags.insert(.isBroken) }
            if multiplexers[place].blockedCount > 0, !sent.isFull { sendBlocked(of: index) }
            // Where a frame's header has no room (RFC 9113 §4.1), no content has.
            let isFull = multiplexers[place].batch.count + 9 >= Multiplexer.batchSize
            guard sendBatch(of: index), sent.isFull || isFull else { break }
        }
        if multiplexers[place].flags.contains(.isBroken) {
            abandonClient(index)
        } else if multiplexers[place].batch.isEmpty,
            multiplexers[place].flags.contains(.isEnding) || multiplexers[place].session.isOver
        {
            finishFrames(index)
        } else if multiplexers[place].streams.isEmpty, multiplexers[place].batch.isEmpty {
            if multiplexers[place].batch.capacity > spareBatch.capacity {
                swap(&multiplexers[place].batch, &spareBatch)
            }
            multiplexers[place].batch.shrink(to: 16)
        }
    }

    /// Encrypts and sends what was gathered; false when the socket did not take all of it.
    private mutating func sendBatch(of index: UInt32) -> Bool {
        let place = clients[index].multiplexer
        let count = multiplexers[place].batch.count
        guard count > 0 else { return clients[index].outgoing.isEmpty }
        let session = clients[index].session
        let isSealed = sessions[session].send(multiplexers[place].batch, ByteRange(0, count), over: &channel)
        multiplexers[place].batch.clear()
        guard isSealed, sendRecords(to: index) else {
            // What the session left there is for nobody else.
            channel.clear()
            multiplexers[place].flags.insert(.isBroken)
            return false
        }
        return clients[index].outgoing.isEmpty
    }

    /// Gives each stream that waits a turn.
    private mutating func sendBlocked(of index: UInt32) {
        let place = clients[index].multiplexer
        let streams = multiplexers[place].streams
        multiplexers[place].turn += 1
        let first = multiplexers[place].turn % max(streams.count, 1)
        for step in 0..<streams.count {
            let stream = streams[(first + step) % streams.count]
            guard clients[stream].stream.flags.contains(.isBlocked),
                multiplexers[place].session.hasWindow(clients[stream].stream.id)
            else { continue }
            guard sendBlocked(stream, of: index) else { return }
        }
    }

    /// Sends what a stream holds; false when the connection takes nothing more.
    private mutating func sendBlocked(_ index: UInt32, of connection: UInt32) -> Bool {
        let place = clients[index].multiplexer
        let isLast = clients[index].phase == .flushing || clients[index].exchange.isAnswered
        let sent = multiplexers[place].gather(clients[index].outgoing, isLast: isLast, on: clients[index].stream.id)
        if sent.isBroken {
            multiplexers[place].flags.insert(.isBroken)
            return false
        }
        clients[index].outgoing.consume(sent.taken)
        if sent.taken > 0 { expect(client: index, within: timeouts.body) }
        if sent.hasEnded {
            clients[index].stream.flags.insert(.hasEnded)
            closeStream(index)
        } else if clients[index].outgoing.isEmpty, clients[index].phase != .flushing {
            unblock(index)
            clients[index].outgoing.shrink(to: 16)
            if clients[index].origin != noConnection { enqueueOrigin(clients[index].origin) }
        }
        return !sent.isFull
    }

    // MARK: Ends

    /// Everything of a response was made: ends the stream, at once or when its end may be sent.
    mutating func finishStream(_ index: UInt32) {
        if !clients[index].stream.flags.contains(.hasEnded) {
            output.clear()
            _ = makeFrames(index, from: 0, ByteRange(), isLast: true)
        }
        let isBroken = multiplexers[clients[index].multiplexer].flags.contains(.isBroken)
        guard clients[index].stream.flags.contains(.hasEnded) || isBroken else {
            clients[index].phase = .flushing
            expect(client: index, within: timeouts.body)
            block(index)
            return
        }
        closeStream(index)
    }

    /// The response is on its way to its end: a request that goes on is not read any more (RFC 9113 §8.1).
    private mutating func closeStream(_ index: UInt32) {
        let isOpen = !clients[index].stream.flags.contains(.hasRequestEnded)
        removeStream(index, resettingWith: isOpen ? HTTP2Error.none : nil)
    }

    /// Ends a stream at once, and what hangs on it; without an error where the client knows already.
    mutating func abandonStream(_ index: UInt32, _ error: HTTP2Error?) {
        leaveQueue(index)
        detachOrigin(of: index)
        gateway.finish(&clients[index].exchange, at: now)
        removeStream(index, resettingWith: error)
    }

    private mutating func removeStream(_ index: UInt32, resettingWith error: HTTP2Error?) {
        unblock(index)
        let state = clients[index].stream
        let place = clients[index].multiplexer
        let connection = multiplexers[place].client
        // The connection's window is the other streams' too.
        multiplexers[place].session.consume(state.buffered + state.passing, of: state.id)
        multiplexers[place].session.setOwner(0, of: state.id)
        if let error { multiplexers[place].session.reset(state.id, error) }
        if let moved = multiplexers[place].remove(at: state.place) { clients[moved].stream.place = state.place }
        clients.remove(index)
        streamCount -= 1
        noteUnsent(connection)
        if multiplexers[place].streams.isEmpty { awaitFrames(of: connection) }
    }
}
