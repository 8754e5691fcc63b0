import Bytes

/// Works out where a visit comes from by the referrer and the query of its first page, both of which are then forgotten.
struct SourceClassifier: Sendable {
    private let ownHosts: [(host: [UInt8], isWildcard: Bool)]
    private let campaignParameters: [[UInt8]]
    /// Values of links that the rules allow to be shown.
    private let listed: [PathPattern]
    private let lists: TrafficLists

    static let longestName = 80
    /// Bytes of the longest value of a link that is looked at; of a longer one the rest is cut.
    static let longestWord = 60
    /// Stands for a link's word that the rules do not list. No host is spelled like it.
    static let unlisted: StaticString = "(unlisted)"

    init(_ site: SiteMeasurement, lists: TrafficLists = .shipped) {
        self.lists = lists
        listed = site.campaigns.map { PathPattern($0.lowercased()) }
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

    /// Appends the host that a Location leads to when it is none of the site's own, as a source of that host is called.
    func writeDeparture(to location: RawSpan, into output: inout ByteBuffer) {
        var url = ByteBuffer(capacity: location.byteCount + 8)
        if location.starts(with: "//") { url.append("https:") }
        url.append(location)
        var host = ByteBuffer(capacity: 64)
        writeHost(of: url.bytes, into: &host)
        if host.isEmpty || isOwn(host.bytes) { return }
        writeUnknown(host.bytes.extracting((host.bytes.starts(with: "www.") ? 4 : 0)...), into: &output)
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
        if let source = lists.sources.source(ofHost: host) {
            name.append(source.name)
            return source.channel
        }
        writeUnknown(host.starts(with: "www.") ? host.extracting(4...) : host, into: &name)
        return .referral
    }

    /// What the query says outweighs the referrer: utm parameters, click ids.
    private func refine(
        _ referred: Channel, by query: RawSpan, name: inout ByteBuffer, campaign: inout ByteBuffer
    ) -> Channel {
        var channel = referred
        var medium: Channel?
        var word = ByteBuffer(capacity: 64)
        var words = ByteBuffer(capacity: 64)
        forEachParameter(of: query) { key, value in
            if value.byteCount == 0 { return }
            if let source = lists.sources.source(ofParameter: key), channel != .paid {
                guard source.channel == .paid || referred == .direct else { return }
                name.clear()
                name.append(source.name)
                channel = source.channel
            }
            guard key.starts(with: "utm_") || isCampaignParameter(key) else { return }
            word.clear()
            writeLinkWord(value, into: &word)
            if key.equals("utm_medium") { medium = lists.sources.channel(ofMedium: word.bytes) }
            if isCampaignParameter(key) {
                if !words.isEmpty { words.append(" / ") }
                writeCampaign(word.bytes, value, of: key, into: &words)
            }
        }
        // A second pass, so that a named source wins wherever it stands among the parameters.
        forEachParameter(of: query) { key, value in
            guard key.equals("utm_source"), value.byteCount > 0 else { return }
            word.clear()
            writeLinkWord(value, into: &word)
            if let source = source(of: word.bytes) {
                name.clear()
                name.append(source.name)
                if channel != .paid { channel = source.channel }
            } else if let pattern = listed.first(where: { $0.matches(word.bytes) }) {
                name.clear()
                writeListed(pattern, word.bytes, value, into: &name)
                if channel == .direct || channel == .internal { channel = .referral }
            } else if channel == .direct || channel == .internal {
                name.clear()
                name.append(SourceClassifier.unlisted)
                channel = .referral
            }
        }
        campaign.append(words.bytes)
        return medium ?? channel
    }

    private func isCampaignParameter(_ key: RawSpan) -> Bool {
        campaignParameters.contains { key.equals($0.rawSpan) }
    }

    /// The source that a value of `utm_source` stands for: by a word, or by its host.
    private func source(of word: RawSpan) -> SourceList.Source? {
        if let source = lists.sources.source(named: word) { return source }
        return word.firstIndex(of: UInt8(ascii: ".")) == nil ? nil : lists.sources.source(ofHost: word)
    }

    /// Appends a word of a campaign's name: one that is known or that the rules list, else that it is neither.
    private func writeCampaign(_ word: RawSpan, _ value: RawSpan, of key: RawSpan, into output: inout ByteBuffer) {
        if key.equals("utm_source"), let source = source(of: word) {
            output.append(source.name)
        } else if key.equals("utm_medium"), lists.sources.channel(ofMedium: word) != nil {
            output.append(word)
        } else if let pattern = listed.first(where: { $0.matches(word) }) {
            writeListed(pattern, word, value, into: &output)
        } else {
            output.append(SourceClassifier.unlisted)
        }
    }

    /// Appends a listed word. What stands for its `*` is the link's own: words in it are shown, and identifiers are
    /// looked for in the spelling of the link, whose capitals tell them.
    private func writeListed(_ pattern: PathPattern, _ word: RawSpan, _ value: RawSpan, into output: inout ByteBuffer) {
        guard pattern.isPrefix else {
            output.append(word)
            return
        }
        output.append(pattern.bytes)
        var decoded = ByteBuffer(capacity: 64)
        percentDecode(value, into: &decoded)
        if decoded.count > SourceClassifier.longestWord {
            output.append(":id")
            return
        }
        var rest = ByteBuffer(capacity: 64)
        ShownWords.write(decoded.bytes.extracting(pattern.bytes.count...), into: &rest)
        for offset in 0..<rest.count { output.append(rest.bytes[offset].lowercasedASCII) }
    }
}

/// Appends the name of a host that no list knows, without the labels up to one that looks like an identifier.
private func writeUnknown(_ host: RawSpan, into output: inout ByteBuffer) {
    var start = 0
    var offset = 0
    var shown = ByteBuffer(capacity: 64)
    while offset < host.byteCount {
        let end = host.firstIndex(of: UInt8(ascii: "."), from: offset) ?? host.byteCount
        shown.clear()
        ShownWords.write(host.extracting(offset..<end), into: &shown)
        if !shown.bytes.equals(host.extracting(offset..<end)) { start = end + 1 }
        offset = end + 1
    }
    guard start < host.byteCount else {
        output.append("(unnamed host)")
        return
    }
    output.append(host.extracting(start..<min(host.byteCount, start + SourceClassifier.longestName)))
}

/// Appends the value of a link's parameter in lowercase, its encoding undone, spaces as `-`.
private func writeLinkWord(_ value: RawSpan, into output: inout ByteBuffer) {
    var decoded = ByteBuffer(capacity: 64)
    percentDecode(value, into: &decoded)
    for offset in 0..<min(decoded.count, SourceClassifier.longestWord) {
        let byte = decoded.bytes[offset].lowercasedASCII
        output.append(byte == UInt8(ascii: "+") || byte == UInt8(ascii: " ") ? UInt8(ascii: "-") : byte)
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
