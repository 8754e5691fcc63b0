import Bytes

/// Works out where a visit comes from by the referrer and the query of its first page, both of which are then forgotten.
struct SourceClassifier: Sendable {
    private let ownHosts: [(host: [UInt8], isWildcard: Bool)]
    private let campaignParameters: [[UInt8]]

    static let longestName = 80

    init(_ site: SiteMeasurement) {
        ownHosts = site.hosts.map { host in
            let bytes = Array(host.utf8)
            return bytes.starts(with: Array("*.".utf8)) ? (Array(bytes.dropFirst()), true) : (bytes, false)
        }
        campaignParameters = site.campaignParameters
    }

    /// Appends the source's name to `name`, the campaign's (if any) to `campaign`, and returns the channel.
    func classify(
        referrer: RawSpan, target: RawSpan, name: inout ByteBuffer, campaign: inout ByteBuffer
    ) -> Channel {
        var hostName = ByteBuffer(capacity: 64)
        writeHost(of: referrer, into: &hostName)
        let host = hostName.bytes
        var channel = Channel.direct
        if host.byteCount == 0 {
            name.append("(direct)")
        } else if isOwn(host) {
            channel = .internal
            name.append("(internal)")
        } else {
            channel = classify(host: host, name: &name)
        }
        if let mark = target.firstIndex(of: UInt8(ascii: "?")) {
            channel = refine(channel, by: target.extracting((mark + 1)...), name: &name, campaign: &campaign)
        }
        return channel
    }

    /// Whether a referrer is none of the site's own pages.
    func isElsewhere(_ referrer: RawSpan) -> Bool {
        var hostName = ByteBuffer(capacity: 64)
        writeHost(of: referrer, into: &hostName)
        return hostName.isEmpty || !isOwn(hostName.bytes)
    }

    private func isOwn(_ host: RawSpan) -> Bool {
        ownHosts.contains { own in
            own.isWildcard
                ? host.ends(with: own.host.rawSpan) : host.equals(own.host.rawSpan) || isWWW(host, of: own.host.rawSpan)
        }
    }

    private func classify(host: RawSpan, name: inout ByteBuffer) -> Channel {
        for entry in SourceTable.entries where matches(host, staticBytes(entry.pattern)) {
            name.append(entry.name)
            return entry.channel
        }
        if host.starts(with: "webmail.") || host.starts(with: "mail.") {
            name.append("Webmail")
            return .email
        }
        let bare = host.starts(with: "www.") ? host.extracting(4...) : host
        for offset in 0..<min(bare.byteCount, SourceClassifier.longestName) { name.append(bare[offset]) }
        return .referral
    }

    /// What the query says outweighs the referrer: utm parameters, click ids.
    private func refine(
        _ referred: Channel, by query: RawSpan, name: inout ByteBuffer, campaign: inout ByteBuffer
    ) -> Channel {
        var source = ByteBuffer(capacity: 64)
        var medium: Channel?
        var isPaid = false
        var words = ByteBuffer(capacity: 64)
        var offset = 0
        while offset < query.byteCount {
            let end = query.firstIndex(of: UInt8(ascii: "&"), from: offset) ?? query.byteCount
            let pair = query.extracting(offset..<end)
            offset = end + 1
            guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = pair.extracting(0..<equals)
            let value = pair.extracting((equals + 1)...)
            if value.byteCount == 0 { continue }
            if key.equals("utm_source") {
                source.clear()
                writeWord(value, into: &source)
            } else if key.equals("utm_medium") {
                medium = SourceTable.media.first { value.equalsIgnoringCase($0.word) }?.channel
            } else if SourceTable.paidParameters.contains(where: { key.equals($0) }) {
                isPaid = true
            }
            if campaignParameters.contains(where: { key.equals($0.rawSpan) }) {
                if !words.isEmpty { words.append(" / ") }
                writeWord(value, into: &words)
            }
        }
        campaign.append(words.bytes)
        var channel = referred
        if !source.isEmpty {
            name.clear()
            // `chatgpt.com` and `google` are names of hosts that are known; other words stand for themselves.
            if source.bytes.firstIndex(of: UInt8(ascii: ".")) != nil {
                channel = classify(host: source.bytes, name: &name)
            } else {
                channel = channelNamed(source.bytes, name: &name) ?? (referred == .direct ? .referral : referred)
                if channel == .internal { channel = .referral }
            }
        }
        if isPaid { channel = .paid }
        if let medium { channel = medium }
        return channel
    }

