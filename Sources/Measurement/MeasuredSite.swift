import Bytes
import Location

/// What an event loop needs to measure one site: handed out by `MeasurementService.configure`, good until the next call.
public struct MeasuredSite: Sendable {
    /// Who is measured, and on what footing (docs/privacy.md).
    public enum Profile: UInt8, Sendable, CaseIterable {
        /// Visitors who granted analytics in full; of everybody else only page views by page and day.
        case consent
        /// Everybody in the dimensions that need no consent.
        case exempt
        /// Nobody.
        case off
    }

    /// The number that stands for the site in facts; it stays when the rules are reloaded.
    public let id: UInt16
    /// Who is measured.
    public let profile: Profile
    let keys: DayKeys

    /// Whether facts of this site are to be offered at all.
    public var isMeasured: Bool { profile != .off }

    /// Completes a fact with the site, the day and the keys; afterwards the address is no longer needed.
    public func identify(_ fact: inout ExchangeFact, address: ClientAddress, userAgent: RawSpan) {
        fact.site = id
        switch profile {
        case .consent:
            keys.identify(
                &fact, address: address, userAgent: userAgent,
                isMeasuredInFull: fact.didConsentToAnalytics && fact.kind != .other)
        case .exempt:
            keys.identify(&fact, address: address, userAgent: userAgent, isMeasuredInFull: fact.kind != .other)
        case .off: break
        }
    }

    /// Completes an event with the site, the day and the network's key.
    public func identify(_ event: inout EventFact, address: ClientAddress) {
        event.site = id
        keys.identify(&event, address: address)
    }
}
