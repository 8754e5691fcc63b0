import Bytes

/// The tables that a window counts in. Some exist only so that others can be gated: see `WindowRelease`.
enum Table: UInt8, CaseIterable {
    case page, barePage, entry, exit, channel, source, campaign, place, browserFamily, browser, system, device
    case hourViews, hourVisits, engagement, length, pages, consent, goal, withheld, unknown, blocked, bot, pair
    /// Behind those that checkpoints know already.
    case withheldUnknown, botReason, missing, download, outbound, search, answerLanguage

    /// Rows of a table at most; what comes later is counted in its overflow row.
    var capacity: Int {
        switch self {
        case .page, .barePage: 5000
        case .entry, .exit, .pair: 3000
        case .source, .campaign, .withheld, .withheldUnknown, .unknown, .blocked, .missing, .download, .outbound,
            .search:
            1000
        case .place, .browser: 500
        case .channel, .browserFamily, .system, .device, .hourViews, .hourVisits, .engagement, .length, .pages,
            .consent, .goal, .bot, .botReason, .answerLanguage:
            200
        }
    }
}

extension Table {
    /// What its rows count.
    var counting: Gate.Counting {
        switch self {
        case .entry, .exit, .channel, .source, .campaign, .place, .browserFamily, .browser, .system, .device,
            .hourVisits, .engagement, .length, .pages, .goal, .pair:
            .visitors
        case .page, .barePage, .hourViews, .consent, .withheld, .unknown, .blocked, .bot, .withheldUnknown,
            .botReason, .missing, .download, .outbound, .search, .answerLanguage:
            .occurrences
        }
    }
}

/// Exact counters, each with at most k keys of those who fed it: enough to know whether there were k.
struct CellTable {
    struct Cell: BitwiseCopyable {
        var table: Table
        /// How many of the k places for evidence are taken.
        var evidenceCount: UInt8 = 0
        /// The row this one lies under, or the first page of a pair; -1 for none.
        var parent: Int32
        /// The second page of a pair; -1 for none.
        var second: Int32
        var name: ByteRange
        var count: Int = 0
        /// Takes in what the table has no rows left for: it is never shown by itself.
        var isOverflow = false
    }

    let k: Int
    private(set) var cells: [Cell] = []
    /// k places per cell.
    private(set) var evidence: [UInt64] = []
    private(set) var names: [UInt8] = []
    private var slots: [Int32]
    private var rowCounts: [Int]
    private var overflowRows: [Int32]
    private let key0: UInt64
    private let key1: UInt64

    init(k: Int, random: inout some RandomNumberGenerator) {
        self.k = min(k, 255)
        key0 = random.next()
        key1 = random.next()
        slots = [Int32](repeating: -1, count: 256)
        rowCounts = [Int](repeating: 0, count: Table.allCases.count)
        overflowRows = [Int32](repeating: -1, count: Table.allCases.count)
    }

    /// The row of a name, made when it is new; the table's overflow row when it is full.
    mutating func row(_ table: Table, _ name: RawSpan, parent: Int32 = -1, second: Int32 = -1) -> Int32 {
        var slot = firstSlot(table, name, parent, second)
        while slots[slot] >= 0 {
            let cell = cells[Int(slots[slot])]
            if cell.table == table, cell.parent == parent, cell.second == second, names.rawSpan[cell.name].equals(name)
            {
                return slots[slot]
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let tableIndex = Int(table.rawValue)
        if rowCounts[tableIndex] >= table.capacity { return overflowRow(table) }
        rowCounts[tableIndex] += 1
        let start = names.count
        for offset in 0..<name.byteCount { names.append(name[offset]) }
        let index = append(Cell(table: table, parent: parent, second: second, name: ByteRange(start, names.count)))
        slots[slot] = index
        if cells.count * 2 > slots.count { rehash() }
        return index
    }

    /// The row of a word of a fixed list.
    mutating func row(_ table: Table, _ name: StaticString, parent: Int32 = -1) -> Int32 {
        row(table, staticBytes(name), parent: parent)
    }

    /// The row that a full table counts in.
    mutating func overflowRow(_ table: Table) -> Int32 {
        let tableIndex = Int(table.rawValue)
        if overflowRows[tableIndex] < 0 {
            var cell = Cell(table: table, parent: -1, second: -1, name: ByteRange())
            cell.isOverflow = true
            overflowRows[tableIndex] = append(cell)
        }
        return overflowRows[tableIndex]
    }

    /// Counts `count` for a row, with the key of who fed it.
    mutating func add(_ count: Int, to row: Int32, by key: UInt64) {
        let index = Int(row)
        cells[index].count += count
        let taken = Int(cells[index].evidenceCount)
        if taken == k || key == 0 { return }
        let base = index * k
        for place in 0..<taken where evidence[base + place] == key { return }
        evidence[base + taken] = key
        cells[index].evidenceCount += 1
    }

    /// Whether a table has no room for another row.
    func isFull(_ table: Table) -> Bool { rowCounts[Int(table.rawValue)] >= table.capacity }

    /// The keys that fed a row, at most k.
    func evidence(of row: Int) -> ArraySlice<UInt64> {
        evidence[(row * k)..<(row * k + Int(cells[row].evidenceCount))]
    }

    func name(of row: Int32) -> String { names.rawSpan[cells[Int(row)].name].text }

    private mutating func append(_ cell: Cell) -> Int32 {
        cells.append(cell)
        for _ in 0..<k { evidence.append(0) }
        return Int32(cells.count - 1)
    }

    private func firstSlot(_ table: Table, _ name: RawSpan, _ parent: Int32, _ second: Int32) -> Int {
        // Rows are far below 2^28.
        let place =
            UInt64(table.rawValue) | UInt64(UInt32(bitPattern: parent &+ 1)) << 8
            | UInt64(UInt32(bitPattern: second &+ 1)) << 36
        return Int(truncatingIfNeeded: TableHash(key0: key0, key1: key1).finish(place, name)) & (slots.count - 1)
    }

    private mutating func rehash() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in cells.indices where !cells[index].isOverflow {
            let cell = cells[index]
            var slot = firstSlot(cell.table, names.rawSpan[cell.name], cell.parent, cell.second)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }
}

extension CellTable {
    /// Makes the table of cells that a checkpoint held; nil when they do not fit together.
    init?(k: Int, cells: [Cell], evidence: [UInt64], names: [UInt8], random: inout some RandomNumberGenerator) {
        self.init(k: k, random: &random)
        guard k > 0, k <= 255, evidence.count == cells.count * k else { return nil }
        for (index, cell) in cells.enumerated() {
            guard Int(cell.evidenceCount) <= k, cell.name.upperBound <= names.count, cell.count >= 0 else { return nil }
            guard cell.parent >= -1, cell.parent < cells.count, cell.second >= -1, cell.second < cells.count else {
                return nil
            }
            let tableIndex = Int(cell.table.rawValue)
            if cell.isOverflow { overflowRows[tableIndex] = Int32(index) } else { rowCounts[tableIndex] += 1 }
        }
        self.cells = cells
        self.evidence = evidence
        self.names = names
        while cells.count * 2 > slots.count { slots = [Int32](repeating: -1, count: slots.count * 2) }
        slots = [Int32](repeating: -1, count: slots.count / 2)
        rehash()
    }
}
