"""Visitor and network keys, worked out a second time: SipHash-2-4 with 128 bits, as `Measurement/DayKeys.swift` uses it."""

import ipaddress
import struct

MASK = (1 << 64) - 1
IPV4 = MASK  # stands where an IPv6 address has its upper half


def siphash(key, words, tail=b""):
    """The hash of some 64-bit words and what follows them, as two numbers."""
    k0, k1 = key
    v = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D ^ 0xEE,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]

    def turn(value, bits):
        return (value << bits | value >> (64 - bits)) & MASK

    def round_():
        v[0] = (v[0] + v[1]) & MASK
        v[2] = (v[2] + v[3]) & MASK
        v[1] = turn(v[1], 13) ^ v[0]
        v[3] = turn(v[3], 16) ^ v[2]
        v[0] = turn(v[0], 32)
        v[2] = (v[2] + v[1]) & MASK
        v[0] = (v[0] + v[3]) & MASK
        v[1] = turn(v[1], 17) ^ v[2]
        v[3] = turn(v[3], 21) ^ v[0]
        v[2] = turn(v[2], 32)

    def absorb(word):
        v[3] ^= word
        round_()
        round_()
        v[0] ^= word

    whole = len(tail) // 8 * 8
    for word in [*words, *struct.unpack(f"<{whole // 8}Q", tail[:whole])]:
        absorb(word)
    length = 8 * len(words) + len(tail)
    absorb((length & 0xFF) << 56 | int.from_bytes(tail[whole:], "little"))
    v[2] ^= 0xEE
    for _ in range(4):
        round_()
    first = v[0] ^ v[1] ^ v[2] ^ v[3]
    v[1] ^= 0xDD
    for _ in range(4):
        round_()
    return first, v[0] ^ v[1] ^ v[2] ^ v[3]


def visitor_key(secret, address, agent, site=0):
    """The two halves of the key of an IPv4 visitor under a day's secret."""
    w0, w1, w2, w3 = struct.unpack("<4Q", secret)
    return siphash((w0, w1), [w2, w3, site, IPV4, int(ipaddress.IPv4Address(address))], agent)


def network_key(secret, address, site=0):
    """The key of the /24 that an address lies in."""
    w0, w1, w2, w3 = struct.unpack("<4Q", secret)
    network = int(ipaddress.IPv4Address(address)) & 0xFFFFFF00
    return siphash((w0, w1), [w3, w2, site, IPV4, network])[0] | 1


def spellings(number):
    """A number as files may hold it: eight bytes either way round, big-endian varints and text of base 10 and 16."""
    signed = number - (1 << 64) if number >> 63 else number
    return {
        struct.pack("<Q", number), struct.pack(">Q", number), b"%d" % number, b"%d" % signed, b"%x" % number,
        b"%X" % number,
    }
