import CTrafficLists

/// What traffic is classified by: the lists under `rules/`, read once and compiled.
package final class TrafficLists: Sendable {
    let agents: UserAgentList
    let sources: SourceList

    /// Reads and compiles the text of the three lists.
    package init(browsers: String, bots: String, channels: String) throws(ListFault) {
        agents = try UserAgentList(browsers: ListNode(browsers, of: .browsers), bots: ListNode(bots, of: .bots))
        sources = try SourceList(ListNode(channels, of: .channels))
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
    package let list: TrafficList
    package let line: Int
    /// What stands there, or what is missing.
    package let problem: String

    package var description: String { "\(list.rawValue).yaml:\(line): \(problem)" }
}
