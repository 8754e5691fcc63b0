import Bytes

/// Why bytes are no checkpoint.
public enum CheckpointError: Error, Hashable, Sendable {
    /// Made by another version.
    case version
    /// Cut short or changed.
    case damaged
}

/// The open windows as bytes, for the time between two processes of one boot.
///
/// Little-endian numbers in a fixed order: a magic word, the content, a SipHash of it under a fixed key against damage
/// (not against forgers, who could as well read the memory).
enum WindowCheckpoint {
    struct SiteState {
        var name: String
        var keys: DayKeys.Snapshot
        var windows: [SiteWindow]
    }

    private static let magic: UInt64 = 0x32_7774_7865_7463  // A new layout gets a new word.

    /// Bytes of a checkpoint beside its sites.
    static let frame = 24

    /// Bytes that a site takes at most. A buffer with room for all of them never moves, which would leave keys behind.
    static func size(of site: MeasurementCore.Site) -> Int {
        let words = 32 + site.rules.settings.name.utf8.count
        return site.windows.reduce(8 * words) { size, window in
            let cells = window.table.cells.count * (4 + window.table.k)
            let visitors = window.numbers.count * (9 + VisitorState.mostPages + VisitorState.mostPairs)
            let networks = window.networks.shares.count * 12
            let rest = 16 + window.repeatEvidence.count
            return size + window.table.names.count + 8 * (cells + visitors + networks + rest)
        }
    }

    static func write(_ sites: [MeasurementCore.Site], into output: inout ByteBuffer) {
        let start = output.count
        output.append(word: magic)
        output.append(word: UInt64(sites.count))
        for site in sites {
            output.append(counted: Array(site.rules.settings.name.utf8))
            write(site.keys.read(), into: &output)
            output.append(word: UInt64(site.windows.count))
            for window in site.windows { write(window, into: &output) }
        }
        let (sum, _) = sipHash(output.bytes.extracting(start...), key0: magic, key1: magic)
        output.append(word: sum)
    }

    static func read(_ bytes: [UInt8]) throws(CheckpointError) -> [SiteState] {
        guard bytes.count >= 24 else { throw .damaged }
        var reader = CheckpointReader(bytes: bytes, end: bytes.count - 8)
        guard try reader.word() == magic else { throw .version }
        let (sum, _) = sipHash(bytes.rawSpan.extracting(0..<(bytes.count - 8)), key0: magic, key1: magic)
        var tail = CheckpointReader(bytes: bytes, offset: bytes.count - 8, end: bytes.count)
        guard try tail.word() == sum else { throw .damaged }
        var sites: [SiteState] = []
        for _ in 0..<(try reader.count()) {
            let name = String(decoding: try reader.counted(), as: UTF8.self)
            let keys = try readKeys(&reader)
            var windows: [SiteWindow] = []
            for _ in 0..<(try reader.count()) { windows.append(try readWindow(&reader)) }
            sites.append(SiteState(name: name, keys: keys, windows: windows))
        }
        return sites
    }

    private static func write(_ keys: DayKeys.Snapshot, into output: inout ByteBuffer) {
        for secret in [keys.first, keys.second] {
            for word in [secret.w0, secret.w1, secret.w2, secret.w3] { output.append(word: word) }
        }
        output.append(word: UInt64(bitPattern: keys.midnight))
        output.append(word: UInt64(bitPattern: keys.firstDay))
    }

    private static func readKeys(_ reader: inout CheckpointReader) throws(CheckpointError) -> DayKeys.Snapshot {
        let first = try reader.secret()
        let second = try reader.secret()
        let midnight = try reader.signed()
        return DayKeys.Snapshot(first: first, second: second, midnight: midnight, firstDay: try reader.signed())
    }

