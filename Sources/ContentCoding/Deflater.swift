import Bytes
import CZlib

/// zlib's encoder, for gzip and for the zlib format.
@safe
struct Deflater: ~Copyable {
    enum Format { case gzip, zlib }

    // Invariant: initialized by `deflateInit2_`; on the heap because zlib keeps its address; freed in `deinit`.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isFinished = false

    init?(_ format: Format, _ effort: EncodeEffort) {
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // Half of zlib's usual window and hash: half of its memory, for about a hundredth more bytes of HTML.
        let (level, windowBits, memory): (Int32, Int32, Int32) = effort == .fast ? (1, 14, 7) : (9, 15, 9)
        let made = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, format == .gzip ? windowBits + 16 : windowBits, memory, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard made == Z_OK else {
            unsafe stream.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    mutating func reset() {
        unsafe deflateReset(stream)
        isFinished = false
    }

    mutating func encode(_ input: RawSpan, into output: inout ByteBuffer, flush: EncodeFlush) {
        if isFinished || input.byteCount == 0 && flush == .none { return }
        let mode =
            switch flush {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        var offset = 0
        var isDone = false
        while !isDone {
            let lent = 16_384
            let available = input.byteCount - offset
            unsafe output.appendUnsafely(capacity: lent) { space in
                // zlib reads and writes only within the two runs, and keeps neither pointer.
                unsafe input.extracting(offset..<input.byteCount).withUnsafeBytes { bytes in
                    let source = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
                    unsafe stream.pointee.avail_in = UInt32(clamping: available)
                    unsafe stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
                    unsafe stream.pointee.avail_out = UInt32(lent)
                    let result = unsafe deflate(stream, mode)
                    offset = input.byteCount - Int(unsafe stream.pointee.avail_in)
                    // Room left over means that zlib has nothing more to put out.
                    isDone = unsafe result == Z_STREAM_END || result < Z_OK || stream.pointee.avail_out > 0
                    let free = unsafe stream.pointee.avail_out
                    unsafe stream.pointee.next_in = nil
                    unsafe stream.pointee.next_out = nil
                    return lent - Int(free)
                }
            }
        }
        isFinished = flush == .finish
    }
}
