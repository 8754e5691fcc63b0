/// What holds for one exchange.
@frozen
public struct ConsentState: Hashable, Sendable {
    /// The categories whose cookies and hosts may pass; the required ones always.
    public var granted: CategorySet
    /// The optional categories that are refused, by decision or by a signal; the others have not been asked for.
    public var refused: CategorySet
    /// What the answer comes from.
    public var source: ConsentSource
    /// Whether nothing is left to ask: the visitor decided, or a signal refuses every optional category, or there is
    /// none. The banner shows when this is false.
    public var isDecided: Bool
    /// The day of the visitor's decision, in days since 1970-01-01; 0 without one.
    public var day: Int32

    /// Makes a state of its parts; `effective` is the way to get the right one.
    @inlinable
    public init(granted: CategorySet, refused: CategorySet, source: ConsentSource, isDecided: Bool, day: Int32) {
        self.granted = granted
        self.refused = refused
        self.source = source
        self.isDecided = isDecided
        self.day = day
    }
}

/// Where a consent state comes from.
@frozen
public enum ConsentSource: UInt8, Hashable, Sendable {
    /// The visitor's own decision.
    case cookie
    /// `Sec-GPC: 1`.
    case globalPrivacyControl
    /// `DNT: 1`.
    case doNotTrack
    /// Nothing.
    case undecided
}

extension ConsentState {
    /// The state that follows from what a request brings.
    ///
    /// A valid consent cookie wins over every signal: a later explicit choice is the visitor's own. Without one, a
    /// signal refuses the categories listed for it and is no decision about the others; GPC names the source before
    /// DNT. Otherwise the visitor is undecided. Required categories are granted in every case, and no signal ever
    /// grants anything.
    ///
    /// - Parameters:
    ///   - cookie: nil when the request has no consent cookie.
    ///   - gpcDenies: what GPC refuses; nil when the site does not honour it.
    ///   - dntDenies: the same for DNT.
    @inlinable
    public static func effective(
        cookie: ConsentCookieVerdict?, signals: ConsentSignals, gpcDenies: CategorySet?, dntDenies: CategorySet?,
        scheme: borrowing ConsentScheme
    ) -> ConsentState {
        let optional = scheme.optional
        if case .valid(let granted, let day, _) = cookie {
            return ConsentState(
                granted: granted, refused: optional.subtracting(granted), source: .cookie, isDecided: true, day: day)
        }
        var refused: CategorySet = []
        var source = ConsentSource.undecided
        if signals.contains(.doNotTrack), let dntDenies {
            refused.formUnion(dntDenies)
            source = .doNotTrack
        }
        if signals.contains(.globalPrivacyControl), let gpcDenies {
            refused.formUnion(gpcDenies)
            source = .globalPrivacyControl
        }
        refused.formIntersection(optional)
        return ConsentState(
            granted: scheme.required, refused: refused, source: source, isDecided: refused == optional, day: 0)
    }
}
