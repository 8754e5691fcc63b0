/// Goes through a chain of receipts from its first entry that is left to its last, and says what is wrong with it.
///
/// It finds entries that were changed, removed, inserted or reordered, and contents that are gone without a record of
/// it. It cannot find that somebody who may write everything wrote a whole new chain: for that, keep the place of the
/// last entry somewhere else and compare (`ChainReport.end`).
public struct ChainVerifier {
    private var last: ChainPlace
    private let beginning: ChainPlace
    private let start: ChainPlace
    private var report = ChainReport()
    private var absent: [Int64] = []
    private var erased: Set<Int64> = []
    private var sweeps: [ChainPlace] = []

    /// Begins before the first entry that is left, which is `beginning`'s successor; without one, at the chain's start.
    public init(site: String, beginning: ChainPlace? = nil) {
        start = .start(ofSite: site)
        self.beginning = beginning ?? start
        last = self.beginning
    }

    /// Takes the next entry.
    public mutating func read(_ entry: ChainEntry) {
        report.entries += 1
        guard entry.number > last.number else {
            report.faults.append(.outOfOrder(entry.number))
            return
        }
        if entry.number > last.number + 1 {
            report.faults.append(.missing(last.number + 1...entry.number - 1))
        } else if entry.previous != last.link || !entry.hasRightLink {
            report.faults.append(.brokenLink(entry.number))
        }
        last = entry.place
        guard entry.hasRightContent else {
            report.faults.append(.changed(entry.number))
            return
        }
        switch entry.content {
        case .receipt: report.receipts += 1
        case .erasure(let numbers, _): erased.formUnion(numbers)
        case .sweep(let number, let link, _): sweeps.append(ChainPlace(number: number, link: link))
        case nil: absent.append(entry.number)
        }
    }

    /// Ends where the chain was last known to end; nil where that is not known.
    public consuming func finish(end: ChainPlace?) -> ChainReport {
        if beginning != start, !sweeps.contains(beginning) { report.faults.append(.beginningRemoved(beginning.number)) }
        for number in absent where !erased.contains(number) { report.faults.append(.erasedWithoutRecord(number)) }
        if let end, end != last {
            report.faults.append(
                end.number > last.number ? .missing(last.number + 1...end.number) : .endDiffers(last.number))
        }
        report.erased = absent.count
        report.sweptThrough = beginning.number
        report.end = last
        return report
    }
}

/// What a chain of receipts was found to be.
public struct ChainReport: Hashable, Sendable {
    /// Entries that were looked at.
    public var entries = 0
    /// Those of them that hold a receipt.
    public var receipts = 0
    /// Those of them whose content was erased.
    public var erased = 0
    /// The last entry that was removed because its retention was over; 0 when none was.
    public var sweptThrough: Int64 = 0
    /// Where the chain ends.
    public var end: ChainPlace?
    /// Empty for a chain that is whole.
    public var faults: [ChainFault] = []

    /// Makes the report of a chain without entries.
    public init() {}
}

/// What is wrong with a chain of receipts.
public enum ChainFault: Hashable, Sendable, CustomStringConvertible {
    case missing(ClosedRange<Int64>)
    case outOfOrder(Int64)
    case brokenLink(Int64)
    case changed(Int64)
    case erasedWithoutRecord(Int64)
    case beginningRemoved(Int64)
    case endDiffers(Int64)
    case unreadable
    case shownTextChanged
    case revisionChanged

    /// The fault in words for the operator.
    public var description: String {
        switch self {
        case .missing(let numbers) where numbers.count == 1: "entry \(numbers.lowerBound) is missing"
        case .missing(let numbers): "entries \(numbers.lowerBound) to \(numbers.upperBound) are missing"
        case .outOfOrder(let number): "entry \(number) is there twice or in the wrong place"
        case .brokenLink(let number): "entry \(number) was changed, or the one before it"
        case .changed(let number): "the content of entry \(number) was changed"
        case .erasedWithoutRecord(let number):
            "the content of entry \(number) is gone, and nothing says that it was erased"
        case .beginningRemoved(let number):
            "entries up to \(number) are gone, and nothing says that their time was over"
        case .unreadable: "a line cannot be read"
        case .shownTextChanged: "a text that visitors were shown was changed"
        case .revisionChanged: "a policy revision was changed"
        case .endDiffers(let number): "entry \(number) is not the one that the chain ended with"
        }
    }
}