    private static func write(_ window: SiteWindow, into output: inout ByteBuffer) {
        output.append(word: UInt64(bitPattern: Int64(window.day)))
        output.append(word: UInt64(bitPattern: window.epoch))
        output.append(word: word(of: window.rule))
        output.append(word: UInt64(window.table.k))
        output.append(word: UInt64(window.repeatVisits))
        output.append(word: UInt64(window.cut))
        output.append(word: UInt64(window.repeatEvidence.count))
        for key in window.repeatEvidence { output.append(word: key) }
        output.append(counted: window.table.names)
        output.append(word: UInt64(window.table.cells.count))
        for (index, cell) in window.table.cells.enumerated() {
            output.append(
                word: UInt64(cell.table.rawValue) | UInt64(cell.evidenceCount) << 8 | (cell.isOverflow ? 1 << 16 : 0))
            output.append(word: pair(cell.parent, cell.second))
            output.append(word: UInt64(cell.name.start) | UInt64(cell.name.end) << 32)
            output.append(word: UInt64(cell.count))
            for key in window.table.evidence(of: index) { output.append(word: key) }
        }
        output.append(word: UInt64(window.numbers.count))
        for (key, number) in window.numbers {
            output.append(word: key.high)
            output.append(word: key.low)
            write(window.states[Int(number)], into: &output)
        }
        output.append(word: UInt64(window.networks.shares.count))
        for (name, share) in window.networks.shares {
            output.append(word: name.network)
            output.append(word: UInt64(name.table.rawValue) | UInt64(share.count) << 8)
            for index in 0..<Int(share.count) { output.append(word: UInt64(UInt32(bitPattern: share.rows[index]))) }
        }
    }

    private static func word(of rule: ReleaseRule) -> UInt64 {
        switch rule {
        case .threshold: 0
        case .noise(.standard): 1
        case .noise(.strict): 2
        }
    }

    private static func rule(_ word: UInt64) throws(CheckpointError) -> ReleaseRule {
        switch word {
        case 0: .threshold
        case 1: .noise(.standard)
        case 2: .noise(.strict)
        default: throw .damaged
        }
    }

    private static func readWindow(_ reader: inout CheckpointReader) throws(CheckpointError) -> SiteWindow {
        var random = SystemRandomNumberGenerator()
        guard let day = Int32(exactly: try reader.signed()) else { throw .damaged }
        let epoch = try reader.signed()
        let rule = try rule(try reader.word())
        let k = try reader.count()
        guard k >= 1, k <= 255 else { throw .damaged }
        var window = SiteWindow(day: day, epoch: epoch, rule: rule, k: k, random: &random)
        window.repeatVisits = try reader.count(isLength: false)
        window.cut = try reader.count(isLength: false)
        for _ in 0..<(try reader.count()) { window.repeatEvidence.insert(try reader.word()) }
        let names = try reader.counted()
        var cells: [CellTable.Cell] = []
        var evidence: [UInt64] = []
        for _ in 0..<(try reader.count()) {
            let flags = try reader.word()
            guard let table = Table(rawValue: UInt8(truncatingIfNeeded: flags)) else { throw .damaged }
            let (parent, second) = unpaired(try reader.word())
            let name = try reader.word()
            let (start, end) = (Int(name & 0xFFFF_FFFF), Int(name >> 32))
            guard start <= end, end <= names.count else { throw .damaged }
            var cell = CellTable.Cell(table: table, parent: parent, second: second, name: ByteRange(start, end))
            cell.evidenceCount = UInt8(truncatingIfNeeded: flags >> 8)
            cell.isOverflow = flags >> 16 & 1 == 1
            cell.count = try reader.count(isLength: false)
            guard Int(cell.evidenceCount) <= k else { throw .damaged }
            for place in 0..<k { evidence.append(place < Int(cell.evidenceCount) ? try reader.word() : 0) }
            cells.append(cell)
        }
        guard let table = CellTable(k: k, cells: cells, evidence: evidence, names: names, random: &random) else {
            throw .damaged
        }
        window.table = table
        for number in 0..<(try reader.count()) {
            let key = VisitorKey(high: try reader.word(), low: try reader.word())
            window.states.append(try readState(&reader, rows: cells.count))
            guard window.numbers.updateValue(Int32(number), forKey: key) == nil else { throw .damaged }
        }
        for _ in 0..<(try reader.count()) {
            let network = try reader.word()
            let description = try reader.word()
            guard let table = Table(rawValue: UInt8(truncatingIfNeeded: description)) else { throw .damaged }
            var share = NetworkShares.Rows()
            share.count = UInt8(truncatingIfNeeded: description >> 8)
            guard share.count <= table.mostRowsOfNetwork else { throw .damaged }
            for index in 0..<Int(share.count) { share.rows[index] = try reader.row(below: cells.count) }
            window.networks.shares[NetworkShares.Name(network: network, table: table)] = share
        }
        return window
    }

    private static func write(_ state: VisitorState, into output: inout ByteBuffer) {
        output.append(word: UInt64(bitPattern: state.visitStart))
        output.append(word: UInt64(bitPattern: state.lastPageView))
        output.append(word: UInt64(bitPattern: state.lastRequest))
        output.append(word: state.goals)
        output.append(word: pair(state.lastPage, state.didConvert ? 1 : 0))
        output.append(word: UInt64(state.visits) | UInt64(state.views) << 16 | UInt64(state.visitViews) << 32)
        output.append(word: UInt64(state.pageCount) | UInt64(state.pairCount) << 8)
        for index in 0..<Int(state.pageCount) { output.append(word: UInt64(UInt32(bitPattern: state.pages[index]))) }
        for index in 0..<Int(state.pairCount) { output.append(word: UInt64(UInt32(bitPattern: state.pairs[index]))) }
    }

    private static func readState(_ reader: inout CheckpointReader, rows: Int) throws(CheckpointError) -> VisitorState {
        var state = VisitorState()
        state.visitStart = try reader.signed()
        state.lastPageView = try reader.signed()
        state.lastRequest = try reader.signed()
        state.goals = try reader.word()
        let (page, converted) = unpaired(try reader.word())
        guard page >= -1, page < rows else { throw .damaged }
        state.lastPage = page
        state.didConvert = converted == 1
        let counts = try reader.word()
        state.visits = UInt16(truncatingIfNeeded: counts)
        state.views = UInt16(truncatingIfNeeded: counts >> 16)
        state.visitViews = UInt16(truncatingIfNeeded: counts >> 32)
        let sizes = try reader.word()
        state.pageCount = UInt8(truncatingIfNeeded: sizes)
        state.pairCount = UInt8(truncatingIfNeeded: sizes >> 8)
        guard state.pageCount <= VisitorState.mostPages, state.pairCount <= VisitorState.mostPairs else {
            throw .damaged
        }
        for index in 0..<Int(state.pageCount) { state.pages[index] = try reader.row(below: rows) }
        for index in 0..<Int(state.pairCount) { state.pairs[index] = try reader.row(below: rows) }
        return state
    }

    private static func pair(_ a: Int32, _ b: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: a)) | UInt64(UInt32(bitPattern: b)) << 32
    }

    private static func unpaired(_ word: UInt64) -> (Int32, Int32) {
        (Int32(truncatingIfNeeded: word), Int32(truncatingIfNeeded: word >> 32))
    }
}

/// Reads a checkpoint and never beyond its end.
private struct CheckpointReader {
    let bytes: [UInt8]
    var offset = 0
    let end: Int

    mutating func word() throws(CheckpointError) -> UInt64 {
        guard end - offset >= 8 else { throw .damaged }
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        offset += 8
        return value
    }

    mutating func signed() throws(CheckpointError) -> Int64 { Int64(bitPattern: try word()) }

    /// A number that is not negative; when it is the length of something that follows, no more than what is left.
    mutating func count(isLength: Bool = true) throws(CheckpointError) -> Int {
        guard let value = Int(exactly: try word()), !isLength || value <= end - offset + 255 else { throw .damaged }
        return value
    }

    mutating func counted() throws(CheckpointError) -> [UInt8] {
        let count = try count()
        guard count <= end - offset else { throw .damaged }
        defer { offset += count }
        return Array(bytes[offset..<(offset + count)])
    }

    mutating func row(below rows: Int) throws(CheckpointError) -> Int32 {
        let value = try word()
        guard value < UInt64(rows) else { throw .damaged }
        return Int32(truncatingIfNeeded: value)
    }

    mutating func secret() throws(CheckpointError) -> Secret {
        var secret = Secret()
        secret.w0 = try word()
        secret.w1 = try word()
        secret.w2 = try word()
        secret.w3 = try word()
        return secret
    }
}

extension ByteBuffer {
    fileprivate mutating func append(word: UInt64) {
        for shift in 0..<8 { append(UInt8(truncatingIfNeeded: word >> UInt64(8 * shift))) }
    }

    fileprivate mutating func append(counted bytes: [UInt8]) {
        append(word: UInt64(bytes.count))
        append(bytes)
    }
}
