import Bytes
import CBrotli

/// Brotli's encoder.
@safe
struct BrotliWriter: ~Copyable {
    // Invariant: a live encoder instance, destroyed in `deinit`.
    private let state: OpaquePointer

    init?(_ effort: EncodeEffort) {
        guard let made = unsafe BrotliEncoderCreateInstance(nil, nil, nil) else { return nil }
        unsafe state = made
        // Quality 3 is about as dear as zlib's level 1; a window of 64 KiB bounds the memory.
        let (quality, window): (UInt32, UInt32) = effort == .fast ? (3, 16) : (11, 18)
        unsafe BrotliEncoderSetParameter(made, BROTLI_PARAM_QUALITY, quality)
        unsafe BrotliEncoderSetParameter(made, BROTLI_PARAM_LGWIN, window)
    }

    deinit { unsafe BrotliEncoderDestroyInstance(state) }

    mutating func encode(_ input: RawSpan, into output: inout ByteBuffer, flush: EncodeFlush) {
        if input.byteCount == 0 && flush == .none || isFinished { return }
        let operation =
            switch flush {
            case .none: BROTLI_OPERATION_PROCESS
            case .sync: BROTLI_OPERATION_FLUSH
            case .finish: BROTLI_OPERATION_FINISH
            }
        var left = input.byteCount
        var isSound = true
        repeat {
            let lent = 16_384
            let offset = input.byteCount - left
            unsafe output.appendUnsafely(capacity: lent) { space in
                // The encoder reads and writes only within the two runs, and keeps neither pointer.
                unsafe input.extracting(offset..<input.byteCount).withUnsafeBytes { bytes in
                    var from = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
                    var to = unsafe space.bindMemory(to: UInt8.self).baseAddress
                    var free = lent
                    isSound =
                        unsafe BrotliEncoderCompressStream(state, operation, &left, &from, &free, &to, nil)
                        == BROTLI_TRUE
                    return lent - free
                }
            }
        } while isSound && (left > 0 || hasMoreOutput)
    }

    private var hasMoreOutput: Bool { unsafe BrotliEncoderHasMoreOutput(state) == BROTLI_TRUE }
    private var isFinished: Bool { unsafe BrotliEncoderIsFinished(state) == BROTLI_TRUE }
}
