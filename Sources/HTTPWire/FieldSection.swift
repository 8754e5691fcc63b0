import Bytes

/// The field lines of a head or a trailer section, in the order received, as ranges into the bytes they were parsed
/// from (RFC 9110 §6.3).
///
/// Reused: an event loop holds one per direction and parses each head into it.
public struct FieldSection: ~Copyable {
    /// The most field lines a section holds.
    public static var capacity: Int { 128 }

    /// The number of field lines.
    public private(set) var count: Int
    /// The offset behind the empty line that ends the section.
    public private(set) var end: Int
    @usableFromInline var fields: UniqueArray<Field>
    private let table = FieldTable()
    @usableFromInline var present = FieldIDSet()
    @usableFromInline var repeated = FieldIDSet()
    // Where the first field line of each name that is present stands.
    @usableFromInline var first: UniqueArray<UInt8>

    /// Makes an empty section.
    public init() {
        count = 0
        end = 0
        fields = UniqueArray(
            repeating: Field(id: .other, name: ByteRange(), value: ByteRange()), count: Self.capacity)
        first = UniqueArray(repeating: 0, count: FieldID.allCases.count)
    }

    /// The field line at `index`, which is below `count`.
    @inlinable
    public subscript(index: Int) -> Field {
        precondition(index < count)
        return fields[index]
    }

    /// Whether a field of this name is there.
    @inlinable
    public func contains(_ id: FieldID) -> Bool { present.contains(id) }

    /// Whether more than one field line has this name.
    @inlinable
    public func isRepeated(_ id: FieldID) -> Bool { repeated.contains(id) }

    /// The first field line of this name at or after `start`.
    @inlinable
    public func firstIndex(of id: FieldID, from start: Int = 0) -> Int? {
        guard contains(id) else { return nil }
        var index = Int(first[Int(id.rawValue)])
        if index >= start { return index }
        index = start
        while index < count {
            if fields[index].id == id { return index }
            index &+= 1
        }
        return nil
    }

    /// The value of the first field line of this name.
    @inlinable
    public func value(of id: FieldID) -> ByteRange? {
        guard let index = firstIndex(of: id) else { return nil }
        return fields[index].value
    }

    /// The whole field line at `index` with its CR LF, as received.
    @inlinable
    public func line(_ index: Int) -> ByteRange {
        let next = index &+ 1 < count ? fields[index &+ 1].name.lowerBound : end &- 2
        return ByteRange(self[index].name.lowerBound, next)
    }

    /// Empties the section.
    public mutating func removeAll() {
        count = 0
        end = 0
        present = FieldIDSet()
        repeated = FieldIDSet()
    }

    /// Reads a trailer section with the empty line that ends it; false when it is malformed or incomplete.
    public mutating func parse(trailers bytes: RawSpan) -> Bool {
        if case .complete = parse(bytes, from: 0, maxFields: Self.capacity) { return true }
        removeAll()
        return false
    }

    /// Reads the field lines from `start` to the empty line that ends them.
    mutating func parse(_ bytes: RawSpan, from start: Int, maxFields: Int) -> FieldSectionStep {
        removeAll()
        guard start < bytes.byteCount else { return .needsMore }
        var marks = LineMarks(bytes, at: start)
        var offset = start
        while offset < bytes.byteCount {
            switch bytes[offset] {
            case .carriageReturn:
                if offset &+ 1 == bytes.byteCount { return .needsMore }
                guard bytes[offset &+ 1] == .lineFeed else { return .fault(.bareCarriageReturn) }
                end = offset &+ 2
                return .complete
            case .space, 0x09: return .fault(.obsFold)
            default: break
            }
            guard let colon = marks.colonOrControl(from: offset, in: bytes),
                let lineEnd = marks.control(from: colon, in: bytes)
            else { return .needsMore }
            switch bytes.lineEnd(at: lineEnd) {
            case .needsMore: return .needsMore
            case .fault(let fault, let place): return .fault(refined(fault, bytes, line: offset, place))
            case .at: break
            }
            guard colon > offset, colon < lineEnd else { return .fault(.invalidName) }
            let id = table.lookup(bytes, from: offset, to: colon)
            if id == .other, !bytes.isToken(offset..<colon) {
                return .fault(bytes[colon &- 1].isOptionalWhitespace ? .whitespaceBeforeColon : .invalidName)
            }
            guard count < min(maxFields, Self.capacity) else { return .fault(.tooManyFields) }
            fields[count] = Field(
                id: id, name: ByteRange(offset, colon), value: bytes.withoutWhitespace(colon &+ 1, lineEnd))
            if present.contains(id) {
                repeated.insert(id)
            } else {
                present.insert(id)
                first[Int(id.rawValue)] = UInt8(truncatingIfNeeded: count)
            }
            count &+= 1
            offset = lineEnd &+ 2
        }
        return .needsMore
    }

    /// Tells a control character in a name from one in a value.
    private func refined(_ fault: FieldFault, _ bytes: RawSpan, line start: Int, _ place: Int) -> FieldFault {
        guard case .control = fault else { return fault }
        guard let colon = bytes.firstIndex(of: .colon, from: start), colon < place else { return .invalidName }
        return .invalidValue
    }
}

/// How far the reading of a field section came.
enum FieldSectionStep {
    case needsMore, complete
    case fault(FieldFault)
}

/// A set of known field names.
@frozen
@usableFromInline
struct FieldIDSet {
    // One bit for each raw value below 64, and for each from 64 on.
    @usableFromInline var low: UInt64 = 0
    @usableFromInline var high: UInt64 = 0

    @usableFromInline
    init() {}

    @inlinable
    func contains(_ id: FieldID) -> Bool {
        (id.rawValue < 64 ? low : high) >> UInt64(id.rawValue & 63) & 1 == 1
    }

    @inlinable
    mutating func insert(_ id: FieldID) {
        let bit = 1 as UInt64 &<< UInt64(id.rawValue & 63)
        if id.rawValue < 64 { low |= bit } else { high |= bit }
    }
}
