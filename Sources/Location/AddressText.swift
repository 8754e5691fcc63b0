import Bytes

/// Whether the bytes are `:` and a port number.
func isPort(_ text: RawSpan, mayBeAbsent: Bool) -> Bool {
    if text.byteCount == 0 { return mayBeAbsent }
    guard text[0] == UInt8(ascii: ":"), text.byteCount <= 6 else { return false }
    guard let port = text.extracting(1...).decimal else { return false }
    return port <= 65535
}

/// Reads four decimal octets without leading zeros, which some readers take for octal (RFC 6943 §3.1.1).
func parseIPv4(_ text: RawSpan) -> UInt32? {
    guard text.byteCount >= 7, text.byteCount <= 15 else { return nil }
    var address: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for offset in 0..<text.byteCount {
        let byte = text[offset]
        if byte == UInt8(ascii: ".") {
            guard digits > 0, dots < 3 else { return nil }
            address = address << 8 | octet
            octet = 0
            digits = 0
            dots += 1
        } else {
            guard byte.isASCIIDigit, !(digits > 0 && octet == 0) else { return nil }
            octet = octet * 10 + UInt32(byte &- 0x30)
            digits += 1
            guard octet <= 255 else { return nil }
        }
    }
    guard dots == 3, digits > 0 else { return nil }
    return address << 8 | octet
}

/// Reads the text of an IPv6 address (RFC 4291 §2.2), an IPv4 tail included.
func parseIPv6(_ text: RawSpan) -> ClientAddress? {
    var groups = InlineArray<8, UInt16>(repeating: 0)
    var count = 0
    var gap: Int?
    var offset = 0
    let end = text.byteCount
    guard end >= 2, end <= 45 else { return nil }
    if text[0] == UInt8(ascii: ":") {
        guard text[1] == UInt8(ascii: ":") else { return nil }
        gap = 0
        offset = 2
    }
    while offset < end {
        guard count < 8 else { return nil }
        var value: UInt32 = 0
        let start = offset
        while offset < end, let digit = hexadecimalDigit(text[offset]) {
            value = value << 4 | UInt32(digit)
            offset += 1
            guard offset - start <= 4 else { return nil }
        }
        if offset < end, text[offset] == UInt8(ascii: ".") {
            guard count <= 6, let tail = parseIPv4(text.extracting(start..<end)) else { return nil }
            groups[count] = UInt16(truncatingIfNeeded: tail >> 16)
            groups[count + 1] = UInt16(truncatingIfNeeded: tail)
            count += 2
            offset = end
            break
        }
        guard offset > start else { return nil }
        groups[count] = UInt16(value)
        count += 1
        if offset == end { break }
        guard text[offset] == UInt8(ascii: ":") else { return nil }
        offset += 1
        guard offset < end else { return nil }
        if text[offset] == UInt8(ascii: ":") {
            guard gap == nil else { return nil }
            gap = count
            offset += 1
        }
    }
    guard gap == nil ? count == 8 : count < 8 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    let before = gap ?? count
    for index in 0..<8 {
        let group: UInt16
        if index < before {
            group = groups[index]
        } else if index < 8 - (count - before) {
            group = 0
        } else {
            group = groups[index - (8 - count)]
        }
        if index < 4 { high = high << 16 | UInt64(group) } else { low = low << 16 | UInt64(group) }
    }
    return ClientAddress(ipv6High: high, low: low)
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    if byte.isASCIIDigit { return byte &- 0x30 }
    let letter = byte | 0x20
    return letter &- 0x61 < 6 ? letter &- 0x61 + 10 : nil
}

/// Writes an address in its canonical text form (RFC 5952 §4).
func writeAddress(high: UInt64, low: UInt64, isIPv6: Bool, into output: inout ByteBuffer) {
    guard isIPv6 else {
        for index in 0..<4 {
            if index > 0 { output.append(UInt8(ascii: ".")) }
            output.append(decimal: Int(low >> UInt64(24 - 8 * index) & 255))
        }
        return
    }
    var groups = InlineArray<8, Int>(repeating: 0)
    for index in 0..<4 {
        groups[index] = Int(high >> UInt64(48 - 16 * index) & 0xFFFF)
        groups[index + 4] = Int(low >> UInt64(48 - 16 * index) & 0xFFFF)
    }
    // The longest run of two or more zero groups, the first of equals, becomes "::".
    var gap = 8
    var gapLength = 1
    var run = 0
    for index in 0..<8 {
        run = groups[index] == 0 ? run + 1 : 0
        if run > gapLength {
            gapLength = run
            gap = index + 1 - run
        }
    }
    var index = 0
    while index < 8 {
        if index == gap {
            output.append("::")
            index += gapLength
        } else {
            if index > 0, index != gap + gapLength || gap == 8 { output.append(UInt8(ascii: ":")) }
            output.append(hexadecimal: groups[index])
            index += 1
        }
    }
}
