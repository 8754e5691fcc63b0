import CFuzzer
import Glibc

/// `FUZZ_TARGET=target crumbgate-fuzz [option of libFuzzer]… [corpus]…` runs one target, and without a target lists them.
/// A property that does not hold is a trap.
let targets: [(name: String, run: @Sendable ([UInt8]) -> Void)] = [
    ("request-head", fuzzRequestHead),
    ("response-head", fuzzResponseHead),
    ("chunked", fuzzChunked),
    ("cookie-string", fuzzCookieString),
    ("set-cookie", fuzzSetCookie),
    ("name-pattern", fuzzNamePattern),
    ("tokenizer", fuzzTokenizer),
    ("rewriter", fuzzRewriter),
    ("gating", fuzzGating),
    ("rules", fuzzRules),
    ("consent-cookie", fuzzConsentCookie),
    ("content-decoder", fuzzContentDecoder),
]

// From the environment, as libFuzzer starts the program anew with the same arguments when it merges corpora.
let name = unsafe getenv("FUZZ_TARGET").map { unsafe String(cString: $0) }
guard let name else {
    for target in targets { print(target.name) }
    exit(0)
}
let index = targets.firstIndex { $0.name == name } ?? -1
if index < 0 { exit(64) }
let run = targets[index].run
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
unsafe exit(
    LLVMFuzzerRunDriver(&count, &arguments) { start, length in
        // Valid for `length` bytes during the call. The copy has its own allocation of just this size, so that the
        // address sanitizer sees every read beyond its end.
        unsafe run(Array(UnsafeBufferPointer(start: start, count: length)))
        return 0
    })
