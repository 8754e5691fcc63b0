import CTrafficLists

/// What traffic is classified by: the lists under `rules/`, read once and compiled.
package final class TrafficLists: Sendable {
    let agents: UserAgentList
    let sources: SourceList

    /// Reads and compiles the text of the three lists.
    ///
    /// - Parameters:
    ///   - additions: an operator's own entries (docs/measuring-lists.md), which are asked before those of the lists.
    ///   - file: its name in messages.
    package init(
        browsers: String, bots: String, channels: String, additions: String? = nil, file: String = ""
    ) throws(ListFault) {
        let own = try additions.map { text throws(ListFault) in try ListAdditions(ListNode(text, file: file)) }
        agents = try UserAgentList(
            browsers: ListNode(browsers, of: .browsers), bots: ListNode(bots, of: .bots), own: own)
        sources = try SourceList(ListNode(channels, of: .channels), own: own)
    }

    /// The lists of the program, and an operator's additions to them in front.
    package convenience init(additions: String, file: String) throws(ListFault) {
        try self.init(
            browsers: TrafficList.browsers.text, bots: TrafficList.bots.text, channels: TrafficList.channels.text,
            additions: additions, file: file)
    }

    private init() {
        agents = UserAgentList()
        sources = SourceList()
    }

    /// The lists of the program.
    package static let shipped: TrafficLists =
        // A test sees to it that they can be read.
        (try? TrafficLists(
            browsers: TrafficList.browsers.text, bots: TrafficList.bots.text, channels: TrafficList.channels.text))
        ?? TrafficLists()
}

/// What an operator adds to the lists, in one file: each part as in the list that it adds to.
struct ListAdditions {
    let browsers: ListNode?
    let systems: ListNode?
    let devices: ListNode?
    let bots: ListNode?
    let sources: ListNode?
    let media: ListNode?
    let clickIDs: ListNode?

    init(_ root: ListNode) throws(ListFault) {
        let parts = try root.values(
            of: ["browsers", "systems", "devices", "bots", "sources", "media", "click_ids"])
        (browsers, systems, devices, bots) = (parts[0], parts[1], parts[2], parts[3])
        (sources, media, clickIDs) = (parts[4], parts[5], parts[6])
    }
}

/// One of the files by which traffic is classified.
package enum TrafficList: String, CaseIterable, Sendable {
    case browsers, bots, channels

    /// Its text, as it was when the program was built.
    package var text: String {
        var length = 0
        let start: UnsafePointer<UInt8>
        switch self {
        case .browsers: unsafe start = crumbgate_browsers(&length)
        case .bots: unsafe start = crumbgate_bots(&length)
        case .channels: unsafe start = crumbgate_channels(&length)
        }
        // The array has `length` bytes, and lives as long as the program.
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: length), as: UTF8.self)
    }
}

/// What is wrong with a list.
package struct ListFault: Error, Equatable, CustomStringConvertible {
    /// The file's name.
    package let file: String
    /// From 1; 0 where none is known.
    package let line: Int
    /// From 1.
    package let column: Int
    /// What stands there, or what is missing.
    package let problem: String

    package var description: String { "\(file):\(line): \(problem)" }
}
