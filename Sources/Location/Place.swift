import Bytes

/// A country, or one of its subdivisions, or nowhere known: the finest place that is ever told of a visitor
/// (ISO 3166-1 alpha-2, ISO 3166-2).
@frozen
public struct Place: Hashable, Sendable {
    /// Bytes from the highest: two of the country, three of the subdivision, zeros where there is none.
    @usableFromInline let code: UInt64

    /// No place is known.
    public static let unknown = Place(code: 0)

    /// Makes a place of an alpha-2 country code in capitals and a subdivision code of one to three capitals or digits.
    public init?(country: RawSpan, subdivision: RawSpan? = nil) {
        guard country.byteCount == 2, isCapital(country[0]), isCapital(country[1]) else { return nil }
        var code = UInt64(country[0]) << 56 | UInt64(country[1]) << 48
        if let subdivision {
            guard (1...3).contains(subdivision.byteCount) else { return nil }
            for offset in 0..<subdivision.byteCount {
                let byte = subdivision[offset]
                guard isCapital(byte) || byte.isASCIIDigit else { return nil }
                code |= UInt64(byte) << UInt64(40 - 8 * offset)
            }
        }
        self.code = code
    }

    @usableFromInline init(code: UInt64) { self.code = code }

    /// Whether no country is known.
    @inlinable public var isUnknown: Bool { code == 0 }

    /// The same place without its subdivision.
    @inlinable public var countryOnly: Place { Place(code: code & 0xFFFF_0000_0000_0000) }

    /// The place as a number that sorts like its text, for compact facts.
    @inlinable package var rawCode: UInt64 { code }
    /// The place of such a number.
    @inlinable package init(rawCode: UInt64) { code = rawCode }
}

extension Place: CustomStringConvertible {
    /// `DE-BE`, `DE` or `unknown`.
    public var description: String {
        if isUnknown { return "unknown" }
        var text = ""
        for index in 0..<5 {
            let byte = UInt8(truncatingIfNeeded: code >> UInt64(56 - 8 * index))
            if byte == 0 { break }
            if index == 2 { text += "-" }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return text
    }
}

private func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }
