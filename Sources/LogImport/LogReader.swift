import Bytes
import ContentCoding
import Foundation

/// Reads a log file line by line, a compressed one (gzip) too.
public struct LogReader: ~Copyable {
    /// The longest line that is handed on whole; of a longer one the beginning.
    public static let longestLine = 65_536
    private static let piece = 1 << 18

    /// Bytes of the file read so far.
    public private(set) var read = 0
    private let file: FileHandle
    private var decoder: ContentDecoder?
    private var isFirst = true
    /// Whether compressed data came to an end.
    private var isWhole = true
    private var text = ByteBuffer(capacity: 1 << 19)
    private var isBeyondLongest = false

    /// Opens a file, or standard input for `-`.
    public init(path: String) throws {
        file = path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
    }

    /// Hands the lines of the next piece of the file to `body`, without their ends; false at the file's end.
    public mutating func next(_ body: (RawSpan) throws -> Void) throws -> Bool {
        guard let data = try file.read(upToCount: Self.piece), !data.isEmpty else {
            guard isWhole else { throw LogReaderError.brokenCompression }
            if !text.isEmpty, !isBeyondLongest { try body(text.bytes) }
            text.clear()
            return false
        }
        read += data.count
        let bytes = [UInt8](data)
        if isFirst {
            isFirst = false
            if bytes.starts(with: [0x1F, 0x8B]) { decoder = ContentDecoder(.gzip) }
        }
        guard decoder != nil else {
            text.append(bytes)
            try takeLines(body)
            return true
        }
        var consumed = 0
        while true {
            let status = decoder?.decode(bytes.rawSpan, consumed: &consumed, into: &text, limit: Self.piece)
            try takeLines(body)
            isWhole = status == .finished
            switch status {
            case .outputFull: continue
            case .needsInput: return true
            case .finished:
                if consumed == bytes.count { return true }
            case .broken, nil: throw LogReaderError.brokenCompression
            }
        }
    }

    private mutating func takeLines(_ body: (RawSpan) throws -> Void) throws {
        var start = 0
        while let end = text.bytes.firstIndex(of: 0x0A, from: start) {
            let hasReturn = end > start && text.bytes[end - 1] == 0x0D
            if !isBeyondLongest { try body(text.bytes.extracting(start..<(hasReturn ? end - 1 : end))) }
            isBeyondLongest = false
            start = end + 1
        }
        text.consume(start)
        guard text.count > Self.longestLine else { return }
        if !isBeyondLongest { try body(text.bytes.extracting(0..<Self.longestLine)) }
        isBeyondLongest = true
        text.clear()
    }
}

/// Why a log cannot be read on.
public enum LogReaderError: Error, CustomStringConvertible {
    /// Its gzip data is damaged or cut short.
    case brokenCompression

    /// What is wrong, for the operator.
    public var description: String { "the compressed data is damaged" }
}
