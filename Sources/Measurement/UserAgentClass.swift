import Bytes

/// What is kept of a user agent's words: small numbers that stand for words of fixed lists.
struct UserAgentClass: BitwiseCopyable, Hashable {
    /// Index into `UserAgentList.families`.
    var browser: UInt8 = 0
    /// The browser's major version; 0 when none is known.
    var major: UInt16 = 0
    /// Index into `UserAgentList.systemNames`.
    var system: UInt8 = 0
    var device: Device = .other
    /// Index into `UserAgentList.botNames` plus one; 0 for a browser.
    var bot: UInt16 = 0

    var isBot: Bool { bot != 0 }
}

/// A class of devices.
enum Device: UInt8, CaseIterable {
    case other, desktop, phone, tablet

    /// The word in reports.
    var name: StaticString {
        switch self {
        case .other: "other"
        case .desktop: "desktop"
        case .phone: "phone"
        case .tablet: "tablet"
        }
    }
}

/// The class of one user agent's words in words: for tests and explanations, not for counting.
package struct UserAgentWords: Equatable, Sendable {
    package var browser: String
    package var major: Int
    package var system: String
    package var device: String
    /// The name of a bot, nil for a browser.
    package var bot: String?
    /// Why it is taken for one.
    package var reason: String?

    package init(of userAgent: RawSpan, by lists: TrafficLists = .shipped) {
        var lowercase = ByteBuffer(capacity: 512)
        for offset in 0..<userAgent.byteCount { lowercase.append(userAgent[offset].lowercasedASCII) }
        var hits = TokenHits()
        let agents = lists.agents
        let answer = agents.classify(lowercase: lowercase.bytes, hits: &hits)
        browser = String(decoding: agents.families[Int(answer.browser)], as: UTF8.self)
        major = Int(answer.major)
        system = String(decoding: agents.systemNames[Int(answer.system)], as: UTF8.self)
        device = "\(answer.device.name)"
        guard answer.isBot else { return }
        let index = Int(answer.bot) - 1
        bot = String(decoding: agents.botNames[index], as: UTF8.self)
        reason = String(decoding: agents.reasons[agents.botReasons[index]], as: UTF8.self)
    }
}
