import Bytes

/// The settings of one measured site in the form that the aggregator asks them.
final class SiteRules: Sendable {
    /// At most this many goals of a site are counted.
    static let mostGoals = 64

    let settings: SiteMeasurement
    let namer: PageNamer
    let sources: SourceClassifier
    let goals: [(name: [UInt8], pattern: PathPattern, trigger: SiteMeasurement.GoalPattern.Trigger)]

    init(_ settings: SiteMeasurement) {
        self.settings = settings
        namer = PageNamer(settings)
        sources = SourceClassifier(settings, lists: settings.lists)
        goals = settings.goals.prefix(SiteRules.mostGoals).map {
            (name: Array($0.name.utf8), pattern: PathPattern($0.pattern), trigger: $0.trigger)
        }
    }

    /// Appends the words that a page view searched the site for; nothing when it did not.
    func writeSearch(of target: RawSpan, into output: inout ByteBuffer) {
        guard !settings.searchParameters.isEmpty, let mark = target.firstIndex(of: UInt8(ascii: "?")) else { return }
        forEachParameter(of: target.extracting((mark + 1)...)) { name, value in
            guard output.isEmpty, settings.searchParameters.contains(where: { name.equals($0.rawSpan) }) else { return }
            ShownWords.writeSearch(value, into: &output)
        }
    }

    /// The goals that a request reaches, one bit each.
    func goals(of target: RawSpan, _ trigger: SiteMeasurement.GoalPattern.Trigger) -> UInt64 {
        if goals.isEmpty { return 0 }
        let path = target.extracting(0..<(target.firstIndex(of: UInt8(ascii: "?")) ?? target.byteCount))
        var reached: UInt64 = 0
        for (index, goal) in goals.enumerated() where goal.trigger == trigger && goal.pattern.matches(path) {
            reached |= 1 << UInt64(index)
        }
        return reached
    }
}
