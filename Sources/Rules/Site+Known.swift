import Bytes

extension Site {
    /// The rule that a treatment comes from: the operator's or a shipped one; nil for a cookie without a rule.
    public func cookieRule(of treatment: CookieTreatment) -> CookieRule? {
        if treatment.isUnknown { return nil }
        let index = Int(treatment.rule & ~KnownRules.mark)
        return treatment.rule & KnownRules.mark == 0 ? cookieRules[index] : known.cookieRules[index]
    }

    /// The rule for a third-party URL: the operator's, however unspecific, else a shipped one; nil for none.
    ///
    /// Parameters as in `HostRules.rule(forHost:port:path:)`.
    public func hostRule(forHost host: RawSpan, port: UInt16, path: RawSpan) -> HostRule? {
        if let index = hostRules.rule(forHost: host, port: port, path: path) { return hostRules.rules[index] }
        guard let index = known.hostRules.rule(forHost: host, port: port, path: path) else { return nil }
        return known.hostRules.rules[index]
    }

    /// The index of the category that a third-party URL falls under; nil when neither the operator nor Crumbgate has a
    /// rule for it. Touches no reference count, for the hot path.
    public func category(ofHost host: RawSpan, port: UInt16, path: RawSpan) -> Int? {
        if let category = hostRules.category(ofHost: host, port: port, path: path) { return category }
        return known.hostRules.category(ofHost: host, port: port, path: path)
    }
}
