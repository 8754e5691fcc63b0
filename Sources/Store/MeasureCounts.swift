import Measurement

/// Figures by what they count; a measure that was not released for a row is absent, which is not zero.
///
/// Reports have thousands of them: they are held in place, without an allocation each.
public struct MeasureCounts: Sendable {
    /// By `Measure.place`; zero where a measure is absent, so that equal figures are equal bits.
    private var figures = InlineArray<8, Int>(repeating: 0)
    /// A bit per measure that is there.
    private var present: UInt8 = 0

    /// Makes counts without any figure.
    public init() {}

    /// Whether no measure has a figure.
    public var isEmpty: Bool { present == 0 }

    /// The figure of a measure; nil where it is absent.
    public subscript(measure: Measure) -> Int? {
        get { present & measure.bit == 0 ? nil : figures[measure.place] }
        set {
            figures[measure.place] = newValue ?? 0
            if newValue == nil { present &= ~measure.bit } else { present |= measure.bit }
        }
    }

    /// The figure of a measure, or another number where it is absent.
    public subscript(measure: Measure, default fallback: Int) -> Int {
        get { self[measure] ?? fallback }
        set { self[measure] = newValue }
    }

    /// Adds the figures of others to these; what either has is in the sum.
    mutating func add(_ other: MeasureCounts) {
        for place in figures.indices { figures[place] &+= other.figures[place] }
        present |= other.present
    }
}

extension MeasureCounts: Hashable {
    /// Whether the same measures have the same figures.
    public static func == (a: MeasureCounts, b: MeasureCounts) -> Bool {
        a.present == b.present && a.figures.indices.allSatisfy { a.figures[$0] == b.figures[$0] }
    }

    /// Hashes the figures that are there.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(present)
        for place in figures.indices { hasher.combine(figures[place]) }
    }
}

extension MeasureCounts: ExpressibleByDictionaryLiteral {
    /// Makes counts of figures by their measures; of several for one, the last counts.
    public init(dictionaryLiteral elements: (Measure, Int)...) {
        for (measure, figure) in elements { self[measure] = figure }
    }
}

/// The variance of the noise in each figure, in thousandths; figures without noise are absent.
public typealias MeasureVariances = MeasureCounts

extension Measure {
    /// Its place among all measures.
    fileprivate var place: Int {
        switch self {
        case .pageViews: 0
        case .visits: 1
        case .visitors: 2
        case .bounces: 3
        case .entries: 4
        case .exits: 5
        case .conversions: 6
        case .count: 7
        }
    }

    fileprivate var bit: UInt8 { 1 << UInt8(truncatingIfNeeded: place) }
}
