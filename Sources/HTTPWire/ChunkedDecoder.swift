import Bytes

/// What the next bytes of content in the chunked transfer coding are.
@frozen
public enum ChunkEvent: Hashable, Sendable {
    /// All bytes are read, and the content goes on.
    case needsMore
    /// A piece of the content, which the offset has moved behind.
    case bytes(ByteRange)
    /// A piece of the trailer section, valid so far: field lines with their CR LF. The pieces together, and the empty
    /// line after them, are what `FieldSection.parse(trailers:)` reads; dropping them is right too (RFC 9110 §6.5.1).
    case trailer(ByteRange)
    /// The content ended; the offset is behind it.
    case end
    case malformed(ChunkFault)
}

/// What is wrong with content in the chunked transfer coding.
public enum ChunkFault: Hashable, Sendable, CaseIterable {
    /// A size that is no hexadecimal number of at most 16 digits and 63 bits.
    case invalidSize
    case invalidExtension
    case extensionTooLong
    /// A line, or a chunk's data, that does not end in CR LF where it must.
    case invalidLineEnd
    case invalidTrailer
    case trailersTooLong
}

/// Decodes the chunked transfer coding (RFC 9112 §7.1), strictly, and resumes after any byte.
public struct ChunkedDecoder: Sendable {
    private var state = State.size
    /// Bytes of the current chunk that are still to come.
    private var remaining = 0
    /// Digits of the size, then bytes of the extension; bytes of the trailer section.
    private var counted = 0
    private let maxExtensionBytes: Int
    private let maxTrailerBytes: Int

    /// Makes a decoder for the content of one message.
    public init(maxExtensionBytes: Int = 256, maxTrailerBytes: Int = 8192) {
        self.maxExtensionBytes = maxExtensionBytes
        self.maxTrailerBytes = maxTrailerBytes
    }

    /// Whether the end has been read.
    public var isAtEnd: Bool { state == .end }

    /// Reads on at `offset` and moves it; to be called again until `.needsMore`, `.end` or `.malformed`, of which the
    /// last two stay.
    public mutating func next(_ bytes: RawSpan, at offset: inout Int) -> ChunkEvent {
        while true {
            switch state {
            case .end: return .end
            case .failed(let fault): return .malformed(fault)
            case .data:
                guard offset < bytes.byteCount else { return .needsMore }
                return content(bytes, at: &offset)
            case .trailerLine, .trailerName, .trailerValue, .trailerLineFeed:
                guard offset < bytes.byteCount else { return .needsMore }
                let piece = trailers(bytes, at: &offset)
                if !piece.isEmpty { return .trailer(piece) }
            case .size, .sizeDigits, .whitespace, .extension, .sizeLineFeed, .dataCarriageReturn, .dataLineFeed,
                .lastLineFeed:
                guard offset < bytes.byteCount else { return .needsMore }
                state = afterFraming(bytes[offset])
                if case .failed = state { continue }
                offset &+= 1
            }
        }
    }

    private mutating func content(_ bytes: RawSpan, at offset: inout Int) -> ChunkEvent {
        let start = offset
        offset += min(remaining, bytes.byteCount - start)
        remaining -= offset - start
        if remaining == 0 { state = .dataCarriageReturn }
        return .bytes(ByteRange(start, offset))
    }

