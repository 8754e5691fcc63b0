import Bytes
import CLinux
import Glibc
import Rules
import TLS

/// One request on a connection of its own, waited for: how commands look at a server, never how visitors' requests go.
package struct Inquiry {
    /// What is asked for.
    package struct Question {
        package var target = "/"
        package var host: String
        /// Whole field lines, without their ends.
        package var fields: [String] = []
        /// Milliseconds for all of it.
        package var patience: Int32 = 5000

        package init(host: String) { self.host = host }

        var text: String {
            let lines = ["GET \(target) HTTP/1.1", "Host: \(host)", "User-Agent: crumbgate", "Accept: */*"] + fields
            return lines.map { "\($0)\r\n" }.joined() + "Connection: close\r\n\r\n"
        }
    }

    /// The head of a response.
    package struct Answer: Sendable {
        package var status: Int
        /// `Location`.
        package var location: String?
        /// `Date`, in seconds since 1970.
        package var date: Int64?
        /// Milliseconds from the beginning to the end of the head.
        package var duration: Int

        package init(status: Int, location: String? = nil, date: Int64? = nil, duration: Int = 1) {
            self.status = status
            self.location = location
            self.date = date
            self.duration = duration
        }
    }

    private let host: String
    private let port: UInt16
    private let serverName: String
    private let context: ClientContext?
    /// What comes before everything else.
    private var preface = ""

    /// Asks an origin server as the event loops do: with the same trust, and the same name.
    package init(of origin: OriginServer) throws(InquiryError) {
        host = origin.host
        port = origin.port
        serverName = origin.tls?.serverName ?? origin.host
        do { context = try origin.context() } catch { throw .settings("\(error)") }
    }

    /// Asks a listener of this machine, whose certificate needs no name: it is known who answers.
    package init(of listener: Listener) throws(InquiryError) {
        let everywhere = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        host = everywhere[listener.host] ?? listener.host
        port = listener.port
        serverName = "localhost"
        // Of no address: this is nobody's visit.
        if listener.expectsProxyHeader { preface = "PROXY UNKNOWN\r\n" }
        guard listener.tls != nil else {
            context = nil
            return
        }
        do { context = try ClientContext(trust: .anybody, identity: nil) } catch { throw .settings(error.reason) }
    }

    /// Asks, at each of the server's addresses in turn until one can be connected to.
    package func answer(to question: Question) throws(InquiryError) -> Answer {
        let began = crumbgate_monotonic_ns()
        let deadline = began + Int64(question.patience) * 1_000_000
        let addresses: [SocketAddress]
        do {
            addresses = try SocketAddress.resolve(host: host, port: port, isPassive: false)
        } catch {
            throw .address("\(error)")
        }
        var failure = InquiryError.silence
        for address in addresses {
            let connected: Int32
            do { connected = try Socket.connect(to: address) } catch {
                failure = .connection("\(error)")
                continue
            }
            let fd = FileDescriptor(connected)
            guard wait(fd.rawValue, for: POLLOUT, until: deadline) else { continue }
            let code = crumbgate_socket_error(fd.rawValue)
            guard code == 0 else {
                failure = .connection("\(SystemError("connect", code: code))")
                continue
            }
            var head = ByteBuffer(capacity: 4096)
            try receiveHead(of: fd.rawValue, question, until: deadline, into: &head)
            var answer = try parse(head.bytes)
            answer.duration = Int((crumbgate_monotonic_ns() - began) / 1_000_000)
            return answer
        }
        throw failure
    }

    private func receiveHead(
        of fd: Int32, _ question: Question, until deadline: Int64, into head: inout ByteBuffer
    ) throws(InquiryError) {
        var request = ByteBuffer(capacity: 1024)
        request.append(utf8: preface)
        try send(fd, request.bytes, until: deadline)
        request.clear()
        request.append(utf8: question.text)
        guard let context else {
            try send(fd, request.bytes, until: deadline)
            while !isWhole(head.bytes) {
                guard wait(fd, for: POLLIN, until: deadline) else { throw .silence }
                switch Socket.receive(fd, into: &head, limit: 4096) {
                case .bytes, .wouldBlock: continue
                case .closed, .failed: throw head.isEmpty ? .ended : .nonsense
                }
            }
            return
        }
        var channel: Channel
        do { channel = try Channel() } catch { throw .settings("no memory") }
        guard
            var session = Session(
                connecting: context, to: serverName, isAddress: isAddress(serverName), over: channel)
        else { throw .settings("no memory") }
        var isAsked = false
        while !isWhole(head.bytes) {
            if session.isEstablished, !isAsked {
                isAsked = true
                let all = ByteRange(0, request.count)
                guard session.send(request, all, over: &channel) else { throw .ended }
            }
            try send(fd, channel.outgoing, until: deadline)
            channel.clear()
            guard wait(fd, for: POLLIN, until: deadline) else { throw .silence }
            switch session.receive(from: fd, over: &channel, readsToEnd: false, into: &head) {
            case .bytes, .wouldBlock: continue
            case .closed, .cut, .failed, .plainHTTP:
                throw isAsked ? (head.isEmpty ? .ended : .nonsense) : .handshake(session.failure)
            }
        }
    }

    private func send(_ fd: Int32, _ bytes: RawSpan, until deadline: Int64) throws(InquiryError) {
        var sent = 0
        while sent < bytes.byteCount {
            switch Socket.send(fd, bytes.extracting(sent..<bytes.byteCount)) {
            case .bytes(let count): sent += count
            case .wouldBlock: guard wait(fd, for: POLLOUT, until: deadline) else { throw .silence }
            case .closed, .failed: throw .ended
            }
        }
    }
}

