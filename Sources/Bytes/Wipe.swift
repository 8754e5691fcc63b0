import Glibc

/// Overwrites what calls just made have left on the stack, so that a secret they worked with does not outlive them.
///
/// To be called by the caller of those functions, none of which may be inlined: their frames lay where this one's is.
///
/// - Parameter depth: how much of the stack, in KiB.
@inline(never)
public func wipeStack(depth: Int = 1) {
    // The allocation is on the stack, and valid for its count within the closure.
    unsafe withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { space in
        if depth > 1 { wipeStack(depth: depth - 1) }
        if let base = space.baseAddress { unsafe explicit_bzero(base, space.count) }
    }
}

extension ByteBuffer {
    /// Forgets all bytes, overwrites the memory that held them, and keeps it.
    public mutating func wipe() {
        // `base` is valid for `capacity` bytes.
        unsafe explicit_bzero(base, capacity)
        clear()
    }
}

extension [UInt8] {
    /// Overwrites all bytes; of an array that shares its memory, those of a copy only.
    public mutating func wipe() {
        // The pointer is valid for its count during the call.
        unsafe withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { unsafe explicit_bzero(base, bytes.count) }
        }
    }
}
