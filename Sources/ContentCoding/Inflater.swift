import Bytes
import CZlib

/// zlib's decoder, for gzip with its members and for both things that `deflate` names.
@safe
struct Inflater: ~Copyable {
    enum Format { case gzip, deflate }

    // Invariant: initialized by `inflateInit2_`; on the heap because zlib keeps its address; freed in `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>
    private let format: Format
    private var phase = Phase.start

    private enum Phase: Equatable {
        /// Nothing read yet.
        case start
        /// The first byte of a `deflate` body, which with the second tells zlib from raw.
        case sniffed(UInt8)
        case stream
        /// Behind a gzip member, with nothing read of what follows.
        case betweenMembers
        /// In a later gzip member that has given no output: what is broken here is padding.
        case laterMember
        case done
        case broken
    }

    init?(_ format: Format) {
        self.format = format
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let windowBits = format == .gzip ? 15 + 16 : 15
        guard
            unsafe inflateInit2_(stream, Int32(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    mutating func reset() {
        unsafe inflateReset(stream)
        phase = .start
    }

    mutating func decode(
        _ input: RawSpan, at offset: inout Int, into output: inout ByteBuffer, limit: Int
    ) -> DecodeStatus {
        var room = limit
        while true {
            switch phase {
            case .broken: return .broken
            case .done:
                offset = input.byteCount
                return .finished
            case .betweenMembers:
                guard offset < input.byteCount else { return .finished }
                if input[offset] == 0x1F {
                    unsafe inflateReset(stream)
                    phase = .laterMember
                } else {
                    phase = .done
                }
            case .start:
                guard offset < input.byteCount else { return .needsInput }
                if format == .gzip {
                    phase = .stream
                } else {
                    phase = .sniffed(input[offset])
                    offset += 1
                }
            case .sniffed(let first):
                guard offset < input.byteCount else { return .needsInput }
                begin(first, input[offset])
            case .stream, .laterMember:
                if let status = inflate(input, at: &offset, into: &output, room: &room) { return status }
            }
        }
    }

    /// Chooses the format that the first two bytes announce (RFC 1950 §2.2) and reads the first of them.
    private mutating func begin(_ first: UInt8, _ second: UInt8) {
        let isZlib = first & 0x0F == 8 && first >> 4 <= 7 && (UInt16(first) << 8 | UInt16(second)) % 31 == 0
        unsafe inflateReset2(stream, isZlib ? 15 : -15)
        var byte = first
        var sink: UInt8 = 0
        phase = .stream
        // Both pointers are valid for the call, in which one byte can give no output.
        unsafe withUnsafeMutablePointer(to: &byte) { from in
            unsafe withUnsafeMutablePointer(to: &sink) { to in
                unsafe stream.pointee.next_in = from
                unsafe stream.pointee.avail_in = 1
                unsafe stream.pointee.next_out = to
                unsafe stream.pointee.avail_out = 1
                let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                if result != Z_OK && result != Z_BUF_ERROR { phase = .broken }
                if unsafe stream.pointee.avail_in != 0 || stream.pointee.avail_out != 1 { phase = .broken }
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
            }
        }
    }

    /// Runs zlib once; returns the status to report, or nil to go on.
    private mutating func inflate(
        _ input: RawSpan, at offset: inout Int, into output: inout ByteBuffer, room: inout Int
    ) -> DecodeStatus? {
        if room <= 0 { return .outputFull }
        let lent = min(room, 16_384)
        let available = input.byteCount - offset
        var left: UInt32 = 0
        var result: Int32 = Z_OK
        var written = 0
        unsafe output.appendUnsafely(capacity: lent) { space in
            // zlib reads and writes only within the two runs, and keeps neither pointer.
            unsafe input.extracting(offset..<input.byteCount).withUnsafeBytes { bytes in
                let source = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
                unsafe stream.pointee.avail_in = UInt32(clamping: available)
                unsafe stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
                unsafe stream.pointee.avail_out = UInt32(lent)
                result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                left = unsafe stream.pointee.avail_in
                written = lent - Int(unsafe stream.pointee.avail_out)
                unsafe stream.pointee.next_in = nil
                unsafe stream.pointee.next_out = nil
            }
            return written
        }
        offset += Int(UInt32(clamping: available) - left)
        room -= written
        if written > 0, phase == .laterMember { phase = .stream }
        switch result {
        case Z_STREAM_END:
            phase = format == .gzip ? .betweenMembers : .done
            return nil
        case Z_OK, Z_BUF_ERROR:
            if written == lent { return room > 0 ? nil : .outputFull }
            return offset == input.byteCount ? .needsInput : nil
        default:
            phase = phase == .laterMember ? .done : .broken
            return nil
        }
    }
}
