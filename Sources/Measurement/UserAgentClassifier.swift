import Bytes

/// Tells browsers, operating systems, devices and bots by what user agents say of themselves.
///
/// Answers are kept by a keyed hash of the words, never by the words, so that words seen before cost one hash and
/// allocate nothing.
struct UserAgentClassifier: ~Copyable {
    private struct Slot {
        var hash: UInt64 = 0
        var answer = UserAgentClass()
    }

    let list: UserAgentList
    private var slots = [Slot](repeating: Slot(), count: 4096)
    private var lowercase = ByteBuffer(capacity: 1024)
    private var hits = TokenHits()
    private let key0: UInt64
    private let key1: UInt64

    init(_ list: UserAgentList, random: inout some RandomNumberGenerator) {
        self.list = list
        key0 = random.next()
        key1 = random.next()
    }

    /// The class of a user agent's words (`AgentWords`).
    mutating func classify(_ words: RawSpan) -> UserAgentClass {
        let hash = TableHash(key0: key0, key1: key1).finish(0, words) | 1
        let index = Int(truncatingIfNeeded: hash >> 32) & 4095
        if slots[index].hash == hash { return slots[index].answer }
        lowercase.clear()
        for offset in 0..<words.byteCount { lowercase.append(words[offset].lowercasedASCII) }
        // Out of `self` while `lowercase` is borrowed.
        var hits = TokenHits()
        swap(&hits, &self.hits)
        let answer = list.classify(lowercase: lowercase.bytes, hits: &hits)
        swap(&hits, &self.hits)
        slots[index] = Slot(hash: hash, answer: answer)
        return answer
    }
}
