extension RawSpan {
    /// The byte at `offset`, bounds-checked.
    @inlinable
    public subscript(offset: Int) -> UInt8 {
        // Every bit pattern is a valid UInt8, and the load checks its bounds.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The bytes of `range`, bounds-checked.
    @inlinable
    public subscript(range: ByteRange) -> RawSpan {
        @_lifetime(copy self)
        get { extracting(range.range) }
    }

    /// The bytes as an array: for tests and rare paths.
    public var array: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for offset in 0..<byteCount { bytes.append(self[offset]) }
        return bytes
    }

    /// The bytes as text, each invalid UTF-8 sequence replaced by U+FFFD: for diagnostics and rare paths.
    public var text: String { String(decoding: array, as: UTF8.self) }

    /// Whether both hold the same bytes.
    @inlinable
    public func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        let count = byteCount
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                if word(at: offset) != other.word(at: offset) { return false }
                offset &+= 8
            }
            return word(at: count &- 8) == other.word(at: count &- 8)
        }
        var offset = 0
        while offset < count {
            if self[offset] != other[offset] { return false }
            offset &+= 1
        }
        return true
    }

    /// Whether the bytes are those of `text`.
    @inlinable
    @inline(__always)
    public func equals(_ text: StaticString) -> Bool {
        // Most differ in length: then nothing is called.
        byteCount == text.utf8CodeUnitCount && equals(staticBytes(text))
    }

    /// Whether the bytes are those of `lowercase` but for ASCII case; `lowercase` holds no capital letter.
    @inlinable
    @inline(__always)
    public func equalsIgnoringCase(_ lowercase: StaticString) -> Bool {
        byteCount == lowercase.utf8CodeUnitCount && equalsIgnoringCase(lowercase: staticBytes(lowercase))
    }

    /// Whether the bytes are those of `lowercase` but for ASCII case; `lowercase` holds no capital letter.
    @inlinable
    public func equalsIgnoringCase(lowercase: RawSpan) -> Bool {
        guard byteCount == lowercase.byteCount else { return false }
        let count = byteCount
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                if word(at: offset).lowercasedASCII != lowercase.word(at: offset) { return false }
                offset &+= 8
            }
            return word(at: count &- 8).lowercasedASCII == lowercase.word(at: count &- 8)
        }
        for offset in 0..<count where self[offset].lowercasedASCII != lowercase[offset] { return false }
        return true
    }

    /// Whether the bytes begin with those of `prefix`.
    @inlinable
    public func starts(with prefix: RawSpan) -> Bool {
        byteCount >= prefix.byteCount && extracting(0..<prefix.byteCount).equals(prefix)
    }

    /// Whether the bytes begin with those of `prefix`.
    @inlinable
    public func starts(with prefix: StaticString) -> Bool { starts(with: staticBytes(prefix)) }

    /// The range without spaces and horizontal tabs at its ends (OWS, RFC 9110 §5.6.3).
    @inlinable
    @inline(__always)
    public func trimmed(_ range: ByteRange) -> ByteRange {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high, self[low].isOptionalWhitespace { low &+= 1 }
        while low < high, self[high &- 1].isOptionalWhitespace { high &-= 1 }
        return ByteRange(low, high)
    }

    /// The unsigned decimal number that all the bytes spell, or nil when there is none, another byte, or overflow.
    @inlinable
    public var decimal: UInt64? {
        guard byteCount > 0 else { return nil }
        var value: UInt64 = 0
        for offset in 0..<byteCount {
            let digit = self[offset] &- 0x30
            guard digit < 10 else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = product.addingReportingOverflow(UInt64(digit))
            guard !tooLarge, !overflow else { return nil }
            value = sum
        }
        return value
    }
}

/// The bytes of a static string, valid for the life of the process.
@inlinable
@_lifetime(immortal)
public func staticBytes(_ text: StaticString) -> RawSpan {
    precondition(text.hasPointerRepresentation)
    // A static string's pointer is valid for its count for the life of the process.
    let span = unsafe RawSpan(_unsafeStart: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    return unsafe _overrideLifetime(span, copying: ())
}

extension UInt8 {
    /// The lowercase letter for an ASCII capital, else the byte itself.
    @inlinable public var lowercasedASCII: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
    /// SP or HTAB (RFC 9110 §5.6.3).
    @inlinable public var isOptionalWhitespace: Bool { self == 0x20 || self == 0x09 }
    /// `A` to `Z` or `a` to `z`.
    @inlinable public var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }
    /// `0` to `9`.
    @inlinable public var isASCIIDigit: Bool { self &- 0x30 < 10 }
}

extension Array<UInt8> {
    /// The array's bytes, borrowed.
    @inlinable
    public var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // UInt8 has no padding and no invalid bit pattern.
            unsafe span.bytes
        }
    }
}
