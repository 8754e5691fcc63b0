import Bytes
import Location

/// SipHash-2-4 with 128 bits of output, a keyed hash for short inputs (Aumasson, Bernstein: "SipHash: a fast short-input
/// PRF", 2012, and its 128-bit variant).
@frozen
@usableFromInline
struct SipHash: ~Copyable {
    @usableFromInline var v0: UInt64
    @usableFromInline var v1: UInt64
    @usableFromInline var v2: UInt64
    @usableFromInline var v3: UInt64
    @usableFromInline var length: UInt64 = 0

    @inlinable
    init(key0: UInt64, key1: UInt64) {
        v0 = 0x736f_6d65_7073_6575 ^ key0
        v1 = 0x646f_7261_6e64_6f6d ^ key1 ^ 0xee
        v2 = 0x6c79_6765_6e65_7261 ^ key0
        v3 = 0x7465_6462_7974_6573 ^ key1
    }

    /// Takes eight bytes of input, lowest first.
    @inlinable
    @inline(__always)
    mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
        length &+= 8
    }

    /// Takes the last bytes of input and returns the hash.
    @inlinable
    consuming func finish(_ tail: RawSpan) -> (UInt64, UInt64) {
        var offset = 0
        let end = tail.byteCount
        while offset &+ 8 <= end {
            // In bounds by the loop's condition; every bit pattern is a valid UInt64.
            absorb(UInt64(littleEndian: unsafe tail.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset &+= 8
        }
        var last: UInt64 = (length &+ UInt64(truncatingIfNeeded: end &- offset)) << 56
        var shift: UInt64 = 0
        while offset < end {
            last |= UInt64(tail[offset]) << shift
            shift &+= 8
            offset &+= 1
        }
        v3 ^= last
        round()
        round()
        v0 ^= last
        v2 ^= 0xee
        for _ in 0..<4 { round() }
        let first = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<4 { round() }
        return (first, v0 ^ v1 ^ v2 ^ v3)
    }

    @inlinable
    @inline(__always)
    mutating func round() {
        v0 &+= v1
        v2 &+= v3
        v1 = v1 << 13 | v1 >> 51
        v3 = v3 << 16 | v3 >> 48
        v1 ^= v0
        v3 ^= v2
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v1
        v0 &+= v3
        v1 = v1 << 17 | v1 >> 47
        v3 = v3 << 21 | v3 >> 43
        v1 ^= v2
        v3 ^= v0
        v2 = v2 << 32 | v2 >> 32
    }
}

/// SipHash-1-3, the variant for hash tables, whose values nobody sees: under a random key nobody can choose inputs that
/// collide.
struct TableHash: ~Copyable {
    private var state: SipHash

    init(key0: UInt64, key1: UInt64) {
        state = SipHash(key0: key0, key1: key1)
        // The mark of the 128-bit variant.
        state.v1 ^= 0xee
    }

    /// The hash of a word and what follows it.
    consuming func finish(_ first: UInt64, _ rest: RawSpan) -> UInt64 {
        absorb(first)
        var offset = 0
        let end = rest.byteCount
        while offset &+ 8 <= end {
            absorb(rest.word(at: offset))
            offset &+= 8
        }
        var last = UInt64(truncatingIfNeeded: end &+ 8) << 56
        if offset < end {
            // Within the name's last eight bytes, where it has as many.
            if end >= 8 {
                last |= rest.word(at: end &- 8) &>> UInt64(truncatingIfNeeded: 64 &- 8 &* (end &- offset))
            } else {
                for index in offset..<end { last |= UInt64(rest[index]) &<< UInt64(truncatingIfNeeded: 8 &* index) }
            }
        }
        absorb(last)
        state.v2 ^= 0xff
        state.round()
        state.round()
        state.round()
        return state.v0 ^ state.v1 ^ state.v2 ^ state.v3
    }

    @inline(__always)
    private mutating func absorb(_ word: UInt64) {
        state.v3 ^= word
        state.round()
        state.v0 ^= word
    }
}

/// The SipHash-2-4-128 of `bytes` under a key: the door of the test vectors.
package func sipHash(_ bytes: RawSpan, key0: UInt64, key1: UInt64) -> (UInt64, UInt64) {
    SipHash(key0: key0, key1: key1).finish(bytes)
}

/// The SipHash-2-4-128 of a network under a key.
package func networkHash(_ network: TruncatedAddress, key0: UInt64, key1: UInt64) -> (UInt64, UInt64) {
    let words = network.wordsForNetworkKey
    var hash = SipHash(key0: key0, key1: key1)
    hash.absorb(words.high)
    hash.absorb(words.low)
    return hash.finish(RawSpan())
}
