import Bytes
import CBytes

/// Walks over the colons and the control characters of a head, found for 64 bytes at a time.
struct LineMarks {
    // The bytes from `base` on that `found` tells of.
    private var base: Int
    private var found: crumbgate_marks

    /// Begins at `start`, which is within.
    @inline(__always)
    init(_ bytes: RawSpan, at start: Int) {
        base = start
        found = Self.find(in: bytes, at: start)
    }

    /// The first colon or control but HTAB at or after `offset`, which never goes back; nil when there is none.
    @inline(__always)
    mutating func colonOrControl(from offset: Int, in bytes: RawSpan) -> Int? {
        next(from: offset, in: bytes, wantsColons: ~0)
    }

    /// The first control but HTAB at or after `offset`.
    @inline(__always)
    mutating func control(from offset: Int, in bytes: RawSpan) -> Int? {
        next(from: offset, in: bytes, wantsColons: 0)
    }

    @inline(__always)
    private mutating func next(from offset: Int, in bytes: RawSpan, wantsColons: UInt64) -> Int? {
        var from = offset
        while true {
            if from &- base < 64 {
                let rest = (found.controls | found.colons & wantsColons) &>> UInt64(truncatingIfNeeded: from &- base)
                if rest != 0 { return from &+ rest.trailingZeroBitCount }
                from = base &+ 64
            }
            guard from < bytes.byteCount else { return nil }
            base = from
            found = Self.find(in: bytes, at: from)
        }
    }

    // Called, as what is met once in a request costs by its size: it is not in the processor's cache.
    @inline(never)
    private static func find(in bytes: RawSpan, at offset: Int) -> crumbgate_marks {
        let block = bytes.extracting(offset..<min(offset &+ 64, bytes.byteCount))
        return unsafe block.withUnsafeBytes { memory in
            guard let start = memory.baseAddress else { return crumbgate_marks() }
            // No more than the block's bytes are read.
            return unsafe crumbgate_find_marks(start.assumingMemoryBound(to: UInt8.self), memory.count)
        }
    }
}
