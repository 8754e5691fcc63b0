import Bytes
import Foundation
import Measurement
import Testing

/// Attack 6 of the threat model: somebody who knows everything but whether one visitor came looks at a release and
/// guesses. The bound ε limits how much better than blind guessing that can be; here it is done many times.
///
/// A few hundred releases in a usual run; `PRIVACY_AUDIT_TRIALS=20000` (`make privacy-audit`) for a sharper look.
@Suite("Empirical privacy loss")
struct PrivacyLossTests {
    static let trials = ProcessInfo.processInfo.environment["PRIVACY_AUDIT_TRIALS"].flatMap { Int($0) } ?? 250

    /// The same day with and without one visitor who does as much as possible where every row is shown.
    struct Neighbours {
        let settings: SiteMeasurement
        let with: [UInt8]
        let without: [UInt8]
        /// How the counts differ, by cells whose noise is their own.
        let change: [(cell: ReleasedCell, by: Int)]

        init(_ level: PrivacyLevel) throws {
            settings = NoisyShop.settings(level)
            let settings = settings
            let days = [true, false].map { isThere in
                let shop = ShopTraffic(settings, random: AllOnes())
                for visitor in 0..<400 { Neighbours.play(shop, visitor: visitor) }
                if isThere { Neighbours.play(shop, visitor: 500) }
                return CheckpointTests.checkpoint(shop)
            }
            (with, without) = (days[0], days[1])
            var change: [ReleasedCell: Int] = [:]
            for (day, sign) in zip(days, [1, -1]) {
                for var cell in try Neighbours.release(day, settings, AllOnes())
                where cell.dimension != .weekday
                    && !(cell.dimension == .total && [.bounces, .conversions].contains(cell.measure))
                {
                    let count = cell.count
                    cell.count = 0
                    change[cell, default: 0] += sign * count
                }
            }
            self.change = change.filter { $0.value != 0 }.map { ($0.key, $0.value) }
        }

        static func play(_ shop: ShopTraffic, visitor: Int) {
            for round in 0..<5 {
                for (index, page) in NoisyShop.pages.suffix(10).enumerated() {
                    shop.view(
                        page, by: visitor, at: 4000 + round * 2500 + index * 20, referrer: "https://www.google.com/")
                    if round == 0 { shop.view(page, by: visitor, at: 4000, consented: false) }
                }
            }
            for number in 0..<5 {
                for kind in [EventFact.Kind.cookieWithheld, .cookieUnknown, .hostBlocked] {
                    shop.event(kind, "name\(number)", by: visitor, at: 4000)
                }
            }
            for outcome in ["accepted", "refused"] {
                shop.event(.consentDecision, outcome + " de", by: visitor, at: 4000)
            }
        }

        /// The release of a day, once: from its checkpoint, through the whole of the service.
        static func release(
            _ day: [UInt8], _ settings: SiteMeasurement,
            _ random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
            protections: Protections = .all
        ) throws -> [ReleasedCell] {
            let sink = MemorySink()
            let service = MeasurementService(sink: sink, random: random, protections: protections)
            try service.restore(day.rawSpan)
            _ = service.configure([settings], now: ShopTraffic.day * 86_400 + 80_000)
            try service.releaseAll()
            return sink.cells
        }

        /// What an adversary who knows both days reads from a release: its likelihood ratio, but for a constant, in
        /// standard deviations that the noise is meant to have; above zero speaks for the visitor.
        func score(_ cells: [ReleasedCell], without exact: [ReleasedCell: Int]) -> Double {
            var figures: [ReleasedCell: Int] = [:]
            for var cell in cells {
                let count = cell.count
                cell.count = 0
                figures[cell] = count
            }
            var (sum, variance) = (0.0, 0.0)
            for (cell, change) in change {
                let sigmaSquared = Double(cell.variance) / 1000
                variance += Double(change * change) / sigmaSquared
                guard let figure = figures[cell], let count = exact[cell] else { continue }
                sum += Double(change) * Double(figure - count) / sigmaSquared
            }
            return sum / variance.squareRoot()
        }

        /// The exact counts of the day without the visitor.
        func exactCounts() throws -> [ReleasedCell: Int] {
            var exact: [ReleasedCell: Int] = [:]
            for var cell in try Neighbours.release(without, settings, AllOnes()) {
                let count = cell.count + Int((Double(cell.variance) / 1000).squareRoot())
                cell.count = 0
                exact[cell] = count
            }
            return exact
        }
    }

    /// What ε is at least, with a certainty of 0.9999 for each threshold, when scores come out like that.
    static func leastEpsilon(with: [Double], without: [Double], delta: Double) -> Double {
        [0.25, 0.5, 0.75, 1, 1.5, 2, 2.5].map { threshold in
            let hits = lowerBound(with.count { $0 > threshold }, of: with.count)
            let alarms = upperBound(without.count { $0 > threshold }, of: without.count)
            return hits > delta ? log((hits - delta) / alarms) : 0
        }.max() ?? 0
    }

    /// Chernoff's bounds for a probability, from how often it came true.
    static func upperBound(_ count: Int, of trials: Int) -> Double { bound(count, of: trials, towards: 1) }
    static func lowerBound(_ count: Int, of trials: Int) -> Double { bound(count, of: trials, towards: 0) }