/// Why there was no answer.
package enum InquiryError: Error {
    /// Certificates or keys of ours cannot be used.
    case settings(String)
    /// The name has no address.
    case address(String)
    case connection(String)
    case handshake(String)
    /// No answer came in time.
    case silence
    /// The connection ended before an answer.
    case ended
    /// What came is not HTTP.
    case nonsense
}

private func wait(_ fd: Int32, for events: Int32, until deadline: Int64) -> Bool {
    while true {
        let left = (deadline - crumbgate_monotonic_ns()) / 1_000_000
        guard left > 0 else { return false }
        var descriptor = pollfd(fd: fd, events: Int16(events), revents: 0)
        // The kernel writes `revents`.
        let count = unsafe poll(&descriptor, 1, Int32(clamping: left))
        if count > 0 { return true }
        if count < 0, crumbgate_errno() != EINTR { return false }
    }
}

/// Whether a head has its end, or is too long to have one.
private func isWhole(_ bytes: RawSpan) -> Bool {
    if bytes.byteCount > 65_536 { return true }
    guard bytes.byteCount >= 4 else { return false }
    for index in 0...(bytes.byteCount - 4)
    where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
        return true
    }
    return false
}

private func parse(_ bytes: RawSpan) throws(InquiryError) -> Inquiry.Answer {
    // The span is lent for the call, which copies it.
    let text = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    let start = (lines.popFirst() ?? "").split(separator: " ", maxSplits: 2)
    guard start.count >= 2, start[0].hasPrefix("HTTP/1."), let status = Int(start[1]), (100...599).contains(status)
    else { throw .nonsense }
    var answer = Inquiry.Answer(status: status)
    for line in lines {
        guard !line.isEmpty, let colon = line.firstIndex(of: ":") else { break }
        let value = String(line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" })
        switch line[..<colon].lowercased() {
        case "location": answer.location = value
        case "date":
            // The call reads the text.
            let date = unsafe crumbgate_http_date(value)
            answer.date = date < 0 ? nil : date
        default: break
        }
    }
    return answer
}
