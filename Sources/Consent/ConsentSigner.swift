import Bytes
import COpenSSL

/// The key that consent cookies are signed with: HMAC-SHA-256 (RFC 2104) cut to 128 bits.
///
/// Its memory is overwritten when it goes.
@safe
public final class ConsentSigner: Sendable {
    // Invariant: one initialized key, written only in `init` and `deinit`.
    private nonisolated(unsafe) let key: UnsafeMutablePointer<crumbgate_hmac_key>

    /// Octets of a good secret.
    public static let secretLength = 32

    /// Absorbs a secret; it should have 32 random octets, and is empty for nobody.
    public init(secret: [UInt8]) {
        unsafe key = .allocate(capacity: 1)
        unsafe key.initialize(to: crumbgate_hmac_key())
        unsafe secret.withUnsafeBufferPointer { secret in
            // The key lives until `deinit`; the secret until the call returns.
            unsafe crumbgate_hmac_key_init(key, secret.baseAddress, secret.count)
        }
    }

    deinit {
        unsafe crumbgate_cleanse(key, MemoryLayout<crumbgate_hmac_key>.size)
        unsafe key.deallocate()
    }

    /// A new secret from the operating system's generator; nil when that fails.
    public static func randomSecret() -> [UInt8]? { randomOctets(secretLength) }

    /// The MAC of `message` within a context.
    func sign(_ message: RawSpan, context: borrowing [UInt8]) -> MAC {
        var mac = MAC(repeating: 0)
        // All four live until the call returns; `mac` has the 32 octets that it writes.
        var octets = mac.mutableSpan
        unsafe octets.withUnsafeMutableBufferPointer { mac in
            unsafe context.withUnsafeBufferPointer { context in
                unsafe message.withUnsafeBytes { message in
                    unsafe crumbgate_hmac_sign_in(
                        key, context.baseAddress, context.count,
                        message.baseAddress?.assumingMemoryBound(to: UInt8.self), message.count, mac.baseAddress)
                }
            }
        }
        return mac
    }

    typealias MAC = InlineArray<32, UInt8>
}

/// Octets from the operating system's generator; nil when that fails.
func randomOctets(_ count: Int) -> [UInt8]? {
    var octets = [UInt8](repeating: 0, count: count)
    // The array has the octets that the call fills.
    let isDone = unsafe octets.withUnsafeMutableBufferPointer {
        unsafe crumbgate_random($0.baseAddress, $0.count) == 1
    }
    return isDone ? octets : nil
}
