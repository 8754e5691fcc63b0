import Bytes
import CBrotli

/// Brotli's decoder.
@safe
struct BrotliReader: ~Copyable {
    // Invariant: a live decoder instance, destroyed in `deinit`.
    private let state: OpaquePointer
    private var isFinished = false
    private var isBroken = false

    init?() {
        guard let made = unsafe BrotliDecoderCreateInstance(nil, nil, nil) else { return nil }
        unsafe state = made
    }

    deinit { unsafe BrotliDecoderDestroyInstance(state) }

    mutating func decode(
        _ input: RawSpan, at offset: inout Int, into output: inout ByteBuffer, limit: Int
    ) -> DecodeStatus {
        var room = limit
        while true {
            if isBroken { return .broken }
            if isFinished {
                offset = input.byteCount
                return .finished
            }
            if room <= 0 { return .outputFull }
            let lent = min(room, 16_384)
            var left = input.byteCount - offset
            var result = BROTLI_DECODER_RESULT_ERROR
            var written = 0
            unsafe output.appendUnsafely(capacity: lent) { space in
                // The decoder reads and writes only within the two runs, and keeps neither pointer.
                unsafe input.extracting(offset..<input.byteCount).withUnsafeBytes { bytes in
                    var from = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
                    var to = unsafe space.bindMemory(to: UInt8.self).baseAddress
                    var free = lent
                    result = unsafe BrotliDecoderDecompressStream(state, &left, &from, &free, &to, nil)
                    written = lent - free
                }
                return written
            }
            offset = input.byteCount - left
            room -= written
            switch result {
            case BROTLI_DECODER_RESULT_SUCCESS: isFinished = true
            case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
                // It asks for input even where what it has read gives more than there was room for.
                if unsafe BrotliDecoderHasMoreOutput(state) == BROTLI_FALSE { return .needsInput }
            case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: continue
            default: isBroken = true
            }
        }
    }
}
