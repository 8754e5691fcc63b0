import CBytes

/// An owned, growable run of bytes that is appended to at the end and consumed from the front.
///
/// It is the one output type of the pure targets: parsers read a `RawSpan`, writers append to an `inout ByteBuffer`.
/// A buffer that is reused keeps its memory, so the hot path allocates nothing once it is warm.
@frozen
@safe
public struct ByteBuffer: ~Copyable, @unchecked Sendable {
    // Invariant: `base` is valid for `capacity` bytes, of which `start..<end` are initialized; 0 <= start <= end <= capacity.
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var start: Int
    @usableFromInline var end: Int
    /// Bytes of memory held.
    public private(set) var capacity: Int

    /// Makes an empty buffer with room for `capacity` bytes.
    public init(capacity: Int = 0) {
        let size = max(capacity, 16)
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        start = 0
        end = 0
        self.capacity = size
    }

    deinit { unsafe base.deallocate() }

    /// Bytes that wait to be consumed.
    @inlinable public var count: Int { end - start }
    /// Whether no byte waits.
    @inlinable public var isEmpty: Bool { start == end }

    /// The bytes that wait to be consumed.
    @inlinable
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = unsafe RawSpan(_unsafeStart: base + start, byteCount: end - start)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Forgets all bytes and keeps the memory.
    @inlinable
    public mutating func clear() {
        start = 0
        end = 0
    }

    /// Drops the first `count` bytes; requires that there are as many.
    @inlinable
    public mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start)
        start += count
        if start == end { clear() }
    }

    /// Drops all but the first `count` bytes; requires that there are as many.
    @inlinable
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= end - start)
        end = start + count
    }

    /// Appends one byte.
    @inlinable
    public mutating func append(_ byte: UInt8) {
        if end == capacity { grow(by: 1) }
        // In bounds: `grow` left room for at least one byte.
        unsafe base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end &+= 1
    }

    /// Appends the bytes of a span.
    @inlinable
    public mutating func append(_ bytes: RawSpan) {
        let length = bytes.byteCount
        if length == 0 { return }
        if capacity &- end < length { grow(by: length) }
        // In bounds: `grow` left room for `length` bytes; a span never aliases the exclusive `self`.
        unsafe bytes.withUnsafeBytes { source in
            if let from = source.baseAddress { unsafe copy(from, length) }
        }
        end &+= length
    }

    /// Copies bytes behind the end, where there is room for them and they do not reach.
    @unsafe
    @inlinable
    @inline(__always)
    func copy(_ from: UnsafeRawPointer, _ length: Int) {
        unsafe crumbgate_copy(
            (base + end).assumingMemoryBound(to: UInt8.self), from.assumingMemoryBound(to: UInt8.self), length)
    }

    /// Appends what another buffer holds, from an offset on.
    @inlinable
    public mutating func append(_ other: borrowing ByteBuffer, from offset: Int = 0) {
        append(other.bytes.extracting(offset..<other.count))
    }

    /// Appends a range of what another buffer holds.
    @inlinable
    public mutating func append(_ other: borrowing ByteBuffer, _ range: ByteRange) {
        append(other.bytes[range])
    }

    /// Appends once more a range of what is there.
    @inlinable
    public mutating func append(copyOf range: ByteRange) {
        let length = range.count
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        if length == 0 { return }
        if capacity &- end < length { grow(by: length) }
        // In bounds: the range lies before `end`, behind which `grow` left room for `length` bytes.
        unsafe copy(UnsafeRawPointer(base + (start &+ range.lowerBound)), length)
        end &+= length
    }

    /// Appends the bytes of a static string: a literal's are a few stores, where the call would cost more.
    @inlinable
    @inline(__always)
    public mutating func append(_ text: StaticString) {
        precondition(text.hasPointerRepresentation)
        let length = text.utf8CodeUnitCount
        if capacity &- end < length { grow(by: length) }
        // A static string's pointer is valid for its count; `grow` left room for `length` bytes.
        unsafe (base + end).copyMemory(from: text.utf8Start, byteCount: length)
        end &+= length
    }

    /// Appends the UTF-8 of a string: for start-up and rare paths.
    public mutating func append(utf8 text: String) {
        for byte in text.utf8 { append(byte) }
    }

    /// Appends the bytes of an array.
    @inlinable
    public mutating func append(_ bytes: [UInt8]) { append(bytes.rawSpan) }

    /// Appends the decimal digits of a number.
    public mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var length = 1
        var bound: UInt = 10
        while rest >= bound {
            length &+= 1
            let (next, isTooLarge) = bound.multipliedReportingOverflow(by: 10)
            if isTooLarge { break }
            bound = next
        }
        reserve(length)
        var position = end &+ length
        repeat {
            position &-= 1
            // In bounds: from `end` up to the `length` bytes that `reserve` made room for.
            unsafe base.storeBytes(
                of: UInt8(truncatingIfNeeded: rest % 10) &+ 0x30, toByteOffset: position, as: UInt8.self)
            rest /= 10
        } while position > end
        end &+= length
    }

    /// Appends the lowercase hexadecimal digits of a number without leading zeros.
    @inlinable
    public mutating func append(hexadecimal value: Int) {
        precondition(value >= 0)
        var shift = max(0, (63 - value.leadingZeroBitCount) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: (value >> shift) & 15)
            append(digit < 10 ? digit &+ 0x30 : digit &+ 0x57)
            shift -= 4
        }
    }

    /// Makes room for `count` more bytes, at the front's expense first.
    public mutating func reserve(_ count: Int) {
        if capacity - end < count { grow(by: count) }
    }

    /// Gives unused memory back when the buffer is empty and larger than `limit` bytes.
    public mutating func shrink(to limit: Int) {
        guard isEmpty, capacity > limit else { return }
        self = ByteBuffer(capacity: limit)
    }

    /// Lends `capacity` writable bytes after the end to `body`, which returns how many it wrote; the way in for
    /// system and library calls.
    @unsafe
    @inlinable
    public mutating func appendUnsafely<Failure: Error>(
        capacity count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        if capacity - end < count { grow(by: count) }
        let written = try unsafe body(UnsafeMutableRawBufferPointer(start: base + end, count: count))
        precondition(written >= 0 && written <= count)
        end += written
    }

    /// The bytes as an array: for tests and rare paths.
    public var array: [UInt8] { bytes.array }

    @usableFromInline
    @inline(never)
    mutating func grow(by needed: Int) {
        let count = end - start
        if start > 0 && capacity - count >= needed && start >= count {
            // The live bytes fit before their old place, so the two runs do not overlap.
            unsafe base.copyMemory(from: base + start, byteCount: count)
        } else {
            let size = max(capacity * 2, count + needed)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            unsafe larger.copyMemory(from: base + start, byteCount: count)
            unsafe base.deallocate()
            unsafe base = larger
            capacity = size
        }
        start = 0
        end = count
    }
}