    /// The state after an octet of a chunk's size, extension or line ends.
    private mutating func afterFraming(_ byte: UInt8) -> State {
        switch state {
        case .size, .sizeDigits:
            if let digit = byte.hexadecimalDigit {
                if state == .size { counted = 0 }
                guard counted < 16, remaining >> 59 == 0 else { return .failed(.invalidSize) }
                remaining = remaining << 4 | digit
                counted += 1
                return .sizeDigits
            }
            guard state == .sizeDigits else { return .failed(.invalidSize) }
            counted = 0
            if byte == .carriageReturn { return .sizeLineFeed }
            if byte == .lineFeed { return .failed(.invalidLineEnd) }
            if byte == UInt8(ascii: ";") || byte.isOptionalWhitespace { return afterExtension(byte) }
            return .failed(.invalidSize)
        case .whitespace, .extension: return afterExtension(byte)
        case .sizeLineFeed:
            guard byte == .lineFeed else { return .failed(.invalidLineEnd) }
            counted = 0
            return remaining == 0 ? .trailerLine : .data
        case .dataCarriageReturn: return byte == .carriageReturn ? .dataLineFeed : .failed(.invalidLineEnd)
        case .dataLineFeed: return byte == .lineFeed ? .size : .failed(.invalidLineEnd)
        case .lastLineFeed: return byte == .lineFeed ? .end : .failed(.invalidLineEnd)
        case .data, .trailerLine, .trailerName, .trailerValue, .trailerLineFeed, .end, .failed: return state
        }
    }

    /// The state after an octet of an extension; whitespace is part of one only where a `;` follows.
    private mutating func afterExtension(_ byte: UInt8) -> State {
        if byte == .carriageReturn { return state == .extension ? .sizeLineFeed : .failed(.invalidExtension) }
        if byte == .lineFeed { return .failed(.invalidLineEnd) }
        counted += 1
        if counted > maxExtensionBytes { return .failed(.extensionTooLong) }
        if state == .extension {
            return byte.isFieldValueOctet ? .extension : .failed(.invalidExtension)
        }
        if byte == UInt8(ascii: ";") { return .extension }
        return byte.isOptionalWhitespace ? .whitespace : .failed(.invalidExtension)
    }

    /// Checks octets of the trailer section up to the empty line that ends it, and returns those it checked.
    private mutating func trailers(_ bytes: RawSpan, at offset: inout Int) -> ByteRange {
        let start = offset
        while offset < bytes.byteCount {
            let byte = bytes[offset]
            if state == .trailerLine, byte == .carriageReturn {
                if offset == start {
                    state = .lastLineFeed
                    offset &+= 1
                    return ByteRange(offset, offset)
                }
                return ByteRange(start, offset)
            }
            counted += 1
            state = counted > maxTrailerBytes ? .failed(.trailersTooLong) : afterTrailer(byte)
            if case .failed = state { return ByteRange(start, offset) }
            offset &+= 1
        }
        return ByteRange(start, offset)
    }

    /// The state after an octet of a trailer field line.
    private func afterTrailer(_ byte: UInt8) -> State {
        switch state {
        case .trailerLine: byte.isTokenOctet ? .trailerName : .failed(.invalidTrailer)
        case .trailerName:
            byte == .colon ? .trailerValue : byte.isTokenOctet ? .trailerName : .failed(.invalidTrailer)
        case .trailerValue:
            if byte == .carriageReturn {
                .trailerLineFeed
            } else {
                byte.isFieldValueOctet ? .trailerValue : .failed(.invalidTrailer)
            }
        case .trailerLineFeed: byte == .lineFeed ? .trailerLine : .failed(.invalidLineEnd)
        case .size, .sizeDigits, .whitespace, .extension, .sizeLineFeed, .data, .dataCarriageReturn, .dataLineFeed,
            .lastLineFeed, .end, .failed:
            state
        }
    }

    /// What the next octet belongs to.
    private enum State: Equatable {
        case size, sizeDigits, whitespace, `extension`, sizeLineFeed
        case data, dataCarriageReturn, dataLineFeed
        case trailerLine, trailerName, trailerValue, trailerLineFeed, lastLineFeed
        case end
        case failed(ChunkFault)
    }
}

extension UInt8 {
    /// The value of a hexadecimal digit.
    @inline(__always)
    fileprivate var hexadecimalDigit: Int? {
        if isASCIIDigit { return Int(self &- 0x30) }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? Int(letter) + 10 : nil
    }

    /// Whether the byte may stand in a field value or an extension: no control but HTAB.
    @inline(__always)
    fileprivate var isFieldValueOctet: Bool { self >= 0x20 && self != 0x7F || self == 0x09 }
}