    /// The channel of a source that is called by its name, `google` or `Facebook`.
    private func channelNamed(_ word: RawSpan, name: inout ByteBuffer) -> Channel? {
        for entry in SourceTable.entries where matchesIgnoringCase(word, staticBytes(entry.name)) {
            name.append(entry.name)
            return entry.channel
        }
        name.append(word)
        if word.equals("newsletter") || word.equals("email") || word.equals("mailing") { return .email }
        return nil
    }

    private func matchesIgnoringCase(_ a: RawSpan, _ b: RawSpan) -> Bool {
        guard a.byteCount == b.byteCount else { return false }
        for offset in 0..<a.byteCount where a[offset].lowercasedASCII != b[offset].lowercasedASCII { return false }
        return true
    }
}

/// Appends the host of a URL in lowercase, without port and user information; nothing when there is none.
func writeHost(of url: RawSpan, into output: inout ByteBuffer) {
    guard let scheme = url.find("://"), scheme > 0, scheme <= 16 else { return }
    var start = scheme + 3
    var end = start
    while end < url.byteCount {
        let byte = url[end]
        if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") { break }
        if byte == UInt8(ascii: "@") { start = end + 1 }
        end += 1
    }
    for offset in start..<end {
        let byte = url[offset]
        if byte == UInt8(ascii: ":") { break }
        guard
            byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "_")
        else {
            output.clear()
            return
        }
        output.append(byte.lowercasedASCII)
    }
    // An address is not a name anybody put on a link.
    if let last = output.isEmpty ? nil : output.bytes[output.count - 1], last.isASCIIDigit { output.clear() }
}

/// Appends a campaign word: lowercase letters, digits and a few signs, short; tokens and addresses become `:id`.
private func writeWord(_ value: RawSpan, into output: inout ByteBuffer) {
    var isStrange = value.byteCount > 60
    var digits = 0
    for offset in 0..<min(value.byteCount, 60) {
        let byte = value[offset]
        if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "%") { isStrange = true }
        if byte.isASCIIDigit { digits += 1 }
    }
    if isStrange || digits > 8 {
        output.append(":id")
        return
    }
    for offset in 0..<value.byteCount {
        let byte = value[offset].lowercasedASCII
        let isPlain =
            byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
        output.append(isPlain ? byte : byte == UInt8(ascii: "+") ? UInt8(ascii: "-") : UInt8(ascii: "?"))
    }
}

/// Whether a host is the pattern's or lies below it; `name.*` stands for `name` under one or two more labels, and
/// below.
private func matches(_ host: RawSpan, _ pattern: RawSpan) -> Bool {
    let count = pattern.byteCount
    guard count > 2, pattern[count - 1] == UInt8(ascii: "*") else {
        guard host.ends(with: pattern) else { return false }
        return host.byteCount == count || host[host.byteCount - count - 1] == UInt8(ascii: ".")
    }
    let stem = pattern.extracting(0..<(count - 1))
    guard let found = host.find(stem), found == 0 || host[found - 1] == UInt8(ascii: ".") else { return false }
    let suffix = host.extracting((found + stem.byteCount)...)
    var dots = 0
    for offset in 0..<suffix.byteCount where suffix[offset] == UInt8(ascii: ".") { dots += 1 }
    return suffix.byteCount >= 2 && suffix.byteCount <= 6 && dots <= 1
}

/// Whether one host is the other with `www.` before it, either way.
private func isWWW(_ a: RawSpan, of b: RawSpan) -> Bool {
    a.starts(with: "www.") && a.extracting(4...).equals(b) || b.starts(with: "www.") && b.extracting(4...).equals(a)
}

/// Where a visit comes from, in words: for tests and explanations.
package func visitSource(
    of referrer: RawSpan, target: RawSpan, in site: SiteMeasurement
) -> (channel: String, name: String, campaign: String) {
    var name = ByteBuffer(capacity: 64)
    var campaign = ByteBuffer(capacity: 64)
    let channel = SourceClassifier(site).classify(referrer: referrer, target: target, name: &name, campaign: &campaign)
    return ("\(channel.name)", name.bytes.text, campaign.bytes.text)
}
