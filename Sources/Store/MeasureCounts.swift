import Measurement

/// Figures by what they count; a measure that was not released for a row is absent, which is not zero.
public typealias MeasureCounts = [Measure: Int]

/// The variance of the noise in each figure, in thousandths; figures without noise are absent.
public typealias MeasureVariances = [Measure: Int]
