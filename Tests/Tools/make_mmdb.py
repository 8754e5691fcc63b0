#!/usr/bin/env python3
"""Writes a small MaxMind DB (format 2.0) of countries and subdivisions from a text table.

usage: make_mmdb.py TABLE OUTPUT.mmdb

A line of the table is `network country [subdivision]`; `#` starts a comment. Later lines win over earlier, wider ones.
Nothing but the standard library is used, and the same table always gives the same bytes.
"""

import ipaddress
import struct
import sys


def control(kind, size):
    """The control byte(s) of a value: three bits of type, five of size, extensions after."""
    extended = kind - 7 if kind > 7 else None
    if size < 29:
        low, extra = size, b""
    elif size < 285:
        low, extra = 29, bytes([size - 29])
    else:
        low, extra = 30, struct.pack(">H", size - 285)
    first = bytes([(0 if extended is not None else kind << 5) | low])
    return first + (bytes([extended]) if extended is not None else b"") + extra


def encode(value):
    if isinstance(value, str):
        text = value.encode()
        return control(2, len(text)) + text
    if isinstance(value, dict):
        return control(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(encode(v) for v in value)
    if isinstance(value, tuple):  # (type number, unsigned integer)
        kind, number = value
        digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return control(kind, len(digits)) + digits
    raise TypeError(value)


UINT16, UINT32, UINT64 = 5, 6, 9


def read_table(path):
    for number, line in enumerate(open(path, encoding="ascii"), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) not in (2, 3):
            sys.exit(f"{path}:{number}: expected: network country [subdivision]")
        network = ipaddress.ip_network(words[0])
        record = {"country": {"iso_code": words[1]}}
        if len(words) == 3:
            record["subdivisions"] = [{"iso_code": words[2]}]
        yield network, record


def main():
    table, output = sys.argv[1:]
    nodes = [[None, None]]  # each side: None, a node's index, or ("data", offset)
    section, offsets = b"", {}
    rows = sorted(read_table(table), key=lambda row: row[0].prefixlen + (96 if row[0].version == 4 else 0))
    for network, record in rows:
        blob = encode(record)
        if blob not in offsets:
            offsets[blob] = len(section)
            section += blob
        leaf = ("data", offsets[blob])
        # IPv4 lives under ::/96.
        bits = int(network.network_address)
        length = network.prefixlen + (96 if network.version == 4 else 0)
        node = 0
        for depth in range(length):
            side = bits >> (127 - depth) & 1
            if depth == length - 1:
                nodes[node][side] = leaf
                break
            below = nodes[node][side]
            if not isinstance(below, int):  # split a leaf or an empty side
                nodes.append([below, below])
                below = len(nodes) - 1
                nodes[node][side] = below
            node = below
    count = len(nodes)

    def value(side):
        if side is None:
            return count
        return side if isinstance(side, int) else count + 16 + side[1]

    tree = b"".join(value(side).to_bytes(3, "big") for node in nodes for side in node)
    metadata = {
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1_700_000_000),
        "database_type": "Crumbgate-Test-City",
        "description": {"en": "Made-up places for tests"},
        "ip_version": (UINT16, 6),
        "languages": ["en"],
        "node_count": (UINT32, count),
        "record_size": (UINT16, 24),
    }
    with open(output, "wb") as file:
        file.write(tree + bytes(16) + section + b"\xab\xcd\xefMaxMind.com" + encode(metadata))


main()
