import Bytes
import Consent
import Rules

/// Names what was done to a document, so that a user agent's stored copy is reused only where it is still the right
/// one: it stands in the entity-tag (RFC 9110 §8.8.3).
struct Variant: Equatable {
    /// The document as this visitor gets it.
    let own: UInt32
    /// The document as everybody gets it where shared caches may keep it.
    let shared: UInt32

    init(context: borrowing SiteContext, consent: ConsentState) {
        let revision = context.revision
        own = Self.hash(revision, consent.granted.rawValue, consent.isDecided)
        shared = context.sharedVariant
    }

    /// The variant of a site's documents in shared caches. Never that of a visitor who has not decided: the copy that
    /// holds the banner only for them must not be confirmed when they have.
    static func shared(revision: UInt32, scheme: ConsentScheme) -> UInt32 {
        ~hash(revision, scheme.required.rawValue, false)
    }

    /// FNV-1a; it tells variants apart, it protects nothing.
    private static func hash(_ revision: UInt32, _ granted: UInt64, _ isDecided: Bool) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        func mix(_ byte: UInt64) { hash = (hash ^ UInt32(byte & 0xFF)) &* 0x0100_0193 }
        for shift in stride(from: UInt64(0), to: 32, by: 8) { mix(UInt64(revision) >> shift) }
        for shift in stride(from: UInt64(0), to: 64, by: 8) { mix(granted >> shift) }
        mix(isDecided ? 1 : 0)
        return hash
    }
}
