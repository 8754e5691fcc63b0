import Measurement

/// Figures by what they count; a measure that was not released for a row is absent, which is not zero.
public typealias MeasureCounts = [Measure: Int]
