import Bytes

/// `channels.yaml`, compiled: sources by host and by word, media, click ids.
struct SourceList: Sendable {
    struct Source {
        var name: [UInt8]
        var channel: Channel
    }

    private(set) var sources: [Source] = []
    /// Whole hosts, `stem` for `stem.*`.
    private var hosts = WordTable()
    private var stems = WordTable()
    private var prefixes: [(bytes: [UInt8], source: Int)] = []
    /// Values of `utm_source`.
    private var words = WordTable()
    private var media = WordTable()
    private var clickIDs = WordTable()

    init() {}

    /// Compiles the list, with an operator's entries in front: what they say of a host or a word holds.
    init(_ root: ListNode, own: ListAdditions? = nil) throws(ListFault) {
        let shipped = try root.values(of: ["sources", "media", "click_ids"])
        for (node, yields) in [(own?.sources, false), (shipped[0], own != nil)] {
            for (key, value) in try node?.pairs() ?? [] {
                let channel = try channel(key)
                for (key, value) in try value.pairs() { try read(key, value, channel, yields) }
            }
        }
        for (node, yields) in [(own?.media, false), (shipped[1], own != nil)] {
            for (key, value) in try node?.pairs() ?? [] {
                let channel = try channel(key)
                for item in try value.items() { try media.insert(item, Int(channel.rawValue), yields: yields) }
            }
        }
        for (node, yields) in [(own?.clickIDs, false), (shipped[2], own != nil)] {
            for (key, value) in try node?.pairs() ?? [] {
                let name = Array(try value.string().utf8)
                guard let source = sources.firstIndex(where: { $0.name == name }) else {
                    throw value.fault("no source")
                }
                try clickIDs.insert(key, source, yields: yields)
            }
        }
    }

    private mutating func read(
        _ key: ListNode, _ value: ListNode, _ channel: Channel, _ yields: Bool
    ) throws(ListFault) {
        let name = try key.string()
        let number = sources.count
        sources.append(Source(name: Array(name.utf8), channel: channel))
        for item in try value.items() {
            let text = try item.string()
            if text.hasSuffix(".*") {
                try stems.insert(item, number, dropping: 2, yields: yields)
            } else if text.hasSuffix(".") {
                prefixes.append((Array(text.lowercased().utf8), number))
            } else if text.contains(".") {
                try hosts.insert(item, number, yields: yields)
            } else {
                try words.insert(item, number, yields: yields)
            }
        }
        // A name stands for itself, unless a word is another's.
        let word = Array(name.lowercased().utf8)
        if words[word.rawSpan] == nil { words.insert(word, number) }
    }

    private func channel(_ key: ListNode) throws(ListFault) -> Channel {
        let word = try key.string()
        guard let channel = Channel.allCases.first(where: { "\($0.name)" == word }) else {
            throw key.fault("`\(word)` is no channel")
        }
        return channel
    }

    /// The source of a host in lowercase: the longest part that is known.
    func source(ofHost host: RawSpan) -> Source? {
        var start = 0
        while start < host.byteCount {
            let rest = host.extracting(start...)
            if let number = hosts[rest] { return sources[number] }
            let dot = rest.firstIndex(of: UInt8(ascii: "."), from: 0) ?? rest.byteCount
            if dot < rest.byteCount, let number = stems[rest.extracting(0..<dot)],
                isSuffix(rest.extracting((dot + 1)...))
            {
                return sources[number]
            }
            start += dot + 1
        }
        return prefixes.first { host.starts(with: $0.bytes.rawSpan) }.map { sources[$0.source] }
    }

    /// The source that a value of `utm_source` stands for, given in lowercase.
    func source(named word: RawSpan) -> Source? { words[word].map { sources[$0] } }

    /// The channel of a value of `utm_medium`, given in lowercase.
    func channel(ofMedium word: RawSpan) -> Channel? { media[word].flatMap { Channel(rawValue: UInt8($0)) } }

    /// The source that adds a parameter to its links.
    func source(ofParameter name: RawSpan) -> Source? { clickIDs[name].map { sources[$0] } }

    /// Whether it may be a public suffix: one or two short labels.
    private func isSuffix(_ text: RawSpan) -> Bool {
        var dots = 0
        for offset in 0..<text.byteCount where text[offset] == UInt8(ascii: ".") { dots += 1 }
        return text.byteCount >= 2 && text.byteCount <= 6 && dots <= 1
    }
}

/// Words and the numbers they stand for.
struct WordTable: Sendable {
    private var entries: [UInt64: (word: [UInt8], number: Int)] = [:]

    subscript(word: RawSpan) -> Int? {
        guard let entry = entries[word.tableHash], entry.word.rawSpan.equals(word) else { return nil }
        return entry.number
    }

    mutating func insert(_ word: [UInt8], _ number: Int) { entries[word.rawSpan.tableHash] = (word, number) }

    /// Reads a word in lowercase without its last bytes; one that is there already stays where the list yields, else
    /// it is a fault.
    mutating func insert(
        _ node: ListNode, _ number: Int, dropping count: Int = 0, yields: Bool = false
    ) throws(ListFault) {
        let text = try node.string()
        let word = Array(text.lowercased().utf8.dropLast(count))
        guard self[word.rawSpan] == nil else {
            if yields { return }
            throw node.fault("`\(text)` is there twice")
        }
        insert(word, number)
    }
}