    private static func bound(_ count: Int, of trials: Int, towards limit: Double) -> Double {
        let share = Double(count) / Double(trials)
        func distance(_ p: Double) -> Double {
            (share > 0 ? share * log(share / p) : 0) + (share < 1 ? (1 - share) * log((1 - share) / (1 - p)) : 0)
        }
        var (inside, outside) = (share, limit)
        for _ in 0..<60 {
            let middle = (inside + outside) / 2
            if distance(middle) <= log(10_000) / Double(trials) { inside = middle } else { outside = middle }
        }
        return outside
    }

    @Test("Nobody guesses better than ε allows", arguments: PrivacyLevel.allCases)
    func claim(level: PrivacyLevel) throws {
        let days = try Neighbours(level)
        let exact = try days.exactCounts()
        let loss = PrivacyLoss(budget: level.millionths, windows: 1)
        // The visitor spends nearly the whole budget, else there would be nothing to see.
        let spent = days.change.reduce(0.0) { $0 + Double($1.by * $1.by) / (2 * Double($1.cell.variance) / 1000) }
        #expect(spent > 0.6 * loss.rho && spent <= loss.rho, "\(spent) of \(loss.rho)")

        var scores: (with: [Double], without: [Double]) = ([], [])
        for _ in 0..<Self.trials {
            scores.with.append(days.score(try Neighbours.release(days.with, days.settings), without: exact))
            scores.without.append(days.score(try Neighbours.release(days.without, days.settings), without: exact))
        }
        let least = Self.leastEpsilon(with: scores.with, without: scores.without, delta: loss.delta)
        #expect(least <= loss.epsilon, "\(least) of \(loss.epsilon)")
        // The scores are as far apart as the budget says, and no further.
        let gap = (scores.with.reduce(0, +) - scores.without.reduce(0, +)) / Double(Self.trials)
        #expect(abs(gap - (2 * spent).squareRoot()) < 5 * (2 / Double(Self.trials)).squareRoot(), "\(gap)")
    }

    @Test("The same guessing finds noise a sixteenth as wide")
    func narrowNoise() throws {
        let least = try Self.leastEpsilonOfWeakened(.all(but: .width), draws: 1)
        #expect(least > PrivacyLoss(budget: PrivacyLevel.strict.millionths, windows: 1).epsilon)
    }

    @Test("The same guessing finds noise that is drawn again, and averaged", .enabled(if: trials >= 1000))
    func repeatedNoise() throws {
        let least = try Self.leastEpsilonOfWeakened(.all, draws: 160)
        #expect(least > PrivacyLoss(budget: PrivacyLevel.strict.millionths, windows: 1).epsilon)
    }

    /// What ε is at least where a day is released several times over, as no ledger says that it was, and the scores are
    /// averaged.
    static func leastEpsilonOfWeakened(_ protections: Protections, draws: Int) throws -> Double {
        let days = try Neighbours(.strict)
        let exact = try days.exactCounts()
        func score(_ day: [UInt8]) throws -> Double {
            var sum = 0.0
            for _ in 0..<draws {
                let cells = try Neighbours.release(day, days.settings, protections: protections)
                sum += days.score(cells, without: exact)
            }
            return sum / Double(draws)
        }
        var scores: (with: [Double], without: [Double]) = ([], [])
        for _ in 0..<250 {
            scores.with.append(try score(days.with))
            scores.without.append(try score(days.without))
        }
        return leastEpsilon(with: scores.with, without: scores.without, delta: PrivacyBudget.delta)
    }

    @Test("A row that one visitor brings over k is not shown, as it is without a margin")
    func margin() throws {
        func shows(_ protections: Protections, visitors: Int) throws -> Int {
            var count = 0
            for _ in 0..<40 {
                let shop = ShopTraffic(NoisyShop.settings(), protections: protections)
                for visitor in 0..<40 { shop.view("/", by: visitor, at: 40_000) }
                for visitor in 0..<visitors { shop.view("/secret", by: visitor, at: 40_100) }
                if try shop.close().contains(where: { $0.dimension == .page && $0.key == "/secret" }) { count += 1 }
            }
            return count
        }
        #expect(try shows(.all, visitors: 10) == 0)
        #expect(try shows(.all(but: .margin), visitors: 9) == 0)
        #expect(try shows(.all(but: .margin), visitors: 10) > 5)
    }

    @Test("Somebody who fills a row up to one below k sees one more come with the threshold, not with noise")
    func sybils() throws {
        for rule in [ReleaseRule.threshold, .noise(.standard), .noise(.strict)] {
            let shows = try [0, 1].map { victims in
                var settings = NoisyShop.settings()
                settings.rule = rule
                let shop = ShopTraffic(settings)
                for visitor in 0..<40 { shop.view("/", by: visitor, at: 40_000) }
                for visitor in 0..<(9 + victims) { shop.view("/secret", by: visitor, at: 40_100) }
                return try shop.close().contains { $0.dimension == .page && $0.key == "/secret" }
            }
            #expect(shows == (rule == .threshold ? [false, true] : [false, false]))
        }
    }
}
